"""Words that no lexicon knows: by their parts where a mark divides them, else by a small model, else as letters.

The model (``spelling.onnx``, made by ``training/spelling``) reads letters and writes two phoneme slots a letter.
Equal neighbours are one phoneme, empty slots separate (connectionist temporal classification). Compounds written as one
word are left to it too: on held-out ones it gets 6 % of the phonemes wrong, their two parts put together 16 %.
"""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path

import numpy as np
import regex

from ..model.providers import Runtime
from ..model.session import open_session
from .letters import acronym_is_a_word, parts, spelled_edges
from .lexicon import Lexicon
from .misaki import Misaki
from .vocabulary import VOCABULARY

MODEL = Path(__file__).with_name("spelling.onnx")
LETTERS = "abcdefghijklmnopqrstuvwxyz'"  # the model's input ids 1…27; 0 is padding

_NAME = 2  # added to the accent (0 US, 1 British) for words written with a capital: the model's kinds of words
_LIGATURES = str.maketrans(
    {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ß": "ss", "ẞ": "SS", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th", "ı": "i"}
)
_SYMBOLS = {number: symbol for symbol, number in VOCABULARY.items()}
_ACRONYMS = regex.compile(r"\p{Lu}{2,}s")
_CACHED_WORDS = 4096  # names come back; about 1 MB


class Spelling:
    """Pronounces unknown words in one accent. Safe to call from several threads."""

    def __init__(self, misaki: Misaki, lexicon: Lexicon, *, british: bool = False) -> None:
        self._misaki = misaki
        self._lexicon = lexicon
        self._accent = int(british)
        self._session = open_session(MODEL, Runtime(provider="cpu", threads=1))
        self._cached_guess = functools.lru_cache(_CACHED_WORDS)(self._spell)

    def pronounce(self, word: str, tag: str = "") -> str:
        """Phonemes for ``word``, "" when nothing of it can be said."""
        plain = _plain(word)
        if plain.endswith("'s") and len(plain) > 2:
            stem = self.pronounce(plain[:-2], tag)
            return self._misaki.with_s(stem) if stem else ""
        return " ".join(filter(None, (self._part(part, tag) for part in self._parts(plain))))

    def oddly_written(self, word: str) -> str | None:
        """Phonemes for a word whose capitals misaki would read as letters or as the beginnings of words.

        A word it knows in lower case only ("TypeScript"), and acronyms that nobody knows but that can be said.
        """
        lower = word.lower()
        if not word.isalpha() or word[1:] == lower[1:] or _ACRONYMS.fullmatch(word) or self._misaki.knows(word):
            return None
        if not word.isupper():
            return self._misaki.pronounce(lower) if self._misaki.knows(lower) else None
        return self.guess(lower) if not self._known(lower) and word.isascii() and acronym_is_a_word(lower) else None

    def guess(self, word: str) -> str:
        """What the model makes of ``word``, whose characters must be `LETTERS` but for case; rarely "" for odd ones."""
        return self._cached_guess(word.lower(), word[:1].isupper() and not word[1:].isupper())

    def _parts(self, plain: str) -> list[str]:
        """``plain`` itself if a lexicon has it however it is written ("TypeScript"), else what it is made of."""
        return [plain] if self._known(plain.lower()) else parts(plain)

    def _part(self, part: str, tag: str) -> str:
        known = self._lexicon.get(part) or self._misaki.pronounce(part, tag)
        if known:
            return known
        if part.isupper() and len(part) > 1:
            return self._acronym(part)
        if part[:-1].isupper() and part[-1] == "s" and len(part) > 2:
            return self._misaki.with_s(self._acronym(part[:-1]))
        if part.islower():
            before, said, after = spelled_edges(part, self._known)
            return " ".join(filter(None, (self._letters(before), self._word(said, tag), self._letters(after))))
        return self._word(part, tag)

    def _acronym(self, letters: str) -> str:
        lower = letters.lower()
        if (said := self._misaki.pronounce(lower)) and len(letters) > 3:  # a word that is shouted
            return said
        return self._word(lower, "") if acronym_is_a_word(lower) else self._letters(lower)

    def _word(self, word: str, tag: str) -> str:
        if known := self._lexicon.get(word) or self._misaki.pronounce(word, tag):
            return known
        letters = word.lower()
        said = len(letters) > 1 and set(letters) <= set(LETTERS) and not set("aeiouy").isdisjoint(letters)
        return (self.guess(word) if said else "") or self._letters(letters)

    def _letters(self, letters: str) -> str:
        return " ".join(filter(None, (self._misaki.pronounce(letter.upper(), "NN") for letter in letters)))

    def _known(self, word: str) -> bool:
        return word in self._lexicon or self._misaki.knows(word)

    def _spell(self, word: str, name: bool) -> str:
        letters = np.array([[1 + LETTERS.index(letter) for letter in word]])
        kind = np.array([self._accent + _NAME * name])
        slots = self._session.run({"letters": letters, "kind": kind})["ids"][0].tolist()
        return "".join(
            _SYMBOLS[slot] for before, slot in zip([0, *slots], slots, strict=False) if slot not in (0, before)
        )


def _plain(word: str) -> str:
    """Without accents and ligatures: "Zürich" → "Zurich", "Bjørn’s" → "Bjorn's"."""
    decomposed = unicodedata.normalize("NFKD", word).translate(_LIGATURES).replace("’", "'").replace("‘", "'")
    return "".join(c for c in decomposed if not unicodedata.combining(c))
