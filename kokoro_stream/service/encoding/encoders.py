"""Encoders of a speech's audio: mono int16 PCM in, bytes of the asked-for format out with the first frames."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

from ...audio import wav
from ...errors import InputError
from .formats import CODECS

if TYPE_CHECKING:
    from .compressed import CompressedEncoder

Result = TypeVar("Result")


class Encoder(Protocol):
    """One speech's audio. Not to be fed while it is being fed."""

    async def feed(self, pcm: bytes) -> bytes:
        """What is ready of the audio so far; maybe nothing."""

    async def flush(self) -> bytes:
        """The rest. Nothing can be fed afterwards."""


@asynccontextmanager
async def encoder(audio_format: str, sample_rate: int) -> AsyncIterator[Encoder]:
    """An encoder of ``audio_format``, one of `formats.CONTENT_TYPES`; leaving it frees what it holds.

    Raises `InputError` naming the remedy when the codecs are not installed.
    """
    if audio_format not in CODECS:
        yield _Plain(wav.header("pcm_s16le", sample_rate) if audio_format == "wav" else b"")
        return
    compressed = await _on_thread(lambda: _compressed(audio_format, sample_rate))
    try:
        yield _OnThread(compressed)
    finally:
        await _on_thread(compressed.close)


class _Plain:
    """PCM as it is, behind a header."""

    def __init__(self, header: bytes) -> None:
        self._header = header

    async def feed(self, pcm: bytes) -> bytes:
        header, self._header = self._header, b""
        return header + pcm

    async def flush(self) -> bytes:
        return await self.feed(b"")


class _OnThread:
    """A codec, kept off the event loop: a piece of audio takes it milliseconds."""

    def __init__(self, compressed: CompressedEncoder) -> None:
        self._compressed = compressed

    async def feed(self, pcm: bytes) -> bytes:
        return await _on_thread(lambda: self._compressed.feed(pcm))

    async def flush(self) -> bytes:
        return await _on_thread(self._compressed.flush)


def _compressed(audio_format: str, sample_rate: int) -> CompressedEncoder:
    try:
        from .compressed import CompressedEncoder  # here, because PyAV is an extra, and takes long to import
    except ImportError as error:
        raise InputError(
            "response_format",
            f"{audio_format} needs packages that are not installed on the server: pip install 'kokoro-stream[codecs]'; "
            "wav and pcm work without",
        ) from error
    return CompressedEncoder(CODECS[audio_format], sample_rate)


async def _on_thread(call: Callable[[], Result]) -> Result:
    """The result of a blocking call. Cancelling waits for its end: two threads must never share a codec."""
    job = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        return await asyncio.shield(job)
    except asyncio.CancelledError:
        await asyncio.wait([job])
        raise
