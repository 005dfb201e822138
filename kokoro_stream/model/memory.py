"""What a decoder remembers of earlier windows: the statistics by which Kokoro's AdaIN layers normalise.

Kokoro was trained on clips of some seconds and normalises each channel by its mean and variance over the clip. A window
of half a second, or one that begins with silence, has other statistics; mixed with those of the speech so far, or of
the voice (its prior), it is normalised almost as the whole sentence would be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from .archives import read_npz

SECONDS = 3.0  # of speech that a memory stands for at most: about what Kokoro's training clips last
MOST_CHANNELS = 65536  # three times Kokoro's


@dataclass(frozen=True, slots=True)
class Memory:
    """``statistics`` float32 [1, 2N] (see `folder`), which stand for ``frames`` frames."""

    statistics: NDArray[np.float32]
    frames: int

    def trust(self, frames: int) -> float:
        """The weight of the past beside a window of that many frames, 0 to 1."""
        return self.frames / (self.frames + frames)

    def after(self, statistics: NDArray[np.float32], frames: int, most: int) -> Memory:
        """The memory behind a window with those statistics; it stands for ``most`` frames at most."""
        weight = np.float32(self.trust(frames))
        pooled = weight * self.statistics + (1 - weight) * statistics
        return Memory(np.asarray(pooled, np.float32), min(most, self.frames + frames))


def read_priors(path: Path) -> dict[str, NDArray[np.float32]]:
    """float32 [2N] by voice; empty when there is no such file. Raises `ModelError`. Blocking."""
    if not path.exists():
        return {}
    priors = {name: array.astype(np.float32) for name, array in read_npz(path).items()}
    for name, values in priors.items():
        if values.ndim != 1 or values.size > 2 * MOST_CHANNELS or not np.isfinite(values).all():
            raise ModelError(f"{path}: {name!r} is {values.shape}, or not finite; expected the statistics of a decoder")
    return priors


def blend(priors: Mapping[str, NDArray[np.float32]], parts: list[tuple[str, float]]) -> NDArray[np.float32] | None:
    """float32 [1, 2N]: the prior of a blend of voices; None when one of them has none."""
    if not parts or any(name not in priors for name, _ in parts):
        return None
    return np.asarray(sum(weight * priors[name] for name, weight in parts), np.float32)[None]
