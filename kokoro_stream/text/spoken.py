"""The text to say, as it grows: what is written out, what waits, what is never said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .source import EMPTY, SourceText

# Words of ASCII leave together, with the spaces between them. A joiner stays between letters that need it (Indic
# scripts, Persian).
_PIECES = re.compile(
    r"(?P<said>[!-~]++(?: [!-~]++)*+"
    r"|(?:[^\s\u200c\u200d]|(?<=[^\x00-\u024f\u2000-\u2fff\ufe00-\ufe0f])[\u200c\u200d])+)|(?P<space>\s+)"
)


class SpokenText:
    """Collects words with their source offsets.

    White space becomes one space, ends of blocks one newline; between table cells stands a comma. White space after a
    word is put out with what follows, so that an emoji before a full stop leaves no gap.
    """

    def __init__(self) -> None:
        self.last = "\n"  # the last character put out; blocks end before the text begins
        self.last_mark = ""  # the same, but for white space
        self._out: list[str] = []
        self._starts: list[int] = []  # the source range of each character that was put out
        self._ends: list[int] = []
        self._gap: tuple[int, int] | None = None
        self._cell: tuple[int, int] | None = None
        self._left_out = False  # something was, since the last character

    @property
    def glued(self) -> bool:
        """What comes next would touch the word before."""
        return self._gap is None and self._cell is None and not self.last.isspace()

    def take(self) -> SourceText:
        """What was put out since the last call."""
        if not self._out:
            return EMPTY
        out = SourceText("".join(self._out), tuple(self._starts), tuple(self._ends))
        self._out, self._starts, self._ends = [], [], []
        return out

    def copy(self, text: SourceText, first: int, last: int) -> None:
        """Say ``text[first:last]`` as it stands."""
        for piece in _PIECES.finditer(text.text, first, last):
            start, end = piece.span()
            if piece["said"]:
                self._put(piece["said"], text.starts[start:end], text.ends[start:end])
            else:
                self.space(text.starts[start], text.ends[start])

    def say(self, words: str, start: int, end: int) -> None:
        """Say ``words`` for ``start:end`` of the source."""
        for piece in _PIECES.finditer(words):
            if piece["said"]:
                said = piece["said"]
                self._put(said, (start,) * len(said), (end,) * len(said))
            else:
                self.space(start, end)

    def space(self, start: int, end: int) -> None:
        """White space at ``start:end``; after punctuation it leaves at once, for it may be what ends a sentence."""
        if self._gap is None:
            self._gap = start, end
        if self._cell is None and not (self.last.isalnum() or self.last.isspace()):
            self._fill()

    def leave_gap(self) -> None:
        """Something was left out here: a mark behind it belongs to the word before."""
        self._left_out = True

    def cell(self, start: int, end: int) -> None:
        """The border of a table cell; it is heard only between two cells that hold something."""
        self._cell = start, end

    def end_block(self, start: int, end: int) -> None:
        """A paragraph, heading, list item or table row ended at ``start:end`` of the source."""
        self._gap = self._cell = None
        if self.last != "\n":
            self._append("\n", (start,), (end,))

    def _put(self, words: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        if self._left_out and self._cell is None and words[0] in ".,;:!?" and self.last.isalnum():
            self._gap = None
        self._fill()
        self._append(words, starts, ends)

    def _fill(self) -> None:
        """Put out the cell border or white space that waits; after punctuation a border is white space."""
        if self._cell is not None and self.last.isalnum():
            start, end = self._cell
            self._append(", ", (start, start), (end, end))
        elif (waiting := self._cell or self._gap) is not None and not self.last.isspace():
            start, end = waiting
            self._append(" ", (start,), (end,))
        self._gap = self._cell = None

    def _append(self, text: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self._out.append(text)
        self._starts += starts
        self._ends += ends
        self._left_out = False
        self.last = text[-1]
        self.last_mark = self.last_mark if self.last.isspace() else self.last
