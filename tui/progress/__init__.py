"""What is remembered of a learner, in one SQLite file."""
