"""What is reckoned of a listener in real time: first audio, lead, and why he ran dry."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from kokoro_stream.service.reckoning import TOO_LATE_S, Cause, Reckoning


def test_the_first_audio_counts_from_the_first_text_and_from_when_the_segment_was_all_there() -> None:
    times = Reckoning(buffer_s=0)
    times.text(10, 1.0)
    times.text(10, 2.0)
    times.text(10, 3.0)
    times.segment(18)
    times.frame(0.04, asked_at=1.0, now=2.5)
    assert (times.first_text_at, times.text_complete_at, times.first_audio_at) == (1.0, 2.0, 2.5)
    times.segment(30)
    assert times.text_complete_at == 3.0


def frames(times: Reckoning, *moments: float, segment: int | None = None) -> list[Cause | None]:
    """Frames of a second, asked for as soon as the last was here."""
    if segment is not None:
        times.segment(segment)
    asked_at, causes = 0.0, []
    for now in moments:
        causes.append(times.frame(1.0, asked_at=asked_at, now=now))
        asked_at = now
    return causes


def test_a_listener_whose_audio_is_always_there_never_runs_dry() -> None:
    times = Reckoning(buffer_s=0)
    times.text(10, 0.0)
    assert frames(times, 5.0, 5.1, 7.0, 8.0, segment=10) == [None] * 4
    assert times.least_lead() == 0.0
    assert times.least_lead() is None


def test_the_lead_is_how_near_he_was_to_it() -> None:
    times = Reckoning(buffer_s=0)
    times.text(10, 0.0)
    frames(times, 5.0, 5.25, 6.5, segment=10)
    assert times.segment(20) == 0.5


def test_what_comes_within_the_player_s_buffer_is_in_time() -> None:
    times = Reckoning(buffer_s=0.1)
    times.text(10, 0.0)
    assert frames(times, 5.0, 6.05, 7.2, segment=10) == [None, None, "machine"]


def test_within_a_segment_it_is_the_machine_that_was_late() -> None:
    times = Reckoning(buffer_s=0)
    times.text(10, 0.0)
    assert frames(times, 5.0, 6.5, 7.5, 9.0, segment=10) == [None, "machine", None, "machine"]


def test_before_a_segment_it_is_the_text_if_that_came_too_late() -> None:
    for delay, cause in ((-TOO_LATE_S - 0.1, "machine"), (-TOO_LATE_S + 0.1, "text"), (1.0, "text")):
        times = Reckoning(buffer_s=0)
        times.text(10, 0.0)
        frames(times, 5.0, segment=10)
        times.text(10, 6.0 + delay)
        times.segment(20)
        assert times.frame(1.0, asked_at=5.0, now=8.0) == cause
        assert times.frame(1.0, asked_at=8.0, now=9.5) == "machine"


def heard_a_second(*texts: tuple[int, float], words_end_s: float) -> Reckoning:
    """A second of a segment of ten characters, heard from 5.0 on; so many characters had come when."""
    times = Reckoning(buffer_s=0)
    for characters, at in texts:
        times.text(characters, at)
    times.segment(10)
    times.words(words_end_s)
    times.frame(1.0, asked_at=5.0, now=5.0)
    return times


def test_between_segments_it_is_the_text_if_nothing_of_it_had_come() -> None:
    for delay, cause in ((-TOO_LATE_S - 0.1, "machine"), (0.2, "text")):
        times = heard_a_second((10, 0.0), words_end_s=1.9)
        times.frame(0.9, asked_at=5.0, now=5.0)
        times.text(3, 6.9 + delay)  # the first word of a longer segment
        assert times.frame(0.3, asked_at=5.0, now=7.2) == cause


def test_between_segments_it_is_the_machine_if_the_next_one_had_come_and_only_later_ones_have_not() -> None:
    next_segment = (10, 1.0)
    times = heard_a_second((10, 0.0), next_segment, words_end_s=0.9)
    times.text(10, 5.9)
    assert times.frame(0.3, asked_at=5.0, now=6.5) == "machine"


def test_what_is_left_of_the_audio_when_no_text_follows_waited_for_who_writes() -> None:
    times = heard_a_second((10, 0.0), words_end_s=0.9)
    assert times.frame(0.02, asked_at=5.0, now=9.0) == "text"  # nobody had said that it was the end


def test_within_the_words_it_is_the_machine_though_text_is_coming() -> None:
    times = heard_a_second((10, 0.0), words_end_s=3.0)
    times.text(3, 5.9)
    assert times.frame(1.0, asked_at=5.0, now=6.5) == "machine"


def test_who_asks_too_late_has_himself_to_blame() -> None:
    times = Reckoning(buffer_s=0)
    times.text(10, 0.0)
    frames(times, 5.0, segment=10)
    assert times.frame(1.0, asked_at=8.0, now=8.1) is None
    assert times.frame(1.0, asked_at=8.1, now=9.0) is None  # and goes on from there


def test_speech_without_text_or_audio_has_nothing_to_tell() -> None:
    times = Reckoning(buffer_s=0)
    assert (times.segment(0), times.least_lead(), times.first_text_at, times.first_audio_at) == (None,) * 4


@given(some.lists(some.tuples(some.floats(0, 3), some.floats(0.01, 2)), max_size=30))
def test_no_more_is_ever_played_than_was_handed_out(frames: list[tuple[float, float]]) -> None:
    times, now, audio, dry = Reckoning(buffer_s=0), 0.0, 0.0, 0
    times.text(1, now)
    times.segment(1)
    for wait, duration in frames:
        asked_at, now = now, now + wait
        dry += times.frame(duration, asked_at=asked_at, now=now) is not None
        audio += duration
        assert times.audio_s == audio
        least = times.least_lead()
        assert least is None or 0 <= least <= audio
    assert dry < max(1, len(frames))
