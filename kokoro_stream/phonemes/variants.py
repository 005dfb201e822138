"""The pronunciations of words that have several: which tags they are filed under, for which parts of speech."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

Kinds = dict[str, str]  # tag → the parts of speech that have its pronunciation, see variants.toml

# What the keys of a dictionary imply for words that variants.toml does not name.
_IMPLIED: dict[frozenset[str], Kinds] = {
    frozenset(("DEFAULT", "VERB")): {"NN": "NJ", "VB": "V"},
    frozenset(("DEFAULT", "NOUN")): {"VB": "V", "NN": "N"},
    frozenset(("DEFAULT", "ADJ")): {"VB": "V", "JJ": "JN"},
    frozenset(("DEFAULT", "ADJ", "NOUN")): {"VB": "V", "NN": "NJ"},
    frozenset(("DEFAULT", "ADV")): {"JJ": "J", "RB": "V"},
}


class _Table(msgspec.Struct):
    kinds: dict[str, Kinds]
    us: dict[str, dict[str, str]]
    gb: dict[str, dict[str, str]]


def kinds(word: str, keys: frozenset[str]) -> Kinds:
    """The tags to choose from for ``word``, whose entry in the dictionary has ``keys``; none or one is no choice."""
    named = _table().kinds.get(word)
    return _IMPLIED.get(keys, {}) if named is None else named


class _Dictionary(Protocol):
    def get(self, word: str, default: Any = None) -> Any: ...
    def __getitem__(self, word: str) -> Any: ...
    def __contains__(self, word: str) -> bool: ...


class WithVariants:
    """A dictionary of misaki's with our entries in front of its own."""

    def __init__(self, dictionary: _Dictionary, *, british: bool) -> None:
        self._dictionary = dictionary
        table = _table().gb if british else _table().us
        self._own = dict(_in_both_cases(table))

    def get(self, word: str, default: Any = None) -> Any:
        """The entry of ``word``, or ``default``."""
        entry = self._own.get(word)
        return self._dictionary.get(word, default) if entry is None else entry

    def __getitem__(self, word: str) -> Any:
        entry = self._own.get(word)
        return self._dictionary[word] if entry is None else entry

    def __contains__(self, word: str) -> bool:
        return word in self._own or word in self._dictionary


def _in_both_cases(table: dict[str, dict[str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    for word, entry in table.items():
        yield word, entry
        yield word.capitalize(), entry


@functools.cache
def _table() -> _Table:
    text = (importlib.resources.files(__package__) / "variants.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Table)
