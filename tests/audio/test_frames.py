from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.audio.frames import Framer

from .cuts import cut, joined, noise, positions, seeds


@given(st.integers(0, 500), st.integers(1, 60), positions, seeds)
def test_frames_are_equal_and_nothing_is_lost_however_the_input_is_cut(
    length: int, frame_samples: int, where: list[float], seed: int
) -> None:
    audio = noise(length, seed)
    framer = Framer(frame_samples)
    frames = [frame for piece in cut(audio, where) for frame in framer.feed(piece)]
    rest = framer.flush()
    assert [len(frame) for frame in frames] == [frame_samples] * (length // frame_samples)
    assert [len(frame) for frame in rest] == [length % frame_samples] * (length % frame_samples > 0)
    np.testing.assert_array_equal(joined(frames + rest), audio)


def test_a_frame_leaves_as_soon_as_it_is_complete() -> None:
    framer = Framer(10)
    assert framer.feed(noise(9)) == []
    assert len(framer.feed(noise(1))) == 1
    assert framer.flush() == []


def test_after_a_flush_framing_goes_on_with_an_empty_frame() -> None:
    framer = Framer(10)
    framer.feed(noise(7))
    framer.flush()
    assert framer.feed(noise(9)) == []
    assert [len(frame) for frame in framer.flush()] == [9]


def test_a_frame_of_no_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 sample"):
        Framer(0)
