"""Draws what was said: waveform, words at their times, spectrogram, in lines like a page of text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kokoro_stream.events import TimedWord

LONGEST_LINE = 5.0  # seconds, about fifteen words: as many as fit side by side
WINDOW = 512  # samples of a spectrum: 21 ms at 24 kHz tell a vowel's formants apart
HOP = 96
FLOOR_DB = -70.0


def draw(path: Path, samples: NDArray[np.float32], sample_rate: int, words: Sequence[TimedWord], title: str) -> None:
    """Writes a PNG of mono ``samples`` (−1…1)."""
    seconds = len(samples) / sample_rate
    lines = max(1, ceil(seconds / LONGEST_LINE))
    figure = Figure(figsize=(19, 0.6 + 2.7 * lines), layout="constrained")
    figure.suptitle(title, fontsize=13)
    axes = figure.subplots(2 * lines, 1, gridspec_kw={"height_ratios": [1.2, 1] * lines}, squeeze=False)[:, 0]
    loudest = max(float(np.abs(samples).max()), 1e-3)
    for line, part in enumerate(np.array_split(samples, lines)):
        start = line * seconds / lines
        span = (start, start + len(part) / sample_rate)
        spoken = [word for word in words if span[0] <= word.start_ms / 1000 < span[1]]
        _waveform(axes[2 * line], part / loudest, span, spoken)
        _spectrogram(axes[2 * line + 1], part, sample_rate, span)
    axes[-1].set_xlabel("seconds")
    figure.savefig(path, dpi=100)


def _waveform(axis: Any, samples: NDArray[np.float32], span: tuple[float, float], words: Sequence[TimedWord]) -> None:
    axis.plot(np.linspace(*span, len(samples)), samples, linewidth=0.4, color="#2f6690")
    axis.set(xlim=span, ylim=(-1.1, 2.3), yticks=[], xticks=[])
    for word, height in zip(words, cycle((1.2, 1.7))):
        begins, ends = word.start_ms / 1000, word.end_ms / 1000
        axis.axvspan(begins, ends, color="#f2b134", alpha=0.18, linewidth=0)
        axis.vlines((begins, ends), -1.1, height, color="#b5651d", linewidth=0.6)
        axis.text(begins, height, f" {word.word}", fontsize=10, verticalalignment="bottom", clip_on=True)


def _spectrogram(axis: Any, samples: NDArray[np.float32], sample_rate: int, span: tuple[float, float]) -> None:
    padded = np.pad(samples, (WINDOW // 2, WINDOW // 2))
    spectra = np.abs(np.fft.rfft(sliding_window_view(padded, WINDOW)[::HOP] * np.hanning(WINDOW)))
    decibels = 20 * np.log10(np.maximum(spectra / (WINDOW / 4), 10 ** (FLOOR_DB / 20)))
    extent = (*span, 0, sample_rate / 2000)
    axis.imshow(decibels.T, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=FLOOR_DB, vmax=-15)
    axis.set(xlim=span, ylabel="kHz")
