"""The text being read: what is there, how far reading has come, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..config import CodeBlocks, Emoji
from .characters import LINE_ENDS
from .directions import Direction, Dropped
from .source import SourceText
from .spoken import SpokenText

# What stands before the text; no rule looks back further.
_CONTEXT = SourceText("\n" * 4, (0,) * 4, (0,) * 4)
_KEPT = 64  # characters that may stay in the buffer once they are read; it is copied to let go of them


@dataclass(frozen=True, slots=True)
class SpeakableSettings:
    """What is said for what is no plain text.

    A block of code is announced, skipped or read; emoji are dropped or named. With ``markup``,
    ``[word](/phonemes/)`` and tags of SSML are obeyed: only for text that no model or stranger has written.
    """

    code: CodeBlocks = "announce"
    emoji: Emoji = "drop"
    markup: bool = False


class MoreNeeded(Exception):
    """What stands here depends on text that has not come yet. Raised before any state has changed."""


class Page:
    """A buffer with a place in it. Readers look at what stands there, say something for it, and move on."""

    def __init__(self, settings: SpeakableSettings) -> None:
        self.settings = settings
        self.source = _CONTEXT  # the last characters already read, as context, and those still to be read
        self.text = _CONTEXT.text
        self.at = len(_CONTEXT)
        self.final = False  # no more text will come
        self.spoken = SpokenText()
        self.directions: list[Direction] = []
        self.dropped: list[Dropped] = []
        self.begins_line = True
        self.line_at = 0  # source offset of the line
        self.kind = "text"  # of the line: text, heading or row
        self.wrapped: tuple[int, int] | None = None  # line end that is white space if its paragraph goes on
        self.ticks = ""  # that opened the code span being read
        self.code: Code | None = None  # the block of code being read
        self.labels = 0  # brackets open in the line
        self.cited = -1  # source offset behind the citation read last
        self.last_emoji = ""  # the name that was said last, if nothing has been said since
        self.rates: list[float] = []  # of the elements that are open

    @property
    def unread(self) -> SourceText:
        """What is still to be read."""
        return self.source[self.at :]

    def add(self, more: SourceText) -> None:
        """More text at the end."""
        self.source += more
        self.text = self.source.text

    def forget(self) -> None:
        """Let go of what has been read, but for the context."""
        read = self.at - len(_CONTEXT)
        if read < _KEPT:
            return
        self.source, self.at = self.source[read:], len(_CONTEXT)
        self.text = self.source.text

    # What stands at the place reached. Each raises MoreNeeded when that is not certain yet.

    def construct(self, pattern: Any) -> Any:
        """A match of a pattern that is complete with its last character, or None."""
        found = pattern.match(self.text, self.at, partial=not self.final)
        if found is not None and found.partial:
            raise MoreNeeded
        return found

    def run(self, pattern: Any) -> Any:
        """A match of a pattern of open end, or None."""
        found = self.construct(pattern)
        if found is not None and found.end() == len(self.text) and not self.final:
            raise MoreNeeded
        return found

    def sides(self, end: int) -> tuple[str, str]:
        """The characters before the place reached and at ``end`` ("" where the text ends)."""
        if end == len(self.text) and not self.final:
            raise MoreNeeded
        return self.text[self.at - 1], self.text[end : end + 1]

    def span(self, end: int) -> tuple[int, int]:
        """The source range from the place reached to ``end``."""
        return self.source.starts[self.at], self.source.ends[end - 1]

    # What becomes of it. Each moves on to ``end``, and returns it.

    def copy(self, end: int) -> int:
        """Say it as it stands."""
        self.last_emoji = ""
        self.spoken.copy(self.source, self.at, end)
        self.at = end
        return end

    def say(self, words: str, end: int) -> int:
        """Say ``words`` for it."""
        self.last_emoji = ""
        self.spoken.say(words, *self.span(end))
        self.at = end
        return end

    def space(self, end: int) -> int:
        """It parts words."""
        self.spoken.space(*self.span(end))
        self.at = end
        return end

    def skip(self, end: int) -> int:
        """It is markup, of which nothing is said."""
        self.at = end
        return end

    def drop(self, end: int, why: str, code: str = "unspoken") -> int:
        """It is left out, which is reported."""
        self.dropped.append(Dropped(*self.span(end), why, code))
        self.spoken.leave_gap()
        self.at = end
        return end

    def begin_line(self) -> None:
        """The place reached is the first of a line."""
        self.begins_line = True
        self.line_at = self.source.ends[self.at - 1]
        self.kind, self.ticks, self.labels = "text", "", 0

    def end_block(self, at: int) -> None:
        """A block ends with the character at ``at`` of the buffer."""
        self.wrapped = None
        self.last_emoji = ""
        self.spoken.end_block(self.source.starts[at], self.source.ends[at])


@dataclass(slots=True)
class Code:
    """A block of code: the mark that ends it (a fence or a tag), and its range in the source so far."""

    closing: str
    start: int
    end: int
    said: bool


def ends_line(character: str) -> bool:
    """Whether a line ends there; "" is the end of the text."""
    return character == "" or character in LINE_ENDS
