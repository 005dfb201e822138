"""The service as users run it: its own process, the built-in voice, clients over loopback."""

from __future__ import annotations

import asyncio
import json
import random
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psutil
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed

from kokoro_stream.client import RemoteSpeech, connect
from kokoro_stream.events import AudioFrame, Done, Event, SegmentStarted, Words
from kokoro_stream.service.wire import AudioHeader
from tests.service.test_app import get

LONG = "The quick brown fox jumps over the lazy dog. " * 60
MEGABYTE = 1 << 20


class Server:
    """A running server process."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self.address = url.split("/")[2]

    @property
    def memory(self) -> int:
        return int(psutil.Process(self.process.pid).memory_info().rss)


@contextmanager
def running() -> Iterator[Server]:
    command = [sys.executable, "-m", "kokoro_stream", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"ws://\S+", process.stdout.readline())
            assert found, "the server did not start"
            yield Server(process, found[0])
        finally:
            process.kill()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


async def all_of(speech: RemoteSpeech) -> list[Event]:
    return [event async for event in speech.events()]


def spoken(events: list[Event]) -> list[str]:
    return [word.word for event in events if isinstance(event, Words) for word in event.words]


def samples(events: list[Event]) -> int:
    """Samples received; fails when some are missing."""
    end = 0
    for event in events:
        if isinstance(event, AudioFrame):
            assert event.sample_offset == end
            end += event.samples
    return end


@asynccontextmanager
async def raw(server: Server) -> AsyncIterator[ClientConnection]:
    """A connection without the client library, after session.created."""
    async with open_websocket(server.url, compression=None, max_queue=1) as socket:
        assert json.loads(await socket.recv(decode=True))["type"] == "session.created"
        yield socket


async def say(socket: ClientConnection, kind: str, **fields: object) -> None:
    await socket.send(json.dumps({"type": kind, **fields}))


async def until(socket: ClientConnection, kind: str) -> dict[str, object]:
    while isinstance(message := await socket.recv(), bytes) or json.loads(message)["type"] != kind:
        pass
    found: dict[str, object] = json.loads(message)
    return found


def cut(text: str, dice: random.Random) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = start + dice.randint(1, 7)
        yield text[start:end]
        start = end


async def test_first_audio_leaves_before_the_last_token(server: Server) -> None:
    async with connect(server.url) as client, client.speak() as speech:
        await speech.feed("Here is the first sentence. And this one has")
        async for event in speech.events():
            if isinstance(event, AudioFrame):
                break
        await speech.feed(" only just been written.")
        await speech.end()
        events = await all_of(speech)
    assert isinstance(events[-1], Done)


async def test_twenty_clients_at_once_each_hear_all_their_words(server: Server) -> None:
    texts = [
        f"Client {number} is speaking now. It has some more to say, and then it ends."
        for number in "abcdefghijklmnopqrst"
    ]

    async def one(text: str) -> list[Event]:
        async with connect(server.url) as client, client.speak(cut(text, random.Random(text))) as speech:
            return await all_of(speech)

    heard = await asyncio.gather(*(one(text) for text in texts))
    for text, events in zip(texts, heard, strict=True):
        assert spoken(events) == re.findall(r"\w+", text)
        assert isinstance(events[-1], Done)
        assert samples(events) == round(24 * events[-1].audio_ms)


async def test_a_client_that_vanishes_mid_speech_leaves_nothing_behind(server: Server) -> None:
    async with raw(server) as socket:
        await say(socket, "session.update", max_lead_ms=600_000)
        await say(socket, "text.append", text=LONG)
        await until(socket, "words")
        socket.transport.abort()
    async with connect(server.url) as client, client.speak("Is anybody there?") as speech:
        done = (await all_of(speech))[-1]
    assert isinstance(done, Done)
    assert (await get(server.address, "/healthz"))[1]["sessions"] == 0


async def test_a_reader_that_stalls_costs_little_memory_and_loses_nothing(server: Server) -> None:
    async with connect(server.url) as client, client.speak("A first speech, to have everything in memory.") as speech:
        await all_of(speech)
    before = server.memory
    async with raw(server) as socket:
        await say(socket, "session.update", max_lead_ms=600_000)
        await say(socket, "text.append", text=LONG)
        await say(socket, "text.end")
        # Nothing is read here while another client is served, from its first word to its last.
        async with connect(server.url) as client, client.speak(LONG[:450]) as speech:
            assert isinstance((await all_of(speech))[-1], Done)
        # Two seconds of audio wait in the speech, some more in the kernel; a minute of it would be 8 MB.
        assert server.memory < before + 30 * MEGABYTE
        end = 0
        while True:
            message = await socket.recv()
            if isinstance(message, bytes):
                header, pcm = AudioHeader.unpack(message)
                assert header.sample_offset == end
                end += len(pcm) // 2
                if header.last:
                    break
                if header.sequence % 10 == 0:
                    await say(socket, "playback.ack", played_ms=end / 24)
    assert end / 24_000 > 60


async def test_a_hundred_thousand_characters_without_a_space_begin_at_once_and_can_be_interrupted(
    server: Server,
) -> None:
    text = "abcdefghij" * 10_000
    async with connect(server.url) as client, client.speak(text) as speech:
        async for event in speech.events():
            if isinstance(event, AudioFrame):
                break
        interrupted = await speech.interrupt()
    assert text.startswith(interrupted.text_spoken + interrupted.text_remaining)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "bad_json"),
        ('{"type": "text.shout"}', "unknown_type"),
        ('{"type": "text.append", "text": 1}', "bad_message"),
        ('{"type": "text.append", "text": "' + "x" * 70_000 + '"}', "bad_message"),
        ('{"type": "text.end", "context": ""}', "bad_message"),
        ('{"type": "text.flush", "context": "nobody"}', "unknown_context"),
        ('{"type": "session.update", "voice": "nobody"}', "unknown_voice"),
    ],
)
async def test_bad_messages_harm_nobody(server: Server, message: str, code: str) -> None:
    async with raw(server) as socket:
        await socket.send(message)
        assert (await until(socket, "error"))["code"] == code
        await say(socket, "text.append", text="Unharmed.")
        await say(socket, "text.end")
        await until(socket, "context.done")


async def test_an_oversized_message_ends_its_session_only(server: Server) -> None:
    async with raw(server) as socket, raw(server) as other:
        await socket.send("x" * (MEGABYTE + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await until(socket, "pong")
        await say(other, "ping", t=1)
        assert (await until(other, "pong"))["t"] == 1
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_strange_characters_are_spoken_around(server: Server) -> None:
    async with connect(server.url) as client, client.speak(["One\0 two \ud83d", "\ude00 three\x07."]) as speech:
        events = await all_of(speech)
    assert [word.strip("\0\x07") for word in spoken(events)] == ["One", "two", "three"]
    assert isinstance(events[-1], Done)


async def test_told_to_stop_it_lets_a_speech_end_and_says_goodbye() -> None:
    with running() as server:
        async with raw(server) as socket:
            await say(socket, "text.append", text="This sentence is going to be heard to its end.")
            await say(socket, "text.end")
            await until(socket, "words")
            server.process.send_signal(signal.SIGTERM)
            await until(socket, "context.done")
            assert (await until(socket, "session.goodbye"))["reason"] == "going_away"
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
        assert await asyncio.to_thread(server.process.wait, 10) in {0, -signal.SIGTERM}


async def test_segments_point_into_the_text_as_sent(server: Server) -> None:
    text = "**Bold** words cost $5. Is *that* so?"
    async with connect(server.url) as client, client.speak(cut(text, random.Random(5))) as speech:
        events = await all_of(speech)
    for event in events:
        if isinstance(event, SegmentStarted):
            assert event.text == text[event.char_start : event.char_end]
        if isinstance(event, Words):
            for word in event.words:
                assert word.word == text[word.char_start : word.char_end]
