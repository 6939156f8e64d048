"""The untrusted side: everything that shares a process, or a pipe, with a learner's code."""
