from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.model.prosody import Prosody

FRAMES = 20


def prosody() -> Prosody:
    features = np.arange(3 * FRAMES, dtype=np.float32).reshape(1, 3, FRAMES)
    curve = np.ones((1, 2 * FRAMES), np.float32)
    return Prosody(features, curve, curve, np.array([2, 16, 2]), np.zeros((1, 256), np.float32), slice(1, 19))


@given(st.lists(st.integers(0, FRAMES), max_size=5), st.integers(0, FRAMES), st.integers(0, FRAMES))
def test_frames_keep_their_numbers_when_those_before_are_let_go(let_go: list[int], start: int, stop: int) -> None:
    whole = rest = prosody()
    for frame in let_go:
        rest = rest.since(frame)
    assert rest.frames == whole.frames == FRAMES
    assert rest.features.shape[2] == FRAMES - max([0, *let_go])
    assert rest.features.base is None or not rest.gone
    if max([0, *let_go]) <= start <= stop:
        np.testing.assert_array_equal(rest.window(slice(start, stop)), whole.window(slice(start, stop)))


def test_the_sentence_is_normalised_as_before_when_frames_are_let_go() -> None:
    norms = np.ones((1, 4), np.float32)
    assert replace(prosody(), norms=norms).since(5).norms is norms


def test_frames_that_are_gone_are_not_taken_for_others() -> None:
    with pytest.raises(ValueError, match="frame 4 are gone"):
        prosody().since(5).window(slice(4, 8))
