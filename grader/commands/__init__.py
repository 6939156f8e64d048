"""The commands of `grader`, one a file; `grader/cli.py` puts them together."""
