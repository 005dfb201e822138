"""Our TTS by itself and in a running LiveKit agent session, against a server in the same event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import Agent, AgentSession, APIConnectionError, APIConnectOptions, APIError, APIStatusError
from livekit.agents.tts import SynthesizedAudio
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT
from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities, TimedString

from kokoro_stream.client import Client, connect
from kokoro_stream.plugins.kept import KeptClient
from kokoro_stream.plugins.livekit import TTS
from kokoro_stream.service.access import AccessSettings, ApiKey
from kokoro_stream.service.app import create_app
from kokoro_stream.service.secret import Secret
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker, fake_samples
from tests.service.running import serving

ACCESS = AccessSettings(keys={"kitchen": ApiKey(key=Secret("kitchen-0123456789"))})
ONCE = APIConnectOptions(max_retry=0, timeout=10)


@asynccontextmanager
async def speaking(speaker: FakeSpeaker | None = None, **changes: Any) -> AsyncIterator[TTS]:
    async with serving(create_app(speaker or FakeSpeaker())) as address:
        tts = TTS(url=f"ws://{address}/v1/stream", **changes)
        try:
            yield tts
        finally:
            await tts.aclose()


MARKER = bytes(480)  # 10 ms of silence that LiveKit adds where it has passed everything on before the segment ends


def pcm(heard: list[SynthesizedAudio]) -> bytes:
    return b"".join(bytes(audio.frame.data) for audio in heard).removesuffix(MARKER)


def transcript(heard: list[SynthesizedAudio]) -> list[TimedString]:
    return [piece for audio in heard for piece in audio.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, [])]


async def said(tts: TTS, *tokens: str) -> list[SynthesizedAudio]:
    async with tts.stream(conn_options=ONCE) as stream:
        for token in tokens:
            stream.push_text(token)
        stream.end_input()
        return [audio async for audio in stream]


async def test_a_reply_is_spoken_whole() -> None:
    async with speaking(FakeSpeaker(ms_per_char=20)) as tts:
        heard = await said(tts, "Hel", "lo the", "re. How are", " you?")
    assert pcm(heard) == fake_samples(0, 20 * 24 * (len("Hello there.") + len("How are you?")))
    assert [audio.is_final for audio in heard] == [False] * (len(heard) - 1) + [True]


async def test_the_transcript_is_the_text_as_it_was_sent_and_lies_on_its_audio() -> None:
    async with speaking() as tts:
        heard = await said(tts, "**Hel", "lo** the", "re. How are", " you? ")
    pieces = transcript(heard)
    assert "".join(pieces) == "**Hello** there. How are you? "
    assert [piece.start_time for piece in pieces] == sorted(piece.start_time for piece in pieces)


async def test_a_whole_text_is_spoken_too() -> None:
    async with speaking() as tts, tts.synthesize("Hello there.", conn_options=ONCE) as stream:
        heard = [audio async for audio in stream]
    assert pcm(heard) == fake_samples(0, 24 * len("Hello there."))


async def test_speech_begins_while_the_reply_is_still_being_written() -> None:
    async with speaking(FakeSpeaker(ms_per_char=20)) as tts, tts.stream(conn_options=ONCE) as stream:
        stream.push_text("The first sentence. And")
        assert (await anext(stream)).frame.duration > 0


async def test_closing_a_stream_stops_the_machine() -> None:
    gate = asyncio.Semaphore(8)
    speaker = FakeSpeaker(ms_per_char=20, gate=gate)
    async with speaking(speaker) as tts:
        async with tts.stream(conn_options=ONCE) as stream:
            stream.push_text("A long sentence that nobody wants to hear to its end. ")
            stream.flush()
            await anext(stream)
        await speaker.interrupted.wait()
    assert speaker.frames_made < 20


async def test_options_hold_from_the_next_reply_on() -> None:
    speaker = FakeSpeaker()
    async with speaking(speaker, voice="am_fake") as tts:
        await said(tts, "One.")
        tts.update_options(voice="af_fake", speed=1.2)
        await said(tts, "Two.")
        assert tts.model == "fake"
    assert [(config.voice, config.speed) for config in speaker.configs] == [("am_fake", 1.0), ("af_fake", 1.2)]


async def test_what_the_server_refuses_is_not_tried_again() -> None:
    async with speaking(voice="nobody") as tts:
        with pytest.raises(APIStatusError, match="no voice 'nobody'") as refused:
            await said(tts, "One.")
    assert (refused.value.status_code, refused.value.retryable) == (400, False)


async def test_an_overloaded_server_may_be_asked_again() -> None:
    async with speaking(FakeSpeaker(places=0)) as tts:
        with pytest.raises(APIStatusError) as refused:
            await said(tts, "One.")
    assert (refused.value.status_code, refused.value.retryable) == (503, True)


async def test_a_speech_that_fails_raises() -> None:
    async with speaking() as tts:
        with pytest.raises(APIError, match="asked to fail"):
            await said(tts, "Please fail.")


async def test_what_the_key_does_not_allow_now_may_be_asked_again() -> None:
    key = ApiKey(key=Secret("kitchen-0123456789"), characters_per_minute=10)
    access = AccessSettings(keys={"kitchen": key})
    async with serving(create_app(FakeSpeaker(), ServiceSettings(access=access))) as address:
        tts = TTS(url=f"ws://{address}/v1/stream", api_key="kitchen-0123456789")
        await said(tts, "More than ten of them.")
        with pytest.raises(APIStatusError, match="characters") as refused:
            await said(tts, "And more.")
        await tts.aclose()
    assert (refused.value.status_code, refused.value.retryable) == (429, True)


async def test_a_server_that_is_not_there_is_an_error_of_the_connection() -> None:
    tts = TTS(url="ws://127.0.0.1:9/v1/stream")
    with pytest.raises(APIConnectionError, match="cannot connect"):
        await said(tts, "One.")
    await tts.aclose()


class Loudspeaker(AudioOutput):  # type: ignore[misc]  # livekit is not installed where the types are checked
    """Where the agent's voice goes: plays at once, or as far as it is let."""

    def __init__(self) -> None:
        super().__init__(label="test", capabilities=AudioOutputCapabilities(pause=False), sample_rate=24000)
        self.played = b""
        self.sounded = asyncio.Event()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        self.played += bytes(frame.data)
        self.sounded.set()

    def flush(self) -> None:
        super().flush()
        self.on_playback_finished(playback_position=len(self.played) / 48000, interrupted=False)

    def clear_buffer(self) -> None:
        self.on_playback_finished(playback_position=len(self.played) / 48000, interrupted=True)


