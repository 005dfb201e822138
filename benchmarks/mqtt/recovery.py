"""How long a broker's restart is felt."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiomqtt

from ..replies import REPLIES
from ..report import spread
from .doors import announcement_ms, ears
from .home import Home

OUTAGES_S = (0.2, 1.0, 5.0)


async def recovery(home: Home, rounds: int) -> dict[str, float]:
    """Seconds from the moment when the broker is back until the server is, and until a speech asked for then begins.

    The broker is killed while the server speaks, and stays away for one of `OUTAGES_S`.
    """
    back: list[float] = []
    speaking: list[float] = []
    for outage_s in OUTAGES_S * rounds:
        async with ears(home) as client:
            await _speak_until_heard(client)
        await home.broker.kill()
        await asyncio.sleep(outage_s)
        await home.broker.start()
        begun = time.perf_counter()
        async with ears(home) as client, server_back(home):
            back.append(time.perf_counter() - begun)
            await announcement_ms(client, "I am back.")
            speaking.append(time.perf_counter() - begun)
    return {**spread("recovery_server_s", back), **spread("recovery_speech_s", speaking)}


@asynccontextmanager
async def server_back(home: Home) -> AsyncIterator[None]:
    """Entered once the server says that it is there."""
    async with aiomqtt.Client("127.0.0.1", home.broker.port) as client:
        await client.subscribe("kokoro/server/+/status", qos=1)
        async for message in client.messages:
            if json.loads(bytes(message.payload))["state"] == "online":
                break
        yield


async def _speak_until_heard(client: aiomqtt.Client) -> None:
    await client.publish("kokoro/say/benchmark", " ".join(REPLIES), 1)
    async for message in client.messages:
        if bytes(message.payload).startswith(b"K"):
            return
