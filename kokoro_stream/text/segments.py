"""Speakable text → segments, each spoken in one breath of the model.

A segment leaves as soon as its end is certain. The first one of a speech (and the first after a flush) may end at a
clause, so that speech starts early; later ones are whole sentences, because by then nobody waits. Which characters are
boundaries is judged in `boundaries`; this file holds the text and applies the policy.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from ..config import Latency
from .boundaries import MARK, Verdict, judge
from .source import EMPTY, SourceText

Ending = Literal["clause", "sentence", "block", "cap", "flush"]

# A first segment may end at a clause once it is this long: shorter ones are over before the next one is ready.
FIRST_CLAUSE: dict[Latency, int | None] = {"low": 10, "balanced": 60, "quality": None}
FIRST_CONJUNCTION: dict[Latency, int | None] = {"low": 25, "balanced": None, "quality": None}

_CLAUSE_CUT = re.compile(r"[.!?…,;:—–)](?=\s)|[，、；：。！？।—]")
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece to be spoken, without white space at its borders, and what ended it.

    ``flush`` ends a segment whose text went on or was not closed by punctuation; ``cap`` one that grew too long.
    """

    text: SourceText
    ends: Ending


class Segmenter:
    """Cuts speakable text into segments; the result never depends on how the text was fed.

    ``cap`` is the most characters a segment may have. Newlines end a segment. Joining the segments gives the input
    back, less the white space at their borders.
    """

    def __init__(self, latency: Latency = "balanced", *, cap: int = 300) -> None:
        if cap < 1:
            raise ValueError(f"cap must be at least 1 character, not {cap}")
        self._latency: Latency = latency
        self._cap = cap
        self._held = EMPTY
        self._judged = 0
        self._first = True

    @property
    def waiting(self) -> int:
        """Characters held until their segment's end is known."""
        return len(self._held)

    def feed(self, text: SourceText) -> list[Segment]:
        """Take more text; return the segments that are certain now."""
        return self._advance(text, final=False)

    def flush(self) -> list[Segment]:
        """Return everything held. More text may follow; it begins a new segment, under the first segment's policy."""
        segments = self._advance(EMPTY, final=True)
        if rest := self._held.strip():
            segments.append(Segment(rest, "flush"))
        self._held, self._judged, self._first = EMPTY, 0, True
        return segments

    def _advance(self, more: SourceText, *, final: bool) -> list[Segment]:
        source = self._held + more if self._held else more
        text, start, judged = source.text, 0, self._judged
        segments: list[Segment] = []
        while True:
            start = _skip_space(text, start)
            judged = max(judged, start)
            ending, end, judged = self._next(text, start, judged, final=final)
            if ending is None:
                break
            if segment := source[start:end].strip():
                segments.append(Segment(segment, ending))
                self._first = False
            start = end
        self._held, self._judged = source[start:], judged - start
        return segments

    def _next(self, text: str, start: int, judged: int, *, final: bool) -> tuple[Ending | None, int, int]:
        """The ending and end of the segment at ``start`` (None: not yet), and up to where marks have been judged."""
        limit = start + self._cap
        while mark := MARK.search(text, judged, limit):
            verdict = judge(text, start, mark, final=final)
            if verdict.kind == "hold":
                return None, start, judged
            ending = self._accepted(verdict, mark, start)
            if ending is not None and verdict.end <= limit and _says_something(text, start, verdict):
                return ending, verdict.end, max(verdict.end, judged)
            judged = mark.end()
        if len(text) > limit:
            end = _best_cut(text, start, limit)
            return "cap", end, end
        return None, start, judged

    def _accepted(self, verdict: Verdict, mark: re.Match[str], start: int) -> Ending | None:
        """The ending that the verdict amounts to under the policy for this segment, or None."""
        if verdict.kind in ("no", "hold"):
            return None
        if verdict.kind != "clause":
            return "block" if verdict.kind == "block" else "sentence"
        table = FIRST_CONJUNCTION if mark.lastgroup == "conjunction" else FIRST_CLAUSE
        minimum = table[self._latency] if self._first else None
        return "clause" if minimum is not None and verdict.end - start >= minimum else None


def _says_something(text: str, start: int, verdict: Verdict) -> bool:
    """Whether there is more than punctuation before a boundary; a block's end needs no words."""
    return verdict.kind == "block" or any(character.isalnum() for character in text[start : verdict.end])


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _best_cut(text: str, start: int, limit: int) -> int:
    """Where to cut text that grew too long: after the last clause, else between words, else between characters."""
    clauses = [mark.end() for mark in _CLAUSE_CUT.finditer(text, start, limit)]
    if clauses and clauses[-1] - start >= (limit - start) // 3:
        return clauses[-1]
    for at in range(limit, start, -1):
        if text[at].isspace():
            return at
    for at in range(limit, (start + limit) // 2, -1):
        if not _continues(text, at):
            return at
    return limit


def _continues(text: str, at: int) -> bool:
    """Whether the character at ``at`` belongs to the one before it (an accent, a joiner, a vowel sign)."""
    return unicodedata.category(text[at])[0] == "M" or text[at] in _JOINERS or text[at - 1] in _JOINERS
