"""The words to learn from: misaki's own gold and silver dictionaries (Apache-2.0), US and British."""

from __future__ import annotations

import importlib.resources
import json
import zlib
from dataclasses import dataclass
from typing import Literal

from kokoro_stream.phonemes.spelling import LETTERS

Accent = Literal["us", "gb"]
KINDS = ("us word", "gb word", "us name", "gb name")  # what the model is told of a word: its ids 0…3

SYMBOLS_PER_LETTER = 2  # what the network can write; only spelled-out acronyms need more


@dataclass(frozen=True, slots=True)
class Example:
    """A word in lower case and its phonemes in Kokoro's notation.

    ``name`` says whether the dictionary writes it with a capital, ``checked`` whether people have looked at it (gold).
    """

    word: str
    phonemes: str
    accent: Accent
    name: bool
    checked: bool

    @property
    def written(self) -> str:
        """As the dictionary writes it."""
        return self.word.capitalize() if self.name else self.word

    @property
    def kind(self) -> int:
        """Its id among `KINDS`."""
        return KINDS.index(f"{self.accent} {'name' if self.name else 'word'}")


def is_held_out(word: str) -> bool:
    """Whether ``word`` is kept for the test and never trained on, in any dictionary or accent (one word in twenty)."""
    return zlib.crc32(word.lower().encode()) % 20 == 7


def training_words() -> list[Example]:
    """What the dictionaries hold and is not held out.

    Of the British ones the gold alone: the two accents differ by a few regular rules, and most words teach both.
    """
    examples = _words("us", ("silver", "gold")) + _words("gb", ("gold",))
    return [example for example in examples if not is_held_out(example.word)]


def held_out_words(accent: Accent) -> list[Example]:
    """Held-out words of the gold dictionary, which people have checked."""
    return [example for example in _words(accent, ("gold",)) if is_held_out(example.word)]


def _words(accent: Accent, qualities: tuple[str, ...]) -> list[Example]:
    words: dict[str, Example] = {}
    for quality in qualities:  # the later wins
        path = importlib.resources.files("misaki.data") / f"{accent}_{quality}.json"
        for word, entry in json.loads(path.read_bytes()).items():
            phonemes = entry["DEFAULT"] if isinstance(entry, dict) else entry
            if _spelled_as_said(word, phonemes):
                written, said = word.lower(), phonemes.replace("ɾ", "T").replace("ʔ", "t")
                words[written] = Example(written, said, accent, word[0].isupper(), quality == "gold")
    return list(words.values())


def _spelled_as_said(word: str, phonemes: str) -> bool:
    """Leaves out acronyms, single letters and whatever has other characters than letters."""
    acronym = len(word) > 1 and word[1:] != word[1:].lower()
    return (
        len(word) > 1
        and not acronym
        and all(letter in LETTERS for letter in word.lower())
        and len(phonemes) <= SYMBOLS_PER_LETTER * len(word)
    )
