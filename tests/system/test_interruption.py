"""A listener cuts in: the voice stops at once, and both sides agree on what was heard."""

from __future__ import annotations

import json
import random

from kokoro_stream.client import connect
from kokoro_stream.events import AudioFrame, TimedWord, Words
from kokoro_stream.service.wire import AudioHeader
from tests.system.process import LONG, Server, all_of, first_frame, raw, say, spoken, until, words_of
from tests.system.replies import REPLIES

ALL_AT_ONCE = 600_000  # ms of lead: nothing waits for the listener


def heard_until(words: list[TimedWord], played_ms: float) -> int:
    """Where the last word ends that had begun to sound."""
    return max((word.char_end for word in words if word.start_ms < played_ms), default=0)


async def test_what_was_heard_is_right_to_the_word_and_the_rest_is_kept(server: Server) -> None:
    dice = random.Random(3)
    async with connect(server.url, max_lead_ms=ALL_AT_ONCE) as client:
        for reply in dice.sample([reply for reply in REPLIES if len(reply) > 80], 10):
            async with client.speak(reply) as speech:
                words = words_of(await all_of(speech))
            target = dice.choice(words[1:])
            middle_ms = (target.start_ms + target.end_ms) / 2
            async with client.speak() as speech:  # which stays open, and so cannot be over before the interruption
                await speech.feed(reply)
                await speech.flush()
                await first_frame(speech, target)
                interrupted = await speech.interrupt(middle_ms)
            heard_ms = interrupted.audio_played_ms
            assert heard_ms == min(middle_ms, interrupted.audio_sent_ms)
            assert heard_ms > target.start_ms
            assert interrupted.text_spoken == reply[: target.char_end]
            assert interrupted.text_spoken + interrupted.text_remaining == reply
            assert interrupted.char_index == target.char_end


async def test_a_listener_that_does_not_know_its_position_gets_the_servers_estimate(server: Server) -> None:
    words: list[TimedWord] = []
    async with connect(server.url) as client, client.speak(LONG, acks=False) as speech:
        frames = 0
        async for event in speech.events():
            if isinstance(event, Words):
                words += event.words
            if isinstance(event, AudioFrame) and (frames := frames + 1) == 60:
                break
        interrupted = await speech.interrupt()
    assert 0 < interrupted.audio_played_ms <= interrupted.audio_sent_ms
    assert interrupted.char_index == heard_until(words, interrupted.audio_played_ms)
    assert interrupted.text_spoken + interrupted.text_remaining == LONG


async def test_no_stale_frame_follows_an_interruption(server: Server) -> None:
    async with raw(server) as socket:
        await say(socket, "session.update", max_lead_ms=ALL_AT_ONCE)
        await say(socket, "text.append", text=LONG, context="old")
        started = await until(socket, "context.started")
        await until(socket, "words")
        await say(socket, "interrupt", context="old")
        await until(socket, "context.interrupted")
        await say(socket, "text.append", text="Of course. What would you like to hear instead?", context="new")
        await say(socket, "text.end", context="new")
        numbers, contexts, kind = set(), set(), ""
        while kind != "context.done":
            message = await socket.recv()
            if isinstance(message, bytes):
                numbers.add(AudioHeader.unpack(message)[0].context)
            else:
                told = json.loads(message)
                kind = told["type"]
                contexts.add(told["context"])
    assert contexts == {"new"}
    assert len(numbers) == 1
    assert started["number"] not in numbers


async def test_the_client_hands_out_no_frame_after_an_interruption(server: Server) -> None:
    async with connect(server.url, max_lead_ms=ALL_AT_ONCE) as client:
        async with client.speak(LONG) as speech:
            await first_frame(speech)
            interrupted = await speech.interrupt()
            assert await all_of(speech) == [interrupted]
        async with client.speak("Of course.") as speech:
            assert spoken(await all_of(speech)) == ["Of", "course"]
