"""The doors beside each other: how soon the first audio is there, and what a minute of audio costs the server."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import aiomqtt

from kokoro_stream.service import messages
from kokoro_stream.service.wire import AudioHeader

from ..replies import REPLIES
from ..report import spread
from .home import Home
from .streams import Stream, mqtt_client, mqtt_stream, websocket_stream

RATE = 24000  # Hz, the built-in voice's
TERMINAL = (messages.ContextDone, messages.ContextInterrupted, messages.Error)
_names = count(1)


async def first_audio(home: Home, rounds: int) -> dict[str, float]:
    """Milliseconds from sending a reply as a whole until its first audio is here; the doors take turns."""
    taken: dict[str, list[float]] = {"websocket": [], "mqtt_stream": [], "mqtt_say": []}
    async with websocket_stream(home) as websocket, mqtt_stream(home) as mqtt, ears(home) as client:
        for reply in REPLIES[:2] + REPLIES * rounds:
            taken["websocket"].append(await first_frame_ms(websocket, reply))
            taken["mqtt_stream"].append(await first_frame_ms(mqtt, reply))
            taken["mqtt_say"].append(await announcement_ms(client, reply))
    figures: dict[str, float] = {}
    for door, values in taken.items():
        figures |= spread(f"first_audio_{door}_ms", values[2:])
    return figures


async def first_frame_ms(stream: Stream, text: str) -> float:
    """The speech is interrupted then, and its machine free when this returns."""
    context = f"reply {next(_names)}"
    begun = time.perf_counter()
    await stream.say(messages.TextAppend(text=text, context=context), messages.TextEnd(context=context))
    while not isinstance(await stream.hear(), bytes):
        pass
    taken = time.perf_counter() - begun
    await stream.say(messages.Interrupt(context=context))
    while not isinstance(await stream.hear(), TERMINAL):
        pass
    return taken * 1000


@asynccontextmanager
async def ears(home: Home, target: str = "benchmark") -> AsyncIterator[aiomqtt.Client]:
    """Hears what is said to the target, and what becomes of it."""
    async with mqtt_client(home) as client:
        await client.subscribe(f"kokoro/player/{target}/+/+/down", qos=1)
        await client.subscribe("kokoro/event", qos=1)
        yield client


async def announcement_ms(client: aiomqtt.Client, text: str, target: str = "benchmark") -> float:
    """The same for what is published to ``kokoro/say``."""
    name = f"announcement {next(_names)}"
    begun = time.perf_counter()
    await client.publish(f"kokoro/say/{target}", json.dumps({"text": text, "id": name}), 1)
    taken: float | None = None
    async for message in client.messages:
        payload = bytes(message.payload)
        if taken is None and payload.startswith(b"K"):
            taken = time.perf_counter() - begun
            await client.publish(f"kokoro/stop/{target}", b"", 1)
        if b'"say.ended"' in payload and json.loads(payload)["id"] == name:
            break
    if taken is None:
        raise RuntimeError("the announcement ended without audio")
    return taken * 1000


async def cost(home: Home, rounds: int) -> dict[str, float]:
    """Processor seconds for a minute of audio that is taken as fast as it comes; the doors take turns."""
    server = {"websocket": 0.0, "mqtt": 0.0}
    audio = dict(server)
    broker = 0.0
    async with websocket_stream(home) as websocket, mqtt_stream(home) as mqtt:
        for stream in (websocket, mqtt):
            await whole(stream, REPLIES[0])
        for reply in REPLIES * rounds:
            for name, stream in (("websocket", websocket), ("mqtt", mqtt)):
                before, broker_before = home.server_cpu_s, home.broker_cpu_s
                audio[name] += await whole(stream, reply)
                server[name] += home.server_cpu_s - before
                broker += home.broker_cpu_s - broker_before
    figures = {f"server_cpu_s_per_audio_minute_{name}": _per_minute(server[name], audio[name]) for name in server}
    return figures | {"broker_cpu_s_per_audio_minute": _per_minute(broker, audio["mqtt"])}


async def whole(stream: Stream, text: str) -> float:
    """Hears a reply to its end, acknowledging every fifth frame as players do; seconds of audio."""
    context = f"reply {next(_names)}"
    await stream.say(messages.TextAppend(text=text, context=context), messages.TextEnd(context=context))
    while not isinstance(heard := await stream.hear(), TERMINAL):
        if isinstance(heard, bytes):
            header, pcm = AudioHeader.unpack(heard)
            if header.sequence % 5 == 4 or header.last:
                played_ms = (header.sample_offset + len(pcm) // 2) * 1000 / RATE
                await stream.say(messages.PlaybackAck(context=context, played_ms=played_ms))
    if not isinstance(heard, messages.ContextDone):
        raise RuntimeError(f"a speech did not end well: {heard}")
    return heard.audio_ms / 1000


def _per_minute(seconds: float, audio_seconds: float) -> float:
    return round(60 * seconds / audio_seconds, 3)
