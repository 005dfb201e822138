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

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime

from kokoro_stream.engine.windows import plan
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.prosody import Prosody
from kokoro_stream.model.providers import Runtime

from ..turns import Setting, Turn
from ..worker import Play, Speak, run

TYPES = {
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
}


class Given(Protocol):
    """What ONNX Runtime tells of a graph's input."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def shape(self) -> Sequence[object]: ...


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
    ids, style, speed = told_apart(session.get_inputs())

    def speak(phonemes: str, play: Play) -> None:
        inputs = {
            ids.name: model.ids(phonemes).astype(TYPES[ids.type]),
            style.name: model.voices.style(setting.voice, len(phonemes)).astype(TYPES[style.type]),
            speed.name: np.ones(len(speed.shape), TYPES[speed.type]),
        }
        play(session.run(None, inputs)[0].reshape(-1).astype(np.float32))

    return speak


def told_apart(inputs: Sequence[Given]) -> tuple[Given, Given, Given]:
    """Token ids, style and speed, by type and rank as when a model is installed: exporters name them as they like."""
    (ids,) = [one for one in inputs if "int" in one.type and len(one.shape) == 2]
    (style,) = [one for one in inputs if "float" in one.type and len(one.shape) == 2]
    (speed,) = [one for one in inputs if one not in (ids, style)]
    return ids, style, speed


def _prosody(model: KokoroModel, prosody: Prosody, play: Play) -> None:
    play(np.zeros(model.card.samples_per_frame))


def _windows(model: KokoroModel, prosody: Prosody, play: Play) -> None:
    card = model.card
    for window in plan(
        prosody.f0[0],
        prosody.energy[0],
        frames=prosody.frames,
        margin=card.margin_frames,
        first=card.first_window_frames,
        longest=card.longest_window_frames,
        toll=model.toll(card.margin_frames, card.margin_frames),
        spoken=prosody.sounding,
    ):
        play(model.decode(prosody, window.context, context=(window.left, window.right)))


def _one_decode(model: KokoroModel, prosody: Prosody, play: Play) -> None:
    play(model.decode(prosody, prosody.sounding))


if __name__ == "__main__":
    run(player, ["kokoro-stream", "onnxruntime-gpu", "onnxruntime"])
