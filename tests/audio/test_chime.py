"""The sound before an announcement."""

from __future__ import annotations

import numpy as np
import pytest

from kokoro_stream.audio.chime import LENGTH_MS, PEAK, chime

RATES = pytest.mark.parametrize("rate", [8000, 16000, 24000, 48000])


@RATES
def test_it_is_short_and_neither_louder_than_a_voice_nor_clicks(rate: int) -> None:
    sound = chime(rate)
    assert len(sound) == rate * LENGTH_MS // 1000
    assert np.abs(sound).max() == pytest.approx(PEAK, rel=0.01)
    assert abs(sound[0]) < 1e-3
    assert np.abs(sound[-rate // 100 :]).max() < 0.02


@RATES
def test_it_is_two_notes_and_the_second_is_higher(rate: int) -> None:
    def pitch(begin_s: float, end_s: float) -> float:
        part = chime(rate)[round(begin_s * rate) : round(end_s * rate)]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 16))
        return float(np.argmax(spectrum)) * rate / (1 << 16)

    assert pitch(0.02, 0.17) == pytest.approx(659, abs=8)
    assert pitch(0.25, 0.6) == pytest.approx(880, abs=8)


def test_nobody_can_change_it_for_others() -> None:
    with pytest.raises(ValueError, match="read-only"):
        chime(24000)[0] = 1
