from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.audio.pcm import Pcm
from kokoro_stream.audio.stitch import FADE_MS, QUIET, Stitcher, crossfade

from .cuts import RATE, cut, joined, noise, positions, rms, seeds, silence, tone

FADE = FADE_MS * RATE // 1000
HEAD, TAIL = 240, 480  # samples; the stitchers below are told the same in milliseconds


def stitcher() -> Stitcher:
    return Stitcher(RATE, head_ms=1000 * HEAD / RATE, tail_ms=1000 * TAIL / RATE)


def stitched(windows: list[Pcm], *, overlap: int = 0, pause: int = 0) -> tuple[Pcm, Stitcher]:
    """The audio of a segment whose windows, but the last, overlap the next one."""
    one = stitcher()
    out = [audio for window in windows[:-1] for audio in one.feed(window, overlap=overlap)]
    out += one.feed(windows[-1])
    return joined(out + one.flush(pause=pause)), one


def overlapping(audio: Pcm, cuts: list[int], overlap: int) -> list[Pcm]:
    """Windows between the cuts, each but the last with ``overlap`` samples of the next one."""
    edges = [0, *cuts, len(audio)]
    return [audio[start : min(end + overlap, len(audio))] for start, end in pairwise(edges)]


segments = st.builds(
    lambda head, speech, gap, more, tail, seed: np.concatenate(
        [silence(head), noise(speech, seed), silence(gap), noise(more, seed), silence(tail)]
    ),
    *(st.integers(0, 1500) for _ in range(5)),
    seeds,
)


@given(segments, positions, st.integers(0, 1500))
def test_audio_does_not_depend_on_how_it_was_cut(audio: Pcm, where: list[float], pause: int) -> None:
    expected, whole = stitched([audio], pause=pause)
    got, pieces = stitched(cut(audio, where), pause=pause)
    np.testing.assert_array_equal(got, expected)
    assert (pieces.trimmed_head, pieces.trimmed_tail, pieces.padded) == (
        whole.trimmed_head,
        whole.trimmed_tail,
        whole.padded,
    )


@given(segments, st.integers(0, 1500))
def test_every_sample_is_accounted_for(audio: Pcm, pause: int) -> None:
    out, one = stitched([audio], pause=pause)
    assert one.trimmed_head is not None
    assert len(out) == one.samples == len(audio) - one.trimmed_head - one.trimmed_tail + one.padded
    inner = slice(one.trimmed_head + FADE, len(audio) - one.trimmed_tail - FADE)
    np.testing.assert_array_equal(out[FADE : FADE + len(audio[inner])], audio[inner])


@given(segments, st.integers(0, 1500))
def test_only_silence_is_cut_off_and_no_more_of_it_is_left_than_wanted(audio: Pcm, pause: int) -> None:
    out, one = stitched([audio], pause=pause)
    assert one.trimmed_head is not None
    assert not np.any(np.abs(audio[: one.trimmed_head]) >= QUIET)
    assert not np.any(np.abs(audio[len(audio) - one.trimmed_tail :]) >= QUIET)
    audible = np.flatnonzero(np.abs(audio) >= QUIET)
    if len(audible):
        assert audible[0] - one.trimmed_head <= HEAD
        quiet_behind = len(out) - (int(audible[-1]) - one.trimmed_head + 1)
        assert pause <= quiet_behind <= max(TAIL, pause)


@given(st.integers(0, 100), st.lists(st.integers(100, 900), min_size=1, max_size=6), seeds)
def test_windows_that_agree_where_they_overlap_give_the_whole_back(overlap: int, lengths: list[int], seed: int) -> None:
    audio = noise(sum(lengths), seed)
    cuts = np.cumsum(lengths)[:-1].tolist()
    expected, _ = stitched([audio])
    got, _ = stitched(overlapping(audio, cuts, overlap), overlap=overlap)
    np.testing.assert_allclose(got, expected, atol=1e-6)


@given(st.floats(0, 1), seeds)
def test_a_seam_is_as_loud_as_its_neighbourhood_however_alike_the_windows_are(alike: float, seed: int) -> None:
    common, one, other = (noise(20_000, seed + n) for n in range(3))
    shared, unique = np.float32(alike**0.5), np.float32((1 - alike) ** 0.5)
    seam = crossfade(shared * common + unique * one, shared * common + unique * other)
    thirds = [rms(third) for third in np.split(seam[:19_998], 3)]
    np.testing.assert_allclose(thirds, 0.1, rtol=0.05)


def test_a_crossfade_begins_with_the_one_and_ends_with_the_other() -> None:
    seam = crossfade(np.full(1000, 0.5, np.float32), np.full(1000, -0.2, np.float32))
    np.testing.assert_allclose(seam[[0, -1]], [0.5, -0.2], atol=0.001)


