"""Audio in frames of equal length."""

from __future__ import annotations

import numpy as np

from .pcm import Pcm, empty


class Framer:
    """Cuts a stream of samples into frames of ``frame_samples``; how the input was cut does not matter.

    Less than a frame waits inside. Arrays that are fed must not be changed afterwards: they are kept, not copied.
    """

    def __init__(self, frame_samples: int) -> None:
        if frame_samples < 1:
            raise ValueError(f"a frame needs at least 1 sample, not {frame_samples}")
        self._frame_samples = frame_samples
        self._waiting: list[Pcm] = []
        self._samples_waiting = 0

    def feed(self, samples: Pcm) -> list[Pcm]:
        """The frames that are complete now, each of exactly ``frame_samples``."""
        self._waiting.append(samples)
        self._samples_waiting += len(samples)
        if self._samples_waiting < self._frame_samples:
            return []
        audio = np.concatenate(self._waiting)
        self._samples_waiting = len(audio) % self._frame_samples
        whole = len(audio) - self._samples_waiting
        # A copy, so that the few samples left do not keep the whole of `audio` in memory.
        self._waiting = [audio[whole:].copy()]
        return [audio[start : start + self._frame_samples] for start in range(0, whole, self._frame_samples)]

    def flush(self) -> list[Pcm]:
        """The rest as one shorter frame, if there is any."""
        rest = np.concatenate([empty(), *self._waiting])
        self._waiting = []
        self._samples_waiting = 0
        return [rest] if len(rest) else []
