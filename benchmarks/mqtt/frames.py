"""What quality of service and frame length are worth: processor time, and what a reader that stalls misses.

The reader is served by the clock, as one without acknowledgements is. Its kernel takes in little, as a small device's
does; it reads nothing for ``STALL_S`` in the middle of a speech, as when its radio has gone, and then goes on. What
comes late is played late; what the broker has dropped meanwhile is missed.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from kokoro_stream.service.wire import AudioHeader

from ..replies import REPLIES
from .doors import RATE
from .home import ADVISED, Home, home
from .satellites import satellites

QUALITIES = (0, 1)
FRAMES_MS = (20, 40, 60, 100)
LISTENERS = 8
STALL_S = 6.0
STALL_AFTER_S = 1.0
RECEIVED_BYTES = 4096  # lwIP's window on an ESP32 is 5,760


async def frames() -> dict[str, float]:
    """Figures of every combination; each has a server and broker of its own."""
    figures: dict[str, float] = {}
    for qos in QUALITIES:
        for frame_ms in FRAMES_MS:
            name = f"qos{qos}_{frame_ms}ms"
            settings = {"MQTT__AUDIO_QOS": str(qos), "SERVICE__SPEECH__FRAME_MS": str(frame_ms)}
            async with home(*ADVISED, **settings) as running:
                found = await satellites(running, LISTENERS, REPLIES[0])
                for part in ("server", "broker"):
                    figures[f"{name}_{part}_cpu_s_per_audio_minute"] = found[
                        f"satellites_{part}_cpu_s_per_audio_minute"
                    ]
                figures[f"{name}_stalled_reader_misses_ms"] = await asyncio.to_thread(stalled, running)
    return figures


@dataclass(slots=True)
class Reader:
    """Counts the samples that did not come."""

    position: int = 0
    missing: int = 0
    began_at: float = 0.0
    ended: bool = False

    def take(self, payload: bytes) -> None:
        """A message of the speech."""
        if payload.startswith(b"K"):
            header, pcm = AudioHeader.unpack(payload)
            self.began_at = self.began_at or time.perf_counter()
            self.missing += header.sample_offset - self.position
            self.position = header.sample_offset + len(pcm) // 2
        elif b'"session.goodbye"' in payload:
            self.ended = True


def stalled(running: Home) -> float:
    """Milliseconds of audio that a reader missed which did not read for `STALL_S`. Blocks."""
    target, reader = f"stalled-{secrets.token_hex(4)}", Reader()
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.on_message = lambda client, data, message: reader.take(bytes(message.payload))
    client.on_socket_open = _take_in_little
    client.connect("127.0.0.1", running.broker.port)
    client.subscribe(f"kokoro/player/{target}/+/+/down", 1)
    _read(client, lambda: client.is_connected())
    client.publish(f"kokoro/say/{target}", " ".join(REPLIES[:2]), 1)
    _read(client, lambda: reader.began_at > 0 and time.perf_counter() > reader.began_at + STALL_AFTER_S)
    time.sleep(STALL_S)
    _read(client, lambda: reader.ended)
    client.disconnect()
    return round(1000 * reader.missing / RATE)


def _take_in_little(client: paho.Client, data: object, opened: object) -> None:
    assert isinstance(opened, socket.socket)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)


def _read(client: paho.Client, until: Callable[[], bool]) -> None:
    while not until():
        code = client.loop(0.05)
        if code != paho.MQTT_ERR_SUCCESS:
            raise RuntimeError(paho.error_string(code))
