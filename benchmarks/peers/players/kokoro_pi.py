"""kokoro-pi: the clauses of its own `split_for_streaming`, one by one through `Engine.synthesise`, as its server does.

``kokoro-pi build`` begins by downloading a file that only GitHub has. Its own rewriting of the graph is applied to the
file at hand instead, as ``build --skip-int8`` does, which its documentation advises for processors without ARM's dot
products: its 8-bit kernel has no vector path anywhere else. What is made so lies in a scratch folder, and is made by
another process, whose memory a server does not take.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
from kokoro_pi import graph, paths
from kokoro_pi.build import FLOAT_MODEL
from kokoro_pi.server import Engine, split_for_streaming

from ..turns import Setting, Turn
from ..worker import Play, Speak, completed, run

VOICES = "voices-v1.0.bin"


@asynccontextmanager
async def player(setting: Setting) -> AsyncIterator[Speak]:
    with TemporaryDirectory() as scratch:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as builder:
            builder.submit(build, setting, Path(scratch)).result()
        engine = Engine(Path(scratch), threads=setting.threads, voice=setting.voice)

        async def speak(turn: Turn, play: Play) -> None:
            if not turn.tokens_per_second:
                await say(turn.text, play)
                return
            async for sentence in completed(turn):
                await say(sentence.text, play)

        async def say(text: str, play: Play) -> None:
            for piece in split_for_streaming(text):
                play(await asyncio.to_thread(engine.synthesise, piece))

        yield speak


def build(setting: Setting, folder: Path) -> None:
    """The models folder that its `Engine` reads. Blocking."""
    library = paths.prebuilt_library()
    if library is None:
        raise RuntimeError("this kokoro-pi came without its compiled operators")
    rewritten, counts = graph.optimise(onnx.load(setting.graph))
    if not all(counts.values()):
        raise RuntimeError(f"kokoro-pi does not know its way in {setting.graph}: {counts}")
    onnx.save(rewritten, folder / FLOAT_MODEL)
    shutil.copyfile(library, folder / paths.LIBRARY)
    shutil.copyfile(setting.voices, folder / VOICES)
    variant = {"model": FLOAT_MODEL, "custom_ops": [paths.LIBRARY], "backend": "float-fused"}
    manifest = {"kokoro_pi": 1, "voice": setting.voice, "variant": "float", "variants": {"float": variant}}
    (folder / "models.json").write_text(json.dumps(manifest), "utf-8")


if __name__ == "__main__":
    run(player, ["kokoro-pi", "kokoro-onnx", "onnxruntime"])
