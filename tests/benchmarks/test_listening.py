from __future__ import annotations

import numpy as np
import pytest

from benchmarks.listening import Listening

RATE = 1000


def sound(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.full(round(seconds * RATE), 0.5)


def silence(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.zeros(round(seconds * RATE))


def test_pieces_that_come_in_time_make_no_gap() -> None:
    listening = Listening(RATE)
    for now in (1.0, 1.1, 1.2, 1.5):
        listening.take(now, sound(0.2))
    assert listening.stalls == []
    assert (listening.first_at, listening.last_at, listening.seconds) == (1.0, 1.5, 0.8)


def test_a_late_piece_is_a_gap_as_long_as_it_is_late() -> None:
    listening = Listening(RATE)
    for now in (0.0, 0.5, 0.6):
        listening.take(now, sound(0.2))
    assert listening.stalls == pytest.approx([0.3])


def test_a_buffer_forgives_a_piece_that_is_a_little_late() -> None:
    listening = Listening(RATE, buffer=0.1)
    for now in (0.0, 0.25):
        listening.take(now, sound(0.2))
    assert listening.stalls == []


def test_sound_is_heard_after_the_silence_before_it_has_been_played() -> None:
    listening = Listening(RATE)
    listening.take(2.0, silence(0.3))
    listening.take(2.1, np.concatenate([silence(0.1), sound(0.2)]))
    assert listening.audible_at == pytest.approx(2.4)


def test_sound_behind_a_gap_is_heard_when_it_comes() -> None:
    listening = Listening(RATE)
    listening.take(0.0, silence(0.1))
    listening.take(1.0, sound(0.1))
    assert listening.audible_at == pytest.approx(1.0)


def test_a_piece_without_samples_is_no_audio() -> None:
    listening = Listening(RATE)
    listening.take(0.0, silence(0))
    assert listening.first_at is None
