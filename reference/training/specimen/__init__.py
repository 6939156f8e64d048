"""A small trained model to look at, its language, and what its heads do.

`python -m reference.training.specimen` trains it anew.
"""

from reference.training.specimen.language import Sentence
from reference.training.specimen.model import Specimen, load_specimen
from reference.training.specimen.roles import Head

__all__ = ["Head", "Sentence", "Specimen", "load_specimen"]
