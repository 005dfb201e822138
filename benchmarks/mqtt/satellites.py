"""Many satellites at once, each with a connection of its own, all in this process."""

from __future__ import annotations

import asyncio
import json
import math
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import aiomqtt
import numpy as np

from kokoro_stream.service import messages
from kokoro_stream.service.wire import AudioHeader, decode_server, encode

from ..listening import Listening
from ..report import spread
from .doors import RATE
from .home import Home
from .streams import mqtt_client

BUFFER_SECONDS = 0.06  # what a player keeps at least
ACK_SECONDS = 0.2
JOIN_SECONDS = 0.2  # from one to the next: no home asks for fifty announcements in one moment


@dataclass(slots=True)
class Satellite:
    """Plays one speech in real time, and says how far it is."""

    target: str
    client: aiomqtt.Client
    listening: Listening = field(default_factory=lambda: Listening(RATE, buffer=BUFFER_SECONDS))
    asked_at: float = 0.0
    context: str = ""
    up: str = ""
    sequence: int = 0
    missing: int = 0
    """Frames that did not come."""
    ended: str = ""

    @property
    def sounding(self) -> tuple[float, float]:
        """When it began and ended to sound."""
        return self.listening.first_at or 0.0, self.listening.dry_at

    async def appear(self) -> None:
        """From now on the server goes by our acknowledgements."""
        await self.client.subscribe(f"kokoro/player/{self.target}/+/+/down", qos=1)
        status = json.dumps({"state": "online", "acks": True})
        await self.client.publish(f"kokoro/player/{self.target}/status", status, 1, retain=True)

    async def listen(self) -> None:
        """To the end of the speech."""
        async for message in self.client.messages:
            payload = bytes(message.payload)
            if payload.startswith(b"K"):
                self._take(*AudioHeader.unpack(payload))
            elif self._obey(message.topic.value, payload):
                return

    async def acknowledge(self) -> None:
        """What has sounded by now."""
        if self.context:
            unheard = max(0.0, self.listening.dry_at - time.perf_counter()) if self.listening.samples else 0.0
            played_ms = max(0.0, self.listening.seconds - unheard) * 1000
            ack = encode(messages.PlaybackAck(context=self.context, played_ms=played_ms))
            # With a timeout it could miss that it is cancelled (Python 3.11's asyncio.wait_for).
            await self.client.publish(self.up, ack, 0, timeout=math.inf)

    def _take(self, header: AudioHeader, pcm: bytes) -> None:
        self.missing += header.sequence - self.sequence
        self.sequence = header.sequence + 1
        self.listening.take(time.perf_counter(), np.frombuffer(pcm, "<i2") / np.float32(32768))

    def _obey(self, topic: str, payload: bytes) -> bool:
        match decode_server(payload.decode()):
            case messages.ContextStarted(context=context):
                self.context, self.up, self.sequence = context, topic.removesuffix("down") + "up", 0
            case messages.ContextDone():
                self.ended = "spoken"
            case messages.Error(ends_context=True, code="overloaded"):
                self.context = ""  # the server will try again
            case messages.Error(ends_context=True, message=reason):
                self.ended = reason
        return bool(self.ended)


async def satellites(home: Home, number: int, text: str) -> dict[str, float]:
    """All are told the same, one after the other. Underruns count what each of them would have noticed."""
    async with AsyncExitStack() as stack:
        crowd = [
            Satellite(f"room-{room}", await stack.enter_async_context(mqtt_client(home))) for room in range(number)
        ]
        for satellite in crowd:
            await satellite.appear()
        client = await stack.enter_async_context(mqtt_client(home))
        computed, begun, server, broker = time.process_time(), time.perf_counter(), home.server_cpu_s, home.broker_cpu_s
        async with asyncio.TaskGroup() as tasks:
            acknowledging = tasks.create_task(_acknowledge(crowd), name="acknowledge")
            listening = [tasks.create_task(each.listen(), name=each.target) for each in crowd]
            for satellite in crowd:
                satellite.asked_at = time.perf_counter()
                await client.publish(f"kokoro/say/{satellite.target}", text, 1)
                await asyncio.sleep(JOIN_SECONDS)
            await asyncio.wait(listening)
            acknowledging.cancel()
        wall = time.perf_counter() - begun
        stalls = [stall for each in crowd for stall in each.listening.stalls]
        audio_minutes = sum(each.listening.seconds for each in crowd) / 60
        return {
            "satellites": number,
            "satellites_sounding_at_once": most_at_once([each.sounding for each in crowd]),
            "satellites_spoken_to_the_end": sum(each.ended == "spoken" for each in crowd),
            "satellites_with_underruns": sum(bool(each.listening.stalls) for each in crowd),
            "satellites_underruns": len(stalls),
            "satellites_longest_underrun_ms": round(max(stalls, default=0.0) * 1000, 1),
            "satellites_frames_missing": sum(each.missing for each in crowd),
            **spread(
                "satellites_first_frame_ms", [((each.listening.first_at or 0) - each.asked_at) * 1000 for each in crowd]
            ),
            "satellites_audio_s": round(audio_minutes * 60),
            "satellites_server_cpu_s_per_audio_minute": round((home.server_cpu_s - server) / audio_minutes, 3),
            "satellites_broker_cpu_s_per_audio_minute": round((home.broker_cpu_s - broker) / audio_minutes, 3),
            "satellites_own_cpu": round((time.process_time() - computed) / wall, 3),
        }


async def _acknowledge(crowd: list[Satellite]) -> None:
    while True:
        for satellite in crowd:
            await satellite.acknowledge()
        await asyncio.sleep(ACK_SECONDS)


def most_at_once(spans: list[tuple[float, float]]) -> int:
    """Of those that begin and end then."""
    return max(sum(begin <= moment < end for begin, end in spans) for moment, _ in spans)
