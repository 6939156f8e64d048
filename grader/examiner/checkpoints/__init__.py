"""A published checkpoint in the reference, with parts of the learner's in the reference's place.

    reference model ── a call ──► StandIn ── the same arguments ──► the reference's part
                                     └────── over the protocol ───► the learner's part, in a worker
                         the learner's result goes on; where the two differ first is noted

`learner.py` asks one answer for its function or module, `bench.py` holds the model and what was
exchanged in it, `attention.py` and `modules.py` put each part there, `parts.py` is the table of
those that can stand in, `examination.py` the whole.
"""
