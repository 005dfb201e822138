"""The service with a probe in its event loop: how long the loop was held up, and how much memory the process took.

``python -m benchmarks.probed [MODEL]`` serves on a free port like ``kokoro-stream serve --port 0``; when it is stopped
it prints its findings, one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import numpy as np

from kokoro_stream import Speaker
from kokoro_stream.service.server import serve

from .memory import peak_rss_mb, rss_mb

TICK_SECONDS = 0.002
RSS_TICKS = 500  # from one look at the memory to the next: it takes a tenth of a millisecond


class Probe:
    """Wants to run every `TICK_SECONDS`.

    ``late_ms`` is how much later it ran: others held the loop, or the processor was somebody else's. ``busy_ms`` is the
    computing that the loop's thread did meanwhile: the part of it that is ours. ``rss_mb`` is the most memory that was
    resident meanwhile, without what loading took.
    """

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self.busy_ms: list[float] = []
        self.rss_mb = 0.0
        self._begun = float("inf")

    def begin(self, url: str) -> None:
        """Counts from here on, since the start may take its time, and tells the address."""
        self._begun = asyncio.get_running_loop().time()
        print(url, flush=True)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, cpu = loop.time() + TICK_SECONDS, time.thread_time()
            await asyncio.sleep(TICK_SECONDS)
            if due - TICK_SECONDS >= self._begun:
                self.late_ms.append((loop.time() - due) * 1000)
                self.busy_ms.append((time.thread_time() - cpu) * 1000)
                if len(self.busy_ms) % RSS_TICKS == 0:
                    self.rss_mb = max(self.rss_mb, rss_mb())

    def findings(self) -> dict[str, float]:
        return {
            "loop_late_ms_p99": round(float(np.percentile(self.late_ms, 99)), 2),
            "loop_late_ms_max": round(max(self.late_ms), 2),
            "loop_busy_ms_p99": round(float(np.percentile(self.busy_ms, 99)), 2),
            "loop_busy_ms_max": round(max(self.busy_ms), 2),
            "rss_speaking_mb": self.rss_mb,
            "rss_peak_mb": peak_rss_mb(),
        }


async def serve_probed(model: str, probe: Probe) -> None:
    async with asyncio.TaskGroup() as tasks:
        probing = tasks.create_task(probe.run(), name="probe")
        await serve(Speaker(model), port=0, on_ready=lambda addresses: probe.begin(addresses[0]))
        probing.cancel()


def main() -> None:
    probe = Probe()
    try:
        asyncio.run(serve_probed(sys.argv[1] if len(sys.argv) > 1 else "builtin", probe))
    finally:
        print(json.dumps(probe.findings()), flush=True)


if __name__ == "__main__":
    main()
