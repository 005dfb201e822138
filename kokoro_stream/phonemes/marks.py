"""Punctuation that is heard: a mark as it is written → its symbol in the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OPENING = frozenset("(“")  # symbols that go with the word behind them

# An opening ¿ or ¡ is not heard: the closing mark is.
MARKS: Mapping[str, str] = MappingProxyType(
    {mark: mark for mark in ';:,.!?—…"“”()'}
    | dict.fromkeys("«„「『《〈【〝", "“")
    | dict.fromkeys("»」』》〉】〞〟", "”")
    | dict.fromkeys("[{（［｛〔", "(")
    | dict.fromkeys("]})）］｝〕", ")")
    | dict.fromkeys("–―〜～", "—")
    | dict.fromkeys("。．।॥｡", ".")
    | dict.fromkeys("，、､", ",")
    | {"？": "?", "！": "!", "：": ":", "；": ";"}
)
