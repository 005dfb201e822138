"""Our service in a running Pipecat pipeline, against a server in the same event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

from kokoro_stream.events import Interrupted
from kokoro_stream.plugins.pipecat import KokoroStreamTTSService, KokoroStreamTTSSettings
from kokoro_stream.service.app import create_app
from tests.fakes import FakeSpeaker, fake_samples
from tests.service.running import serving


class Listener(FrameProcessor):  # type: ignore[misc]  # pipecat is not installed where the types are checked
    """The end of the pipeline: keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: asyncio.Queue[Frame] = asyncio.Queue()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.arrived.put_nowait(frame)
        await self.push_frame(frame, direction)

    async def until(self, kind: type[Frame]) -> list[Frame]:
        """What arrives, up to the first frame of that kind."""
        frames = [await self.arrived.get()]
        while not isinstance(frames[-1], kind):
            frames.append(await self.arrived.get())
        return frames


class Complaints(BaseObserver):  # type: ignore[misc]  # the same
    """What the pipeline reports as errors."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self._seen: set[int] = set()

    async def on_push_frame(self, data: FramePushed) -> None:
        if isinstance(data.frame, ErrorFrame) and data.frame.id not in self._seen:
            self._seen.add(data.frame.id)
            self.heard.put_nowait(data.frame.error)


class Assistant:
    """A running pipeline of our service and a listener."""

    def __init__(self, service: KokoroStreamTTSService) -> None:
        self.listener = Listener()
        self.complaints = Complaints()
        self.worker = PipelineWorker(
            Pipeline([service, self.listener]),
            cancel_on_idle_timeout=False,
            enable_rtvi=False,
            observers=[self.complaints],
            params=PipelineParams(audio_out_sample_rate=16000),
        )

    async def say(self, *tokens: str, end: bool = True) -> None:
        """A reply of a language model, or the beginning of one."""
        await self.worker.queue_frame(LLMFullResponseStartFrame())
        for token in tokens:
            await self.worker.queue_frame(LLMTextFrame(token))
        if end:
            await self.worker.queue_frame(LLMFullResponseEndFrame())


@asynccontextmanager
async def assistant(service: KokoroStreamTTSService) -> AsyncIterator[Assistant]:
    running = Assistant(service)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(running.worker)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runner.run(), name="pipeline")
        yield running
        await running.worker.queue_frame(EndFrame())


@asynccontextmanager
async def speaking(speaker: FakeSpeaker | None = None, **options: Any) -> AsyncIterator[Assistant]:
    async with (
        serving(create_app(speaker or FakeSpeaker())) as address,
        assistant(KokoroStreamTTSService(url=f"ws://{address}/v1/stream", **options)) as running,
    ):
        yield running


def pcm(frames: list[Frame]) -> bytes:
    return b"".join(frame.audio for frame in frames if isinstance(frame, TTSAudioRawFrame))


def words(frames: list[Frame]) -> list[str]:
    return [frame.text for frame in frames if isinstance(frame, TTSTextFrame)]


async def test_a_reply_is_spoken_whole_at_the_rate_of_the_pipeline() -> None:
    async with speaking() as running:
        await running.say("Hel", "lo the", "re. How are", " you?")
        frames = await running.listener.until(TTSStoppedFrame)
    samples = len("Hello there.") * 16 + len("How are you?") * 16
    assert pcm(frames) == fake_samples(0, samples)
    assert {frame.sample_rate for frame in frames if isinstance(frame, TTSAudioRawFrame)} == {16000}


async def test_words_come_at_their_times_and_make_up_the_reply() -> None:
    async with speaking() as running:
        await running.say("Hel", "lo the", "re. How are", " you?")
        frames = await running.listener.until(TTSStoppedFrame)
    assert " ".join(words(frames)) == "Hello there. How are you?"
    times = [frame.pts for frame in frames if isinstance(frame, TTSTextFrame)]
    assert times == sorted(times)
    assert len(set(times)) > 1


async def test_speech_begins_while_the_reply_is_still_being_written() -> None:
    async with speaking() as running:
        await running.say("The first sentence. And", end=False)
        assert pcm(await running.listener.until(TTSAudioRawFrame))


async def test_an_interruption_stops_the_machine_and_tells_what_was_heard() -> None:
    gate, heard = asyncio.Semaphore(3), asyncio.Queue[Interrupted]()
    speaker = FakeSpeaker(ms_per_char=20, gate=gate)
    async with serving(create_app(speaker)) as address:
        service = KokoroStreamTTSService(url=f"ws://{address}/v1/stream")

        @service.event_handler("on_speech_interrupted")  # type: ignore[untyped-decorator]  # the same
        async def _(service: KokoroStreamTTSService, interrupted: Interrupted) -> None:
            heard.put_nowait(interrupted)

        async with assistant(service) as running:
            await running.say("A long sentence that nobody wants to hear to its end.")
            await running.listener.until(TTSAudioRawFrame)
            await running.worker.queue_frame(InterruptionFrame())
            interrupted = await heard.get()
            assert interrupted.text_spoken + interrupted.text_remaining == (
                "A long sentence that nobody wants to hear to its end."
            )
            await speaker.interrupted.wait()
            for _permit in range(100):
                gate.release()
            await running.say("Yes?")
            after = await running.listener.until(TTSStoppedFrame)
            assert " ".join(words(after)) == "Yes?"
            assert pcm(after).endswith(fake_samples(0, 16 * 20 * len("Yes?"))[-640:])
    assert speaker.live == 0


async def test_an_announcement_is_spoken_outside_of_a_reply() -> None:
    async with speaking() as running:
        await running.worker.queue_frame(TTSSpeakFrame("Dinner is ready."))
        assert pcm(await running.listener.until(TTSStoppedFrame)) == fake_samples(0, 16 * len("Dinner is ready."))


async def test_replies_follow_each_other_in_order() -> None:
    async with speaking() as running:
        await running.say("One.")
        await running.say("Two.")
        first = await running.listener.until(TTSStoppedFrame)
        second = await running.listener.until(TTSStoppedFrame)
    assert (words(first), words(second)) == (["One."], ["Two."])


async def test_settings_hold_from_the_next_reply_on() -> None:
    speaker = FakeSpeaker()
    async with speaking(speaker, settings=KokoroStreamTTSSettings(voice="am_fake", speed=1.2)) as running:
        await running.say("One.")
        await running.listener.until(TTSStoppedFrame)
        await running.worker.queue_frame(TTSUpdateSettingsFrame(delta=KokoroStreamTTSSettings(voice="af_fake")))
        await running.say("Two.")
        await running.listener.until(TTSStoppedFrame)
    assert [(config.voice, config.speed) for config in speaker.configs] == [("am_fake", 1.2), ("af_fake", 1.2)]


async def test_what_the_server_refuses_is_reported_and_the_next_reply_is_spoken() -> None:
    async with speaking(settings=KokoroStreamTTSSettings(voice="nobody")) as running:
        await running.say("One.")
        assert "no voice 'nobody'" in await running.complaints.heard.get()
        await running.listener.until(TTSStoppedFrame)
        await running.worker.queue_frame(TTSUpdateSettingsFrame(delta=KokoroStreamTTSSettings(voice="af_fake")))
        await running.say("Two.")
        assert pcm(await running.listener.until(TTSStoppedFrame)) == fake_samples(0, 16 * len("Two."))


async def test_a_speech_that_fails_is_reported() -> None:
    async with speaking() as running:
        await running.say("Please fail.")
        assert "asked to fail" in await running.complaints.heard.get()


async def test_a_server_that_is_not_there_is_reported() -> None:
    async with assistant(KokoroStreamTTSService(url="ws://127.0.0.1:9/v1/stream")) as running:
        assert "cannot connect to ws://127.0.0.1:9" in await running.complaints.heard.get()
