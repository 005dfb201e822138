"""The real voice behind the real door, in this process: what a speech leaves behind can be counted exactly."""

from __future__ import annotations

import asyncio
import gc

import pytest
from websockets.asyncio.client import connect as open_websocket

from kokoro_stream import Speaker
from kokoro_stream.client import connect
from kokoro_stream.events import AudioFrame
from kokoro_stream.service.app import create_app
from kokoro_stream.speech import Speech
from tests.service.running import serving
from tests.system.process import LONG, PATIENCE_S, say, until

ALL_AT_ONCE = 600_000  # ms of lead: nothing waits for the listener


def living_speeches() -> list[Speech]:
    gc.collect()
    return [thing for thing in gc.get_objects() if isinstance(thing, Speech)]


async def test_the_worker_is_free_when_the_interruption_has_been_answered() -> None:
    speaker = Speaker()
    async with (
        serving(create_app(speaker)) as address,
        connect(f"ws://{address}/v1/stream", max_lead_ms=ALL_AT_ONCE) as client,
        client.speak(LONG) as speech,
    ):
        async for event in speech.events():
            if isinstance(event, AudioFrame) and speaker.busy:
                break
        else:
            pytest.fail("the worker was never seen at work")
        interrupted = await speech.interrupt()
        assert not speaker.busy
        assert interrupted.audio_sent_ms < 60_000  # of three minutes: it did not have to wait for the end


@pytest.mark.parametrize("goodbye", ["abort", "close"])
async def test_the_work_for_a_client_that_has_gone_stops_and_none_of_its_tasks_lives_on(goodbye: str) -> None:
    speaker = Speaker()
    app = create_app(speaker)
    async with serving(app) as address:
        before = asyncio.all_tasks()
        async with open_websocket(f"ws://{address}/v1/stream", compression=None) as socket:
            await say(socket, "session.update", max_lead_ms=ALL_AT_ONCE)
            await say(socket, "text.append", text=LONG)
            await until(socket, "words")
            working = asyncio.all_tasks() - before
            assert {"speech text", "speech audio", "speak default"} <= {task.get_name() for task in working}
            if goodbye == "abort":
                socket.transport.abort()
        ended, left = await asyncio.wait(working, timeout=PATIENCE_S)
        assert not left
        assert not speaker.busy
        for tasks in (working, ended):
            tasks.clear()  # a task that has ended still holds what it worked on
    # Only now, as a worker's thread may hold its last job a moment longer than that job's task lived.
    assert living_speeches() == []
    assert (app.state.service.guests, speaker.busy) == (0, False)  # they are still here, and hold nothing
