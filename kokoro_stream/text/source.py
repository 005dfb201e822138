"""Text that remembers where each of its characters came from.

Markdown disappears, "$5" becomes "five dollars", yet a word's time must still point at the characters the caller sent.
Everything in `text/` therefore passes `SourceText` on: a string and, for each of its characters, the half-open range of
the original text that the character stands for. Offsets count code points of the text as sent, from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain


# Not frozen only because a dozen are made for every piece of text that comes: freezing doubles what one costs.
@dataclass(slots=True, unsafe_hash=True)
class SourceText:
    """A string with, for each character, the source range ``starts[i]:ends[i]`` it stands for. Never changed.

    ``starts`` and ``ends`` are as long as ``text`` and never decrease. Slicing and ``+`` keep the ranges.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str, start: int = 0) -> SourceText:
        """Text that stands for itself, its first character at ``start`` of the source."""
        return cls(text, tuple(range(start, start + len(text))), tuple(range(start + 1, start + 1 + len(text))))

    @classmethod
    def standing_for(cls, text: str, start: int, end: int) -> SourceText:
        """Text of which every character stands for the whole of ``start:end`` (a number read out, a symbol named)."""
        return cls(text, (start,) * len(text), (end,) * len(text))

    @classmethod
    def join(cls, parts: Iterable[SourceText]) -> SourceText:
        """The parts one after another."""
        kept = [part for part in parts if part.text]
        return cls(
            "".join(part.text for part in kept),
            tuple(chain.from_iterable(part.starts for part in kept)),
            tuple(chain.from_iterable(part.ends for part in kept)),
        )

    def __len__(self) -> int:
        return len(self.text)

    def __bool__(self) -> bool:
        return bool(self.text)

    def __getitem__(self, where: slice) -> SourceText:
        return SourceText(self.text[where], self.starts[where], self.ends[where])

    def __add__(self, other: SourceText) -> SourceText:
        if not self.text:
            return other
        return SourceText(self.text + other.text, self.starts + other.starts, self.ends + other.ends)

    def __repr__(self) -> str:
        where = f"{self.start}:{self.end}" if self.text else "empty"
        return f"SourceText({self.text!r} @ {where})"

    @property
    def start(self) -> int:
        """First source offset covered. Raises IndexError when empty."""
        return self.starts[0]

    @property
    def end(self) -> int:
        """One past the last source offset covered. Raises IndexError when empty."""
        return self.ends[-1]

    def strip(self) -> SourceText:
        """Without white space at both ends."""
        left = len(self.text) - len(self.text.lstrip())
        return self[left : len(self.text.rstrip())] if left < len(self.text) else EMPTY

    def replace(self, replacements: Sequence[tuple[int, int, str]]) -> SourceText:
        """With each ``(start, end, new)`` put in place of ``text[start:end]``; positions ascend and are disjoint.

        Every character of ``new`` stands for the whole source range of what it replaces.
        """
        parts: list[SourceText] = []
        position = 0
        for start, end, new in replacements:
            parts += [self[position:start], SourceText.standing_for(new, self.starts[start], self.ends[end - 1])]
            position = end
        parts.append(self[position:])
        return SourceText.join(parts)


EMPTY = SourceText("", (), ())
