from __future__ import annotations

import io
import struct
import wave

import numpy as np
import pytest

from kokoro_stream.audio import pcm, wav
from kokoro_stream.config import AudioFormat

from .cuts import RATE, tone

every_encoding = pytest.mark.parametrize("encoding", ["pcm_s16le", "pcm_f32le", "mulaw", "alaw"])


@every_encoding
@pytest.mark.parametrize("samples", [0, 7, 240])
def test_a_file_reads_back_as_it_was_written(encoding: AudioFormat, samples: int) -> None:
    audio = pcm.encode(tone(samples), encoding)
    contents = wav.file(audio, encoding, 16000)
    assert len(contents) % 2 == 0
    assert struct.unpack_from("<I", contents, 4)[0] == len(contents) - 8
    back = wav.read(contents)
    assert (back.sample_rate, back.encoding) == (16000, encoding)
    np.testing.assert_array_equal(back.samples, pcm.decode(audio, encoding))


@every_encoding
def test_a_streamed_file_is_readable_at_any_length_and_its_header_can_be_replaced(encoding: AudioFormat) -> None:
    audio = pcm.encode(tone(100), encoding)
    streamed = wav.header(encoding, RATE)
    np.testing.assert_array_equal(wav.read(streamed + audio).samples, pcm.decode(audio, encoding))
    assert len(streamed) == len(wav.header(encoding, RATE, 100))


def test_another_reader_understands_the_file() -> None:
    audio = pcm.encode(tone(120), "pcm_s16le")
    with wave.open(io.BytesIO(wav.file(audio, "pcm_s16le", RATE))) as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, RATE)
        assert reader.readframes(1000) == audio


def test_a_length_beyond_32_bits_is_written_as_unknown() -> None:
    assert wav.header("pcm_s16le", RATE, 2**31) == wav.header("pcm_s16le", RATE)


def test_chunks_that_mean_nothing_to_us_are_passed_over() -> None:
    contents = wav.file(pcm.encode(tone(10), "pcm_s16le"), "pcm_s16le", RATE)
    with_extra = contents[:12] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + contents[12:]
    np.testing.assert_array_equal(wav.read(with_extra).samples, wav.read(contents).samples)


WHOLE = wav.file(b"\0\0" * 10, "pcm_s16le", RATE)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"", "not a RIFF/WAVE file"),
        (b"OggS" + WHOLE[4:], "not a RIFF/WAVE file"),
        (WHOLE[:36], "without a whole 'fmt ' and 'data' chunk"),
        (WHOLE[:-3], "ends within its 'data' chunk"),
        (WHOLE[:22] + b"\2\0" + WHOLE[24:], "2 channels"),
        (WHOLE[:20] + b"\2\0" + WHOLE[22:], "format tag 2"),
        (WHOLE[:34] + b"\x18\0" + WHOLE[36:], "with 24 bits"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(contents: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wav.read(contents)
