"""The trusted side: it holds suites, solutions and the reference.

A learner's code never runs here.
"""
