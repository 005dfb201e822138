"""What a listener gets of a model's samples, in his rate, format and volume."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kokoro_stream.audio.packer import Packer
from kokoro_stream.audio.pcm import decode
from kokoro_stream.config import AudioFormat, SpeechConfig

from .cuts import cut, noise, positions, seeds

FORMATS: tuple[AudioFormat, ...] = ("pcm_s16le", "pcm_f32le", "mulaw", "alaw")


@given(st.integers(0, 4000), positions, seeds, st.sampled_from(FORMATS), st.sampled_from([8000, 24000, 44100]))
@settings(max_examples=50, deadline=None)
def test_frames_do_not_depend_on_how_the_samples_were_cut(
    length: int, where: list[float], seed: int, format: AudioFormat, rate: int
) -> None:
    audio = noise(length, seed)
    config = SpeechConfig(format=format, sample_rate=rate, frame_ms=10)
    whole, pieces = Packer(24000, config), Packer(24000, config)
    frames = [*whole.feed([audio]), *whole.flush()]
    assert [frame for piece in cut(audio, where) for frame in pieces.feed([piece])] + pieces.flush() == frames
    assert {whole.samples(frame) for frame in frames[:-1]} <= {rate // 100}
    assert sum(map(whole.samples, frames)) == pytest.approx(length * rate / 24000, abs=1)


def test_samples_keep_their_values_but_for_the_volume() -> None:
    audio = np.linspace(-0.4, 0.4, 480, dtype=np.float32)
    packer = Packer(24000, SpeechConfig(format="pcm_f32le", volume=2.0, frame_ms=20))
    (frame,) = packer.feed([audio[:100], audio[100:]])
    np.testing.assert_array_equal(decode(frame, "pcm_f32le"), audio * 2)


def test_samples_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        Packer(24000, SpeechConfig()).feed([np.full(10, np.nan, np.float32)])
