"""kokoro-onnx: `Kokoro.create_stream`.

At once it gets all phonemes, from a stream each sentence when it is complete.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import onnxruntime
from kokoro_onnx import Kokoro

from ..turns import Setting, Turn
from ..worker import Play, Speak, completed, run


@asynccontextmanager
async def player(setting: Setting) -> AsyncIterator[Speak]:
    kokoro = opened(setting)

    async def say(phonemes: str, play: Play) -> None:
        async for samples, _ in kokoro.create_stream(phonemes, voice=setting.voice, is_phonemes=True):
            play(samples)

    async def speak(turn: Turn, play: Play) -> None:
        if not turn.tokens_per_second:
            await say(turn.phonemes, play)
            return
        async for sentence in completed(turn):
            await say(sentence.phonemes, play)

    yield speak


def opened(setting: Setting) -> Kokoro:
    """The library's own class on a session with as many threads as everybody has. Blocking."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = setting.threads
    session = onnxruntime.InferenceSession(setting.graph, options, providers=["CPUExecutionProvider"])
    return Kokoro.from_session(session, setting.voices)


if __name__ == "__main__":
    run(player, ["kokoro-onnx", "onnxruntime"])
