"""Languages written without spaces, in which Latin letters are English: Japanese and Mandarin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import regex

from ..text.directions import Say
from ..text.source import SourceText
from .draft import Draft, stretches
from .marks import MARKS, OPENING
from .phonemizer import Phonemizer
from .utterance import Utterance

MOST_CHARACTERS = 200  # of a clause that is divided into words at once: the time for that need not be linear

_LATIN = (
    r"\p{Nd}{0,9}+\p{Latin}[\p{Latin}\p{M}\p{Nd}'’&+#_]*+(?:[ .\-/][\p{Latin}\p{Nd}][\p{Latin}\p{M}\p{Nd}'’&+#_]*+)*+"
)


@dataclass(frozen=True, slots=True)
class Morpheme:
    """A word of a clause: its range, and its phonemes, which may be glued to those of the word before."""

    start: int
    end: int
    phonemes: str
    glued: bool = False


class Words(Protocol):
    """Divides a clause of characters that `script` matches. Must be safe to call from several threads."""

    script: str

    def __call__(self, clause: str) -> Iterable[Morpheme]: ...


class Mixed:
    """Phonemizer of a language whose ``words`` divide its clauses; ``english`` gives what reads Latin letters."""

    def __init__(
        self,
        words: Words,
        normalizer: Callable[[SourceText], SourceText],
        english: Callable[[], Phonemizer],
    ) -> None:
        self._words = words
        self._normalizer = normalizer
        self._english = english
        marks = "".join(map(regex.escape, MARKS))
        self._items = regex.compile(
            rf"(?P<native>{words.script}{{1,{MOST_CHARACTERS}}}+)|(?P<latin>{_LATIN})|(?P<mark>[{marks}])|(?P<space>[\s・·]++)|.",
            regex.DOTALL | regex.V1,
        )

    def normalize(self, text: SourceText) -> SourceText:
        """Numbers, dates, money and signs in words."""
        return self._normalizer(text)

    def phonemize(self, text: SourceText, says: Sequence[Say] = ()) -> Utterance:
        """What to say for normalised text. Takes any characters at all."""
        draft = Draft(text)
        for start, end, preset in stretches(text, says):
            if preset is not None:
                draft.add_word(start, end, preset)
                continue
            for item in self._items.finditer(text.text, start, end):
                self._add(draft, text, item)
        return draft.finish()

    def _add(self, draft: Draft, text: SourceText, item: regex.Match[str]) -> None:
        start, end = item.span()
        if item["native"]:
            for word in self._words(item[0]):
                draft.add_word(start + word.start, start + word.end, word.phonemes, glued=word.glued)
        elif item["latin"]:
            english = self._english()
            draft.add_utterance(english.phonemize(english.normalize(text[start:end])))
        elif item["mark"]:
            mark = MARKS[item[0]]
            draft.add_pause(mark, spaced=mark in OPENING)
        elif not item["space"]:
            draft.add_silence(start, end)
