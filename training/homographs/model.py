"""A conditional logit over (tag, part of speech), fitted by Adagrad.

Its score is the weight of each feature for the part of speech, shared by all words, plus the weight of each feature
for the tag, of this word alone. The data says which pronunciation is right, not which part of speech: whatever has that
pronunciation shares the credit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .data import Example

PARTS = "NJVDP"
RARE = 2  # features seen less often, by the weight of their examples, are left out

Weights = dict[str, dict[str, float]]  # feature → part of speech or tag → weight
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Model:
    """``shared`` by part of speech; ``own[word]`` by tag."""

    shared: Weights
    own: dict[str, Weights]


@dataclass(frozen=True, slots=True)
class Fitting:
    """How hard to learn. ``decay`` pulls the weights to zero, ``own_decay`` those of single words."""

    epochs: int = 16
    batch: int = 128
    rate: float = 0.15
    decay: float = 3e-5
    own_decay: float = 1e-4
    seed: int = 0


_FITTING = Fitting()


class _Side:
    """Weights of one kind of feature: a row a feature, a column a part of speech or tag."""

    def __init__(self, names: Sequence[Sequence[str]], weights: Sequence[float], columns: int) -> None:
        seen: dict[str, float] = defaultdict(float)
        for row, weight in zip(names, weights, strict=True):
            for name in row:
                seen[name] += weight
        self.index = {name: i for i, name in enumerate((n for n in seen if seen[n] >= RARE), 1)}  # 0 is no feature
        rows = [[self.index[name] for name in row if name in self.index] for row in names]
        width = max(map(len, rows))
        self.rows: Indices = np.array([row + [0] * (width - len(row)) for row in rows])
        self.weights: Floats = np.zeros((len(self.index) + 1, columns))
        self._squares: Floats = np.full_like(self.weights, 1e-2)

    def scores(self, batch: Indices) -> Floats:
        sums: Floats = self.weights[self.rows[batch]].sum(1)
        return sums

    def descend(self, batch: Indices, slopes: Floats, rate: float, decay: float) -> None:
        touched, places = np.unique(self.rows[batch], return_inverse=True)
        gradient = decay * len(batch) * self.weights[touched]
        places = places.reshape(len(batch), -1)
        for column in range(slopes.shape[1]):
            repeated = np.broadcast_to(slopes[:, column, None], places.shape)
            gradient[:, column] += np.bincount(places.ravel(), repeated.ravel(), len(touched))
        self._squares[touched] += gradient**2
        self.weights[touched] -= rate * gradient / np.sqrt(self._squares[touched])
        self.weights[0] = 0


def fit(examples: Sequence[Example], fitting: Fitting = _FITTING) -> Model:
    """The model of ``examples``; the same one whenever they are."""
    weights = [e.weight for e in examples]
    shared = _Side([list(e.near.features()) for e in examples], weights, len(PARTS))
    own = _Side([own_features(e) for e in examples], weights, max(len(e.kinds) for e in examples))
    parts, tags, right = _candidates(examples)
    shuffle = np.random.default_rng(fitting.seed)
    for _ in range(fitting.epochs):
        order = shuffle.permutation(len(examples))
        for start in range(0, len(order), fitting.batch):
            batch = order[start : start + fitting.batch]
            slopes = _slopes(shared.scores(batch), own.scores(batch), parts[batch], tags[batch], right[batch])
            slopes *= np.array(weights)[batch, None]
            for side, index, decay in ((shared, parts, fitting.decay), (own, tags, fitting.own_decay)):
                by_column = np.zeros((len(batch), side.weights.shape[1]))
                np.add.at(by_column, (np.arange(len(batch))[:, None], index[batch]), slopes)
                side.descend(batch, by_column, fitting.rate, decay)
    return _named(shared, own, examples)


def own_features(example: Example) -> list[str]:
    """The features of ``example`` as its word's own; a plain word has none."""
    if not example.word:
        return []
    return [f"{example.word} {name}" for name in (*example.near.features(), *example.near.meanings())]


def _candidates(examples: Sequence[Example]) -> tuple[Indices, Indices, NDArray[np.int8]]:
    """Columns of the parts of speech and of the tags to choose from; 1 for right ones, 0 for wrong, -1 for none."""
    lists = [[(tag, part) for tag, parts in e.kinds.items() for part in parts] for e in examples]
    parts = np.zeros((len(examples), max(map(len, lists))), np.int64)
    tags, right = np.zeros_like(parts), np.full(parts.shape, -1, np.int8)
    for i, (example, candidates) in enumerate(zip(examples, lists, strict=True)):
        columns = list(example.kinds)
        for k, (tag, part) in enumerate(candidates):
            parts[i, k], tags[i, k] = PARTS.index(part), columns.index(tag)
            right[i, k] = (tag, part) in example.right
    return parts, tags, right


def _slopes(shared: Floats, own: Floats, parts: Indices, tags: Indices, right: NDArray[np.int8]) -> Floats:
    """Of the negative log likelihood, by the score of each candidate."""
    rows = np.arange(len(parts))[:, None]
    scores = np.where(right < 0, -np.inf, shared[rows, parts] + own[rows, tags])
    chances = np.exp(scores - scores.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    credit = np.where(right > 0, chances + 1e-30, 0)
    slopes: Floats = chances - credit / credit.sum(1, keepdims=True)
    return slopes


def _named(shared: _Side, own: _Side, examples: Sequence[Example]) -> Model:
    columns = {e.word: list(e.kinds) for e in examples if e.word}
    named: dict[str, Weights] = {word: {} for word in columns}
    for name, row in own.index.items():
        word, _, feature = name.partition(" ")
        named[word][feature] = dict(zip(columns[word], own.weights[row].tolist(), strict=False))
    return Model(
        {name: dict(zip(PARTS, shared.weights[row].tolist(), strict=True)) for name, row in shared.index.items()}, named
    )
