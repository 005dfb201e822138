"""What phonemizers return: one phoneme string, and which part of it is which word."""

from __future__ import annotations

from dataclasses import dataclass


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
