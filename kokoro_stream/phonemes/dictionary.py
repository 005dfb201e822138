"""Misaki's dictionaries, searched where they lie: 3 MB of bytes instead of 25 MB of objects, and nothing to parse.

They are JSON objects of one entry a line in the order of their keys: a binary search among some of these finds the few
kilobytes that may hold an entry, in some 2 µs. Words that come back are answered from a cache.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from typing import Any

import msgspec

Entry = str | dict[str, str | None]  # phonemes, or phonemes by tag

_START = b'\n  "'  # of an entry; lines of nested objects are indented by more
_CACHED = 16_384  # answers; some 4 MB, and more words than people use
_LANDMARKS = 1024  # entries that are found, and whose order is checked, when a dictionary is opened


class Dictionary:
    """Read-only mapping from words to entries. Safe to call from several threads.

    It also answers for "Word" when it holds "word", and the other way round, as misaki's ``Lexicon.grow_dictionary``
    arranges by adding the other spelling of every word.
    """

    def __init__(self, text: bytes) -> None:
        landmarks = _landmarks(text)
        if landmarks is None:
            text = _sorted(text)
            landmarks = _landmarks(text) or {}
        self._text, self._end = text, text.rindex(b"\n}")
        self._keys, self._places = [*landmarks], [*landmarks.values(), self._end]
        self._cached = functools.lru_cache(_CACHED)(self._entry)

    def get(self, word: str, default: Any = None) -> Any:
        """The entry of ``word``, or ``default``."""
        entry = self._cached(word)
        return default if entry is None else entry

    def __getitem__(self, word: str) -> Entry:
        entry = self._cached(word)
        if entry is None:
            raise KeyError(word)
        return entry

    def __contains__(self, word: str) -> bool:
        return self._cached(word) is not None

    def _entry(self, word: str) -> Entry | None:
        for spelling in (word, _other_case(word)):
            if (value := self._find(spelling)) >= 0:
                end = self._text.find(_START, value, self._end)
                text = self._text[value : end if end >= 0 else self._end]
                entry: Entry = msgspec.json.decode(text.rstrip(b", "), type=Entry)
                return entry
        return None

    def _find(self, word: str) -> int:
        """Where the value of ``word`` begins, or -1."""
        if not word.isascii() or '"' in word or "\\" in word:  # no key has them
            return -1
        key = word.encode()
        landmark = bisect_right(self._keys, key) - 1
        if landmark < 0:
            return -1
        entry = _START + key + b'": '
        found = self._text.find(entry, self._places[landmark], self._places[landmark + 1])
        return found + len(entry) if found >= 0 else -1


def _other_case(word: str) -> str:
    lower = word.lower()
    other = lower.capitalize() if word == lower else lower
    return other if len(word) > 1 and word in (other.lower(), other.capitalize()) else word


def _landmarks(text: bytes) -> dict[bytes, int] | None:
    """Some keys, in order, and where their entries begin; None if ``text`` is not laid out as described above."""
    if not text.startswith(b"{" + _START):
        return None
    starts = dict.fromkeys(text.find(_START, len(text) * part // _LANDMARKS) for part in range(_LANDMARKS))
    starts.pop(-1, None)
    found = {text[start + len(_START) : text.index(b'"', start + len(_START))]: start for start in starts}
    return found if list(found) == sorted(found) else None


def _sorted(text: bytes) -> bytes:
    entries = msgspec.json.decode(text, type=dict[str, Entry])
    lines = [msgspec.json.encode(word) + b": " + msgspec.json.encode(entries[word]) for word in sorted(entries)]
    return b"{\n  " + b",\n  ".join(lines) + b"\n}"
