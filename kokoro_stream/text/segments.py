"""Speakable text → segments, each spoken in one breath of the model.

A segment leaves as soon as its end is certain. The first one of a speech (and the first after a flush) may end at a
clause, so that speech starts early; later ones are whole sentences, because by then nobody waits. Which characters are
boundaries is judged in `boundaries`, where text without any is cut in `scripts`; this file holds the text and applies
the policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..config import Latency
from .boundaries import MARK, MARK_OR_CONJUNCTION, SENTENCE_MARK, Verdict, judge
from .scripts import best_cut
from .source import SourceText

Ending = Literal["clause", "sentence", "block", "cap", "flush"]


@dataclass(frozen=True, slots=True)
class FirstPolicy:
    """What a first segment may end at besides a sentence, and from which length on.

    Shorter ones are over before the next one is ready.
    """

    marks: re.Pattern[str]
    clause: int
    conjunction: int
    cap: int | None


_SAID = re.compile(r"[^\W_]")

NOT_FIRST = FirstPolicy(SENTENCE_MARK, 0, 0, None)
FIRST: dict[Latency, FirstPolicy] = {
    "low": FirstPolicy(MARK_OR_CONJUNCTION, clause=10, conjunction=25, cap=120),
    "balanced": FirstPolicy(MARK, clause=60, conjunction=0, cap=200),
    "quality": NOT_FIRST,
}


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
        self._first_policy = FIRST[latency]
        self._most = cap
        self._text = ""  # what is held
        self._starts: list[int] = []  # and the source range of each of its characters
        self._ends: list[int] = []
        self._judged = 0  # no mark before this place ends the segment
        self._begin(self._first_policy)

    @property
    def waiting(self) -> int:
        """Characters held until their segment's end is known."""
        return len(self._text)

    def feed(self, text: SourceText) -> list[Segment]:
        """Take more text; return the segments that are certain now."""
        if not self._text and not text.text.strip():
            return []
        held = self._text = self._text + text.text
        self._starts += text.starts
        self._ends += text.ends
        if len(held) > self._cap:
            return self._advance(final=False)
        mark = self._search(held, self._judged)
        if mark is None:
            # A conjunction is complete with the space behind it, so one at the end will be looked at again.
            self._judged = max(self._judged, held.rfind(" ") + 1) if self._policy.conjunction else len(held)
            return []
        if mark.end() == len(held) and held[-1] != "\n":
            self._judged = mark.start()  # it may go on
            return []
        return self._advance(final=False)

    def flush(self) -> list[Segment]:
        """Return everything held. More text may follow; it begins a new segment, under the first segment's policy."""
        segments = self._advance(final=True)
        if self._text:
            segments.append(Segment(self._source(0, len(self._text.rstrip())), "flush"))
        self._text, self._starts, self._ends, self._judged = "", [], [], 0
        self._begin(self._first_policy)
        return segments

    def _begin(self, policy: FirstPolicy) -> None:
        self._policy = policy
        self._search = policy.marks.search
        self._cap = self._most if policy.cap is None else min(policy.cap, self._most)

    def _advance(self, *, final: bool) -> list[Segment]:
        """The segments that are certain in what is held, which is left without them."""
        text = self._text
        start, judged = _skip_space(text, 0), self._judged
        segments: list[Segment] = []
        while True:
            ending, end, judged = self._next(text, start, max(start, judged), final=final)
            if ending is None:
                break
            if said := len(text[start:end].rstrip()):
                segments.append(Segment(self._source(start, start + said), ending))
                if self._policy is not NOT_FIRST:
                    self._begin(NOT_FIRST)
            start = _skip_space(text, end)
        if start:
            self._text = text[start:]
            del self._starts[:start], self._ends[:start]
        self._judged = judged - start
        return segments

    def _source(self, start: int, end: int) -> SourceText:
        return SourceText(self._text[start:end], tuple(self._starts[start:end]), tuple(self._ends[start:end]))

    def _next(self, text: str, start: int, judged: int, *, final: bool) -> tuple[Ending | None, int, int]:
        """The ending and end of the segment at ``start`` (None: not yet), and up to where marks have been judged."""
        limit = start + self._cap
        while mark := self._search(text, judged, limit):
            verdict = judge(text, start, mark, final=final)
            if verdict.kind == "hold":
                return None, start, judged
            ending = self._accepted(verdict, mark, start)
            if ending is not None and verdict.end <= limit and _says_something(text, start, verdict):
                return ending, verdict.end, max(verdict.end, judged)
            judged = mark.end()
        if len(text) > limit:
            end = best_cut(text, start, limit)
            return "cap", end, end
        return None, start, judged

    def _accepted(self, verdict: Verdict, mark: re.Match[str], start: int) -> Ending | None:
        """The ending that the verdict amounts to under the policy for this segment, or None."""
        if verdict.kind in ("block", "sentence"):
            return "block" if verdict.kind == "block" else "sentence"
        if verdict.kind != "clause":
            return None
        minimum = self._policy.conjunction if mark.lastgroup == "conjunction" else self._policy.clause
        return "clause" if minimum and verdict.end - start >= minimum else None


def _says_something(text: str, start: int, verdict: Verdict) -> bool:
    """Whether there is more than punctuation before a boundary; a block's end needs no words."""
    return verdict.kind == "block" or _SAID.search(text, start, verdict.end) is not None


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
