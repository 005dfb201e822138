"""Distances are those one would work out by hand: none to itself, six decibels for half as loud."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kokoro_stream.audio.spectrum import (
    band_distances,
    log_spectral_distance,
    log_spectral_distances,
    loudness,
    loudness_differences,
)

RATE = 24000


def noise(seed: int, seconds: float = 1.0) -> NDArray[np.float32]:
    return (0.1 * np.random.default_rng(seed).normal(size=round(seconds * RATE))).astype(np.float32)


def test_a_sound_is_at_no_distance_from_itself() -> None:
    assert log_spectral_distance(noise(1), noise(1), RATE) == 0
    assert loudness_differences(noise(1), noise(1), RATE).max() == 0
    assert band_distances(noise(1), noise(1), RATE).max() == 0


def test_half_as_loud_is_six_decibels_away() -> None:
    assert log_spectral_distance(noise(1), noise(1) * np.float32(0.5), RATE) == pytest.approx(6.02, abs=0.1)
    assert loudness_differences(noise(1), noise(1) * np.float32(0.5), RATE) == pytest.approx(6.02, abs=0.2)
    assert band_distances(noise(1), noise(1) * np.float32(0.5), RATE) == pytest.approx(6.02, abs=0.1)


def harmonics(phases: NDArray[np.float64]) -> NDArray[np.float32]:
    """A voice of 200 Hz, each harmonic in a phase of its own."""
    time = np.arange(RATE) / RATE
    tones = [np.sin(2 * np.pi * 200 * n * time + phase) for n, phase in enumerate(phases, 1)]
    return np.asarray(0.02 * np.sum(tones, axis=0), np.float32)


def test_bands_do_not_tell_the_phase_of_a_sound() -> None:
    one, other = (np.random.default_rng(seed).uniform(0, 2 * np.pi, 50) for seed in (1, 2))
    assert np.abs(harmonics(one) - harmonics(other)).max() > 0.1
    assert band_distances(harmonics(one), harmonics(other), RATE).max() < 1
    assert band_distances(harmonics(one), -harmonics(one), RATE).max() == 0


def test_bands_are_compared_only_where_something_is_heard() -> None:
    hushed = noise(1)
    hushed[RATE // 2 :] *= 1e-4
    other = hushed.copy()
    other[RATE // 2 :] = noise(2)[RATE // 2 :] * 1e-4
    distances = band_distances(hushed, other, RATE)
    assert len(distances) == pytest.approx(50, abs=3)
    assert distances.max() < 0.1


def test_a_click_is_found_where_it_is() -> None:
    clicked = noise(1)
    clicked[12000] = 1
    distances = log_spectral_distances(noise(1), clicked, RATE)
    assert distances[48:51].max() > 3
    assert distances[:45].max() == distances[53:].max() == 0


def test_silences_are_alike_however_deep() -> None:
    assert log_spectral_distance(noise(1) * 1e-7, np.zeros(RATE, np.float32), RATE) < 0.1
    assert loudness(np.zeros(RATE, np.float32), RATE) == pytest.approx([-60.0] * 10)


def test_a_sound_shorter_than_a_frame_is_compared_too() -> None:
    assert log_spectral_distances(noise(1)[:100], noise(2)[:100], RATE).shape == (1,)


@pytest.mark.parametrize("compare", [log_spectral_distances, loudness_differences, band_distances])
def test_sounds_of_different_length_are_not_compared(compare: type) -> None:
    with pytest.raises(ValueError, match="cannot be compared with"):
        compare(noise(1), noise(1, 0.5), RATE)
