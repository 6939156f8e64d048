"""The untrusted side: all that shares a process with a learner's code.

It never imports the examiner, nor anything that knows an answer; a contract says so.
"""
