"""The real PortAudio, playing to an ALSA device that writes down what it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
