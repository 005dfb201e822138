"""A session at the listener's end, against an output that remembers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import numpy as np
import pytest

from kokoro_stream.audio.pcm import decode, encode
from kokoro_stream.client.player import playback as module
from kokoro_stream.client.player.jitter import Depth
from kokoro_stream.client.player.playback import Playback, Played
from kokoro_stream.service import messages
from kokoro_stream.service.messages import ClientMessage, ServerMessage, SessionConfig
from kokoro_stream.service.settings import ServiceSettings
from kokoro_stream.service.wire import AudioHeader
from kokoro_stream.service.wire import encode as written
from tests.fakes import fake_samples

FRAME = 960  # 40 ms
BLOCK = 480


class FakeOutput:
    """Takes a block for each permit of ``ticks``."""

    def __init__(self, *, clocked: bool = False, latency_ms: float = 0.0, ticks: int = 10**6) -> None:
        self.clocked, self.latency_ms = clocked, latency_ms
        self.ticks = asyncio.Semaphore(ticks)
        self.pcm = b""
        self.opened: list[tuple[str, int]] = []
        self.drained = 0
        self.closed = False
        self.written = asyncio.Event()

    @asynccontextmanager
    async def open(self, name: str, rate: int) -> AsyncIterator[FakeOutput]:
        self.opened.append((name, rate))
        try:
            yield self
        finally:
            await asyncio.sleep(0)  # as with a file: there is something to be done yet
            self.closed = True

    async def write(self, pcm: bytes) -> None:
        await self.ticks.acquire()
        self.pcm += pcm
        self.written.set()

    async def drain(self) -> None:
        self.drained += 1

    async def until(self, samples: int) -> None:
        """Returns once so many have been written."""
        while len(self.pcm) < 2 * samples:
            self.written.clear()
            await self.written.wait()


class Session:
    """The server's end."""

    def __init__(self, *, config: SessionConfig | None = None, volume: float = 1.0) -> None:
        self.told: list[ClientMessage] = []
        self.playback = Playback(
            "kitchen-1", config or ServiceSettings().session, self.told.append, Depth(), volume=volume
        )

    def say(self, *said: ServerMessage) -> None:
        for message in said:
            self.playback.take(written(message).encode())

    def begin(self, number: int = 1, context: str = "default") -> None:
        self.say(messages.ContextStarted(context=context, number=number))

    def frames(self, *sequences: int, number: int = 1) -> None:
        for n in sequences:
            self.playback.take(AudioHeader(number, n, n * FRAME).pack() + fake_samples(n * FRAME, FRAME))

    def last(self, sequence: int, number: int = 1) -> None:
        self.playback.take(AudioHeader(number, sequence, sequence * FRAME, last=True).pack())

    def goodbye(self, reason: messages.GoodbyeReason = "closed") -> None:
        self.say(messages.SessionGoodbye(reason=reason))

    def done(self, frames: int, context: str = "default") -> None:
        audio_ms = frames * FRAME / 24
        self.say(
            messages.ContextDone(context=context, audio_ms=audio_ms, first_audio_ms=1, rtf=0, segments=1, windows=1)
        )


async def test_what_the_server_says_sounds_and_is_acknowledged() -> None:
    session, output = Session(), FakeOutput()
    session.begin()
    session.frames(0, 1, 2)
    session.last(3)
    session.goodbye()
    assert await session.playback.play(output.open) == Played("kitchen-1", "heard", 120, 0)
    assert output.pcm == fake_samples(0, 3 * FRAME)
    assert output.opened == [("kitchen-1", 24000)]
    assert output.drained == 1
    assert session.told == [messages.PlaybackAck(played_ms=120)]


async def test_a_lost_frame_is_silence_and_the_server_learns_of_it() -> None:
    session, output = Session(), FakeOutput()
    session.begin()
    session.frames(0, 2)
    session.last(3)
    session.goodbye()
    assert await session.playback.play(output.open) == Played("kitchen-1", "heard", 120, 40)
    assert output.pcm == fake_samples(0, FRAME) + bytes(2 * FRAME) + fake_samples(2 * FRAME, FRAME)
    assert messages.PlaybackGap(first_sequence=1, last_sequence=1, missing_ms=40) in session.told


async def test_the_end_is_known_from_either_the_last_frame_or_the_terminal_event() -> None:
    session, output = Session(), FakeOutput()
    session.begin()
    session.frames(0, 1)
    session.done(3)
    session.goodbye()
    assert (await session.playback.play(output.open)).missing_ms == 40
    assert output.pcm == fake_samples(0, 2 * FRAME) + bytes(2 * FRAME)


