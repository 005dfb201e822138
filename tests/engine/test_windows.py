from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.engine.windows import Window, plan

sizes = st.tuples(st.integers(1, 30), st.integers(0, 60)).map(lambda pair: (pair[0], pair[0] + pair[1]))
paces = st.sampled_from([0.5, 1.0, 1.6, 2.0, 3.0, 10.0])


def voice(frames: int, points: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    f0 = random.uniform(80, 300, frames * points) * (random.random(frames * points) < 0.7)
    return f0.astype(np.float32), random.normal(-3, 2, frames * points).astype(np.float32)


@given(st.integers(0, 400), st.integers(1, 3), st.integers(0, 20), sizes, paces, st.integers(0, 99))
def test_every_frame_is_decoded_once_with_as_much_context_as_there_is(
    frames: int, points: int, margin: int, size: tuple[int, int], pace: float, seed: int
) -> None:
    f0, energy = voice(frames, points, seed)
    windows = plan(f0, energy, frames=frames, margin=margin, first=size[0], longest=size[1], pace=pace)
    assert [frame for window in windows for frame in range(window.start, window.end)] == list(range(frames))
    for window in windows:
        assert window.context == slice(max(0, window.start - margin), min(frames, window.end + margin))


@given(st.integers(1, 400), sizes, paces, st.integers(0, 20), st.integers(0, 99))
def test_a_window_is_done_before_the_one_in_front_of_it_has_been_played(
    frames: int, size: tuple[int, int], pace: float, margin: int, seed: int
) -> None:
    first, longest = size
    f0, energy = voice(frames, 2, seed)
    windows = plan(f0, energy, frames=frames, margin=margin, first=first, longest=longest, pace=pace)
    assert all(len(window) <= longest for window in windows)
    gained = 2 * pace / 3 - 1
    if gained > 0 and 2 * margin / gained <= longest:  # else even the longest are too short for that decoder
        computed, played = 0.0, 0
        for window, later in pairwise(windows):
            computed += (later.context.stop - later.context.start) / pace
            played += len(window)
            assert computed <= played + 1


def test_context_that_costs_less_than_it_is_long_lets_windows_grow_sooner() -> None:
    def lengths(toll: float | None) -> list[int]:
        steady = np.full(400, 120.0), np.ones(400)
        windows = plan(*steady, frames=200, margin=10, first=10, longest=80, pace=2.0, toll=toll)
        assert all(window.left == min(10, window.start) for window in windows)
        return [len(window) for window in windows]

    assert lengths(None) == lengths(20.0)
    assert lengths(3.0)[0] < lengths(20.0)[0]
    assert lengths(0.0)[0] == 10


@given(st.integers(1, 400), sizes, st.integers(0, 99))
def test_a_fast_decoder_begins_with_the_shortest_window(frames: int, size: tuple[int, int], seed: int) -> None:
    f0, energy = voice(frames, 2, seed)
    windows = plan(f0, energy, frames=frames, margin=0, first=size[0], longest=size[1])
    assert len(windows[0]) <= size[0]


def test_a_slow_decoder_begins_with_a_window_that_lasts_until_the_next_is_done() -> None:
    def first_of(pace: float) -> int:
        steady = np.full(400, 120.0), np.ones(400)
        return len(plan(*steady, frames=200, margin=4, first=6, longest=80, pace=pace)[0])

    assert [first_of(pace) for pace in (6.0, 3.0, 2.0, 1.8, 1.2)] == [6, 8, 25, 41, 80]


@given(st.integers(1, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 12), sizes)
def test_only_what_is_spoken_is_decoded(frames: int, one: int, other: int, margin: int, size: tuple[int, int]) -> None:
    begin, end = sorted((min(one, frames), min(other, frames)))
    f0, energy = voice(frames, 2, 7)
    windows = plan(f0, energy, frames=frames, margin=margin, first=size[0], longest=size[1], spoken=slice(begin, end))
    assert [frame for window in windows for frame in range(window.start, window.end)] == list(range(begin, end))
    for window in windows:
        assert window.context == slice(max(0, window.start - margin), min(frames, window.end + margin))


@given(st.integers(1, 400), sizes, paces, st.integers(0, 99))
def test_no_window_is_a_scrap(frames: int, size: tuple[int, int], pace: float, seed: int) -> None:
    first, longest = size
    f0, energy = voice(frames, 2, seed)
    windows = plan(f0, energy, frames=frames, margin=5, first=first, longest=longest, pace=pace)
    assert len(windows) == 1 or all(len(window) >= first // 3 for window in windows)


def test_a_steady_voice_is_cut_into_growing_windows_and_equal_last_ones() -> None:
    windows = plan(np.full(200, 120.0), np.ones(200), frames=100, margin=6, first=6, longest=40)
    assert windows == [
        Window(0, 12, 0, 6),
        Window(12, 36, 6, 6),
        Window(36, 68, 6, 6),
        Window(68, 100, 6, 0),
    ]


def test_a_cut_goes_where_the_voice_is_unvoiced() -> None:
    f0 = np.full(100, 150.0)
    f0[25:27] = 0
    windows = plan(f0, np.ones(100), frames=100, margin=0, first=30, longest=60)
    assert windows[0].end == 26


def test_a_cut_goes_where_the_voice_is_quietest() -> None:
    energy = np.full(100, -2.0)
    energy[21], energy[26] = -5, -9
    windows = plan(np.full(100, 150.0), energy, frames=100, margin=0, first=30, longest=60)
    assert windows[0].end in (26, 27)


def test_a_cut_needs_rest_on_both_of_its_sides() -> None:
    f0 = np.full(100, 150.0)
    f0[[22, 23, 27]] = 0
    windows = plan(f0, np.ones(100), frames=100, margin=0, first=30, longest=60)
    assert windows[0].end == 23


def test_silence_is_a_better_place_than_an_unvoiced_sound() -> None:
    f0, energy = np.full(100, 150.0), np.ones(100)
    f0[20:30] = 0
    energy[22:24] = 0
    windows = plan(f0, energy, frames=100, margin=0, first=30, longest=60)
    assert windows[0].end == 23


def test_f0_below_what_the_harmonic_source_voices_counts_as_unvoiced() -> None:
    f0 = np.full(100, 150.0)
    f0[25:27] = 9.0
    windows = plan(f0, np.ones(100), frames=100, margin=0, first=30, longest=60)
    assert windows[0].end == 26


def test_a_short_utterance_is_one_window() -> None:
    assert plan(np.zeros(24), np.zeros(24), frames=12, margin=6, first=12, longest=80) == [Window(0, 12, 0, 0)]


def test_no_frames_need_no_window() -> None:
    assert plan(np.zeros(0), np.zeros(0), frames=0, margin=6, first=12, longest=80) == []


@pytest.mark.parametrize(
    "wrong", [{"first": 0}, {"first": 81}, {"pace": 0.0}, {"margin": -1}, {"pace": float("nan")}], ids=str
)
def test_sizes_that_cannot_be_met_are_refused(wrong: dict[str, float]) -> None:
    sizes = {"frames": 10, "margin": 6, "first": 12, "longest": 80, "pace": 2.0, **wrong}
    with pytest.raises(ValueError, match="no windows with"):
        plan(np.zeros(20), np.zeros(20), **sizes)  # type: ignore[arg-type]  # growth is a float, the rest are whole


@pytest.mark.parametrize(("f0", "energy", "frames"), [(20, 19, 10), (21, 21, 10), (20, 20, 0)])
def test_curves_that_do_not_fit_the_frames_are_refused(f0: int, energy: int, frames: int) -> None:
    with pytest.raises(ValueError, match=f"do not describe {frames} frames"):
        plan(np.zeros(f0), np.zeros(energy), frames=frames, margin=6, first=12, longest=80)
