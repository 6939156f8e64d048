"""What the numbers themselves say of a wrong answer. These detectors know of no exercise.

    records ─► evidence ─► the first statement that holds for all of it ─► Symptom

Each detector takes the `Evidence` of some failed tests and gives one sentence, or None where it
does not hold for every difference in it. `finder.py` has them in order, from specific to general.
"""
