"""What an ear notices of audio that comes in pieces. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .audible import SoundStart

UNHEARD = 1e-6  # seconds: clocks are not more exact


class Listening:
    """A sound card that plays from the first piece on, and stands still where the next piece is late.

    Times are in seconds of any clock. ``buffer`` is how long it waits with the first piece, to be spared the jitter of
    those that follow.
    """

    def __init__(self, sample_rate: int, *, buffer: float = 0.0) -> None:
        self._rate, self._buffer = sample_rate, buffer
        self._sound = SoundStart(sample_rate)
        self._played_from: list[tuple[int, float]] = []  # sample → when it sounds, at each piece until there is sound
        self._dry_at = 0.0
        self.samples = 0
        self.stalls: list[float] = []
        """How long it stood still, each time."""
        self.first_at: float | None = None
        self.last_at: float | None = None
        self.audible_at: float | None = None

    def take(self, now: float, samples: NDArray[np.floating]) -> None:
        """Mono samples between -1 and 1 that arrive ``now``. Pieces without samples count for nothing."""
        if not len(samples):
            return
        if self.first_at is None:
            self.first_at, self._dry_at = now, now + self._buffer
        self.last_at = now
        if now > self._dry_at + UNHEARD:
            self.stalls.append(now - self._dry_at)
        begin = max(now, self._dry_at)
        if self.audible_at is None:
            self._listen(begin, samples)
        self.samples += len(samples)
        self._dry_at = begin + len(samples) / self._rate

    @property
    def seconds(self) -> float:
        """Of audio so far."""
        return self.samples / self._rate

    @property
    def dry_at(self) -> float:
        """When all that has come will have been played."""
        return self._dry_at

    def _listen(self, begin: float, samples: NDArray[np.floating]) -> None:
        self._played_from.append((self.samples, begin))
        pcm = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        if self._sound.feed(pcm) and self._sound.sample is not None:
            sample, at = next(start for start in reversed(self._played_from) if start[0] <= self._sound.sample)
            self.audible_at = at + (self._sound.sample - sample) / self._rate
