"""What a decoder's normalisations will measure over a sentence, told by the sentence's prosody.

Kokoro normalises each channel of its decoder by mean and variance over the whole sentence. A window knows only its own
frames; but how the sentence will be said is known in full before any of it is sound, and the statistics follow from
that. They are predicted by a linear map from a few hundred numbers about the prosody, and are then the same for all
windows of the sentence.

The map is a ridge regression over many sentences of many voices (`fit`), of reduced rank: ``basis`` holds the few
directions in which sentences differ. Some channels are features themselves: theirs are not predicted but copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from .archives import read_npz
from .prosody import VOICED_HZ, Prosody

Vector = NDArray[np.float32]

UNVOICED = 5.0  # log Hz, of a sentence without a voiced sound
WEIGHTS = (1.0, 1.0, 1.0, 6.0, 5.0)  # of the groups of cues: few numbers that tell much would drown among the features
MOST_CHANNELS = 65536  # three times Kokoro's
LEAST_VARIANCE = 1e-5  # Kokoro's ε: below it, what is normalised vanishes anyhow
ARRAYS = ("centre", "spread", "projection", "basis", "steps", "level", "copies")
PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # of the ridge, over the number of cues
LEAST_SPREAD = 1e-3  # of a cue: below that it is the same in all sentences
ALIKE = 0.02  # of a feature's own spread: half-precision lessons are that near
NEAR = 0.2  # the same, of one sentence: what is farther apart need not be compared in all of them
ROUNDING = 2e-4  # what storing the basis in eight bits may add to a channel's mean square error


@dataclass(frozen=True, slots=True)
class Statistics:
    """Predicts mean and variance of S channels from what `cues` tells of a sentence, F numbers, by way of R others.

    ``centre`` and ``spread`` float32 [F] standardise the cues; ``projection`` float32 [F, R]; ``basis`` int8 [R, 2S] in
    ``steps`` float32 [R]; ``level`` float32 [2S] is what the middle of all sentences has. The 2S values are the mean of
    each channel over its usual deviation, then the logarithm of its deviation. ``copies`` int32 [K, 2]: channels, and
    the features that they are.
    """

    centre: Vector
    spread: Vector
    projection: Vector
    steps: Vector
    level: Vector
    basis: NDArray[np.int8] = field(kw_only=True)
    copies: NDArray[np.int32] = field(kw_only=True)

    @property
    def channels(self) -> int:
        """S."""
        return self.level.size // 2

    @property
    def cues(self) -> int:
        """F."""
        return self.centre.size

    def of(self, prosody: Prosody) -> Vector:
        """float32 [1, 2S]: the mean of each channel over the sentence, then the variances."""
        return self.predicted(cues(prosody), prosody.features.shape[1])

    def predicted(self, found: Vector, features: int) -> Vector:
        """The same of `cues` [F], of which the first are means and then deviations of so many features."""
        inner = ((found - self.centre) / self.spread) @ self.projection
        values = self.level + (inner * self.steps) @ self.basis
        mean = values[: self.channels] * np.exp(self.level[self.channels :])
        variance = np.maximum(np.exp(2 * values[self.channels :]) - LEAST_VARIANCE, 0)
        channels, copied = self.copies.T
        mean[channels], variance[channels] = found[copied], np.square(found[features + copied])
        return np.concatenate([mean, variance])[None].astype(np.float32)

    def write(self, path: Path) -> None:
        """Blocking."""
        with path.open("wb") as file:
            np.savez_compressed(file, **{name: getattr(self, name) for name in ARRAYS})


def read_statistics(path: Path) -> Statistics:
    """Raises `ModelError`. Blocking."""
    arrays = read_npz(path)
    if missing := {*ARRAYS} - arrays.keys():
        raise ModelError(f"{path} lacks {', '.join(sorted(missing))}")
    basis, copies = arrays["basis"], arrays["copies"]
    found, rank, values = (arrays[name].size for name in ("centre", "steps", "level"))
    shapes = {
        "centre": (found,),
        "spread": (found,),
        "projection": (found, rank),
        "basis": (rank, values),
        "steps": (rank,),
        "level": (values,),
    }
    fits = (
        all(np.issubdtype(arrays[name].dtype, np.number) for name in ARRAYS)
        and all(arrays[name].shape == shape for name, shape in shapes.items())
        and basis.dtype == np.int8
        and 0 < values <= 2 * MOST_CHANNELS
        and not values % 2
        and all(np.isfinite(arrays[name]).all() for name in ARRAYS)
        and (arrays["spread"] > 0).all()
        and _are_copies(copies, found // 3, values // 2)
    )
    if not fits:
        raise ModelError(f"{path} does not hold what predicts a decoder's statistics; install the model again")
    floats = [arrays[name].astype(np.float32) for name in ("centre", "spread", "projection", "steps", "level")]
    return Statistics(*floats, basis=basis, copies=copies.astype(np.int32))


def _are_copies(pairs: NDArray[np.int32], features: int, channels: int) -> bool:
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.issubdtype(pairs.dtype, np.integer):
        return False
    return bool((pairs >= 0).all() and (pairs < [channels, features]).all())


def cues(prosody: Prosody) -> Vector:
    """float32 [F]: what there is to know of a sentence at a glance, the means and deviations of its features first."""
    return np.concatenate(_groups(prosody)).astype(np.float32)


def _groups(prosody: Prosody) -> tuple[Vector, ...]:
    features, f0, energy = prosody.features[0], prosody.f0[0], prosody.energy[0]
    frames, durations = features.shape[1], prosody.durations
    voiced = f0 > VOICED_HZ
    heights = np.log(f0[voiced]) if voiced.any() else np.full(1, UNVOICED, np.float32)
    pitch = [voiced.mean(), heights.mean(), heights.std(), f0.mean() / 100, f0.std() / 100]
    pace = [np.log(frames), 1 / frames, durations[0] / frames, durations[-1] / frames, len(durations) / frames]
    return (
        features.mean(axis=1),
        features.std(axis=1),
        np.abs(np.diff(features, axis=1)).mean(axis=1) if frames > 1 else np.zeros_like(features[:, 0]),
        np.array([*pitch, energy.mean(), energy.std(), *pace], np.float32),
        prosody.style[0],
    )


def error(predicted: Vector, measured: Vector) -> float:
    """How far normalised channels are from what they would be, when normalised by ``predicted`` statistics [1, 2S].

    The mean square over channels; 1 is as much as a channel itself.
    """
    half = predicted.size // 2
    mean, true = predicted[0, :half], measured[0, :half]
    deviation, right = (np.sqrt(one[0, half:] + LEAST_VARIANCE) for one in (predicted, measured))
    return float(np.mean(np.square(right / deviation - 1) + np.square((true - mean) / deviation)))


def fit(sentences: Sequence[Prosody], statistics: Sequence[Vector], *, rank: int) -> Statistics:
    """The map that fits n sentences, and what was measured of them [1, 2S].

    Each value gets the ridge, of `PENALTIES`, by which the sentences are predicted best from the others.
    """
    groups = [group.size for group in _groups(sentences[0])]
    given = np.stack([cues(prosody) for prosody in sentences]).astype(np.float64)
    measured = np.concatenate(statistics).astype(np.float64)
    half = measured.shape[1] // 2
    deviations = 0.5 * np.log(measured[:, half:] + LEAST_VARIANCE)
    wanted = np.concatenate([measured[:, :half] / np.exp(deviations.mean(axis=0)), deviations], axis=1)
    centre, level = given.mean(axis=0), wanted.mean(axis=0)
    spread = (given.std(axis=0) + LEAST_SPREAD) / np.repeat(WEIGHTS, groups)
    standard = (given - centre) / spread
    weights = _ridge(standard @ standard.T / standard.shape[1], wanted - level)
    outputs = standard @ (standard.T @ weights) / standard.shape[1]
    # Of the predictions of the sentences at hand, the directions that matter most: reduced-rank regression.
    values, vectors = np.linalg.eigh(outputs @ outputs.T)
    chosen = vectors[:, ::-1][:, : min(rank, int((values > values[-1] * 1e-9).sum()))]
    basis = chosen.T @ outputs
    projection = standard.T @ (weights @ np.linalg.pinv(basis)) / standard.shape[1]
    coarsest = np.sqrt(12 * ROUNDING * len(given) / len(basis))
    steps = np.maximum(np.abs(basis).max(axis=1) / 127, min(coarsest, np.abs(basis).max()))
    return Statistics(
        *(np.asarray(array, np.float32) for array in (centre, spread, projection, steps, level)),
        basis=np.round(basis / steps[:, None]).astype(np.int8),
        copies=_copies(given[:, : groups[0]], measured[:, :half]),
    )


def _ridge(kernel: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """[n, V]: (K + λ)⁻¹ of each value, λ by leaving out one sentence after the other."""
    values, vectors = np.linalg.eigh(kernel)
    turned = vectors.T @ wanted
    best, least = np.zeros_like(wanted), np.full(wanted.shape[1], np.inf)
    for penalty in PENALTIES:
        shrunk = 1 / (np.maximum(values, 0) + penalty)
        weights = vectors @ (shrunk[:, None] * turned)
        # The error on a sentence by a fit without it: (K + λ)⁻¹ y over the diagonal of (K + λ)⁻¹.
        errors = np.square(weights / (np.square(vectors) @ shrunk)[:, None]).mean(axis=0)
        better = errors < least
        best[:, better], least[better] = weights[:, better], errors[better]
    return best


def _copies(features: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.int32]:
    """[K, 2]: channels whose mean is that of a feature in every sentence, and the features."""
    spread = features.std(axis=0)
    pairs = []
    for channel in np.flatnonzero((means.std(axis=0) > 0) & (np.ptp(means, axis=0) <= np.ptp(features))):
        near = np.flatnonzero(np.abs(features[0] - means[0, channel]) < NEAR * spread)
        apart = np.sqrt(np.square(features[:, near] - means[:, [channel]]).mean(axis=0)) / spread[near]
        if len(near) and apart.min() < ALIKE:
            pairs.append((channel, near[apart.argmin()]))
    return np.array(pairs, np.int32).reshape(-1, 2)
