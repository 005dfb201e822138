"""A broker and a server with both doors, each a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.service.mqtt.mosquitto import Mosquitto, mosquitto

from ..server import SERVE, RunningServer, running_server

# As protocols/mqtt.md advises; without it, mosquitto holds small messages back for 40 ms.
ADVISED = ("set_tcp_nodelay true",)


@dataclass(slots=True)
class Home:
    """What runs."""

    broker: Mosquitto
    server: RunningServer

    @property
    def server_cpu_s(self) -> float:
        """Processor time that the server has taken."""
        return _cpu_s(self.server.pid)

    @property
    def broker_cpu_s(self) -> float:
        """The same of the broker."""
        return _cpu_s(self.broker.pid)


@asynccontextmanager
async def home(*broker_settings: str, **server_settings: str) -> AsyncIterator[Home]:
    """``server_settings`` are named as in the environment, without the prefix: ``MQTT__AUDIO_QOS="1"``."""
    settings = {f"KOKORO_STREAM_{name}": value for name, value in server_settings.items()}
    with TemporaryDirectory() as folder:
        async with (
            mosquitto(Path(folder), *broker_settings) as broker,
            running_server(*SERVE, "--mqtt", broker.url, settings=settings) as server,
        ):
            yield Home(broker, server)


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
