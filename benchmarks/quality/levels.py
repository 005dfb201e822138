"""Where sound is in a recording, and how loud: by its energy, without knowing what is said."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kokoro_stream.audio.pcm import Pcm

WINDOW_MS, HOP_MS = 10, 1  # of an energy: a pitch period of a deep voice; the precision of an edge
AUDIBLE_DB = -35  # below the loudest: the edge of a word spoken alone
BEHIND_MS = 250
SILENCE_DB = -100.0


def energies(samples: Pcm, rate: int) -> NDArray[np.float64]:
    """float64 [n], dB of full scale: of each `WINDOW_MS` around every `HOP_MS`."""
    size, hop = WINDOW_MS * rate // 1000, HOP_MS * rate // 1000
    padded = np.pad(samples.astype(np.float64), size // 2)
    sums = np.concatenate([[0.0], np.cumsum(np.square(padded))])
    starts = np.arange(0, max(1, len(padded) - size), hop)
    means = (sums[np.minimum(starts + size, len(padded))] - sums[starts]) / size
    return np.asarray(10 * np.log10(np.maximum(means, 10 ** (SILENCE_DB / 10))))


def edges_ms(samples: Pcm, rate: int) -> tuple[float, float]:
    """When sound is first heard, and last. (0, 0) for silence."""
    levels = energies(samples, rate)
    heard = np.flatnonzero(levels > max(levels.max() + AUDIBLE_DB, SILENCE_DB))
    return (float(heard[0] * HOP_MS), float((heard[-1] + 1) * HOP_MS)) if len(heard) else (0.0, 0.0)


def level_db(samples: Pcm) -> float:
    """dB of full scale."""
    power = float(np.square(samples.astype(np.float64)).mean()) if len(samples) else 0.0
    return float(10 * np.log10(max(power, 10 ** (SILENCE_DB / 10))))


def behind_db(samples: Pcm, end_ms: float, rate: int) -> float:
    """The level of the `BEHIND_MS` behind ``end_ms``, less that of the loudest moment. What is not there is silent."""
    begin = round(end_ms * rate / 1000)
    size = BEHIND_MS * rate // 1000
    tail = samples[begin : begin + size]
    behind = np.pad(tail, (0, size - len(tail)))
    return level_db(behind) - float(energies(samples, rate).max())
