"""Compressed audio through FFmpeg (PyAV). Importing this needs the extra ``codecs``; everything in it blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import av
import numpy as np
from av.audio import AudioStream
from av.container import OutputContainer

from ...errors import KokoroStreamError
from .formats import Codec


class _Sink:
    """A file that can only be written, so that FFmpeg never waits for the end to complete the beginning."""

    def __init__(self) -> None:
        self._written: list[bytes] = []  # of one feed: a tenth of a second

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What has been written since the last time."""
        taken = b"".join(self._written)
        self._written.clear()
        return taken


class CompressedEncoder:
    """One speech of mono int16 PCM. One thread at a time. Methods raise `KokoroStreamError`."""

    def __init__(self, codec: Codec, sample_rate: int) -> None:
        self._codec = codec
        self._sample_rate = sample_rate
        self._sink = _Sink()
        self._container: OutputContainer | None = None
        self._stream: AudioStream | None = None

    def feed(self, pcm: bytes) -> bytes:
        """What is ready of the audio so far; a frame of the codec and its look-ahead (under 100 ms) are held back."""
        frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, "<i2")[None], format="s16", layout="mono")
        frame.sample_rate = self._sample_rate
        return self._encode(frame)

    def flush(self) -> bytes:
        """The rest. Nothing can be fed afterwards."""
        rest = self._encode(None)
        self.close()
        return rest + self._sink.take()

    def close(self) -> None:
        """Frees FFmpeg's memory. Idempotent."""
        container, self._container, self._stream = self._container, None, None
        if container is not None:
            with self._translated():
                container.close()

    def _encode(self, frame: av.AudioFrame | None) -> bytes:
        with self._translated():
            if self._container is None or self._stream is None:
                self._container, self._stream = self._open()
            self._container.mux(self._stream.encode(frame))
        return self._sink.take()

    def _open(self) -> tuple[OutputContainer, AudioStream]:
        codec = self._codec
        options = {**codec.options, "flush_packets": "1"}  # or a buffer would have to fill up first
        container = av.open(self._sink, "w", codec.muxer, container_options=options)
        stream = container.add_stream(codec.encoder, self._sample_rate, layout="mono", bit_rate=codec.bit_rate)
        assert isinstance(stream, AudioStream)
        return container, stream

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (av.FFmpegError, ValueError) as error:  # ValueError: an FFmpeg that was built without the encoder
            raise KokoroStreamError(f"{self._codec.encoder} failed: {error}") from error