async def test_contexts_sound_one_after_the_other() -> None:
    session, output = Session(), FakeOutput()
    for number, context in ((1, "chime"), (2, "speech")):
        session.begin(number, context)
        session.frames(0, 1, number=number)
        session.last(2, number=number)
    session.goodbye()
    assert (await session.playback.play(output.open)).played_ms == 160
    assert output.pcm == fake_samples(0, 2 * FRAME) * 2
    assert [message.context for message in session.told if isinstance(message, messages.PlaybackAck)] == [
        "chime",
        "speech",
    ]


async def test_an_interruption_by_the_server_is_heard_within_a_block() -> None:
    session, output = Session(), FakeOutput(ticks=2)
    session.begin()
    session.frames(0, 1, 2)
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(session.playback.play(output.open))
        await output.until(2 * BLOCK)
        session.say(
            messages.ContextInterrupted(
                context="default",
                audio_sent_ms=120,
                audio_played_ms=40,
                text_spoken="",
                text_remaining="",
                char_index=0,
            )
        )
        session.goodbye()
        output.ticks.release()
        output.ticks.release()
    assert (await playing).ending == "interrupted"
    assert len(output.pcm) <= 2 * 3 * BLOCK
    assert output.drained == 0


async def test_who_wants_silence_tells_what_had_sounded_not_what_was_written() -> None:
    session, output = Session(), FakeOutput(latency_ms=40, ticks=4)
    session.begin()
    session.frames(0, 1, 2)
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(session.playback.play(output.open))
        await output.until(4 * BLOCK)
        await asyncio.sleep(0)  # until the block has been counted
        assert session.playback.stop() == [messages.Interrupt(context="default", played_ms=40)]
        output.ticks.release()
    assert (await playing).ending == "interrupted"


async def test_a_session_that_was_stopped_before_its_turn_opens_no_device() -> None:
    session, output = Session(), FakeOutput()
    session.begin()
    session.frames(0, 1, 2)
    session.playback.stop()
    assert await session.playback.play(output.open) == Played("kitchen-1", "interrupted", 0, 0)
    assert output.opened == []


async def test_what_has_come_sounds_when_the_speech_fails() -> None:
    session, output = Session(), FakeOutput()
    session.begin()
    session.frames(0)
    session.say(messages.Error(code="internal", message="it broke", fatal=False, context="default", ends_context=True))
    session.goodbye()
    assert await session.playback.play(output.open) == Played("kitchen-1", "broken off", 40, 0, "it broke")
    assert output.pcm == fake_samples(0, FRAME)


async def test_what_has_come_sounds_when_the_server_goes_away() -> None:
    session, output = Session(), FakeOutput()
    session.begin()
    session.frames(0, 1)
    session.goodbye("going_away")
    played = await session.playback.play(output.open)
    assert (played.ending, played.played_ms) == ("broken off", 80)
    assert "going_away" in played.reason


async def test_a_server_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENT_S", 0.0)
    session, output = Session(), FakeOutput()
    session.begin()
    session.frames(0)
    played = await session.playback.play(output.open)
    assert (played.ending, played.played_ms) == ("broken off", 40)


async def test_a_server_that_does_not_go_on_after_a_lost_connection_is_given_up_sooner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "RESUMED_S", 0.0)
    session, output = Session(), FakeOutput()
    session.begin()
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(session.playback.play(output.open))
        await asyncio.sleep(0)
        session.playback.resume()
    assert (await playing).ending == "broken off"


async def test_a_device_that_runs_dry_is_silent_and_goes_on_where_it_was() -> None:
    session, output = Session(), FakeOutput(clocked=True, ticks=7)
    session.begin()
    session.frames(0, 1)
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(session.playback.play(output.open))
        await output.until(7 * BLOCK)
        session.frames(2, 3, 4, 5)
        session.last(6)
        session.goodbye()
        for _ in range(100):
            output.ticks.release()
    assert (await playing).missing_ms == 0
    assert output.pcm[: 2 * 7 * BLOCK] == fake_samples(0, 2 * FRAME) + bytes(2 * 3 * BLOCK)
    assert np.frombuffer(output.pcm, "<i2")[-4 * FRAME :].tobytes() == fake_samples(2 * FRAME, 4 * FRAME)


