"""What misaki says, token by token → an utterance: written words with their places, marks, and what stayed silent."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

from ..text.source import SourceText
from .misaki import Spoken
from .utterance import Utterance, Word
from .vocabulary import VOCABULARY

_CURRENCIES = frozenset("$£€")  # misaki names them after the number
_PAUSES = frozenset(';:,.!?—…"“”()')  # symbols of the vocabulary that are heard as a pause or a tone, not as sounds
_CACHED = 8192


REPEATED = 3  # "..." is one pause, and so is a line of dots


def assemble(text: SourceText, spoken: Iterable[Spoken], behind: str = "") -> Utterance:
    """The utterance of what is said, in order, for parts of ``text``.

    ``behind`` is the end of an earlier utterance (`REPEATED` symbols will do) that this one continues; it then opens
    with the space that stands between them.
    """
    assembly = _Assembly(text, behind)
    for item in spoken:
        assembly.add(item)
    return assembly.finish()


class _Assembly:
    def __init__(self, text: SourceText, behind: str) -> None:
        self._text = text
        self._phonemes = list(behind)  # one symbol each
        self._behind = len(behind)
        self._words: list[tuple[int, int, int, int]] = []  # ranges in the text and in the phonemes
        self._unspoken: list[tuple[int, int]] = []
        self._space = bool(behind)  # whether one is due before the next sound
        self._glued_to = -1  # where in the text the last word ended, if only silence follows it

    def add(self, item: Spoken) -> None:
        said, pause = _symbols(item.phonemes)
        start, end = item.start, item.end
        if not said:
            self._add_silence(start, end)
        elif pause:
            self._add_pause(said, self._space and self._text.text[start - 1].isspace())
        else:
            self._add_space()
            first = len(self._phonemes)
            self._phonemes += said
            self._add_word(start, end, first)
        self._space = item.space or (self._space and not said)

    def _add_space(self) -> None:
        if self._space and self._phonemes:
            self._phonemes.append(" ")

    def _add_pause(self, said: str, spaced: bool) -> None:
        if spaced:
            self._add_space()
        for symbol in said:
            if self._phonemes[-REPEATED:] != [symbol] * REPEATED:
                self._phonemes.append(symbol)

    def _add_word(self, start: int, end: int, first: int) -> None:
        starts, ends = self._text.starts, self._text.ends
        if self._words:
            word_start, word_end, word_first, _ = self._words[-1]
            # "well-known" and all that is said for "$5" are one written word each.
            if self._glued_to == start or starts[start] < ends[word_end - 1]:
                start, first = word_start, word_first
                self._words.pop()
        self._words.append((start, end, first, len(self._phonemes)))
        self._glued_to = end

    def _add_silence(self, start: int, end: int) -> None:
        if self._glued_to == start:
            self._glued_to = end
        said_later = self._text.text[end : end + 1].isdigit() and self._text.text[start:end] in _CURRENCIES
        if not said_later and _should_be_said(self._text.text[start:end]):
            source_start = self._text.starts[start]
            if self._unspoken and self._unspoken[-1][1] >= source_start:
                source_start, _ = self._unspoken.pop()
            self._unspoken.append((source_start, self._text.ends[end - 1]))

    def finish(self) -> Utterance:
        phonemes, text, behind = "".join(self._phonemes[self._behind :]), self._text, self._behind
        ranges = ((start, end, first - behind, last - behind) for start, end, first, last in self._words)
        words = tuple(
            Word(text.text[start:end], phonemes[first:last], text.starts[start], text.ends[end - 1], first, last)
            for start, end, first, last in ranges
        )
        return Utterance(phonemes, words, tuple(self._unspoken))


@functools.lru_cache(_CACHED)
def _symbols(phonemes: str) -> tuple[str, bool]:
    """The symbols of the vocabulary among them, and whether none of these is a sound."""
    said = "".join(symbol for symbol in phonemes.strip() if symbol in VOCABULARY)
    return said, _PAUSES.issuperset(said)


def _should_be_said(text: str) -> bool:
    """Whether silence for ``text`` would lose something: letters, digits and symbols do, punctuation does not."""
    return any(unicodedata.category(c)[0] in "LNS" or unicodedata.category(c) in ("Cs", "Co", "Cn") for c in text)
