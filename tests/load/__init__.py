"""Trials at size, to be started by hand: they take minutes, and print what they measured."""
