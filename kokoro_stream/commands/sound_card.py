"""The sound device of this machine, if it has one. The only module that knows sounddevice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import KokoroStreamError

INSTEAD = "or write a file with -o speech.wav"


class SoundCard:
    """The default output device at ``sample_rate``, taking int16 mono PCM; playing from the first write on.

    Raises KokoroStreamError saying what is missing, and later when the device fails, as when it is unplugged. Leaving
    the context drops what has not been played.
    """

    def __init__(self, sample_rate: int) -> None:
        try:
            import sounddevice
        except ImportError as error:
            raise KokoroStreamError(f"to play, pip install 'kokoro-stream[play]'; {INSTEAD}") from error
        except OSError as error:
            raise KokoroStreamError(
                f"to play, install the PortAudio library (Debian: apt-get install libportaudio2); {INSTEAD}"
            ) from error
        self._failure: type[Exception] = sounddevice.PortAudioError
        try:
            self._stream: Any = sounddevice.RawOutputStream(samplerate=sample_rate, channels=1, dtype="int16")
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise KokoroStreamError(f"no sound device can be used ({error}); {INSTEAD}") from error

    async def __aenter__(self) -> SoundCard:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Drops what has not been played."""
        self._stream.close()

    @property
    def latency_ms(self) -> float:
        """From `write` until the audio sounds."""
        return float(self._stream.latency) * 1000

    async def write(self, pcm: bytes) -> None:
        with self._explained():
            await asyncio.to_thread(self._stream.write, pcm)  # returns when the card's buffer has room again

    def drain(self) -> None:
        with self._explained():
            self._stream.stop()  # returns when all has been played

    def settle(self) -> None:
        """Returns when all has been played, ready for more."""
        with self._explained():
            self._stream.stop()
            self._stream.start()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except self._failure as error:
            raise KokoroStreamError(f"the sound device failed ({error}); {INSTEAD}") from error
