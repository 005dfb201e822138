"""The client library against a real server with a fake speaker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from kokoro_stream.client import Client, RemoteSpeech, connect
from kokoro_stream.client.speech import INBOX_EVENTS
from kokoro_stream.config import SpeechConfig
from kokoro_stream.errors import ClosedError, ConnectionLostError, InputError, OverloadedError, RateLimitError
from kokoro_stream.events import AudioEnded, AudioFrame, Done, Event, Failed, Interrupted, MarkReached, Warned, Words
from kokoro_stream.service.access import AccessSettings, ApiKey
from kokoro_stream.service.app import create_app
from kokoro_stream.service.secret import Secret
from kokoro_stream.service.settings import ServiceSettings
from kokoro_stream.service.wire import AudioHeader
from tests.fakes import FakeSpeaker, fake_samples
from tests.service.running import serving

TEXT = "One two three. Four five six seven! And eight"


async def tokens_of(text: str) -> AsyncIterator[str]:
    for start in range(0, len(text), 3):
        await asyncio.sleep(0)
        yield text[start : start + 3]


async def all_of(speech: RemoteSpeech) -> list[Event]:
    return [event async for event in speech.events()]


def spoken(events: list[Event]) -> list[str]:
    return [word.word for event in events if isinstance(event, Words) for word in event.words]


def pcm(events: list[Event]) -> bytes:
    return b"".join(event.pcm for event in events if isinstance(event, AudioFrame))


@pytest.fixture
async def speaker() -> FakeSpeaker:
    return FakeSpeaker()


@pytest.fixture
async def client(speaker: FakeSpeaker) -> AsyncIterator[Client]:
    async with serving(create_app(speaker)) as address, connect(f"ws://{address}/v1/stream") as client:
        yield client


@pytest.mark.parametrize("kind", [str, list, tokens_of])
async def test_tokens_are_spoken_once_and_in_order(client: Client, kind: type) -> None:
    async with client.speak(kind(TEXT)) as speech:
        events = await all_of(speech)
    assert spoken(events) == ["One", "two", "three", "Four", "five", "six", "seven", "And", "eight"]
    assert isinstance(events[-1], Done)
    assert events[-2] == AudioEnded(events[-1].audio_ms)
    assert pcm(events) == fake_samples(0, round(24 * events[-1].audio_ms))
    assert speech.text_remaining == ""


async def test_iterating_gives_the_audio_with_its_words(client: Client) -> None:
    async with client.speak("One two three.") as speech:
        frames = [frame async for frame in speech]
    assert [word.word for frame in frames for word in frame.words] == ["One", "two", "three"]
    assert b"".join(frame.pcm for frame in frames) == fake_samples(0, 14 * 24)


async def test_a_speech_can_be_fed_by_hand(client: Client) -> None:
    async with client.speak() as speech:
        await speech.feed("Half a")
        await speech.flush()
        await speech.mark("half")
        events = []
        async for event in speech.events():
            events.append(event)
            if event == MarkReached("half", 6.0):
                await speech.end()
    assert spoken(events) == ["Half", "a"]
    with pytest.raises(ClosedError):
        await speech.feed("Too late")


async def test_long_audio_is_fetched_as_fast_as_it_is_taken(client: Client, speaker: FakeSpeaker) -> None:
    speaker.ms_per_char = 10_000
    async with client.speak("Ten minutes of speech are over at once. " + "x" * 20, frame_ms=200) as speech:
        events = await all_of(speech)
    assert isinstance(events[-1], Done)
    assert events[-1].audio_ms == 59 * 10_000


async def test_an_interruption_tells_what_was_heard(client: Client, speaker: FakeSpeaker) -> None:
    speaker.ms_per_char = 100
    async with client.speak(TEXT, acks=False) as speech:
        frames = aiter(speech)
        for _ in range(12):
            await anext(frames)
        interrupted = await speech.interrupt(450)
        rest = await all_of(speech)
    assert interrupted.text_spoken == "One two"
    assert interrupted.text_spoken + interrupted.text_remaining == TEXT
    assert rest == [interrupted]
    assert speaker.live == 0


async def test_an_interruption_after_the_end_says_that_all_was_heard(client: Client) -> None:
    async with client.speak("Hello.") as speech:
        await all_of(speech)
        assert await speech.interrupt() == Interrupted(6.0, 6.0, "Hello.", "", 6)


async def test_a_server_that_is_busy_says_when_to_come_back(client: Client, speaker: FakeSpeaker) -> None:
    speaker.places = 1
    async with client.speak() as first:
        await first.feed("I was here before. ")
        async with client.speak("Me too. And so on.") as second:
            assert (await all_of(second))[-1] == Failed("overloaded", "asked to be busy", 250)
        async with client.speak("Me too.") as third:
            with pytest.raises(OverloadedError) as refused:
                await anext(aiter(third))
        await first.end()
        assert spoken(await all_of(first)) == ["I", "was", "here", "before"]
    assert refused.value.retry_after_ms == 250


async def test_leaving_a_speech_stops_it_and_others_go_on(client: Client, speaker: FakeSpeaker) -> None:
    speaker.ms_per_char = 100
    async with client.speak("Much too long to be heard to its end, really.", acks=False) as speech:
        await anext(aiter(speech))
    speaker.ms_per_char = 1
    async with client.speak("Short.") as speech:
        assert spoken(await all_of(speech)) == ["Short"]
    assert speaker.live == 0


async def test_the_connection_waits_while_nobody_takes_the_events(client: Client) -> None:
    async with client.speak(acks=False) as speech:
        header = AudioHeader(1, 0, 0)
        for _ in range(INBOX_EVENTS):
            await speech.take_audio(header, b"\0\0")
        one_more = asyncio.create_task(speech.take_audio(header, b"\0\0"))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not one_more.done()
        await anext(aiter(speech))
        await one_more


async def test_leaving_frees_a_connection_that_waits(client: Client) -> None:
    async with client.speak(acks=False) as speech:
        for _ in range(INBOX_EVENTS):
            await speech.take_audio(AudioHeader(1, 0, 0), b"\0\0")
        waiting = asyncio.create_task(speech.take_audio(AudioHeader(1, 0, 0), b"\0\0"))
        await asyncio.sleep(0)
    await waiting


async def test_two_speeches_share_the_connection(client: Client) -> None:
    async with client.speak("I am one. Yes.") as one, client.speak("I am two. No.", voice="am_fake") as two:
        events = await asyncio.gather(all_of(one), all_of(two))
    assert [spoken(each) for each in events] == [["I", "am", "one", "Yes"], ["I", "am", "two", "No"]]
    assert two.config.voice == "am_fake"
    assert one.config.voice == ""


async def test_a_change_holds_for_its_speech_alone(client: Client) -> None:
    async with client.speak("Low.", sample_rate=8000) as speech:
        low = pcm(await all_of(speech))
    async with client.speak("High.") as speech:
        high = pcm(await all_of(speech))
    assert (len(low), len(high)) == (4 * 8 * 2, 5 * 24 * 2)


async def test_a_refused_change_is_an_error_that_names_the_field(client: Client) -> None:
    with pytest.raises(InputError, match="nobody") as caught:
        async with client.speak("Hello.", voice="nobody"):
            pytest.fail("nobody can speak")
    assert caught.value.field == "voice"
    async with client.speak("Still here.") as speech:
        assert spoken(await all_of(speech)) == ["Still", "here"]


async def test_what_the_source_of_the_tokens_raises_reaches_the_listener(client: Client) -> None:
    async def broken() -> AsyncIterator[str]:
        yield "One. "
        raise LookupError("the model hung up")

    async with client.speak(broken()) as speech:
        with pytest.raises(LookupError, match="hung up"):
            await all_of(speech)
    async with client.speak("Two.") as speech:
        assert spoken(await all_of(speech)) == ["Two"]


async def test_an_exception_of_the_body_comes_out_as_it_is(client: Client) -> None:
    with pytest.raises(LookupError):
        async with client.speak("Hello."):
            raise LookupError


async def test_text_beyond_the_servers_limit_waits_its_turn() -> None:
    app = create_app(FakeSpeaker(), ServiceSettings(speech=SpeechConfig(max_waiting_chars=100)))
    async with (
        serving(app) as address,
        connect(f"ws://{address}/v1/stream") as client,
        client.speak(". ".join(["word " * 8] * 50)) as speech,
    ):
        events = await all_of(speech)
    assert len(spoken(events)) == 400
    assert not [event for event in events if isinstance(event, (Warned, MarkReached))]


async def test_half_an_emoji_is_sent_as_one_character(client: Client) -> None:
    async with client.speak(["A \ud83d", "\ude00 b."]) as speech:
        events = await all_of(speech)
    assert spoken(events) == ["A", "b"]


async def test_a_lost_connection_fails_what_was_under_way_and_is_restored() -> None:
    speaker = FakeSpeaker(ms_per_char=100)
    async with serving(create_app(speaker)) as address:
        url, port = f"ws://{address}/v1/stream", int(address.rpartition(":")[2])
        keeping = connect(url, voice="am_fake")
        client = await keeping.__aenter__()
        lost = client.speak(TEXT, acks=False)
        speech = await lost.__aenter__()
        for _ in range(3):
            await anext(aiter(speech))
    last = (await all_of(speech))[-1]
    assert isinstance(last, Failed)
    assert last.code == "connection_lost"
    assert TEXT.endswith(speech.text_remaining)
    assert 0 < len(speech.text_remaining) < len(TEXT)
    assert repr(speech.text_remaining) in last.message
    with pytest.raises(ConnectionLostError):
        await speech.interrupt()
    await lost.__aexit__(None, None, None)
    async with serving(create_app(FakeSpeaker()), port=port):
        async with client.speak("Back again.") as speech:
            assert spoken(await all_of(speech)) == ["Back", "again"]
        assert speech.config.voice == "am_fake"
        await keeping.__aexit__(None, None, None)


async def test_a_connection_that_stays_lost_is_given_up() -> None:
    async with serving(create_app(FakeSpeaker())) as address:
        keeping = connect(f"ws://{address}/v1/stream", give_up_after_s=0.2)
        client = await keeping.__aenter__()
    with pytest.raises(ConnectionLostError, match="given up"):
        await client.speak("Nobody hears me.").__aenter__()
    await keeping.__aexit__(None, None, None)


async def test_nobody_answering_is_an_error_at_once() -> None:
    with pytest.raises(ConnectionLostError, match="cannot connect"):
        await connect("ws://127.0.0.1:1/v1/stream").__aenter__()


async def test_a_bad_address_is_an_error_that_names_it() -> None:
    with pytest.raises(InputError, match="url"):
        await connect("http://127.0.0.1/").__aenter__()


async def test_another_service_is_an_error() -> None:
    async with serving(create_app(FakeSpeaker())) as address:
        with pytest.raises(ConnectionLostError):
            await connect(f"ws://{address}/elsewhere").__aenter__()


async def test_a_speech_that_is_cancelled_as_it_opens_does_not_leave_its_voice_to_the_next(
    client: Client, speaker: FakeSpeaker
) -> None:
    opening = asyncio.ensure_future(client.speak("One.", voice="am_fake").__aenter__())
    for _ in range(5):
        await asyncio.sleep(0)
    opening.cancel()
    await asyncio.wait([opening])
    async with client.speak("Two.") as speech:
        await all_of(speech)
    assert speaker.configs[-1].voice == ""


async def test_text_that_the_key_does_not_allow_ends_the_speech_instead_of_leaving_a_hole() -> None:
    key = "kitchen-0123456789"
    access = AccessSettings(keys={"kitchen": ApiKey(key=Secret(key), characters_per_minute=20)})
    async with (
        serving(create_app(FakeSpeaker(), ServiceSettings(access=access))) as address,
        connect(f"ws://{address}/v1/stream", api_key=key) as client,
        client.speak(["Fifteen letters", " and more than that.", " The end."]) as speech,
    ):
        with pytest.raises(RateLimitError):
            async for _ in speech:
                pass
