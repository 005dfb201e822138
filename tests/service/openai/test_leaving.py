"""Clients that leave, do not read, or are still being served when the service stops: the machine stops for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette

from kokoro_stream.service.app import create_app, lifespan_of
from kokoro_stream.service.service import Service
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker
from tests.service.openai.calls import SPEECH, called, calling, encoded, exchanged
from tests.service.running import serving

LONG = "It goes on and on. " * 100
KERNEL_BYTES = 8 << 20  # more than a connection's buffers hold on either side


def asked(audio_format: str = "pcm", **more: Any) -> bytes:
    return encoded({"input": LONG, "response_format": audio_format, **more})


@asynccontextmanager
async def running(speaker: FakeSpeaker, **limits: Any) -> AsyncIterator[tuple[Starlette, Service]]:
    app = create_app(speaker, ServiceSettings(**limits))
    service: Service = app.state.service
    async with lifespan_of(app)(app):
        yield app, service


class Watched(FakeSpeaker):
    """A speaker whose speeches can be waited for."""

    _news: asyncio.Event

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name in ("live", "frames_made"):
            self._news.set()

    def __init__(self, **settings: Any) -> None:
        super().__setattr__("_news", asyncio.Event())
        super().__init__(**settings)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Returns once it holds of the speeches under way or the frames made; never, if it does not come to that."""
        while not holds():
            self._news.clear()
            await self._news.wait()


every_way = pytest.mark.parametrize(
    "more", [{}, {"audio_format": "mp3"}, {"audio_format": "opus", "stream_format": "sse"}]
)


@every_way
async def test_leaving_before_the_first_sound_stops_the_machine(more: dict[str, Any]) -> None:
    speaker = Watched(gate=asyncio.Semaphore(0))
    async with running(speaker) as (app, service):
        async with calling(app) as call:
            call.say(asked(**more))
            await speaker.until(lambda: speaker.live == 1)
            assert service.guests == 1
            call.leave()
        assert (speaker.live, speaker.frames_made, service.guests) == (0, 0, 0)
    assert call.heard == []


@every_way
async def test_leaving_in_the_middle_stops_the_machine(more: dict[str, Any]) -> None:
    speaker = Watched(ms_per_char=100, gate=asyncio.Semaphore(3))
    async with running(speaker) as (app, service):
        async with calling(app) as call:
            call.say(asked(**more))
            await speaker.until(lambda: speaker.frames_made == 3)
            call.leave()
        assert (speaker.live, speaker.frames_made, service.guests) == (0, 3, 0)
    assert not call.complete


@every_way
async def test_who_does_not_read_gets_nothing_made_and_may_leave(more: dict[str, Any]) -> None:
    speaker = Watched(ms_per_char=100)
    async with running(speaker) as (app, _), calling(app, reads=False) as call:
        call.say(asked(**more))
        await call.waits.wait()
        made = speaker.frames_made
        assert (await called(app, {"input": "Another one is served.", "response_format": "wav"})).status == 200
        assert speaker.live == 1
        others = speaker.frames_made - made
        call.leave()
        await speaker.until(lambda: not speaker.live)
    assert made <= 3  # one frame, and what a codec holds back
    assert speaker.frames_made == made + others


async def test_who_does_not_read_for_too_long_is_given_up() -> None:
    speaker = Watched(ms_per_char=100)
    async with running(speaker, idle_ms=1) as (app, service):
        async with calling(app, reads=False) as call:
            call.say(asked())
        assert (speaker.live, service.guests) == (0, 0)
    assert not call.complete


async def test_leaving_while_still_asking_disturbs_nobody() -> None:
    async with running(FakeSpeaker()) as (app, service):
        async with calling(app) as call:
            call.say(b'{"input": ', more=True)
            call.leave()
        assert service.guests == 0
    assert call.heard == []


@asynccontextmanager
async def connection(address: str, body: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """A connection on which that was asked; leaving closes it."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    head = f"POST {SPEECH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    try:
        yield reader
    finally:
        writer.close()
        await writer.wait_closed()


async def test_closing_a_real_connection_stops_the_machine_before_the_first_sound() -> None:
    speaker = Watched(gate=asyncio.Semaphore(0))
    async with serving(create_app(speaker)) as address:
        async with connection(address, asked()):
            await speaker.until(lambda: speaker.live == 1)
        await speaker.until(lambda: not speaker.live)
    assert speaker.frames_made == 0


async def test_closing_a_real_connection_stops_the_machine_while_it_waits_for_the_reader() -> None:
    speaker = Watched(ms_per_char=1000)  # half an hour of audio, if somebody took it
    async with serving(create_app(speaker)) as address:
        async with connection(address, asked()) as reader:
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            other = await exchanged(
                address,
                f"POST {SPEECH} HTTP/1.1\nContent-Type: application/json",
                encoded({"input": "Hi.", "response_format": "pcm"}),
            )
            assert other.status == 200
            assert speaker.live == 1
        await speaker.until(lambda: not speaker.live)
    assert 4800 * speaker.frames_made < KERNEL_BYTES


async def test_draining_lets_an_answer_end_and_welcomes_nobody() -> None:
    gate = asyncio.Semaphore(1)
    speaker = Watched(ms_per_char=1, gate=gate)
    async with running(speaker) as (app, service):
        async with calling(app) as call:
            call.say(asked())
            await speaker.until(lambda: speaker.frames_made == 1)
            draining = asyncio.create_task(service.drain())
            await asyncio.sleep(0)
            late = await called(app, asked())
            assert not draining.done()
            for _ in LONG:
                gate.release()
        await draining
    assert call.complete
    assert (late.status, late.error["code"], late.headers["retry-after"]) == (503, "going_away", "1")


@pytest.mark.parametrize("begun", [False, True])
async def test_what_the_grace_does_not_suffice_for_breaks_off(begun: bool, caplog: pytest.LogCaptureFixture) -> None:
    gate = asyncio.Semaphore(0)
    speaker = Watched(ms_per_char=100, gate=gate)
    async with running(speaker, grace_ms=0) as (app, service):
        async with calling(app) as audio, calling(app) as events:
            audio.say(asked())
            events.say(asked(stream_format="sse"))
            await speaker.until(lambda: speaker.live == 2)
            if begun:
                for _ in range(20):  # for a few frames of each
                    gate.release()
                await audio.begins()
                await events.begins()
            await service.drain()
        assert (speaker.live, service.guests) == (0, 0)
    if begun:
        assert not audio.complete
        assert events.complete
        assert events.answered.events[-1]["error"]["code"] == "going_away"
        assert {record.levelno for record in caplog.records} == {logging.WARNING}
    else:
        assert audio.answered.status == events.answered.status == 503


async def test_whatever_goes_wrong_in_one_request_is_logged_and_harms_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    speaker = Watched(gate=asyncio.Semaphore(0))
    assert speaker.gate is not None
    async with running(speaker) as (app, _), calling(app) as good:
        good.say(asked())
        bad = await called(app, {"input": "Now explode."})
        for _ in LONG:
            speaker.gate.release()
    assert (bad.status, bad.error["code"], bad.error["type"]) == (500, "internal", "server_error")
    assert "asked to explode" not in bad.error["message"]
    assert bad.headers["x-request-id"] in caplog.text
    assert "asked to explode" in caplog.text
    assert good.complete
