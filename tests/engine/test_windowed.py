"""A sentence in windows is what sounds of it, no frame missing or twice, and its seams are where windows meet."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from kokoro_stream.engine.windowed import GROWTH, OVERLAP_MS, windowed, windows_of
from kokoro_stream.model.kokoro import KokoroModel
from tests.fake_model import FRAME, SILENCE, FakeModel

SENTENCE = "ðə mˈiTɪŋ bəɡˈɪnz æt hˈæf pˈæst θɹˈi, ɪn ðə lˈɑɹʤ ɹˈum ˌʌpstˈɛɹz."


@pytest.fixture
def fake() -> Any:
    return FakeModel()


@pytest.fixture(scope="module")
def builtin() -> KokoroModel:
    return KokoroModel.load()


@pytest.mark.parametrize("phonemes", ["a", "a" * 30, "a" * 200])
def test_windows_are_what_sounds_and_nothing_else(fake: Any, phonemes: str) -> None:
    prosody = fake.prosody(phonemes, "", 1.0, row=None)
    made = windowed(fake, prosody)
    assert len(made.samples) == (prosody.sounding.stop - prosody.sounding.start) * FRAME
    assert made.samples == pytest.approx(0.1)  # the fake's tone is steady, in the joints too
    heard = [
        frame
        for asked in fake.asked
        if asked.what == "decode"
        for frame in asked.frames[asked.context[0] : len(asked.frames) - asked.context[1]]
    ]
    assert {*heard} >= {*range(prosody.sounding.start, prosody.sounding.stop)}
    assert len(heard) - len({*heard}) == len(made.seams)  # of each joint, one frame is in both windows


@pytest.mark.parametrize(("first", "margin"), [(5, 2), (10, 4), (20, 3)])
def test_seams_are_where_windows_meet(fake: Any, first: int, margin: int) -> None:
    prosody = fake.prosody("a" * 60, "", 1.0, row=None)
    windows = list(windows_of(fake, prosody, first, margin))
    assert windows[0].start == prosody.sounding.start
    assert windows[-1].end == prosody.sounding.stop
    assert all(later.start == earlier.end for earlier, later in pairwise(windows))
    made = windowed(fake, prosody, first=first, margin=margin)
    assert made.seams == tuple((window.start - prosody.sounding.start) * FRAME for window in windows[1:])


def test_windows_grow_from_the_first_to_the_longest(fake: Any) -> None:
    windows = list(windows_of(fake, fake.prosody("a" * 200, "", 1.0, row=None), 10, 2))
    assert len(windows[0]) <= 10
    assert all(len(later) <= max(10, GROWTH * len(earlier)) for earlier, later in pairwise(windows))
    assert max(map(len, windows)) == fake.card.longest_window_frames


def test_every_window_has_its_context_as_far_as_there_are_frames(fake: Any) -> None:
    prosody, margin = fake.prosody("a" * 60, "", 1.0, row=None), SILENCE + 2
    windows = list(windows_of(fake, prosody, 10, margin))
    assert (windows[0].left, windows[-1].right) == (SILENCE, SILENCE)
    assert {window.left for window in windows[1:]} == {window.right for window in windows[:-2]} == {margin}


def test_a_voice_without_noise_says_in_windows_what_it_says_whole(builtin: KokoroModel) -> None:
    prosody, size = builtin.prosody(SENTENCE, "", 1.0), builtin.card.samples_per_frame
    whole = builtin.decode(prosody, slice(0, prosody.frames))
    made = windowed(builtin, prosody)
    assert len(made.seams) > 1
    sounding = whole[prosody.sounding.start * size : prosody.sounding.stop * size]
    assert np.abs(made.samples - sounding).max() < 1e-4


def test_without_context_only_what_is_near_the_seams_differs_most(builtin: KokoroModel) -> None:
    prosody, size = builtin.prosody(SENTENCE, "", 1.0), builtin.card.samples_per_frame
    whole = builtin.decode(prosody, slice(0, prosody.frames))
    sounding = whole[prosody.sounding.start * size : prosody.sounding.stop * size]
    made = windowed(builtin, prosody, margin=1)
    apart = np.abs(made.samples - sounding)
    assert apart.max() > 1e-3
    nearest = min(abs(int(apart.argmax()) - seam) for seam in made.seams)
    assert nearest < builtin.card.margin_frames * size + OVERLAP_MS * builtin.card.sample_rate // 1000
