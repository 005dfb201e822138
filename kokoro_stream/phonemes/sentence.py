"""A sentence that is spoken in several segments: each says what the whole sentence would have said there.

A segment is normalised and phonemised behind what has been said of its sentence, and in front of what is known to
follow: "the" and "to" agree with a word that is not yet spoken, "and 1995" knows that it ends a range of years.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ..text.directions import Say
from ..text.source import EMPTY, SourceText
from .phonemizer import Phonemizer
from .stream import PhonemeStream, WordByWord
from .utterance import Utterance

LEFT = 120  # characters before a segment that its numbers may depend on
AHEAD = 2  # words behind a cut between words, before its numbers are read: "May | 5"
AHEAD_OF_NUMBER = 3  # the same behind a number: "5 | ft 10 in"
MOST_AHEAD = 8  # words after which nothing is waited for any more: "to a a a a …"

_MARKS = frozenset(",;:.!?…—–，、；：。")
_CLOSERS = "\"'”’»)]}"
_RANGE = re.compile(r"\d\s?[–—]\s?\Z")  # it may be one: "May 5 – | 10"
_NUMBER = re.compile(r"\d\S{0,40}\Z")
_WORD = re.compile(r"\S+\s+")
_SPACE = re.compile(r"\s*")


class Sentence:
    """Speaks segments of one sentence after another; `end` begins the next sentence."""

    def __init__(self, phonemizer: Phonemizer) -> None:
        self._phonemizer = phonemizer
        self._stream = PhonemeStream(phonemizer) if isinstance(phonemizer, WordByWord) else None
        self._left = EMPTY  # as written
        self._swallowed = 0  # characters of the next segment that have been said with the last one
        self._refused = 0  # how many views of what follows the segment in hand left it uncertain

    def say(
        self, segment: SourceText, after: SourceText, says: Sequence[Say] = (), *, more: bool = False
    ) -> Utterance | None:
        """What is said for ``segment``, white space in front of it included, which ``after`` follows.

        None if ``more`` is to come behind ``after`` that may change it; then ask again when it is there. The answer
        does not depend on how much of ``after`` is there already. ``says`` are the caller's phonemes for ranges of any
        of it.
        """
        for words, following, goes_on in _views(after, more=more, fewest=_needs(segment)):
            if goes_on and words < self._refused:
                continue
            if (utterance := self._said(segment, following, says, more=goes_on)) is not None:
                self._refused = 0
                return utterance
            self._refused = words + 1
        return None

    def end(self) -> None:
        """The sentence is over."""
        self._left, self._swallowed, self._refused = EMPTY, 0, 0
        if self._stream is not None:
            self._stream.reset()  # all of it has been said

    def _said(self, segment: SourceText, after: SourceText, says: Sequence[Say], *, more: bool) -> Utterance | None:
        left, begun = self._left + segment[: self._swallowed], segment[self._swallowed :]
        text, following, swallowed = _normalized(self._phonemizer, (left, begun, after), says)
        if more and swallowed and _words(after[swallowed:]) < _needs(begun + after[:swallowed]):
            return None
        if self._stream is None:
            utterance: Utterance | None = self._phonemizer.phonemize(text.strip(), says)
        else:
            utterance = self._stream.settle(text, following, _within(says, text), more=more)
        if utterance is None:
            return None
        self._left = _last(left + begun)
        self._swallowed = max(swallowed, self._swallowed - len(segment))
        return utterance.strip()


def _views(after: SourceText, *, more: bool, fewest: int) -> Iterator[tuple[int, SourceText, bool]]:
    """Ever more of the words that follow, their number, and whether there may be others behind them."""
    space = _SPACE.match(after.text)
    ends = [space.end() if space else 0]
    ends += (word.end() for word in _WORD.finditer(after.text, ends[0]))
    if not more and ends[-1] < len(after):
        ends.append(len(after))
    for words, end in enumerate(ends[: MOST_AHEAD + 1]):
        goes_on = (more or words + 1 < len(ends)) and words < MOST_AHEAD
        if words >= fewest or not goes_on:
            yield words, after[:end], goes_on


def _needs(segment: SourceText) -> int:
    """How many words must be known behind a segment: none where a mark ends it."""
    if _RANGE.search(segment.text):
        return AHEAD_OF_NUMBER
    if segment.text.rstrip(_CLOSERS)[-1:] in _MARKS:
        return 0
    return AHEAD_OF_NUMBER if _NUMBER.search(segment.text) else AHEAD


def _words(text: SourceText) -> int:
    """How many words of it are complete."""
    return len(_WORD.findall(text.text.lstrip()))


def _last(text: SourceText) -> SourceText:
    """As much of its end as may count for what follows, from a word's beginning."""
    if len(text) <= LEFT:
        return text
    space = text.text.find(" ", len(text) - LEFT)
    return text[space:] if space >= 0 else EMPTY


def _within(says: Sequence[Say], text: SourceText) -> list[Say]:
    return [say for say in says if text and text.start <= say.start < text.end]


def _normalized(
    phonemizer: Phonemizer, parts: tuple[SourceText, SourceText, SourceText], says: Sequence[Say]
) -> tuple[SourceText, SourceText, int]:
    """The middle and the last part in words, read behind the first; how much of the last the middle part says too."""
    left, middle, _ = parts
    whole = SourceText.join(parts)
    first, last = len(left), len(left) + len(middle)
    # Places in the text instead of the source: a cut between two characters is then found again in the words.
    normal = _around(phonemizer, SourceText.of(whole.text), _ranges(whole, says))
    begin, end = bisect_left(normal.starts, first), bisect_left(normal.starts, last)
    if begin and normal.ends[begin - 1] > first:
        # What has been said already would go on into this segment: it is read for itself.
        return _normalized(phonemizer, (EMPTY, *parts[1:]), says)
    swallowed = max(0, normal.ends[end - 1] - last) if end else 0
    return _placed(normal[begin:end], whole), _placed(normal[end:], whole), swallowed


def _around(phonemizer: Phonemizer, text: SourceText, ranges: Sequence[tuple[int, int]]) -> SourceText:
    """Normalised, but for the ranges whose phonemes are given."""
    parts, at = list[SourceText](), 0
    for start, end in ranges:
        parts += [phonemizer.normalize(text[at:start]), text[start:end]]
        at = end
    return SourceText.join([*parts, phonemizer.normalize(text[at:])])


def _ranges(text: SourceText, says: Sequence[Say]) -> list[tuple[int, int]]:
    ranges = [(bisect_left(text.starts, say.start), bisect_left(text.starts, say.end)) for say in says]
    return sorted(found for found in ranges if found[0] < found[1])


def _placed(normal: SourceText, text: SourceText) -> SourceText:
    """Text that stands for places in ``text``, made to stand for those of its source."""
    starts = tuple(text.starts[at] for at in normal.starts)
    return SourceText(normal.text, starts, tuple(text.ends[at - 1] for at in normal.ends))
