"""We: `Speaker.speak`, fed as the text comes. The manner is the latency setting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import numpy as np

from kokoro_stream import Speaker, SpeechConfig
from kokoro_stream.config import Latency

from ..turns import Setting, Turn
from ..worker import Play, Speak, run, tokens_of


@asynccontextmanager
async def player(setting: Setting) -> AsyncIterator[Speak]:
    async with Speaker(setting.folder, threads=setting.threads) as speaker:

        async def speak(turn: Turn, play: Play) -> None:
            config = SpeechConfig(voice=setting.voice, latency=cast(Latency, turn.manner or "balanced"))
            async with speaker.speak(tokens_of(turn), config=config) as speech:
                async for frame in speech:
                    play(np.frombuffer(frame.pcm, "<i2") / 32768)

        yield speak


if __name__ == "__main__":
    run(player, ["kokoro-stream", "onnxruntime-gpu", "onnxruntime"])
