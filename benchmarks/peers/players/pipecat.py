"""Pipecat: its Kokoro service in a pipeline, fed with the frames of a language model, which it cuts into sentences."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from loguru import logger
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.services.kokoro.tts import KokoroTTSService
from pipecat.workers.runner import WorkerRunner

from ..turns import Setting, Turn
from ..worker import SAMPLE_RATE, Play, Speak, run, tokens_of
from .kokoro_onnx import opened

PATIENCE_SECONDS = 120  # with its own 3 s it gives a long sentence up as silent while that is still being computed
HEARD = (TTSAudioRawFrame, TTSStoppedFrame, ErrorFrame)


@asynccontextmanager
async def player(setting: Setting) -> AsyncIterator[Speak]:
    service = KokoroTTSService(
        model_path=setting.graph,
        voices_path=setting.voices,
        settings=KokoroTTSService.Settings(voice=setting.voice),
        stop_frame_timeout_s=PATIENCE_SECONDS,
    )
    service._kokoro = opened(setting)  # the service itself leaves the number of threads to the runtime
    pipeline = PipelineWorker(
        Pipeline([service]),
        params=PipelineParams(audio_out_sample_rate=SAMPLE_RATE),
        cancel_on_idle_timeout=False,
        enable_rtvi=False,
    )
    pipeline.add_reached_downstream_filter(HEARD)
    heard: asyncio.Queue[Frame] = asyncio.Queue()  # bounded by the turn, which takes every frame
    started = asyncio.Event()

    async def begin(*_: object) -> None:
        started.set()

    async def hear(_: object, frame: Frame) -> None:
        heard.put_nowait(frame)

    pipeline.add_event_handler("on_pipeline_started", begin)
    pipeline.add_event_handler("on_frame_reached_downstream", hear)

    async def speak(turn: Turn, play: Play) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(feed(turn), name="language model")
            while not isinstance(frame := await heard.get(), TTSStoppedFrame):
                if isinstance(frame, ErrorFrame):
                    raise RuntimeError(f"Pipecat: {frame.error}")
                play(np.frombuffer(frame.audio, "<i2") / 32768)

    async def feed(turn: Turn) -> None:
        await pipeline.queue_frame(LLMFullResponseStartFrame())
        async for token in tokens_of(turn):
            await pipeline.queue_frame(LLMTextFrame(token))
        await pipeline.queue_frame(LLMFullResponseEndFrame())

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(pipeline)
    running = asyncio.create_task(runner.run(), name="pipeline")
    await started.wait()
    yield speak
    await pipeline.queue_frame(EndFrame())
    await running


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    run(player, ["pipecat-ai", "kokoro-onnx", "onnxruntime"])
