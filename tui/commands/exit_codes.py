"""Exit codes that are no error of a class of its own."""

NOTHING_FOUND = 1
LEFT_OUT = 1  # done but for what could not be told
INTERRUPTED = 130  # what shells report for Ctrl-C
