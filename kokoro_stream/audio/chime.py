"""The sound before an announcement: two struck notes, made from sines. Pure."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from .pcm import Pcm

LENGTH_MS = 900
PEAK = 0.25  # of full scale: as loud as the voices, which peak at about half of it for moments
_NOTES = ((659.26, 0.0), (880.0, 0.18))  # E5 and A5 in Hz, and when they are struck, in seconds
_PARTIALS = ((1.0, 1.0, 4.5), (2.0, 0.35, 7.0), (3.01, 0.12, 11.0))  # of a bell: ratio, level, decay per second
_ATTACK_S = 0.004  # without it the beginning clicks
_RELEASE_S = 0.15  # to silence at the end


@lru_cache(maxsize=8)
def chime(sample_rate: int) -> Pcm:
    """``LENGTH_MS`` of it, float32, not to be written to; it ends in silence."""
    time = np.arange(round(sample_rate * LENGTH_MS / 1000)) / sample_rate
    sound = np.zeros_like(time)
    for pitch, struck in _NOTES:
        since = np.maximum(time - struck, 0)
        attack = np.minimum(since / _ATTACK_S, 1)
        for ratio, level, decay in _PARTIALS:
            if pitch * ratio < sample_rate / 2:
                sound += attack * level * np.exp(-decay * since) * np.sin(2 * np.pi * pitch * ratio * since)
    sound *= np.minimum((time[-1] - time) / _RELEASE_S, 1)
    sound *= PEAK / np.abs(sound).max()
    result: Pcm = sound.astype(np.float32)
    result.setflags(write=False)
    return result
