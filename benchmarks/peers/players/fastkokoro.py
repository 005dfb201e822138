"""fastkokoro: `FastKokoro.create_stream`, which takes text only. The manner is its ``stream_strategy``.

"sentence" is its default; "chunk" cuts a text into pieces of four words on a CPU, each spoken as if it stood alone.
Text that is being written reaches it sentence by sentence.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from fastkokoro import FastKokoro
from fastkokoro.config import Settings

from ..turns import Setting, Turn
from ..worker import Play, Speak, completed, run


@asynccontextmanager
async def player(setting: Setting) -> AsyncIterator[Speak]:
    with TemporaryDirectory() as cache:
        engine = FastKokoro(
            replace(
                Settings.from_env(),
                model_path=Path(setting.graph),
                voices_path=Path(setting.voices),
                cache_dir=Path(cache),
                default_voice=setting.voice,
                onnx_intra_op_num_threads=setting.threads,
            )
        )
        engine.warmup()

        async def speak(turn: Turn, play: Play) -> None:
            engine.settings = replace(engine.settings, stream_strategy=turn.manner or "sentence")
            if not turn.tokens_per_second:
                await say(turn.text, play)
                return
            async for sentence in completed(turn):
                await say(sentence.text, play)

        async def say(text: str, play: Play) -> None:
            async for pcm in engine.create_stream(text, response_format="pcm"):
                play(np.frombuffer(pcm, "<i2") / 32768)

        yield speak


if __name__ == "__main__":
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # everything is at hand
    run(player, ["fastkokoro", "onnxruntime"])
