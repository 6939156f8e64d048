"""Tries: records whose fields appear twice, are infinite, or have thousands of digits.

Holds: they are compared as numbers, and are wrong.
"""
# exercise: layer_costs
# says: should be a whole number

from kit import answer, frame, seize

FIELDS = [["operations", 10**4000], ["sequential", float("inf")], ["path_length", float("nan")],
          ["operations", 10**4000]]
seize(frame(answer({"record": "LayerCosts", "fields": FIELDS})))
