"""Told to stop under load, the server loses no text that it had accepted, and comes to an end."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from tests.system.process import PATIENCE_S, Server, raw, running, say
from tests.system.replies import REPLIES, offsets_to_be_said

LISTENERS = 12
GRACE_MS = 4000  # long enough for a short reply, too short for a long one


def text_of(number: int) -> str:
    return REPLIES[number] if number % 2 else " ".join(REPLIES[number : number + 3])


def writing(number: int) -> bool:
    """His model has not come to the end."""
    return number % 3 == 0


async def converse(server: Server, number: int, all_there: asyncio.Barrier) -> list[dict[str, Any]]:
    """What a listener is told whose text has arrived when the server is told to stop."""
    text, told = text_of(number), list[dict[str, Any]]()
    async with raw(server) as socket:
        await say(socket, "session.update", priority="bulk")  # which is never refused
        for start in range(0, len(text), 5):
            await say(socket, "text.append", text=text[start : start + 5])
        if not writing(number):
            await say(socket, "text.end")
        await say(socket, "ping")
        while not told or told[-1]["type"] != "pong":
            told += await heard(socket)
        await all_there.wait()
        async for message in socket:
            if isinstance(message, str):
                told.append(json.loads(message))
        assert socket.close_code == 1001
    return told


async def heard(socket: ClientConnection) -> list[dict[str, Any]]:
    message = await socket.recv()
    return [json.loads(message)] if isinstance(message, str) else []


@pytest.mark.parametrize("signals", [1, 2], ids=["with grace", "in a hurry"])
async def test_every_text_is_spoken_or_handed_back(signals: int) -> None:
    with running(SERVICE__GRACE_MS=str(GRACE_MS if signals == 1 else 10 * PATIENCE_S * 1000)) as server:
        all_there = asyncio.Barrier(LISTENERS + 1)
        async with asyncio.TaskGroup() as listeners:
            listening = [
                listeners.create_task(converse(server, number, all_there), name=f"listener {number}")
                for number in range(LISTENERS)
            ]
            await all_there.wait()
            for _ in range(signals):
                server.process.send_signal(signal.SIGTERM)
                await asyncio.sleep(0.5)  # the server looks for signals every tenth of a second
        assert await asyncio.to_thread(server.process.wait, PATIENCE_S) == 0
    for number, listener in enumerate(listening):
        accounts_for(text_of(number), listener.result(), ended=not writing(number))


def accounts_for(text: str, told: list[dict[str, Any]], *, ended: bool) -> None:
    """The one terminal event leaves no character out."""
    (last,) = (each for each in told if each["type"] in {"context.done", "context.interrupted", "error"})
    if last["type"] == "context.done":
        words = [word for each in told if each["type"] == "words" for word in each["words"]]
        spoken = {offset for word in words for offset in range(word["char_start"], word["char_end"])}
        assert ended
        assert offsets_to_be_said(text) <= spoken
    else:
        assert last["type"] == "context.interrupted"
        assert last["text_spoken"] + last["text_remaining"] == text
    assert told[-1] == {"type": "session.goodbye", "reason": "going_away"}
