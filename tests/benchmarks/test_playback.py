from __future__ import annotations

from benchmarks.demo.playback import Playback


def test_audio_that_is_in_time_plays_without_underrun() -> None:
    playback = Playback()
    for number in range(10):
        playback.arrived(0.04, now=5.0 + number * 0.04)
    assert playback.underruns == 0
    assert playback.started_at == 5.0
    assert round(playback.lead(5.36), 6) == 0.04
    assert round(playback.played(5.36), 6) == 0.36


def test_late_audio_is_an_underrun_and_playing_goes_on_from_there() -> None:
    playback = Playback()
    playback.arrived(1.0, now=0.0)
    playback.arrived(1.0, now=1.5)
    assert playback.underruns == 1
    assert playback.lead(2.0) == 0.5
    assert playback.played(2.0) == 1.5


def test_nothing_has_been_played_before_anything_arrived() -> None:
    assert Playback().lead(3.0) == 0.0
    assert Playback().played(3.0) == 0.0
