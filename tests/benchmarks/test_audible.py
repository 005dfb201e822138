from __future__ import annotations

import numpy as np
import pytest

from benchmarks.audible import SoundStart


def tone(samples: int, level: float) -> bytes:
    return bytes(np.round(level * 32767 * np.sin(np.arange(samples) * 0.3)).astype("<i2"))


@pytest.mark.parametrize("piece", [2, 480, 960, 10_000])
def test_sound_begins_after_the_silence_whatever_the_pieces(piece: int) -> None:
    pcm = tone(1200, 0.001) + tone(2400, 0.1)
    start = SoundStart(24000)
    for position in range(0, len(pcm), piece):
        start.feed(pcm[position : position + piece])
    assert start.sample == 1200


def test_a_faint_hiss_is_no_sound() -> None:
    start = SoundStart(24000)
    assert not start.feed(tone(24000, 0.002))
    assert start.sample is None
