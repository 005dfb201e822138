"""Misaki's dictionaries, searched where they lie: 3 MB of bytes instead of 25 MB of objects, and nothing to parse.

They are JSON objects of one entry a line in the order of their keys, so that a binary search finds an entry in some
10 µs. Words that come back are answered from a cache.
"""

from __future__ import annotations

import functools
from typing import Any

import msgspec

Entry = str | dict[str, str | None]  # phonemes, or phonemes by tag

_START = b'\n  "'  # of an entry; lines of nested objects are indented by more
_CACHED = 16_384  # answers; some 4 MB, and more words than people use
_CHECKED = 256  # entries whose order is checked when a dictionary is opened


class Dictionary:
    """Read-only mapping from words to entries. Safe to call from several threads.

    It also answers for "Word" when it holds "word", and the other way round, as misaki's ``Lexicon.grow_dictionary``
    arranges by adding the other spelling of every word.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text if _searchable(text) else _sorted(text)
        self._end = self._text.rindex(b"\n}")
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
        key, low, high = word.encode(), 0, self._end
        while low < high:
            middle = (low + high) // 2
            start = self._text.rfind(_START, low, middle + len(_START))
            if start < 0:
                low = middle + 1
                continue
            end = self._text.index(b'"', start + len(_START))
            found = self._text[start + len(_START) : end]
            if found == key:
                return end + len(b'": ')
            low, high = (end, high) if found < key else (low, start)
        return -1


def _other_case(word: str) -> str:
    lower = word.lower()
    other = lower.capitalize() if word == lower else lower
    return other if len(word) > 1 and word in (other.lower(), other.capitalize()) else word


def _searchable(text: bytes) -> bool:
    """Whether ``text`` is laid out as described above, as far as a sample of it shows."""
    if not text.startswith(b"{" + _START):
        return False
    starts = [text.find(_START, len(text) * part // _CHECKED) for part in range(_CHECKED)]
    keys = [text[start + len(_START) : text.index(b'"', start + len(_START))] for start in starts if start >= 0]
    return keys == sorted(keys)


def _sorted(text: bytes) -> bytes:
    entries = msgspec.json.decode(text, type=dict[str, Entry])
    lines = [msgspec.json.encode(word) + b": " + msgspec.json.encode(entries[word]) for word in sorted(entries)]
    return b"{\n  " + b",\n  ".join(lines) + b"\n}"
