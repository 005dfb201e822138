"""Whatever an assistant writes is spoken while it is being written: all of it, once, in order."""

from __future__ import annotations

import asyncio
import random
import re
from itertools import pairwise

from kokoro_stream.client import connect
from kokoro_stream.events import Done, Event, SegmentStarted, TimedWord
from kokoro_stream.front_end import FrontEnd
from kokoro_stream.phonemes.languages import phonemizer
from tests.system.process import PATIENCE_S, Server, all_of, cut, first_frame, pcm_of, spoken, words_of
from tests.system.replies import REPLIES, offsets_to_be_said

IDLE_FLUSH_MS = PATIENCE_S * 1000  # a loaded machine writes slowly; that must not end a sentence


def places(words: list[TimedWord]) -> list[tuple[int, int]]:
    return [(word.char_start, word.char_end) for word in words]


def places_at_once(text: str) -> list[tuple[int, int]]:
    """The places of the words of ``text``, handed to a front end in one piece."""
    front_end = FrontEnd(phonemizer("en-us"), "balanced", 510)
    lines = front_end.feed(text) + front_end.flush()
    return [(word.start, word.end) for line in lines for word in line.utterance.words]


async def test_all_words_of_fifty_replies_are_spoken_once_and_in_order(server: Server) -> None:
    dice = random.Random(2)
    async with connect(server.url, idle_flush_ms=IDLE_FLUSH_MS) as client:
        for reply in REPLIES:
            async with client.speak(cut(reply, dice)) as speech:
                events = await all_of(speech)
            words, done = words_of(events), events[-1]
            assert isinstance(done, Done), reply
            assert places(words) == await asyncio.to_thread(places_at_once, reply), reply
            assert all(one.char_end <= other.char_start for one, other in pairwise(words)), reply
            assert all(one.end_ms <= other.start_ms for one, other in pairwise(words)), reply
            assert words[-1].end_ms <= done.audio_ms
            heard = {offset for word in words for offset in range(word.char_start, word.char_end)}
            assert offsets_to_be_said(reply) <= heard, reply


async def test_first_audio_leaves_before_the_last_token(server: Server) -> None:
    async with connect(server.url) as client, client.speak() as speech:
        await speech.feed("Here is the first sentence. And this one has")
        await first_frame(speech)
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
        async with (
            connect(server.url, idle_flush_ms=IDLE_FLUSH_MS) as client,
            client.speak(cut(text, random.Random(text))) as speech,
        ):
            return await all_of(speech)

    heard = await asyncio.gather(*(one(text) for text in texts))
    for text, events in zip(texts, heard, strict=True):
        assert spoken(events) == re.findall(r"\w+", text)
        assert isinstance(events[-1], Done)
        assert len(pcm_of(events)) // 2 == round(24 * events[-1].audio_ms)


async def test_speeches_side_by_side_on_one_connection_are_not_mixed_up(server: Server) -> None:
    texts = REPLIES[3:8]
    async with connect(server.url, idle_flush_ms=IDLE_FLUSH_MS) as client:

        async def one(text: str) -> list[Event]:
            async with client.speak(cut(text, random.Random(text))) as speech:
                return await all_of(speech)

        heard = await asyncio.gather(*(one(text) for text in texts))
    for text, events in zip(texts, heard, strict=True):
        assert places(words_of(events)) == await asyncio.to_thread(places_at_once, text)
        assert isinstance(events[-1], Done)
        assert len(pcm_of(events)) // 2 == round(24 * events[-1].audio_ms)


async def test_segments_point_into_the_text_as_sent(server: Server) -> None:
    text = "**Bold** words cost $5. Is *that* so?"
    async with connect(server.url) as client, client.speak(cut(text, random.Random(5))) as speech:
        events = await all_of(speech)
    for event in events:
        if isinstance(event, SegmentStarted):
            assert event.text == text[event.char_start : event.char_end]
    assert all(word.word == text[word.char_start : word.char_end] for word in words_of(events))
