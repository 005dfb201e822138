"""How different two recordings of the same thing sound: by their spectra, and by their loudness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .pcm import Pcm

FRAME_MS, HOP_MS = 25, 10  # usual in speech analysis: some pitch periods, and shorter than most phonemes
FLOOR = 1e-5  # of full scale, per bin; below is silence, in which any difference would be endless
BANDS, BAND_HZ = 24, (50.0, 11000.0)  # about as many critical bands as the ear has in that range
HEARD_DB = 40.0
LOUDNESS_MS = 100  # about as fast as the ear follows loudness
QUIET = 1e-3  # of full scale: under room noise at a comfortable volume


def log_spectra(audio: Pcm, sample_rate: int) -> NDArray[np.float64]:
    """float64 [frames, bins]: magnitudes in dB, at least those of `FLOOR`."""
    size, hop = FRAME_MS * sample_rate // 1000, HOP_MS * sample_rate // 1000
    if len(audio) < size:
        audio = np.pad(audio, (0, size - len(audio)))
    frames = np.lib.stride_tricks.sliding_window_view(audio, size)[::hop]
    window = np.hanning(size)
    return np.asarray(20 * np.log10(np.abs(np.fft.rfft(frames * window)) / window.sum() + FLOOR))


def log_spectral_distances(one: Pcm, other: Pcm, sample_rate: int) -> NDArray[np.float64]:
    """float64 [frames], dB: each frame's root mean square over bins. Raises `ValueError` unless equally long."""
    if len(one) != len(other):
        raise ValueError(f"{len(one)} samples cannot be compared with {len(other)}")
    difference = log_spectra(one, sample_rate) - log_spectra(other, sample_rate)
    return np.asarray(np.sqrt(np.square(difference).mean(axis=1)))


def log_spectral_distance(one: Pcm, other: Pcm, sample_rate: int) -> float:
    """dB: the mean over the frames. Raises `ValueError` unless equally long."""
    return float(log_spectral_distances(one, other, sample_rate).mean())


def band_distances(one: Pcm, other: Pcm, sample_rate: int) -> NDArray[np.float64]:
    """float64 [n], dB: how far the levels of critical bands differ in each frame that is heard, their RMS.

    Bands are equally wide on the mel scale; frames more than `HEARD_DB` below the loudest are left out. Finer structure
    (where between two harmonics, in which phase) does not count. Raises `ValueError` unless equally long.
    """
    if len(one) != len(other):
        raise ValueError(f"{len(one)} samples cannot be compared with {len(other)}")
    powers = [10 ** (log_spectra(audio, sample_rate) / 10) for audio in (one, other)]
    frequencies = np.linspace(0, sample_rate / 2, powers[0].shape[1])
    edges = np.linspace(_mel(BAND_HZ[0]), _mel(BAND_HZ[1]), BANDS + 1)
    place = np.digitize(_mel(frequencies), edges)
    kept = [band for band in range(1, BANDS + 1) if (place == band).any()]
    banded = [np.stack([power[:, place == band].sum(axis=1) for band in kept], axis=1) for power in powers]
    distances = np.sqrt(np.square(10 * np.log10(banded[0] / banded[1])).mean(axis=1))
    total = 10 * np.log10(powers[0].sum(axis=1))
    return np.asarray(distances[total > total.max() - HEARD_DB])


def _mel(hertz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(2595 * np.log10(1 + np.asarray(hertz) / 700))


def loudness(audio: Pcm, sample_rate: int) -> NDArray[np.float64]:
    """float64 [n], dB of full scale: the RMS of each whole `LOUDNESS_MS`, at least `QUIET`."""
    size = LOUDNESS_MS * sample_rate // 1000
    frames = audio[: len(audio) // size * size].reshape(-1, size).astype(np.float64)
    return np.asarray(20 * np.log10(np.sqrt(np.square(frames).mean(axis=1)) + QUIET))


def loudness_differences(one: Pcm, other: Pcm, sample_rate: int) -> NDArray[np.float64]:
    """float64 [n], dB: how far `loudness` differs. Raises `ValueError` unless equally long."""
    if len(one) != len(other):
        raise ValueError(f"{len(one)} samples cannot be compared with {len(other)}")
    return np.asarray(np.abs(loudness(one, sample_rate) - loudness(other, sample_rate)))
