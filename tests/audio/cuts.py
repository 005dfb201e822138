"""Sound to test with, and ways to cut it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from kokoro_stream.audio.pcm import Pcm

RATE = 24000

positions = st.lists(st.floats(0, 1), max_size=12).map(sorted)
seeds = st.integers(0, 2**32 - 1)


def cut(samples: Pcm, where: Sequence[float]) -> list[Pcm]:
    """The samples in pieces; ``where`` are fractions of their length, ascending."""
    return np.split(samples, [int(fraction * len(samples)) for fraction in where])


def joined(pieces: Sequence[Pcm]) -> Pcm:
    return np.concatenate([np.zeros(0, np.float32), *pieces])


def noise(samples: int, seed: int = 0, *, rms: float = 0.1) -> Pcm:
    return np.random.default_rng(seed).normal(0, rms, samples).astype(np.float32)


def tone(samples: int, hertz: float = 220.0, *, peak: float = 0.5) -> Pcm:
    return (peak * np.sin(2 * np.pi * hertz * np.arange(samples) / RATE)).astype(np.float32)


def silence(samples: int) -> Pcm:
    return np.zeros(samples, np.float32)


def rms(samples: Pcm) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))
