"""The real PortAudio, playing to an ALSA device that writes down what it is given; and a device that is unplugged."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sounddevice

from kokoro_stream.commands.player_outputs import loudspeaker
from kokoro_stream.commands.sound_card import SoundCard
from kokoro_stream.errors import KokoroStreamError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ALSA is Linux's")

PCM = bytes(range(200)) * 500
PLAY = """
import asyncio, sys
from kokoro_stream.commands.outputs import opened

async def play():
    async with opened(None, 24000) as output:
        for piece in (pcm[:1920], pcm[1920:]):
            await output.write(piece)

pcm = sys.stdin.buffer.read()
asyncio.run(play())
"""


def test_what_is_written_is_played_to_the_last_sample(tmp_path: Path) -> None:
    played = tmp_path / "played.raw"
    device = f'pcm.!default {{ type file; format raw; file "{played}"; slave.pcm {{ type null }} }}'
    (tmp_path / "asound.conf").write_text(device, "utf-8")
    environ = os.environ | {"ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")}
    subprocess.run([sys.executable, "-c", PLAY], input=PCM, env=environ, check=True)
    assert played.read_bytes()[: len(PCM)] == PCM


class Unplugged:
    """A device as sounddevice shows it, gone as soon as it is open; it notes the thread that closes it."""

    closed_by: ClassVar[list[int]] = []

    def __init__(self, **_: Any) -> None:
        self.started = False

    def start(self) -> None:
        if self.started:
            self._fail()
        self.started = True

    def _fail(self, *_: Any) -> None:
        raise sounddevice.PortAudioError("Unanticipated host error")

    write = stop = _fail

    def close(self) -> None:
        self.closed_by.append(threading.get_ident())


@pytest.mark.parametrize("use", [lambda card: card.write(PCM), lambda card: asyncio.to_thread(card.drain)])
async def test_a_card_that_is_unplugged_says_so(
    use: Callable[[SoundCard], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounddevice, "RawOutputStream", Unplugged)
    with pytest.raises(KokoroStreamError, match="Unanticipated host error"):
        async with SoundCard(24000) as card:
            await use(card)


async def test_a_session_that_the_card_fails_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounddevice, "RawOutputStream", Unplugged)
    with pytest.raises(KokoroStreamError):
        async with loudspeaker("session", 24000) as output:
            await output.drain()


async def test_closing_the_card_does_not_hold_up_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounddevice, "RawOutputStream", Unplugged)
    async with SoundCard(24000):
        pass
    assert Unplugged.closed_by[-1] != threading.get_ident()
