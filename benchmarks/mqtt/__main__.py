"""Speech over MQTT: ``python -m benchmarks.mqtt``. Starts its own mosquitto, and a server with both doors.

``first_audio_…`` is the time from sending a reply as a whole until its first audio is here: over the WebSocket, over a
stream of MQTT, and as an announcement; ``…_as_installed`` with mosquitto's own settings, otherwise with the one line
that ``protocols/mqtt.md`` advises. ``…_cpu_s_per_audio_minute`` is processor time. ``satellites_…`` are told the same
replies, one every 200 ms, and play them in real time, beginning 60 ms after the first frame. ``recovery_…`` counts from
the moment when a broker that was killed in the middle of a speech is back. ``qos…`` compares what frames may be sent
like: what a minute of audio costs, and what is missed by a reader that stalls for six seconds.
"""

from __future__ import annotations

import asyncio
import subprocess

from ..replies import REPLIES
from ..report import Figures, arguments, publish
from .doors import cost, first_audio
from .frames import frames
from .home import ADVISED, home
from .recovery import recovery
from .satellites import satellites


async def measure(rounds: int, satellite_count: int) -> Figures:
    """All figures."""
    async with home() as installed:
        as_installed = await first_audio(installed, rounds)
    figures: dict[str, float] = {}
    async with home(*ADVISED) as running:
        figures |= await first_audio(running, rounds)
        figures |= {f"{name}_as_installed": value for name, value in as_installed.items() if "websocket" not in name}
        figures |= await cost(running, rounds)
        figures |= await satellites(running, satellite_count, " ".join(REPLIES[:4]))
        figures |= await recovery(running, rounds)
    return figures | await frames()


def main() -> None:
    options = arguments(__doc__, rounds=3, satellites=50)
    found = asyncio.run(measure(options.rounds, options.satellites))
    publish("mqtt", found, as_json=options.json, versions={"mosquitto": _version()})


def _version() -> str:
    from tests.service.mqtt.mosquitto import MOSQUITTO

    said = subprocess.run([MOSQUITTO, "-h"], capture_output=True, text=True, check=False).stdout
    return said.partition("\n")[0].removeprefix("mosquitto version ")


if __name__ == "__main__":
    main()
