"""One learner at work: what commands and app share."""
