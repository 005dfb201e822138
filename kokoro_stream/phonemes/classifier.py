"""The trained part of the homographs: weights of what the neighbours say, for each part of speech and for single words.

``homographs.json.gz`` is made by ``training.homographs``.
"""

from __future__ import annotations

import functools
import gzip
import importlib.resources
import math
from collections.abc import Callable, Mapping

import msgspec

from .neighbours import Neighbours
from .variants import Kinds

_Weights = Mapping[str, Mapping[str, float]]  # feature → part of speech or tag → weight
_Columns = dict[str, dict[str, int]]


class Weights(msgspec.Struct):
    """What the file holds; the weights are multiples of 1/``scale``."""

    scale: int
    shared: dict[str, dict[str, int]]
    own: dict[str, msgspec.Raw]  # by word: as shared; decoded when the word comes


class Classifier:
    """Chooses the likeliest of a word's tags. Safe to call from several threads."""

    def __init__(self, shared: _Weights, own: Callable[[str], _Weights | None], scale: float = 1) -> None:
        self._shared = shared
        self._own = own
        self._scale = scale

    @classmethod
    @functools.cache
    def builtin(cls) -> Classifier:
        """The one this package brings."""
        packed = (importlib.resources.files(__package__) / "homographs.json.gz").read_bytes()
        weights = msgspec.json.decode(gzip.decompress(packed), type=Weights)

        @functools.cache
        def own(word: str) -> _Weights | None:
            return msgspec.json.decode(weights.own[word], type=_Columns) if word in weights.own else None

        return cls(weights.shared, own, weights.scale)

    def choose(self, near: Neighbours, word: str, kinds: Kinds) -> str:
        """The tag of ``kinds`` whose pronunciation ``word`` has here."""
        names = list(near.features())
        by_part = _sums(self._shared, names)
        by_tag: Mapping[str, float] = {}
        if (own := self._own(word)) is not None:
            by_tag = _sums(own, [*names, *near.meanings()])
        scores = {tag: self._score(by_part, by_tag.get(tag, 0), parts) for tag, parts in kinds.items()}
        return max(scores, key=scores.__getitem__)

    def _score(self, by_part: Mapping[str, float], of_tag: float, parts: str) -> float:
        scores = [(by_part.get(part, 0) + of_tag) / self._scale for part in parts]
        highest = max(scores)
        return highest + math.log(sum(math.exp(score - highest) for score in scores))


def _sums(weights: _Weights, names: list[str]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for name in names:
        if (row := weights.get(name)) is not None:
            for column, weight in row.items():
                sums[column] = sums.get(column, 0) + weight
    return sums
