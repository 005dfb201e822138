"""Where sound begins. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 10 ** (-50 / 20)  # of full scale: below the noise of a quiet room
BLOCK_SECONDS = 0.005  # long enough that one stray sample is no sound


class SoundStart:
    """Finds the first audible block of a stream of int16 PCM, whatever the pieces it comes in."""

    def __init__(self, sample_rate: int) -> None:
        self._block = round(BLOCK_SECONDS * sample_rate)
        self._silent_samples = 0
        self._rest: NDArray[np.float64] = np.zeros(0)
        self.sample: int | None = None
        """Offset of the first audible block, once it has come."""

    def feed(self, pcm: bytes) -> bool:
        """Takes the next piece; whether sound has begun by now."""
        self._rest = np.append(self._rest, np.frombuffer(pcm, dtype="<i2") / 32768)
        while self.sample is None and len(self._rest) >= self._block:
            block, self._rest = self._rest[: self._block], self._rest[self._block :]
            if np.sqrt(np.mean(block**2)) >= THRESHOLD:
                self.sample = self._silent_samples
            self._silent_samples += self._block
        return self.sample is not None