def test_opposite_phases_meet_in_a_smooth_dip() -> None:
    audio = np.full(1000, 0.5, np.float32)
    seam = crossfade(audio, -audio)
    assert np.abs(seam).max() <= 0.5
    assert np.abs(np.diff(seam)).max() < 0.002


@pytest.mark.parametrize("silent", [0, 1])
def test_a_crossfade_with_digital_silence_is_a_plain_fade(silent: int) -> None:
    windows = [np.ones(100, np.float32), np.ones(100, np.float32)]
    windows[silent][:] = 0
    ramp = (np.arange(100) + 0.5) / 100
    np.testing.assert_allclose(crossfade(windows[0], windows[1]), ramp if silent == 0 else ramp[::-1], atol=1e-6)


def test_speech_that_begins_and_ends_loud_does_not_click() -> None:
    loud = np.full(RATE, 0.9, np.float32)
    out, _ = stitched([loud], pause=100)
    assert np.abs(np.diff(out, prepend=0, append=0)).max() < 0.02


@given(st.integers(0, 3 * FADE))
def test_not_even_a_segment_shorter_than_its_fades_clicks(length: int) -> None:
    out, one = stitched([np.full(length, 0.9, np.float32)])
    assert len(out) == one.samples == length
    assert np.abs(np.diff(out, prepend=0, append=0)).max(initial=0) < 0.02


def test_two_tones_of_different_phase_join_without_a_click() -> None:
    angle = np.arange(2400) / 20
    before, after = (np.sin(angle + phase).astype(np.float32) for phase in (0, 2))
    out, _ = stitched([before, after], overlap=240)
    steepest = np.abs(np.diff(before)).max()
    assert np.abs(np.diff(out)).max() < 1.5 * steepest


def test_a_window_leaves_at_once_but_for_its_overlap_and_a_fade() -> None:
    one = stitcher()
    out = one.feed(noise(2400), overlap=100)
    assert sum(map(len, out)) == 2400 - 100 - FADE


def test_the_beginning_is_known_before_its_audio_leaves() -> None:
    one = stitcher()
    assert one.feed(silence(1000)) == []
    assert one.trimmed_head is None
    assert one.feed(np.concatenate([silence(500), noise(1000)]))
    assert one.trimmed_head == 1500 - HEAD


def test_a_pause_within_a_segment_is_kept_whole_and_held_only_beyond_the_longest_tail() -> None:
    one = stitcher()
    spoken = sum(map(len, one.feed(tone(1001))))
    paused = sum(map(len, one.feed(silence(5000))))
    resumed = sum(map(len, one.feed(tone(1001))))
    assert paused == TAIL
    assert spoken + paused + resumed + sum(map(len, one.flush())) == 1001 + 5000 + 1001


def test_a_segment_without_sound_keeps_no_more_silence_than_a_head_or_the_pause() -> None:
    out, one = stitched([silence(2000)])
    assert (len(out), one.trimmed_head, one.trimmed_tail) == (HEAD, 2000 - HEAD, 0)
    assert len(stitched([silence(2000)], pause=700)[0]) == 700
    assert len(stitched([silence(0)], pause=700)[0]) == 700


def test_a_voice_s_own_silence_serves_as_pause_before_any_is_added() -> None:
    speech = np.concatenate([noise(1000), np.full(1000, QUIET / 2, np.float32)])
    _, one = stitched([speech], pause=900)
    assert (one.trimmed_tail, one.padded) == (100, 0)
    _, one = stitched([speech], pause=1200)
    assert (one.trimmed_tail, one.padded) == (0, 200)


@pytest.mark.parametrize(("first", "overlap", "second"), [(100, 101, 100), (100, 50, 49), (100, -1, 100)])
def test_a_window_shorter_than_its_overlap_is_refused(first: int, overlap: int, second: int) -> None:
    one = stitcher()
    with pytest.raises(ValueError, match="cannot overlap"):
        one.feed(noise(first), overlap=overlap) + one.feed(noise(second))


def test_a_weak_sound_at_the_end_of_a_word_is_kept() -> None:
    one = stitcher()
    audio = np.concatenate([silence(2 * HEAD), noise(2000, 1), silence(3000)])
    out = one.feed(audio) + one.flush(spoken=2 * HEAD + 4000)
    assert one.trimmed_head is not None
    assert len(joined(out)) == 2 * HEAD + 4000 - one.trimmed_head
    assert one.trimmed_tail == 1000


def test_the_end_of_the_words_shortens_no_tail() -> None:
    one, other = stitcher(), stitcher()
    audio = np.concatenate([noise(2000, 1), silence(3000)])
    without, told = one.feed(audio) + one.flush(), other.feed(audio) + other.flush(spoken=1000)
    np.testing.assert_array_equal(joined(told), joined(without))
