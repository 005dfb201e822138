"""What was sent of one reply, handed out again piece by piece as its words sound."""

from __future__ import annotations

import re

_BLANK = re.compile(r"\s|\Z")


class Transcript:
    """The pieces, joined, are the text as it was sent: nothing is left out, nothing comes twice."""

    def __init__(self) -> None:
        self._text = ""
        self._told = 0  # characters that have been handed out

    def append(self, text: str) -> None:
        """More of the reply was sent."""
        self._text += text

    def until(self, char_end: int) -> str:
        """What comes up to that character and has not been handed out, with the marks that are written next to it."""
        blank = _BLANK.search(self._text, char_end)
        end = max(self._told, blank.start() if blank else char_end)
        piece, self._told = self._text[self._told : end], end
        return piece

    def rest(self) -> str:
        """What is left at the end."""
        piece, self._told = self._text[self._told :], len(self._text)
        return piece
