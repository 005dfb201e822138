"""What a server process takes of the machine, and what it says of itself, as others see it."""

from __future__ import annotations

import urllib.request

import psutil
from prometheus_client.parser import text_string_to_metric_families

from .server import RunningServer

PREFIX = "kokoro_stream_"


class ProcessVitals:
    """Of a server that is running."""

    def __init__(self, server: RunningServer) -> None:
        self._process = psutil.Process(server.pid)
        self._metrics_url = server.url.replace("ws://", "http://").replace("/v1/stream", "/metrics")

    @property
    def memory_kb(self) -> float:
        """Resident now."""
        return float(self._process.memory_info().rss) / 1024

    @property
    def cpu_seconds(self) -> float:
        """Of all its threads, since it was started."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    @property
    def threads(self) -> int:
        return int(self._process.num_threads())

    @property
    def open_files(self) -> int:
        """Descriptors, sockets included."""
        return int(self._process.num_fds())

    def metrics(self) -> dict[str, float]:
        """What ``/metrics`` says, ``name`` or ``name{value}`` without our prefix. Blocking."""
        with urllib.request.urlopen(self._metrics_url, timeout=60) as answer:
            text = answer.read().decode()
        return {
            sample.name.removeprefix(PREFIX) + "".join(f"{{{label}}}" for label in sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
