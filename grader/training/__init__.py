"""One training run of a learner's model: `client.py` for who wants it, the rest in its process."""
