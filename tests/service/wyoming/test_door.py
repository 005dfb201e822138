"""The door against the client of the wyoming package, as Home Assistant uses it, and a fake speaker."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from contextlib import suppress

import pytest
from wyoming.audio import AudioChunk
from wyoming.error import Error
from wyoming.event import Event, Eventable
from wyoming.info import Describe, SelectProgram
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeTextFormat
from wyoming.tts import SynthesizeVoice as Voice

from kokoro_stream.config import SpeechConfig
from kokoro_stream.errors import InputError
from kokoro_stream.service.service import Service
from kokoro_stream.service.settings import ServiceSettings
from kokoro_stream.service.wyoming.door import opened
from kokoro_stream.service.wyoming.settings import WyomingSettings
from tests.fakes import FakeSpeaker, fake_samples
from tests.service.wyoming.home import audio, home, kinds, next_of, until, write_stream
from tests.service.wyoming.test_framing import REQUESTS, mutated

RATE = 24  # samples per millisecond


async def test_one_text_is_spoken_as_home_assistant_asks_for_it() -> None:
    async with home(FakeSpeaker()) as house:
        heard = await house.says("The door is open.")
    assert kinds(heard) == ["audio-start", "audio-chunk", "audio-stop"]
    assert heard[0].data == {"rate": 24_000, "width": 2, "channels": 1, "timestamp": 0}
    assert audio(heard) == fake_samples(0, len("The door is open.") * RATE)


async def test_a_text_that_is_being_written_is_spoken_once() -> None:
    async with home(FakeSpeaker()) as house:
        heard = await house.streams(["The do", "or is open. ", "Shall I ", "close it?"])
    assert kinds(heard) == ["audio-start", "audio-chunk", "audio-stop", "synthesize-stopped"]
    assert audio(heard) == fake_samples(0, len("The door is open.Shall I close it?") * RATE)


async def test_audio_comes_before_the_text_is_complete() -> None:
    async with home(FakeSpeaker()) as house, house.client() as client:
        await client.write_event(SynthesizeStart().event())
        await client.write_event(SynthesizeChunk("A first sentence. And").event())
        assert kinds(await until(client, "audio-chunk")) == ["audio-start", "audio-chunk"]
        await client.write_event(SynthesizeChunk(" so on.").event())
        await client.write_event(SynthesizeStop().event())
        assert kinds(await until(client, "synthesize-stopped"))[-2:] == ["audio-stop", "synthesize-stopped"]


async def test_chunks_say_where_they_belong_and_the_end_how_long_it_was() -> None:
    async with home(FakeSpeaker()) as house:
        heard = await house.says("x" * 90)
    chunks = [AudioChunk.from_event(event) for event in heard if AudioChunk.is_type(event.type)]
    assert [(chunk.timestamp, chunk.milliseconds) for chunk in chunks] == [(0, 40), (40, 40), (80, 10)]
    assert heard[-1].data["timestamp"] == 90


async def test_a_text_with_nothing_to_say_is_a_moment_of_silence() -> None:
    async with home(FakeSpeaker()) as house:
        for heard in (await house.says(""), await house.streams([])):
            assert kinds(heard)[:3] == ["audio-start", "audio-chunk", "audio-stop"]
            assert len(audio(heard)) == 2 * 20 * RATE


async def test_a_connection_serves_one_text_after_another_in_both_modes() -> None:
    async with home(FakeSpeaker()) as house, house.client() as client:
        for text in ("One.", "Two and a half."):
            await client.write_event(Synthesize(text).event())
            assert len(audio(await until(client, "audio-stop"))) == 2 * RATE * len(text)
            await write_stream(client, [text])
            assert len(audio(await until(client, "synthesize-stopped"))) == 2 * RATE * len(text)


async def test_who_does_not_wait_for_answers_gets_them_in_order() -> None:
    texts = [f"Number {'one ' * number}." for number in range(1, 21)]
    async with home(FakeSpeaker()) as house, house.client() as client:
        for text in texts:
            await client.write_event(Synthesize(text).event())
        lengths = [len(audio(await until(client, "audio-stop"))) for _ in texts]
    assert lengths == [2 * RATE * len(text) for text in texts]


async def test_a_refusal_waits_for_its_turn() -> None:
    async with home(FakeSpeaker()) as house, house.client() as client:
        await client.write_event(Synthesize("Good.").event())
        await client.write_event(Synthesize("Bad.", Voice(name="nobody")).event())
        await client.write_event(Synthesize("Good again.").event())
        assert kinds(await until(client, "audio-stop")) == ["audio-start", "audio-chunk", "audio-stop"]
        assert kinds(await until(client, "audio-stop")) == ["error"]
        assert kinds(await until(client, "audio-stop")) == ["audio-start", "audio-chunk", "audio-stop"]


@pytest.mark.parametrize(
    ("voice", "spoken"),
    [
        (None, "am_fake"),
        (Voice(), "am_fake"),
        (Voice(name="af_fake"), "af_fake"),
        (Voice(name="kokoro-stream", speaker="af_fake"), "af_fake"),
        (Voice(language="en_US"), "am_fake"),
        (Voice(language="en-us"), "am_fake"),
        (Voice(language="en_AU"), "am_fake"),
        (Voice(language="en"), "am_fake"),
    ],
)
async def test_a_voice_is_chosen_by_speaker_name_or_language(voice: Voice | None, spoken: str) -> None:
    speaker = FakeSpeaker()
    async with home(speaker, ServiceSettings(speech=SpeechConfig(voice="am_fake", format="mulaw"))) as house:
        await house.says("Hello.", voice)
        await house.streams(["Hello."], voice)
    assert [(config.voice, config.format) for config in speaker.configs] == [(spoken, "pcm_s16le")] * 2


@pytest.mark.parametrize(
    ("voice", "code", "text"),
    [
        (Voice(name="nobody"), "unknown_voice", "did you mean af_fake"),
        (Voice(name="af_fake", speaker="nobody"), "unknown_voice", "nobody"),
        (Voice(language="de_DE"), "unknown_language", "en_US"),
    ],
)
async def test_an_unknown_voice_is_an_error_in_both_modes(voice: Voice, code: str, text: str) -> None:
    async with home(FakeSpeaker()) as house:
        for heard in (await house.says("Hello.", voice), await house.streams(["Hello. ", "There."], voice)):
            assert kinds(heard) == ["error"]
            error = Error.from_event(heard[0])
            assert error.code == code
            assert text in error.text


async def test_a_stream_that_was_refused_is_followed_by_one_that_is_not() -> None:
    async with home(FakeSpeaker()) as house, house.client() as client:
        await write_stream(client, ["Unheard. ", "Unheard."], Voice(name="nobody"))
        await write_stream(client, ["Heard."])
        assert (await next_of(client, "error")).type == "error"
        assert len(audio(await until(client, "synthesize-stopped"))) == 2 * RATE * len("Heard.")


async def test_markup_is_obeyed_only_where_the_text_is_said_to_be_ssml() -> None:
    speaker = FakeSpeaker()
    async with home(speaker, ServiceSettings(speech=SpeechConfig(markup=True))) as house, house.client() as client:
        for text_format in (None, "text", SynthesizeTextFormat.SSML):
            await client.write_event(Synthesize("<speak>Hi.</speak>", text_format=text_format).event())
            await until(client, "audio-stop")
        await client.write_event(Synthesize("Hi.", text_format="markdown").event())
        error = Error.from_event(await next_of(client, "error"))
    assert [config.markup for config in speaker.configs] == [False, False, True]
    assert error.code == "bad_message"
    assert "text_format" in error.text


async def test_ping_is_answered_while_speech_is_under_way() -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(1))
    async with home(speaker) as house, house.client() as client:
        await client.write_event(Synthesize("A long text. " * 20).event())
        await until(client, "audio-chunk")
        await client.write_event(Ping("still there?").event())
        assert Pong.from_event(await next_of(client, "pong")).text == "still there?"


async def test_what_asks_nothing_of_a_voice_is_dropped() -> None:
    async with home(FakeSpeaker()) as house, house.client() as client:
        await client.write_event(SelectProgram("kokoro-stream").event())
        await client.write_event(Event("transcribe", {"language": "en"}))
        await client.write_event(AudioChunk(16_000, 2, 1, bytes(100_000)).event())
        await client.write_event(Ping().event())
        assert (await next_of(client, "pong")).data == {"text": None}


async def test_a_client_that_leaves_stops_the_machine() -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(1))
    async with home(speaker) as house:
        async with house.client() as client:
            await client.write_event(Synthesize("A long text. " * 20).event())
            await until(client, "audio-chunk")
            assert speaker.live == 1
        await house.service.drain()  # waits for those who are still served, and interrupts only after ten seconds
        assert (speaker.live, speaker.frames_made, speaker.interrupted.is_set()) == (0, 1, False)


async def test_a_client_that_does_not_read_stops_only_its_own_work() -> None:
    speaker = FakeSpeaker(ms_per_char=100)
    async with home(speaker) as house, house.client() as stalled:
        await stalled.write_event(Synthesize("x" * 90_000).event())  # two and a half hours
        await until(stalled, "audio-chunk")
        made, own = -1, len("Others.") * 100 // 40 + 1
        while made != speaker.frames_made - own:  # until what lies between us and the client is full
            made = speaker.frames_made
            assert kinds(await house.says("Others.")) == ["audio-start", "audio-chunk", "audio-stop"]
        assert speaker.live == 1
    assert made < 10_000  # 19 MB, most of it in the kernel


async def test_an_error_in_one_speech_is_told_and_ends_only_that() -> None:
    speaker = FakeSpeaker()
    async with home(speaker) as house, house.client() as client:
        for text, code in (("Please fail.", "failed"), ("Please explode.", "internal")):
            await client.write_event(Synthesize(text).event())
            assert Error.from_event(await next_of(client, "error")).code == code
        await client.write_event(Synthesize("Fine.").event())
        assert (await next_of(client, "audio-stop")).type == "audio-stop"


async def test_a_machine_that_is_busy_says_so() -> None:
    async with home(FakeSpeaker(places=0)) as house:
        assert Error.from_event((await house.says("Hello."))[-1]).code == "overloaded"


@pytest.mark.parametrize("streamed", [False, True])
async def test_too_much_text_is_an_error_and_not_a_shorter_speech(streamed: bool) -> None:
    settings = ServiceSettings(speech=SpeechConfig(max_waiting_chars=50))
    async with home(FakeSpeaker(), settings) as house:
        heard = await (house.streams(["Hello", "x" * 51]) if streamed else house.says("x" * 51))
    assert heard[-1].type == "error"
    assert Error.from_event(heard[-1]).code == "text_limit"


async def test_a_second_start_and_a_chunk_without_a_start_are_errors_that_change_nothing() -> None:
    async with home(FakeSpeaker()) as house, house.client() as client:
        await client.write_event(SynthesizeChunk("Lost.").event())
        assert (await next_of(client, "error")).data["code"] == "no_stream"
        await client.write_event(SynthesizeStop().event())
        assert (await next_of(client, "error")).data["code"] == "no_stream"
        await client.write_event(SynthesizeStart().event())
        await client.write_event(SynthesizeStart().event())
        assert (await next_of(client, "error")).data["code"] == "stream_open"
        await client.write_event(SynthesizeChunk("Kept.").event())
        await client.write_event(SynthesizeStop().event())
        assert len(audio(await until(client, "synthesize-stopped"))) == 2 * RATE * len("Kept.")


@pytest.mark.parametrize(
    "broken",
    [
        b"GET / HTTP/1.1\r\n",
        b"[]\n",
        b"{}\n",
        b"\n",
        b'{"type":"ping","data_length":-1}\n',
        b'{"type":"ping","data_length":99999999999}\n',
        b'{"type":"ping","payload_length":99999999999}\n',
        b'{"type":"ping","data_length":3}\n[1]',
        b'{"type":"ping"' + b"[" * 100_000 + b"\n",
        b"\xff\xfe\n",
        b"x" * ((1 << 20) + 1),
    ],
    ids=lambda broken: repr(broken[:30]),
)
async def test_bytes_that_are_no_event_end_the_connection_with_a_reason(broken: bytes) -> None:
    async with home(FakeSpeaker()) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(broken)
        header = json.loads(await reader.readline())
        told = json.loads(await reader.readexactly(header["data_length"]))
        assert await reader.read() == b""
        writer.close()
        assert header["type"] == "error"
        assert told["code"] in {"bad_json", "bad_message", "too_big"}
        assert kinds(await house.says("Others are served.")) == ["audio-start", "audio-chunk", "audio-stop"]


async def test_nonsense_from_many_at_once_harms_nobody() -> None:
    speaker, dice = FakeSpeaker(), random.Random(300)

    async def nonsense(port: int, raw: bytes) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(raw)
        writer.close()  # at once, whatever is being said
        with suppress(ConnectionError):
            await writer.wait_closed()

    async with home(speaker) as house:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(300):
                tasks.create_task(nonsense(house.port, mutated(REQUESTS, dice)))
        assert kinds(await house.says("Others are served.")) == ["audio-start", "audio-chunk", "audio-stop"]
        await house.service.drain()
        assert (speaker.live, house.service.guests) == (0, 0)


async def test_a_field_of_the_wrong_type_is_named_and_the_connection_goes_on() -> None:
    async with home(FakeSpeaker()) as house, house.client() as client:
        for event, field in (
            (Event("synthesize"), "text"),
            (Event("synthesize", {"text": 5}), "text"),
            (Event("synthesize", {"text": "Hi", "voice": "af_fake"}), "voice"),
            (Event("synthesize-start", {"voice": {"name": []}}), "voice.name"),
        ):
            await client.write_event(event)
            error = Error.from_event(await next_of(client, "error"))
            assert error.code == "bad_message"
            assert field in error.text
        await client.write_event(Synthesize("Hi.").event())
        assert (await next_of(client, "audio-stop")).type == "audio-stop"


async def test_one_client_too_many_is_told() -> None:
    async with home(FakeSpeaker(), ServiceSettings(max_sessions=1)) as house, house.client() as first:
        await first.write_event(Ping().event())
        await next_of(first, "pong")
        async with house.client() as second:
            assert Error.from_event(await next_of(second, "error")).code == "overloaded"
            assert await second.read_event() is None


@pytest.mark.parametrize("sent", [b"", b'{"type":', b'{"type":"describe","data_length":10}\n{'])
async def test_a_client_that_says_nothing_whole_for_too_long_is_parted_with(sent: bytes) -> None:
    async with home(FakeSpeaker(), ServiceSettings(idle_ms=1)) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(sent)
        assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("asked", [Describe(), Ping("x" * 10_000), Synthesize("A long story. " * 200)])
async def test_a_client_that_does_not_read_for_too_long_leaves_its_place_to_others(asked: Eventable) -> None:
    async with home(FakeSpeaker(ms_per_char=100), ServiceSettings(idle_ms=100)) as house:
        with suppress(ConnectionError):  # which is all that it learns
            async with house.client() as deaf:
                while True:
                    await deaf.write_event(asked.event())
        await house.service._empty.wait()


async def test_draining_lets_a_speech_end_and_parts_with_the_idle() -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(1))
    async with home(speaker) as house, house.client() as idle, house.client() as busy:
        await idle.write_event(Ping().event())
        await next_of(idle, "pong")
        await busy.write_event(SynthesizeStart().event())
        await busy.write_event(SynthesizeChunk("Let me finish. ").event())
        await until(busy, "audio-chunk")
        draining = asyncio.create_task(house.service.drain())
        assert await idle.read_event() is None
        async with house.client() as late:
            assert Error.from_event(await next_of(late, "error")).code == "going_away"
        await busy.write_event(SynthesizeStop().event())
        assert kinds(await until(busy, "synthesize-stopped"))[-2:] == ["audio-stop", "synthesize-stopped"]
        await draining
        assert await busy.read_event() is None


async def test_when_the_grace_is_over_the_rest_is_told_that_the_server_goes() -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(1))
    async with home(speaker, ServiceSettings(grace_ms=0)) as house, house.client() as client:
        await client.write_event(Synthesize("A long text. " * 20).event())
        await until(client, "audio-chunk")
        await house.service.drain()
        assert Error.from_event(await next_of(client, "error")).code == "going_away"
        assert await client.read_event() is None
    assert speaker.live == 0


async def test_the_door_closes_even_if_a_client_does_not_read() -> None:
    speaker = FakeSpeaker(ms_per_char=100)
    async with home(speaker) as house:
        client = house.client()
        await client.connect()
        await client.write_event(Synthesize("x" * 50_000).event())
        await until(client, "audio-chunk")
    assert speaker.live == 0
    await client.disconnect()


async def test_an_address_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = WyomingSettings(uri=f"tcp://127.0.0.1:{taken.getsockname()[1]}")
        service = Service(FakeSpeaker(), ServiceSettings())
        with pytest.raises(InputError, match=r"wyoming\.uri: cannot listen on tcp://127\.0\.0\.1"):
            async with service.lifespan(None), opened(where, service):
                pass


async def test_an_address_that_others_reach_has_to_be_allowed() -> None:
    service = Service(FakeSpeaker(), ServiceSettings())
    with pytest.raises(InputError, match=r"wyoming\.uri: .*--insecure-open"):
        async with service.lifespan(None), opened(WyomingSettings(uri="tcp://0.0.0.0:0"), service):
            pass
