from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.audio.frames import Framer


@given(st.binary(max_size=500), st.integers(1, 60), st.lists(st.integers(0, 500)))
def test_frames_are_equal_and_nothing_is_lost_however_the_input_is_cut(
    audio: bytes, size: int, cuts: list[int]
) -> None:
    framer = Framer(size)
    frames = [frame for start, end in pairwise([0, *sorted(cuts), 500]) for frame in framer.feed(audio[start:end])]
    rest = framer.flush()
    assert [len(frame) for frame in frames] == [size] * (len(audio) // size)
    assert [len(frame) for frame in rest] == [len(audio) % size] * (len(audio) % size > 0)
    assert b"".join(frames + rest) == audio


def test_a_frame_leaves_as_soon_as_it_is_complete() -> None:
    framer = Framer(10)
    assert framer.feed(bytes(9)) == []
    assert len(framer.feed(bytes(1))) == 1
    assert framer.flush() == []


def test_after_a_flush_framing_goes_on_with_an_empty_frame() -> None:
    framer = Framer(10)
    framer.feed(bytes(7))
    framer.flush()
    assert framer.feed(bytes(9)) == []
    assert [len(frame) for frame in framer.flush()] == [9]


def test_a_frame_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 byte"):
        Framer(0)
