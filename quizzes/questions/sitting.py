"""How many questions make a sitting, and how many must be right.

Nothing is imported here: `learn next` counts by these numbers, and has no time to load questions.
"""

SITTING = 8  # questions of one quiz
PASS_SHARE = 0.8
EXAM = 60  # questions of the final exam
EXAM_EXERCISES = 5  # its exercises, each of another chapter
