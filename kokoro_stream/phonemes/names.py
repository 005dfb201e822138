"""Names, brands and technical words that misaki's dictionaries lack: ``names.txt``, some 3,000 of them.

A line is a word and its American phonemes, behind them the British ones where `british` would not find them. Lines
that begin with # are headings. A word stands for any case; its accents may be left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .british import british as to_british

NAMES = Path(__file__).with_name("names.txt")


class Names:
    """The names in one accent. Loads in 2 ms. Safe to call from several threads."""

    def __init__(self, *, british: bool = False) -> None:
        self._british = british
        lines = NAMES.read_text(encoding="utf-8").splitlines()
        entries = (line.partition(" ") for line in lines if line and line[0] != "#")
        self._entries = {word.lower(): phonemes for word, _, phonemes in entries}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[str]:
        """The words, in lower case."""
        return iter(self._entries)

    def get(self, word: str) -> str | None:
        """The phonemes of ``word``, or None."""
        if (entry := self._entries.get(word.lower())) is None:
            return None
        american, _, own_british = entry.partition(" ")
        if not self._british:
            return american
        return own_british or to_british(word, american)
