"""What every language is to the rest of the package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..text.directions import Say
from ..text.source import SourceText
from .utterance import Utterance


class Phonemizer(Protocol):
    """Turns text of one language into phonemes. Must be safe to call from several threads."""

    def normalize(self, text: SourceText) -> SourceText:
        """Numbers, dates, signs … in words of the language."""
        ...

    def phonemize(self, text: SourceText, says: Sequence[Say] = ()) -> Utterance:
        """What to say for normalised text; ``says`` are the caller's own phonemes, by source range."""
        ...
