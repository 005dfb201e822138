"""The text to say, as it grows: what is written out, what waits, what is never said."""

from __future__ import annotations

from .characters import PIECES
from .source import SourceText


class SpokenText:
    """Collects words with their source offsets.

    White space becomes one space, ends of blocks one newline; between table cells stands a comma. White space after a
    word is put out with what follows, so that an emoji before a full stop leaves no gap.
    """

    def __init__(self) -> None:
        self.last = "\n"  # the last character put out; blocks end before the text begins
        self._out: list[SourceText] = []
        self._gap: tuple[int, int] | None = None
        self._cell: tuple[int, int] | None = None

    def take(self) -> list[SourceText]:
        """What was put out since the last call."""
        out, self._out = self._out, []
        return out

    def copy(self, text: str, start: int, end: int, base: int) -> None:
        """Say ``text[start:end]`` as it stands, less what is never said; ``text`` begins at ``base`` of the source."""
        for piece in PIECES.finditer(text, start, end):
            if piece["said"]:
                self._put(SourceText.of(piece["said"], base + piece.start()))
            elif piece["space"]:
                self.space(base + piece.start(), base + piece.start() + 1)

    def say(self, words: str, start: int, end: int) -> None:
        """Say ``words`` for ``start:end`` of the source."""
        for piece in PIECES.finditer(words):
            if piece["said"]:
                self._put(SourceText.standing_for(piece["said"], start, end))
            elif piece["space"]:
                self.space(start, end)

    def space(self, start: int, end: int) -> None:
        """White space at ``start:end``; after punctuation it leaves at once, for it may be what ends a sentence."""
        if self._gap is None:
            self._gap = start, end
        if self._cell is None and not (self.last.isalnum() or self.last.isspace()):
            self._fill()

    def cell(self, at: int) -> None:
        """The border of a table cell at ``at``; it is heard only between two cells that hold something."""
        self._cell = at, at + 1

    def end_block(self, at: int) -> None:
        """A paragraph, heading, list item or table row ended at ``at``."""
        self._gap = self._cell = None
        if self.last != "\n":
            self._append(SourceText.of("\n", at))

    def _put(self, words: SourceText) -> None:
        if self._cell is None and words.text[0] in ".,;:!?" and self.last.isalnum():
            self._gap = None
        self._fill()
        self._append(words)

    def _fill(self) -> None:
        """Put out the cell border or white space that waits; after punctuation a border is white space."""
        if self._cell is not None and self.last.isalnum():
            self._append(SourceText.standing_for(", ", *self._cell))
        elif (waiting := self._cell or self._gap) is not None and not self.last.isspace():
            self._append(SourceText.standing_for(" ", *waiting))
        self._gap = self._cell = None

    def _append(self, part: SourceText) -> None:
        self._out.append(part)
        self.last = part.text[-1]