@asynccontextmanager
async def agent(tts: TTS) -> AsyncIterator[tuple[AgentSession[None], Loudspeaker]]:
    session = AgentSession[None](tts=tts, vad=None)
    loudspeaker = Loudspeaker()
    session.output.audio = loudspeaker
    await session.start(Agent(instructions=""))
    try:
        yield session, loudspeaker
    finally:
        await session.aclose()


async def tokens(*texts: str) -> AsyncIterator[str]:
    for text in texts:
        yield text


async def test_an_agent_speaks_a_reply_as_it_is_written() -> None:
    async with speaking() as tts, agent(tts) as (session, loudspeaker):
        await session.say(tokens("Hel", "lo the", "re. How are", " you?"))
    assert loudspeaker.played.removesuffix(MARKER) == fake_samples(0, 24 * (len("Hello there.") + len("How are you?")))


async def test_an_interrupted_agent_stops_the_machine_and_speaks_again() -> None:
    gate = asyncio.Semaphore(8)
    speaker = FakeSpeaker(ms_per_char=20, gate=gate)
    async with speaking(speaker) as tts, agent(tts) as (session, loudspeaker):
        handle = session.say(tokens("A long sentence that nobody wants to hear to its end. "))
        await loudspeaker.sounded.wait()
        await session.interrupt()
        await handle
        assert handle.interrupted
        await speaker.interrupted.wait()
        for _ in range(100):
            gate.release()
        before = len(loudspeaker.played)
        await session.say("Yes?")
        assert loudspeaker.played[before:].removesuffix(MARKER) == fake_samples(0, 24 * 20 * len("Yes?"))


async def test_a_server_that_wants_a_key_is_shown_it() -> None:
    async with serving(create_app(FakeSpeaker(), ServiceSettings(access=ACCESS))) as address:
        for key, heard in (("kitchen-0123456789", True), ("", False)):
            tts = TTS(url=f"ws://{address}/v1/stream", api_key=key)
            try:
                assert bool(await said(tts, "One.")) is heard
            except APIConnectionError:
                assert not heard
            finally:
                await tts.aclose()


async def test_an_option_that_does_not_exist_is_an_error_and_no_endless_wait() -> None:
    def wrong() -> Client:
        return connect("ws://127.0.0.1:9", speeed=2)

    with pytest.raises(TypeError, match="speeed"):
        await KeptClient(wrong, asyncio.ensure_future).get()