async def test_a_file_holds_no_silence_of_waiting() -> None:
    session, output = Session(), FakeOutput()
    session.begin()
    session.frames(0, 1)
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(session.playback.play(output.open))
        await output.until(2 * FRAME)
        for _ in range(10):
            await asyncio.sleep(0)
        session.frames(2, 3, 4, 5)
        session.last(6)
        session.goodbye()
    assert (await playing).missing_ms == 0
    assert output.pcm == fake_samples(0, 6 * FRAME)


async def test_who_waits_for_a_turn_acknowledges_nothing() -> None:
    session = Session()
    session.begin()
    session.frames(0, 1)
    session.playback.acknowledge()
    assert session.told == [messages.PlaybackAck(played_ms=0)]


async def test_a_quieter_player_plays_the_same() -> None:
    session, output = Session(volume=0.5), FakeOutput()
    session.begin()
    session.frames(0, 1)
    session.last(2)
    session.goodbye()
    await session.playback.play(output.open)
    loud = np.frombuffer(fake_samples(0, 2 * FRAME), "<i2")
    assert np.array_equal(np.frombuffer(output.pcm, "<i2"), np.rint(loud * 0.5))


@pytest.mark.parametrize("audio_format", ["pcm_f32le", "mulaw", "alaw"])
async def test_every_format_is_understood(audio_format: str) -> None:
    config = msgspec.structs.replace(ServiceSettings().session, format=audio_format)
    session, output = Session(config=config), FakeOutput()
    session.begin()
    sound = (np.sin(np.arange(FRAME) / 10) / 2).astype(np.float32)
    session.playback.take(AudioHeader(1, 0, 0, last=True).pack() + encode(sound, config.format))
    session.goodbye()
    await session.playback.play(output.open)
    assert np.allclose(decode(output.pcm, "pcm_s16le"), sound, atol=0.02)


@pytest.mark.parametrize("nonsense", [b"", b"K", b"\x00" * 40, b"{", b"{}", b'{"type": "what"}', b"\xff{"])
async def test_what_is_no_message_is_logged(nonsense: bytes, caplog: pytest.LogCaptureFixture) -> None:
    Session().playback.take(nonsense)
    assert "cannot be read" in caplog.text


async def test_a_sample_rate_that_no_device_plays_is_refused() -> None:
    session, output = Session(config=msgspec.structs.replace(ServiceSettings().session, sample_rate=0)), FakeOutput()
    session.begin()
    session.frames(0)
    assert "0 samples a second" in (await session.playback.play(output.open)).reason


async def test_how_urgent_a_session_is_may_be_said_before_it_begins() -> None:
    session = Session()
    session.say(
        messages.SessionUpdated(config=msgspec.structs.replace(ServiceSettings().session, priority="announcement"))
    )
    session.begin()
    session.frames(0)
    assert await session.playback.begun()
    assert session.playback.priority == "announcement"


async def test_a_session_that_is_refused_never_begins() -> None:
    session = Session()
    session.say(messages.Error(code="unknown_voice", message="there is no such voice", fatal=False))
    session.goodbye()
    assert not await session.playback.begun()


async def test_a_speech_that_a_busy_server_turns_away_opens_no_device() -> None:
    session, output = Session(), FakeOutput()
    session.begin()
    session.say(messages.Error(code="overloaded", message="busy", fatal=False, context="default", ends_context=True))
    session.goodbye()
    assert not await session.playback.begun()
    await session.playback.play(output.open)
    assert output.opened == []


async def test_a_session_cannot_take_endless_memory() -> None:
    session = Session()
    for number in range(1, 20):
        session.begin(number, f"context {number}")
        session.frames(*range(1000), number=number)
    assert repr(session.playback).count("250 frames") == module.MOST_TRACKS


@pytest.mark.parametrize(("complete", "ending"), [(True, "heard"), (False, "broken off")])
async def test_a_server_that_goes_away_takes_nothing_from_what_it_has_said_to_the_end(
    complete: bool, ending: str
) -> None:
    session, output = Session(), FakeOutput()
    session.begin()
    session.frames(0, 1)
    if complete:
        session.done(2)
    session.goodbye("going_away")
    assert (await session.playback.play(output.open)).ending == ending


async def test_a_number_that_is_taken_does_not_begin_again() -> None:
    session, output = Session(), FakeOutput()
    session.begin()
    session.frames(0, 1)
    session.begin(context="forged")
    session.last(2)
    session.goodbye()
    played = await session.playback.play(output.open)
    assert (played.ending, played.played_ms, played.missing_ms) == ("heard", 80, 0)
