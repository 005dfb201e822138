"""Starts a server, has a reply spoken by it while the reply is being written, and keeps what came back.

``python -m benchmarks.demo FOLDER`` writes demo.wav, demo.png and events.jsonl into the folder.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import wave
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.live import Live

from kokoro_stream.client import connect
from kokoro_stream.events import AudioFrame, Done, Event, TimedWord, Words

from ..replies import written
from ..server import running_server
from .picture import draw
from .reply import REPLY
from .view import View

FILES = {
    "demo.wav": "what was said",
    "demo.png": "waveform, words and spectrogram",
    "events.jsonl": "what the server told, and when",
}


@dataclass(frozen=True, slots=True)
class Received:
    event: Event
    seconds: float
    """Since the first token was written."""


async def main(folder: Path) -> None:
    console, view = Console(), View()
    with Live(view, console=console, refresh_per_second=10):
        received = await converse(view)
    if not console.is_terminal:
        console.print()  # the table there ends without a line feed
    if not isinstance(received[-1].event, Done):
        raise SystemExit(f"the speech ended in another way: {received[-1].event}")
    keep(folder, received, view.words)
    for name, content in FILES.items():
        console.print(f"{folder / name}: {content}")


async def converse(view: View) -> list[Received]:
    """Everything the server said about the reply, in order."""
    received = []
    async with (
        running_server() as server,
        connect(server.url) as client,
        client.speak(tokens(view), acks=False) as speech,
    ):
        async for event in speech.events():
            now = time.perf_counter()
            received.append(Received(event, now - (view.writing_began or now)))
            if isinstance(event, Words):
                view.words.extend(event.words)
            elif isinstance(event, AudioFrame):
                view.playback.arrived(event.samples / event.sample_rate, now)
        await asyncio.sleep(view.playback.lead(time.perf_counter()))
    view.heard_out = True
    return received


async def tokens(view: View) -> AsyncIterator[str]:
    view.writing_began = time.perf_counter()
    async for token in written(REPLY):
        view.written += token
        yield token
    view.writing_ended = time.perf_counter()


def keep(folder: Path, received: list[Received], words: list[TimedWord]) -> None:
    """Writes the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = [item.event for item in received if isinstance(item.event, AudioFrame)]
    pcm, sample_rate = b"".join(frame.pcm for frame in frames), frames[0].sample_rate
    with wave.open(str(folder / "demo.wav"), "wb") as file:
        file.setparams((1, 2, sample_rate, 0, "NONE", ""))
        file.writeframes(pcm)
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32768)
    first = next(item.seconds for item in received if isinstance(item.event, AudioFrame))
    title = f"first audio {first * 1000:.0f} ms after the first token; words at the times that came with the audio"
    draw(folder / "demo.png", samples, sample_rate, words, title)
    lines = [json.dumps(shown(item), ensure_ascii=False) for item in received]
    (folder / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def shown(item: Received) -> dict[str, object]:
    """An event as JSON; of audio only its place and length."""
    fields = asdict(item.event)
    fields.pop("pcm", None)
    return {"received_ms": round(item.seconds * 1000, 1), "event": type(item.event).__name__, **fields}


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo")))
