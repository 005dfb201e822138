"""How an utterance will be said, before it is sound."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

VOICED_HZ = 10.0  # the F0 above which Kokoro's harmonic source sounds


@dataclass(frozen=True, slots=True)
class Prosody:
    """What a model makes of phonemes, and its decoder makes samples of: T frames.

    ``features`` float32 [1, C, T - gone], those of the first ``gone`` frames having been let go; ``f0`` (Hz, below 10
    where unvoiced) and ``energy`` (rises with loudness) float32 [1, rT], r points to a frame; ``durations`` int64
    [L + 2], of each phoneme and both paddings; ``style`` float32 [1, 256] of ``voice``; ``sounding`` the frames worth
    decoding: all but the paddings' silence; ``norms`` float32 [1, 2N], by what a cut decoder normalises the sentence.
    """

    features: NDArray[np.float32]
    f0: NDArray[np.float32]
    energy: NDArray[np.float32]
    durations: NDArray[np.int64]
    style: NDArray[np.float32]
    sounding: slice
    voice: str = ""
    norms: NDArray[np.float32] | None = None
    gone: int = 0

    @property
    def frames(self) -> int:
        """T."""
        return self.gone + int(self.features.shape[2])

    def window(self, frames: slice) -> NDArray[np.float32]:
        """The features of those frames, float32 [1, C, n]. Raises `ValueError` for frames that are gone."""
        if frames.start < self.gone:
            raise ValueError(f"the features of frame {frames.start} are gone, with all before frame {self.gone}")
        return self.features[:, :, frames.start - self.gone : frames.stop - self.gone]

    def since(self, frame: int) -> Prosody:
        """The same without the features of earlier frames, which are most of what a speech keeps in memory."""
        if frame <= self.gone:
            return self
        return replace(self, features=self.window(slice(frame, self.frames)).copy(), gone=frame)
