"""Which "read", which "live": words whose pronunciation depends on their part of speech or their meaning.

First what is `certain`, then what the trained `Classifier` finds likeliest.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import certain
from .classifier import Classifier
from .neighbours import Neighbours
from .variants import Kinds, kinds

_BY_TENSE = frozenset(("read", "reread"))


def tag(texts: Sequence[str], i: int, word: str, keys: frozenset[str]) -> str:
    """The tag of ``texts[i]``, whose entry in the dictionary, under ``word``, has ``keys``; "" where any will do."""
    choice = kinds(word, keys)
    return choose(Neighbours(texts, i), word, choice, Classifier.builtin()) if len(choice) > 1 else ""


def choose(near: Neighbours, word: str, choice: Kinds, classifier: Classifier) -> str:
    """The tag of ``choice`` whose pronunciation ``word`` has there."""
    parts = certain.tense(near) if word in _BY_TENSE else certain.parts(near)
    possible = {tag: kind for tag, kind in choice.items() if not set(kind).isdisjoint(parts)} or choice
    return next(iter(possible)) if len(possible) == 1 else classifier.choose(near, word, possible)
