"""The user's own pronunciations: written word → phonemes. Also those this package brings (``words.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from ..errors import InputError
from .vocabulary import VOCABULARY

MAX_ENTRIES = 20_000  # some 2 MB; more than that is a dictionary, not a user's exceptions
MAX_TEXT = 1_000_000  # characters of a lexicon file; room for MAX_ENTRIES
MAX_WORD = 40  # characters of a written word; the tokenizer cuts longer ones
MAX_PHONEMES = 80  # symbols of its pronunciation; two a letter are plenty

_WORDS = Path(__file__).with_name("words.toml")


class Lexicon:
    """Pronunciations that win over every other source.

    An entry in lower case answers for the word in any case, one with capitals only for the word written just so ("us"
    and "US" may differ). Raises `InputError` naming the entry when it cannot be used.
    """

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        self._words = {word: " ".join(phonemes.split()) for word, phonemes in (words or {}).items()}
        if len(self._words) > MAX_ENTRIES:
            raise InputError("lexicon", f"{len(self._words)} entries, {MAX_ENTRIES} are allowed")
        for word, phonemes in self._words.items():
            _check(word, phonemes)

    @classmethod
    def parse(cls, text: str) -> Lexicon:
        """From TOML: one ``word = "phonemes"`` a line, words with other characters than letters in quotes."""
        return cls(_table(text))

    @classmethod
    def builtin(cls, *, british: bool = False) -> Lexicon:
        """The words of an assistant's trade that this package brings."""
        return cls(tomllib.loads(_WORDS.read_text(encoding="utf-8"))["gb" if british else "us"])

    def over(self, other: Lexicon) -> Lexicon:
        """Both, with this one's entries where they differ."""
        merged = Lexicon()
        merged._words = other._words | self._words
        return merged

    def __len__(self) -> int:
        return len(self._words)

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def get(self, word: str) -> str | None:
        """The phonemes to say for ``word``, or None."""
        return self._words.get(word) or self._words.get(word.lower())


def _table(text: str) -> dict[str, str]:
    if len(text) > MAX_TEXT:
        raise InputError("lexicon", f"{len(text)} characters, {MAX_TEXT} are allowed")
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError("lexicon", f'lines must be word = "phonemes" (TOML): {error}') from error
    for word, phonemes in table.items():
        if not isinstance(phonemes, str):
            raise InputError("lexicon", f'{word!r} needs a string of phonemes, as in {word} = "həlˈO"')
    return table


def _check(word: str, phonemes: str) -> None:
    if not 0 < len(word) <= MAX_WORD or any(c.isspace() for c in word):
        raise InputError("lexicon", f"{word[:MAX_WORD]!r} is not one word of at most {MAX_WORD} characters")
    if not phonemes or len(phonemes) > MAX_PHONEMES:
        raise InputError("lexicon", f"{word!r} needs between 1 and {MAX_PHONEMES} phonemes")
    if strange := sorted(set(phonemes) - VOCABULARY.keys()):
        raise InputError("lexicon", f"{word!r}: no phonemes are {' '.join(map(repr, strange))}")
