"""The graphs alone: what everybody could reach at best, and what cutting costs.

==============  ========================================================================================
manner          what is computed
==============  ========================================================================================
``whole``       the uncut graph in plain ONNX Runtime, its settings as they come but for the threads
``prosody``     the first half of the cut graph, and a frame of silence for audio
``windows``     both halves, the second in windows: the first piece of audio is there after one short window
``one_decode``  both halves, all frames of the second at once
==============  ========================================================================================
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import onnxruntime

from kokoro_stream.engine.windows import plan
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.memory import Memory
from kokoro_stream.model.prosody import Prosody
from kokoro_stream.model.providers import Runtime

from ..turns import Setting, Turn
from ..worker import Play, Speak, run


@asynccontextmanager
async def player(setting: Setting) -> AsyncIterator[Speak]:
    model = KokoroModel.load(Path(setting.folder), runtime=Runtime(provider="cpu", threads=setting.threads))
    manners = {"prosody": _prosody, "windows": _windows, "one_decode": _one_decode}
    whole = _whole(setting, model)

    async def speak(turn: Turn, play: Play) -> None:
        if turn.manner == "whole":
            whole(turn.phonemes, play)
        else:
            manners[turn.manner](model, model.prosody(turn.phonemes, setting.voice, 1.0), play)

    yield speak


def _whole(setting: Setting, model: KokoroModel) -> Callable[[str, Play], None]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = setting.threads
    session = onnxruntime.InferenceSession(setting.graph, options, providers=["CPUExecutionProvider"])

    def speak(phonemes: str, play: Play) -> None:
        style = model.voices.style(setting.voice, len(phonemes))
        inputs = {"input_ids": model.ids(phonemes), "style": style, "speed": np.ones(1, np.float32)}
        play(session.run(None, inputs)[0].reshape(-1))

    return speak


def _prosody(model: KokoroModel, prosody: Prosody, play: Play) -> None:
    play(np.zeros(model.card.samples_per_frame))


def _windows(model: KokoroModel, prosody: Prosody, play: Play) -> None:
    card = model.card
    memory: Memory | None = None
    for window in plan(
        prosody.f0[0],
        prosody.energy[0],
        frames=prosody.frames,
        margin=card.margin_frames,
        first=card.first_window_frames,
        longest=card.longest_window_frames,
        spoken=prosody.sounding,
    ):
        decoded = model.decode(prosody, window.context, None, memory, context=(window.left, window.right))
        memory = decoded.memory
        play(decoded.samples)


def _one_decode(model: KokoroModel, prosody: Prosody, play: Play) -> None:
    play(model.decode(prosody, prosody.sounding).samples)


if __name__ == "__main__":
    run(player, ["kokoro-stream", "onnxruntime-gpu", "onnxruntime"])
