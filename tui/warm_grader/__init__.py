"""One grader for all that a learner does: a process that stays warm between two commands."""
