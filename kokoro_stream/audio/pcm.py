"""Samples as bytes, and at another rate. Audio inside the package is float32 mono, full scale at ±1."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

from ..config import AudioFormat
from . import g711

Pcm: TypeAlias = NDArray[np.float32]

SAMPLE_BYTES: dict[AudioFormat, int] = {"pcm_s16le": 2, "pcm_f32le": 4, "mulaw": 1, "alaw": 1}

# Symmetrical, so that +1.0 and -1.0 are equally far from 0 and both exact.
INT16_FULL_SCALE = 32767


def empty() -> Pcm:
    """No samples."""
    return np.zeros(0, np.float32)


def encode(samples: Pcm, encoding: AudioFormat, volume: float = 1.0) -> bytes:
    """Samples, times ``volume``, as bytes. Beyond full scale they are clipped, never wrapped; float32 keeps them.

    Raises `ValueError` for NaN and infinity: no listener could play them and no clipping would make them right.
    """
    if not np.isfinite(samples).all():
        raise ValueError("audio holds NaN or infinite samples")
    if volume != 1:
        samples = samples * np.float32(volume)
    if encoding == "pcm_f32le":
        return samples.astype("<f4").tobytes()
    levels = np.rint(np.clip(samples, -1, 1) * INT16_FULL_SCALE).astype("<i2")
    if encoding == "pcm_s16le":
        return levels.tobytes()
    return g711.encode(levels, encoding).tobytes()


def decode(data: bytes, encoding: AudioFormat) -> Pcm:
    """The samples that `encode` wrote. Raises `ValueError` when ``data`` ends within a sample."""
    if encoding == "pcm_f32le":
        return np.frombuffer(data, "<f4").astype(np.float32)
    if encoding == "pcm_s16le":
        levels = np.frombuffer(data, "<i2")
    else:
        levels = g711.decode(np.frombuffer(data, np.uint8), encoding)
    return (levels / np.float32(INT16_FULL_SCALE)).astype(np.float32)


class Resampler:
    """Audio at another sample rate, piece by piece; what comes out does not depend on how the input was cut.

    soxr's high quality (100 dB) costs no time worth naming and holds up to 75 ms of audio back when it halves or
    thirds the rate, 40 ms otherwise. Its delay is compensated: times stay true. Equal rates hold nothing back.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self._stream = None if from_rate == to_rate else soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32")

    def feed(self, samples: Pcm) -> list[Pcm]:
        """What is ready of the audio so far."""
        return self._resampled(samples, last=False)

    def flush(self) -> list[Pcm]:
        """The rest. Audio fed afterwards starts anew."""
        rest = self._resampled(empty(), last=True)
        if self._stream is not None:
            self._stream.clear()
        return rest

    def _resampled(self, samples: Pcm, *, last: bool) -> list[Pcm]:
        out: Pcm = samples if self._stream is None else self._stream.resample_chunk(samples, last=last)
        return [out] if len(out) else []
