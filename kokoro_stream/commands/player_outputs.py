"""Where a player's sessions sound: the sound card, or a WAV file for each."""

from __future__ import annotations

import asyncio
import re
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from .sound_card import SoundCard


class Loudspeaker:
    """The sound card; silent where there is nothing to play."""

    clocked = True

    def __init__(self, card: SoundCard) -> None:
        self._card = card
        self.write = card.write

    @property
    def latency_ms(self) -> float:
        return self._card.latency_ms

    async def drain(self) -> None:
        await asyncio.to_thread(self._card.settle)


@asynccontextmanager
async def loudspeaker(session: str, sample_rate: int) -> AsyncIterator[Loudspeaker]:
    """The sound card for one session. Raises KokoroStreamError saying what is missing or has failed."""
    async with await asyncio.to_thread(SoundCard, sample_rate) as card:
        yield Loudspeaker(card)


class WavFile:
    """Takes audio as fast as it comes."""

    clocked = False
    latency_ms = 0.0

    def __init__(self, file: wave.Wave_write) -> None:
        self._file = file

    async def write(self, pcm: bytes) -> None:
        await asyncio.to_thread(self._file.writeframesraw, pcm)

    async def drain(self) -> None:
        pass


class WavFolder:
    """A file for each session, ``TIME-NODE-SESSION.wav``; it has that name once it is complete."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True)

    @asynccontextmanager
    async def file(self, session: str, sample_rate: int) -> AsyncIterator[WavFile]:
        """The file of a session, whose name may come from anybody. Raises OSError."""
        name = f"{datetime.now():%Y%m%d-%H%M%S}-{re.sub(r'[^A-Za-z0-9_-]', '_', session)}.wav"
        unfinished = self._path / f"{name}.part"
        file = await asyncio.to_thread(_created, unfinished, sample_rate)
        try:
            yield WavFile(file)
        finally:  # what has come is worth keeping, however the session ended
            await asyncio.to_thread(_finish, file, unfinished, self._path / name)


def _created(path: Path, sample_rate: int) -> wave.Wave_write:
    file = wave.open(str(path), "wb")  # noqa: SIM115 (closed by `_finish`)
    file.setparams((1, 2, sample_rate, 0, "NONE", ""))
    return file


def _finish(file: wave.Wave_write, unfinished: Path, name: Path) -> None:
    file.close()  # the header gets its length
    unfinished.replace(name)
