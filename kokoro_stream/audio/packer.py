"""A model's samples become what a listener asked for: his sample rate, format and volume, frame by frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..config import SpeechConfig
from .frames import Framer
from .pcm import SAMPLE_BYTES, Pcm, Resampler, encode


class Packer:
    """Samples at ``from_rate`` in, frames as ``config`` says out; how the input was cut does not matter.

    Less than a frame waits inside, and what `Resampler` holds back.
    """

    def __init__(self, from_rate: int, config: SpeechConfig) -> None:
        self._resampler = Resampler(from_rate, config.sample_rate)
        self._format, self._volume = config.format, config.volume
        self._sample_bytes = SAMPLE_BYTES[config.format]
        self._framer = Framer(config.sample_rate * config.frame_ms // 1000 * self._sample_bytes)

    def feed(self, pieces: Iterable[Pcm]) -> list[bytes]:
        """The frames that are complete now. Raises `ValueError` for NaN and infinity."""
        return [frame for piece in pieces for frame in self._framed(self._resampler.feed(piece))]

    def flush(self) -> list[bytes]:
        """The rest; its last frame may be shorter."""
        return [*self._framed(self._resampler.flush()), *self._framer.flush()]

    def samples(self, frame: bytes) -> int:
        """In the frame."""
        return len(frame) // self._sample_bytes

    def _framed(self, pieces: list[Pcm]) -> Iterator[bytes]:
        for audio in pieces:
            yield from self._framer.feed(encode(audio, self._format, self._volume))
