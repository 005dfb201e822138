"""An utterance being put together, word by word, in languages whose words are known with their places."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..text.directions import Say
from ..text.source import SourceText
from .marks import OPENING
from .utterance import Utterance, Word
from .vocabulary import VOCABULARY

_REPEATED = 3  # "..." is one pause, and so is a line of dots


@dataclass(slots=True)
class _Word:
    texts: list[str]
    start: int
    end: int
    first: int
    last: int


class Draft:
    """Takes words, pauses and what stays silent in the order of the text; positions are those in its ``text``."""

    def __init__(self, text: SourceText) -> None:
        self._text = text
        self._phonemes: list[str] = []  # one symbol each
        self._words: list[_Word] = []
        self._unspoken: list[tuple[int, int]] = []

    def add_word(self, start: int, end: int, phonemes: str, *, glued: bool = False) -> None:
        """``text[start:end]`` is said so, with a space to the word before unless it is ``glued`` to it."""
        said = symbols(phonemes)
        if not said:
            self.add_silence(start, end)
            return
        source_start, source_end = self._text.starts[start], self._text.ends[end - 1]
        self._append(self._text.text[start:end], said, source_start, source_end, glued=glued)

    def add_pause(self, mark: str, *, spaced: bool = False) -> None:
        """A mark of the vocabulary; ``spaced`` puts it towards the next word."""
        if spaced:
            self._space()
        if self._phonemes[-_REPEATED:] != [mark] * _REPEATED:
            self._phonemes.append(mark)

    def add_utterance(self, utterance: Utterance) -> None:
        """A part that another phonemizer has made of the same source."""
        for word in utterance.words:
            self._append(word.text, list(word.phonemes), word.start, word.end)
        self._unspoken += utterance.unspoken

    def add_silence(self, start: int, end: int) -> None:
        """Nothing can be said for ``text[start:end]``; reported unless it is mere punctuation."""
        if any(map(_should_be_said, self._text.text[start:end])):
            self._unspoken.append((self._text.starts[start], self._text.ends[end - 1]))

    def finish(self) -> Utterance:
        """The whole."""
        while self._phonemes and self._phonemes[-1] == " ":
            self._phonemes.pop()
        phonemes = "".join(self._phonemes)
        words = tuple(
            Word(" ".join(word.texts), phonemes[word.first : word.last], word.start, word.end, word.first, word.last)
            for word in self._words
        )
        return Utterance(phonemes, words, tuple(_united(self._unspoken)))

    def _space(self) -> None:
        if self._phonemes and self._phonemes[-1] != " ":
            self._phonemes.append(" ")

    def _append(self, text: str, said: Sequence[str], start: int, end: int, *, glued: bool = False) -> None:
        if not glued and self._phonemes and self._phonemes[-1] not in OPENING:
            self._space()
        first = len(self._phonemes)
        self._phonemes += said
        if self._words and start < self._words[-1].end:  # all that is said for "21" is one written word
            word = self._words[-1]
            word.texts.append(text)
            word.end, word.last = max(word.end, end), len(self._phonemes)
        else:
            self._words.append(_Word([text], start, end, first, len(self._phonemes)))


def _united(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in order; those that touch are one. A word may be found to be silent when what follows it is known."""
    united: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if united and united[-1][1] >= start:
            united[-1] = united[-1][0], max(united[-1][1], end)
        else:
            united.append((start, end))
    return united


def symbols(phonemes: str) -> list[str]:
    """The symbols of the vocabulary in ``phonemes``; composed letters (ẽ) are taken apart where that helps."""
    said = []
    for symbol in phonemes.strip():
        if symbol in VOCABULARY:
            said.append(symbol)
        else:
            said += [part for part in unicodedata.normalize("NFD", symbol) if part in VOCABULARY]
    return said


def stretches(text: SourceText, says: Sequence[Say]) -> Iterator[tuple[int, int, str | None]]:
    """The text in order as ranges ``start, end`` with the phonemes that the caller wants for them, or None."""
    position = 0
    for say in sorted(says, key=lambda say: say.start):
        start = bisect_right(text.ends, say.start, position)
        end = bisect_left(text.starts, say.end, start)
        if end > start:
            if start > position:
                yield position, start, None
            yield start, end, say.phonemes
            position = end
    if position < len(text):
        yield position, len(text), None


def _should_be_said(character: str) -> bool:
    """Whether silence for it would lose something: letters, digits and symbols do, punctuation does not."""
    category = unicodedata.category(character)
    return category[0] in "LNS" or category in ("Cs", "Co", "Cn")
