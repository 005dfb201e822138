"""Text as an LLM writes it → utterances ready for the model. Pure and synchronous, one per speech."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .config import Latency
from .phonemes.languages import Phonemizer
from .phonemes.utterance import Utterance, Word
from .text.normalize import normalize
from .text.segments import Ending, Segment, Segmenter
from .text.speakable import Speakable

SENTENCE_MARKS = ".!?…"
CLAUSE_MARKS = ",;:—"


@dataclass(frozen=True, slots=True)
class Line:
    """One segment for the model. ``start``/``end`` is its range in the text as sent; ``ends`` what ended it."""

    utterance: Utterance
    start: int
    end: int
    ends: Ending


class FrontEnd:
    """Speakable → segments → normalised → phonemes. `feed` pieces as they come, `flush` to speak what is held.

    The lines do not depend on how the text was cut into pieces. ``limit`` is the most phonemes a line may have; a
    longer segment becomes several lines, cut at punctuation, else between words, else within a word.
    """

    def __init__(self, phonemizer: Phonemizer, latency: Latency, limit: int) -> None:
        self._speakable = Speakable()
        self._segmenter = Segmenter(latency)
        self._phonemizer = phonemizer
        self._limit = limit
        self._fed = 0
        self._settled = 0

    @property
    def held(self) -> bool:
        """Text has been fed that no line stands for yet."""
        return self._settled < self._fed

    @property
    def passed(self) -> int:
        """Characters that lines stand for, or that hold nothing to say, but for a few that Markdown still looks at.

        Good enough to tell how much text waits; whether any does, `held` says.
        """
        return self._settled if self._segmenter.waiting else self._fed

    def feed(self, piece: str) -> list[Line]:
        """The lines that are certain now."""
        self._fed += len(piece)
        return self._lines(self._segmenter.feed(text) for text in self._speakable.feed(piece))

    def flush(self) -> list[Line]:
        """Lines for everything fed so far; text that comes later starts a new segment."""
        lines = self._lines(
            [*(self._segmenter.feed(text) for text in self._speakable.flush()), self._segmenter.flush()]
        )
        self._settled = self._fed
        return lines

    def _lines(self, batches: Iterable[list[Segment]]) -> list[Line]:
        lines = []
        for segment in (segment for batch in batches for segment in batch):
            utterance = self._phonemizer.phonemize(normalize(segment.text))
            start, end = segment.text.start, segment.text.end
            parts = split(utterance, self._limit)
            for number, part in enumerate(parts, 1):
                last = number == len(parts)
                begin = part.words[0].start if number > 1 and part.words else start
                stop = end if last or not part.words else part.words[-1].end
                lines.append(Line(part, begin, stop, segment.ends if last else "cap"))
            self._settled = max(self._settled, end)
        return lines


def split(utterance: Utterance, limit: int) -> list[Utterance]:
    """The utterance in parts of at most ``limit`` phonemes; every phoneme but the spaces at the cuts is kept."""
    parts = []
    phonemes, start = utterance.phonemes, 0
    while len(phonemes) - start > limit:
        end = start + _cut(phonemes[start : start + limit + 1])
        parts.append((start, end))
        start = end
    parts.append((start, len(phonemes)))
    return [_part(utterance, first, last, whole=len(parts) == 1) for first, last in parts]


def _cut(phonemes: str) -> int:
    """Where to cut a run of which the last symbol is already too many: behind a mark if that is not too early."""
    for marks in (SENTENCE_MARKS, CLAUSE_MARKS):
        at = max(phonemes.rfind(mark + " ") for mark in marks)
        if at >= len(phonemes) // 3:
            return at + 2
    space = phonemes.rfind(" ")
    return space + 1 if space > 0 else len(phonemes) - 1


def _part(utterance: Utterance, first: int, last: int, *, whole: bool) -> Utterance:
    if whole:
        return utterance
    inside = utterance.phonemes[first:last]
    trimmed = inside.rstrip(" ")
    words = tuple(
        Word(w.text, utterance.phonemes[max(w.first, first) : min(w.last, last)], w.start, w.end,
             max(w.first, first) - first, min(w.last, last) - first)
        for w in utterance.words
        # A word that a hard cut divides belongs to the part in which it begins.
        if first <= w.first < last
    )  # fmt: skip
    return Utterance(trimmed, words, utterance.unspoken if first == 0 else ())
