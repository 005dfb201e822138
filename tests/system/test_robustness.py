"""Clients that vanish, stall or misbehave harm nobody, and leave nothing behind."""

from __future__ import annotations

import asyncio
import json
import signal

import pytest
from websockets.exceptions import ConnectionClosed

from kokoro_stream.client import connect
from kokoro_stream.events import Done
from kokoro_stream.service.wire import AudioHeader
from tests.system.process import LONG, MEGABYTE, Server, all_of, first_frame, raw, running, say, spoken, until


async def test_clients_that_vanish_mid_speech_leave_nothing_behind(server: Server) -> None:
    async def vanish() -> None:
        async with raw(server) as socket:
            await say(socket, "session.update", max_lead_ms=600_000)
            await say(socket, "text.append", text=LONG)
            await until(socket, "words")
            socket.transport.abort()

    await vanish()  # the first one fills caches that stay
    await server.becomes_idle()
    memory, open_files, threads = server.memory, server.open_files, server.threads
    for _ in range(20):
        await vanish()
    await server.becomes_idle()
    assert server.memory < memory + 10 * MEGABYTE  # the audio of one of them is 8 MB
    assert server.open_files < open_files + 10
    assert server.threads < threads + 10
    async with connect(server.url) as client, client.speak("Is anybody there?") as speech:
        assert isinstance((await all_of(speech))[-1], Done)


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
        words, end, last = list[str](), 0, False
        while not last:
            message = await socket.recv()
            if isinstance(message, bytes):
                header, pcm = AudioHeader.unpack(message)
                assert header.sample_offset == end
                end, last = end + len(pcm) // 2, header.last
                if header.sequence % 10 == 0:
                    await say(socket, "playback.ack", played_ms=end / 24)
            elif (told := json.loads(message))["type"] == "words":
                words += [word["word"] for word in told["words"]]
    assert words == LONG.replace(".", "").split()
    assert end / 24_000 > 60


async def test_a_hundred_thousand_characters_without_a_space_begin_at_once_and_can_be_interrupted(
    server: Server,
) -> None:
    text = "abcdefghij" * 10_000
    async with connect(server.url) as client, client.speak(text) as speech:
        await first_frame(speech)
        interrupted = await speech.interrupt()
    assert text.startswith(interrupted.text_spoken + interrupted.text_remaining)


async def test_text_over_the_limit_is_refused_and_what_was_taken_can_be_interrupted(server: Server) -> None:
    text = "A sentence like many others. " * 2000
    async with raw(server) as socket:
        await say(socket, "text.append", text=text)
        await say(socket, "text.append", text=text)
        refusal = await until(socket, "error")
        assert refusal["code"] == "text_limit"
        assert not refusal["fatal"]
        await say(socket, "interrupt", context="default", played_ms=0)
        interrupted = await until(socket, "context.interrupted")
        assert interrupted["text_remaining"] == text
        await say(socket, "text.append", text="Unharmed.")
        await say(socket, "text.end")
        await until(socket, "context.done")


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
        assert await asyncio.to_thread(server.process.wait, 10) == 0
