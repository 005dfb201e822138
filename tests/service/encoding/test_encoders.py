"""Audio as files of every format, while it is being made."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading

import numpy as np
import pytest
from av.container import OutputContainer
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kokoro_stream.errors import InputError, KokoroStreamError
from kokoro_stream.service.encoding import compressed
from kokoro_stream.service.encoding.encoders import encoder
from kokoro_stream.service.encoding.formats import CODECS, CONTENT_TYPES, Codec
from tests.service.encoding.decoding import FORMATS, LOSSLESS, LOSSY, RATE, decoded

FRAME = RATE // 10
CODEC_DELAY_S = 0.1  # silence that lossy codecs put before and behind


def tone(seconds: float, hertz: float = 220) -> NDArray[np.int16]:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype("<i2")


async def encoded(audio_format: str, samples: NDArray[np.int16], frame: int = FRAME) -> list[bytes]:
    """What came out for each frame, and for the end."""
    async with encoder(audio_format, RATE) as audio:
        parts = [await audio.feed(samples[at : at + frame].tobytes()) for at in range(0, len(samples), frame)]
        return [*parts, await audio.flush()]


def test_every_format_has_a_label() -> None:
    assert set(FORMATS) == set(CONTENT_TYPES) == {*CODECS, "wav", "pcm"}


@pytest.mark.parametrize("audio_format", LOSSLESS)
async def test_lossless_formats_give_back_every_sample(audio_format: str) -> None:
    samples = tone(1.234)
    assert np.array_equal(decoded(b"".join(await encoded(audio_format, samples)), audio_format), samples)


@pytest.mark.parametrize("audio_format", LOSSY)
async def test_lossy_formats_sound_alike_and_last_as_long(audio_format: str) -> None:
    samples = tone(1.5)
    heard = decoded(b"".join(await encoded(audio_format, samples)), audio_format).astype(float)
    assert len(samples) <= len(heard) + FRAME // 10
    assert len(heard) <= len(samples) + CODEC_DELAY_S * RATE
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert abs(np.argmax(spectrum) * RATE / len(heard) - 220) < 2
    assert 0.8 < np.std(heard) / np.std(samples) < 1.1


@pytest.mark.parametrize("audio_format", FORMATS)
async def test_bytes_leave_while_the_audio_is_being_made(audio_format: str) -> None:
    samples = tone(2)
    *parts, _ = await encoded(audio_format, samples)
    assert parts[0]
    assert all(parts)
    arrived = decoded(b"".join(parts[:5]), audio_format)
    assert len(arrived) >= 5 * FRAME - CODEC_DELAY_S * RATE


@pytest.mark.parametrize("audio_format", FORMATS)
async def test_the_shortest_speech_is_a_file_too(audio_format: str) -> None:
    silence = np.zeros(RATE // 50, "<i2")
    heard = decoded(b"".join(await encoded(audio_format, silence)), audio_format)
    assert len(heard) >= len(silence)
    assert not heard.any()


@settings(max_examples=30)
@given(audio_format=st.sampled_from(FORMATS), frame=st.integers(1, 2 * FRAME), samples=st.integers(1, FRAME))
def test_how_the_audio_was_cut_does_not_matter(audio_format: str, frame: int, samples: int) -> None:
    frame = max(frame, samples // 50)
    sound = tone(samples / RATE)
    whole, cut = (asyncio.run(encoded(audio_format, sound, size)) for size in (len(sound), frame))
    assert np.array_equal(decoded(b"".join(cut), audio_format), decoded(b"".join(whole), audio_format))


def open_containers() -> int:
    """Counted while no garbage is collected: memory has to be free at once, not some time."""
    return sum(isinstance(thing, OutputContainer) for thing in gc.get_objects())


@pytest.mark.parametrize("audio_format", CODECS)
async def test_leaving_in_the_middle_frees_the_codec(audio_format: str) -> None:
    async def leave() -> None:
        async with encoder(audio_format, RATE) as audio:
            await audio.feed(tone(0.5).tobytes())
            assert open_containers() == 1
            raise ConnectionError

    gc.collect()
    gc.disable()
    try:
        with pytest.raises(ConnectionError):
            await leave()
        assert open_containers() == 0
    finally:
        gc.enable()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event, list[str]]:
    """A codec that has begun when the first event is set, waits for the second, and says what it did and where."""
    began, may_go_on, log = threading.Event(), threading.Event(), []
    feed, close = compressed.CompressedEncoder.feed, compressed.CompressedEncoder.close

    def slow(self: compressed.CompressedEncoder, pcm: bytes) -> bytes:
        log.append("main" if threading.current_thread() is threading.main_thread() else "thread")
        began.set()
        may_go_on.wait()
        fed = feed(self, pcm)
        log.append("fed")
        return fed

    def closed(self: compressed.CompressedEncoder) -> None:
        log.append("closed")
        close(self)

    monkeypatch.setattr(compressed.CompressedEncoder, "feed", slow)
    monkeypatch.setattr(compressed.CompressedEncoder, "close", closed)
    return began, may_go_on, log


async def test_encoding_leaves_the_event_loop_alone_and_cancelling_waits_for_its_thread(
    held: tuple[threading.Event, threading.Event, list[str]],
) -> None:
    began, may_go_on, log = held

    async def encode() -> None:
        async with encoder("mp3", RATE) as audio:
            await audio.feed(tone(0.1).tobytes())

    async with asyncio.TaskGroup() as tasks:
        encoding = tasks.create_task(encode())
        await asyncio.to_thread(began.wait)
        encoding.cancel()
        await asyncio.sleep(0)
        assert log == ["thread"]
        may_go_on.set()
    assert encoding.cancelled()
    assert log == ["thread", "fed", "closed"]


async def test_without_the_codecs_the_others_work_and_the_error_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "kokoro_stream.service.encoding.compressed")
    monkeypatch.delattr("kokoro_stream.service.encoding.compressed")
    monkeypatch.setitem(sys.modules, "av", None)
    for audio_format in CODECS:
        with pytest.raises(InputError, match=r"response_format: .*pip install 'kokoro-stream\[codecs\]'"):
            await encoded(audio_format, tone(0.1))
    for audio_format in ("wav", "pcm"):
        assert np.array_equal(decoded(b"".join(await encoded(audio_format, tone(0.1))), audio_format), tone(0.1))


async def test_a_codec_that_ffmpeg_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CODECS, "mp3", Codec("mp3", "libmp3none"))
    with pytest.raises(KokoroStreamError, match="libmp3none"):
        await encoded("mp3", tone(0.1))
