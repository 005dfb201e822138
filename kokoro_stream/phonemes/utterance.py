"""What phonemizers return: one phoneme string, and which part of it is which word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word.

    ``text`` is the word as written in the source (its span's text, before it was normalised);
    ``phonemes`` what is said for it, without the surrounding spaces;
    ``start``/``end`` its half-open source range in code points;
    ``first``/``last`` its half-open range in `Utterance.phonemes`, one symbol per model token.
    """

    text: str
    phonemes: str
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a model is asked to say.

    ``phonemes`` holds only symbols of the vocabulary, one per model token (without the padding at both ends).
    ``words`` are in order, disjoint in phonemes and in source. ``unspoken`` are source ranges of which nothing could be
    said (symbols outside every lexicon and the vocabulary); they are reported, never dropped in silence.
    """

    phonemes: str
    words: tuple[Word, ...]
    unspoken: tuple[tuple[int, int], ...] = ()

    @classmethod
    def join(cls, parts: Iterable[Utterance]) -> Utterance:
        """The parts one directly after another."""
        phonemes, words, unspoken = "", list[Word](), list[tuple[int, int]]()
        for part in parts:
            words += (_moved(word, len(phonemes)) for word in part.words)
            phonemes += part.phonemes
            unspoken += part.unspoken
        return cls(phonemes, tuple(words), tuple(unspoken))

    def strip(self) -> Utterance:
        """Without spaces at both ends."""
        phonemes = self.phonemes.strip(" ")
        if phonemes == self.phonemes:
            return self
        left = len(self.phonemes) - len(self.phonemes.lstrip(" "))
        return Utterance(phonemes, tuple(_moved(word, -left) for word in self.words), self.unspoken)


NOTHING = Utterance("", ())


def _moved(word: Word, by: int) -> Word:
    return replace(word, first=word.first + by, last=word.last + by) if by else word
