"""What a process does to itself before a learner's code runs in it, and the proof that it holds."""
