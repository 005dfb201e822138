from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.audio import pcm
from kokoro_stream.config import AudioFormat

from .cuts import RATE, cut, joined, noise, positions, rms, seeds, tone

ENCODINGS: tuple[AudioFormat, ...] = ("pcm_s16le", "pcm_f32le", "mulaw", "alaw")
# Half a step of 16 bits; G.711 keeps some 37 dB at every loudness.
SMALLEST_RATIO_DB = {"pcm_s16le": 80, "pcm_f32le": 200, "mulaw": 35, "alaw": 35}
every_encoding = pytest.mark.parametrize("encoding", ENCODINGS)


@every_encoding
def test_decoding_gives_back_what_was_encoded(encoding: AudioFormat) -> None:
    audio = tone(2400)
    data = pcm.encode(audio, encoding)
    assert len(data) == pcm.SAMPLE_BYTES[encoding] * len(audio)
    error = rms(pcm.decode(data, encoding) - audio)
    assert 20 * np.log10(rms(audio) / max(error, 1e-12)) > SMALLEST_RATIO_DB[encoding]


def test_int16_is_little_endian_and_full_scale_is_symmetrical() -> None:
    samples = np.array([0, 1, -1, 0.5, 1 / 32767], np.float32)
    assert pcm.encode(samples, "pcm_s16le") == b"\0\0\xff\x7f\x01\x80\x00\x40\x01\x00"


@every_encoding
@pytest.mark.parametrize("sign", [1, -1])
def test_beyond_full_scale_is_clipped_and_never_wrapped(encoding: AudioFormat, sign: int) -> None:
    loud = pcm.decode(pcm.encode(np.array([sign * 1.7, sign * 40], np.float32), encoding), encoding)
    at_full_scale = pcm.decode(pcm.encode(np.array([sign], np.float32), encoding), encoding)
    if encoding == "pcm_f32le":
        np.testing.assert_array_equal(loud, np.array([sign * 1.7, sign * 40], np.float32))
    else:
        assert set(loud) == set(at_full_scale)
        assert sign * at_full_scale[0] > 0.97


@every_encoding
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_no_listener_could_play_is_refused(encoding: AudioFormat, value: float) -> None:
    with pytest.raises(ValueError, match="NaN or infinite"):
        pcm.encode(np.array([0, value], np.float32), encoding)


@pytest.mark.parametrize("encoding", ["pcm_s16le", "pcm_f32le"])
def test_bytes_that_end_within_a_sample_are_refused(encoding: AudioFormat) -> None:
    with pytest.raises(ValueError, match="multiple of element size"):
        pcm.decode(b"\0\0\0", encoding)


@given(st.integers(0, 6000), st.sampled_from([8000, 16000, 22050, 24000, 44100, 48000]), positions, seeds)
def test_resampling_does_not_depend_on_how_the_input_was_cut(
    length: int, rate: int, where: list[float], seed: int
) -> None:
    audio = noise(length, seed)
    at_once, in_pieces = pcm.Resampler(RATE, rate), pcm.Resampler(RATE, rate)
    expected = joined(at_once.feed(audio) + at_once.flush())
    pieces = [out for piece in cut(audio, where) for out in in_pieces.feed(piece)]
    np.testing.assert_array_equal(joined(pieces + in_pieces.flush()), expected)
    assert abs(len(expected) - length * rate / RATE) <= 1


def test_equal_rates_change_nothing_and_hold_nothing_back() -> None:
    audio = noise(100)
    resampler = pcm.Resampler(RATE, RATE)
    np.testing.assert_array_equal(joined(resampler.feed(audio)), audio)
    assert resampler.flush() == []


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_resampled_audio_is_the_same_sound_at_the_same_time(rate: int) -> None:
    resampler = pcm.Resampler(RATE, rate)
    got = joined(resampler.feed(tone(RATE, 440)) + resampler.flush())
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    inner = slice(rate // 10, -rate // 10)  # the ends ring, as those of any band-limited sound
    assert np.abs(got - expected)[inner].max() < 1e-3


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
def test_a_resampler_holds_no_more_than_75_ms_back(rate: int) -> None:
    resampler = pcm.Resampler(RATE, rate)
    fed = came = 0
    for piece in cut(noise(RATE), [n / 100 for n in range(1, 100)]):
        fed += len(piece)
        came += sum(map(len, resampler.feed(piece)))
        assert fed / RATE - came / rate <= 0.075


def test_after_a_flush_a_resampler_starts_anew() -> None:
    audio = noise(1000)
    resampler = pcm.Resampler(RATE, 16000)
    first = joined(resampler.feed(audio) + resampler.flush())
    np.testing.assert_array_equal(joined(resampler.feed(audio) + resampler.flush()), first)


@pytest.mark.parametrize("encoding", ["pcm_s16le", "mulaw", "alaw"])
def test_louder_than_full_scale_is_clipped_and_not_wrapped(encoding: AudioFormat) -> None:
    audio = np.array([0.9, -0.9, 0.1], np.float32)
    assert pcm.encode(audio, encoding, 2.0) == pcm.encode(np.array([1, -1, 0.2], np.float32), encoding)


def test_the_volume_is_a_gain() -> None:
    audio = np.array([0.5, -0.25], np.float32)
    np.testing.assert_allclose(pcm.decode(pcm.encode(audio, "pcm_s16le", 0.5), "pcm_s16le"), audio / 2, atol=1e-4)
    np.testing.assert_allclose(pcm.decode(pcm.encode(audio, "pcm_f32le", 2.0), "pcm_f32le"), audio * 2)
    assert not any(pcm.encode(audio, "pcm_s16le", 0.0))
