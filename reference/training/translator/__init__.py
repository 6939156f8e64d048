"""A small trained translator to look at: one encoder layer, one decoder layer, one head.

`python -m reference.training.translator` trains it anew.
"""

from reference.training.translator.language import SentencePair
from reference.training.translator.model import Translator, load_translator

__all__ = ["SentencePair", "Translator", "load_translator"]
