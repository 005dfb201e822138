"""Where a command's speech goes: a WAV file, standard output or the sound card."""

from __future__ import annotations

import asyncio
import sys
import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol

from ..errors import InputError
from .sound_card import SoundCard


class Output(Protocol):
    """Takes int16 little-endian mono PCM; waits while the listener is behind."""

    async def write(self, pcm: bytes) -> None: ...


@asynccontextmanager
async def opened(target: str | None, sample_rate: int) -> AsyncIterator[Output]:
    """The output that ``-o`` asks for: a path ending in .wav, "-" for standard output, None for the sound card.

    Leaving it waits until everything is written or played; leaving it with an exception drops what has not been played.
    Raises InputError for another kind of file, KokoroStreamError when there is no sound card.
    """
    if target is None:
        async with SoundCard(sample_rate) as card:
            yield card
            await asyncio.to_thread(card.drain)
    elif target == "-":
        yield _StandardOutput()
    elif target.lower().endswith(".wav"):
        with _wav_file(target, sample_rate) as file:
            yield _WavFile(file)
    else:
        raise InputError("output", f"{target!r} does not end in .wav, the only kind of file written; - is raw PCM")


@contextmanager
def _wav_file(path: str, sample_rate: int) -> Iterator[wave.Wave_write]:
    with Path(path).open("wb") as bare, wave.open(bare) as file:
        file.setparams((1, 2, sample_rate, 0, "NONE", ""))
        yield file


class _WavFile:
    def __init__(self, file: wave.Wave_write) -> None:
        self._file = file

    async def write(self, pcm: bytes) -> None:
        self._file.writeframesraw(pcm)  # the header gets its length when the file is closed


class _StandardOutput:
    async def write(self, pcm: bytes) -> None:
        await asyncio.to_thread(self._write, pcm)  # a full pipe blocks

    @staticmethod
    def _write(pcm: bytes) -> None:
        sys.stdout.buffer.write(pcm)
        sys.stdout.buffer.flush()
