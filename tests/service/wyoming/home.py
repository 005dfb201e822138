"""What Home Assistant 2026.11 does with a Wyoming voice, step by step, by means of the client that it pins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from wyoming.audio import AudioChunk, AudioStart
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeVoice

from kokoro_stream.service.service import Service
from kokoro_stream.service.settings import ServiceSettings
from kokoro_stream.service.speaker import Speaker
from kokoro_stream.service.wyoming.door import opened
from kokoro_stream.service.wyoming.settings import WyomingSettings


@dataclass(frozen=True)
class Home:
    """A home whose voice is at ``port``."""

    service: Service
    port: int

    def client(self) -> AsyncTcpClient:
        return AsyncTcpClient("127.0.0.1", self.port)

    async def describe(self) -> Info:
        """`data.load_wyoming_info`."""
        async with self.client() as client:
            await client.write_event(Describe().event())
            return Info.from_event(await next_of(client, "info"))

    async def says(self, text: str, voice: SynthesizeVoice | None = None) -> list[Event]:
        """`tts.async_get_tts_audio`: a connection for one text, read up to `AudioStop`."""
        async with self.client() as client:
            await client.write_event(Synthesize(text=text, voice=voice).event())
            return await until(client, "audio-stop")

    async def streams(self, pieces: Iterable[str], voice: SynthesizeVoice | None = None) -> list[Event]:
        """`tts.async_stream_tts_audio`: writes and reads at once, read up to `SynthesizeStopped`."""
        async with self.client() as client, asyncio.TaskGroup() as tasks:
            tasks.create_task(write_stream(client, pieces, voice))
            return await until(client, "synthesize-stopped")


async def write_stream(client: AsyncTcpClient, pieces: Iterable[str], voice: SynthesizeVoice | None = None) -> None:
    """`tts._write_tts_message`; the whole text at the end is for servers that cannot stream."""
    text = ""
    await client.write_event(SynthesizeStart(voice=voice).event())
    for piece in pieces:
        text += piece
        await client.write_event(SynthesizeChunk(text=piece).event())
    await client.write_event(Synthesize(text=text, voice=voice).event())
    await client.write_event(SynthesizeStop().event())


async def until(client: AsyncTcpClient, kind: str) -> list[Event]:
    """Everything up to and including the first event of that type, or an error."""
    heard: list[Event] = []
    while not heard or heard[-1].type not in {kind, "error"}:
        event = await client.read_event()
        assert event is not None, f"the connection was lost after {kinds(heard)}"
        heard.append(event)
    return heard


async def next_of(client: AsyncTcpClient, kind: str) -> Event:
    return (await until(client, kind))[-1]


def kinds(heard: Iterable[Event]) -> list[str]:
    """Types in order, a run of chunks as one."""
    found: list[str] = []
    for event in heard:
        if not (event.type == "audio-chunk" and found and found[-1] == "audio-chunk"):
            found.append(event.type)
    return found


def audio(heard: Iterable[Event]) -> bytes:
    """The samples of all chunks, whose format must be that of their start."""
    events = [event for event in heard if AudioStart.is_type(event.type) or AudioChunk.is_type(event.type)]
    assert len({(event.data["rate"], event.data["width"], event.data["channels"]) for event in events}) <= 1
    return b"".join(AudioChunk.from_event(event).audio for event in events[1:])


@asynccontextmanager
async def home(speaker: Speaker, settings: ServiceSettings | None = None) -> AsyncIterator[Home]:
    """A home beside a running service."""
    service = Service(speaker, settings or ServiceSettings())
    where = WyomingSettings(uri="tcp://127.0.0.1:0")
    async with service.lifespan(None), opened(where, service) as address:
        yield Home(service, int(address.rpartition(":")[2]))
