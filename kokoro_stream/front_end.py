"""Text as an LLM writes it → utterances ready for the model. Pure and synchronous, one per speech."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from .config import Latency
from .errors import InputError
from .phonemes.english import English
from .phonemes.lexicon import Lexicon
from .phonemes.phonemizer import Phonemizer
from .phonemes.sentence import Sentence
from .phonemes.utterance import NOTHING, Utterance, Word
from .text.directions import Break, Direction, Dropped, Rate, Say
from .text.segments import Ending, Segment, Segmenter
from .text.source import EMPTY, SourceText
from .text.speakable import Speakable, SpeakableSettings

SENTENCE_MARKS = ".!?…"
CLAUSE_MARKS = ",;:—"

# Characters behind a segment that its words may depend on: more than all words that they wait for.
AHEAD = 120


@dataclass(frozen=True, slots=True)
class Line:
    """One segment for the model. ``start``/``end`` is its range in the text as sent; ``ends`` what ended it.

    The caller's markup asks for ``rate``, by which the speed is multiplied, and for ``pause_ms`` of silence in front.
    ``warnings`` are parts of the text, up to this line's end, that are not spoken as written.
    """

    utterance: Utterance
    start: int
    end: int
    ends: Ending
    rate: float = 1.0
    pause_ms: int = 0
    warnings: tuple[Dropped, ...] = ()


class FrontEnd:
    """Speakable → segments → normalised → phonemes. `feed` pieces as they come, `flush` to speak what is held.

    The lines do not depend on how the text was cut into pieces. ``limit`` is the most phonemes a line may have; a
    longer segment becomes several lines, cut at punctuation, else between words, else within a word. ``lexicon`` has
    this speech's own pronunciations; raises `InputError` when ``phonemizer`` can take none.
    """

    def __init__(
        self,
        phonemizer: Phonemizer,
        latency: Latency,
        limit: int,
        settings: SpeakableSettings = SpeakableSettings(),  # noqa: B008  # frozen
        lexicon: Lexicon | None = None,
    ) -> None:
        self._speakable = Speakable(settings)
        self._segmenter = Segmenter(latency)
        self._sentence = Sentence(_taught(phonemizer, lexicon))
        self._directions = _Directions()
        self._limit = limit
        self._ahead = EMPTY  # speakable text, the last of it that a line stands for
        self._said = 0  # how much of it one does
        self._segments: deque[Segment] = deque()  # found in the rest
        self._flushed = False  # where that begins
        self._fed = 0
        self._settled = 0

    @property
    def held(self) -> bool:
        """Text has been fed that no line stands for yet."""
        return self._settled < self._fed

    @property
    def passed(self) -> int:
        """Characters that lines stand for, or that hold nothing to say."""
        return self._settled if self._segments or self._segmenter.waiting else self._fed - self._speakable.held

    @property
    def coming(self) -> int | None:
        """Words are known that no line stands for yet: the silence, in ms, that markup asks for before them. Or None.

        Of other scripts than Latin there may be none after all: what a language cannot say is left out.
        """
        text = self._ahead.text
        if not any(char.isalnum() and char.isascii() for char in text):
            return None
        begin = self._ahead.starts[len(text) - len(text.lstrip())]
        return self._directions.silence(max(begin, self._settled))

    def feed(self, piece: str) -> list[Line]:
        """The lines that are certain now."""
        self._fed += len(piece)
        for text in self._speakable.feed(piece):
            self._take(text)
        return self._lines(final=False)

    def flush(self) -> list[Line]:
        """Lines for everything fed so far; text that comes later starts a new segment."""
        for text in self._speakable.flush():
            self._take(text)
        self._segments += self._segmenter.flush()
        lines = self._lines(final=True)
        if warnings := self._directions.leave(self._fed):
            start = max(self._settled, warnings[0].start)
            lines.append(Line(NOTHING, start, self._fed, "flush", warnings=warnings))
        self._settled, self._flushed = self._fed, True
        return lines

    def _take(self, text: SourceText) -> None:
        self._ahead += text
        self._segments += self._segmenter.feed(text)

    def _lines(self, *, final: bool) -> list[Line]:
        self._directions.add(self._speakable.take_directions(), self._speakable.take_dropped())
        lines: list[Line] = []
        while self._segments:
            utterance = self._utterance(final=final)
            if utterance is None:
                break
            lines += self._spoken(self._segments.popleft(), utterance)
        if self._said:
            self._ahead, self._said = self._ahead[self._said :], 0
        return lines

    def _utterance(self, *, final: bool) -> Utterance | None:
        """What is said for the first segment; None while it is not certain. Takes it from what is ahead."""
        segment, text, begin = self._segments[0], self._ahead.text, self._said
        end = text.index(segment.text.text, begin) + len(segment.text)
        if self._flushed and not text[begin].isspace():
            self._sentence.end()  # nothing of what was said before is part of a word that comes now
        self._flushed = False
        over = segment.ends in ("sentence", "block") or _within_word(text, end)
        after, more = (EMPTY, False) if over else self._following(end, final=final)
        utterance = self._sentence.say(self._ahead[begin:end], after, self._directions.says, more=more)
        if utterance is not None:
            self._said = end
            if over:
                self._sentence.end()
        return utterance

    def _following(self, end: int, *, final: bool) -> tuple[SourceText, bool]:
        """What is known to follow in the sentence, and whether there may be more of it."""
        text, limit = self._ahead.text, end + AHEAD
        block = text.find("\n", end, limit)
        if block >= 0:
            return self._ahead[end:block], False
        return self._ahead[end:limit], len(text) < limit and not final

    def _spoken(self, segment: Segment, utterance: Utterance) -> Iterator[Line]:
        # Some of the text behind a cut may be said in front of it ("5 | ft 10"), and then is not said behind it.
        start, end = max(segment.text.start, self._settled), segment.text.end
        if utterance.words:
            start, end = min(start, utterance.words[0].start), max(end, utterance.words[-1].end)
        end = max(start, end)
        self._settled = max(self._settled, end)
        parts, begin, stop = split(utterance, self._limit), start, start
        for number, part in enumerate(parts, 1):
            last = number == len(parts)
            if number > 1:  # a part of a divided word stands for nothing that has not been said
                begin = part.words[0].start if part.words else stop
            stop = end if last else part.words[-1].end if part.words else begin
            pause_ms, rate = self._directions.reach(begin)
            warnings = self._directions.leave(stop)
            yield Line(part, begin, stop, segment.ends if last else "cap", rate, pause_ms, warnings)


class _Directions:
    """What the text has asked for, by source offset, until the lines come that it concerns."""

    def __init__(self) -> None:
        self.says: list[Say] = []
        self._changes: deque[Break | Rate] = deque()
        self._dropped: list[Dropped] = []
        self._rate = 1.0

    def add(self, directions: list[Direction], dropped: list[Dropped]) -> None:
        """More of them."""
        self.says += (direction for direction in directions if isinstance(direction, Say))
        self._changes += (direction for direction in directions if not isinstance(direction, Say))
        self._dropped += dropped

    def silence(self, start: int) -> int:
        """The silence in front of a line that is going to begin there."""
        return sum(change.milliseconds for change in self._changes if isinstance(change, Break) and change.at <= start)

    def reach(self, start: int) -> tuple[int, float]:
        """The silence in front of a line that begins there, and its rate. Lines must come in order."""
        silence = 0
        while self._changes and self._changes[0].at <= start:
            change = self._changes.popleft()
            if isinstance(change, Break):
                silence += change.milliseconds
            else:
                self._rate = change.factor
        return silence, self._rate

    def leave(self, end: int) -> tuple[Dropped, ...]:
        """What is not spoken of the text up to ``end``, all of which is left behind."""
        self.says = [say for say in self.says if say.end > end]
        taken = [dropped for dropped in self._dropped if dropped.end <= end]
        self._dropped = [dropped for dropped in self._dropped if dropped.end > end]
        return tuple(sorted(taken, key=lambda dropped: (dropped.start, dropped.end)))


def _within_word(text: str, at: int) -> bool:
    return text[at - 1].isalnum() and text[at : at + 1].isalnum()


def _taught(phonemizer: Phonemizer, lexicon: Lexicon | None) -> Phonemizer:
    if lexicon is None or not len(lexicon):
        return phonemizer
    if not isinstance(phonemizer, English):
        raise InputError("lexicon", "own pronunciations are for English only")
    return phonemizer.using(lexicon)


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
    inside = utterance.phonemes[first:last].rstrip(" ")
    words = tuple(
        Word(w.text, inside[w.first - first : w.last - first], w.start, w.end,
             w.first - first, min(w.last - first, len(inside)))
        for w in utterance.words
        # A word that a hard cut divides belongs to the part in which it begins.
        if first <= w.first < last
    )  # fmt: skip
    return Utterance(inside, words, utterance.unspoken if first == 0 else ())
