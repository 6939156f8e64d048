"""Exit codes that are no error of a class of its own."""

NOTHING_FOUND = 1
INTERRUPTED = 130  # what shells report for Ctrl-C
