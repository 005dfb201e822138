"""Sessions against a fake speaker, over a fake socket: what is said in which order, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kokoro_stream.config import SpeechConfig
from kokoro_stream.service import pacing
from kokoro_stream.service.app import create_app, lifespan_of
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker, Peer, fake_samples, peer_of

Heard = list[dict[str, Any]]


@asynccontextmanager
async def session(speaker: FakeSpeaker, settings: ServiceSettings | None = None) -> AsyncIterator[Peer]:
    """A peer that has heard session.created."""
    app = create_app(speaker, settings)
    async with app.router.lifespan_context(app), peer_of(app) as peer:
        assert (await peer.hear())["type"] == "websocket.accept"
        assert (await peer.hear())["type"] == "session.created"
        yield peer


def kinds(heard: Heard) -> list[str]:
    """Types in order, a run of audio as one."""
    found: list[str] = []
    for message in heard:
        if not (message["type"] == "audio" and found and found[-1] == "audio"):
            found.append(message["type"])
    return found


def pcm(heard: Heard) -> bytes:
    return b"".join(message["pcm"] for message in heard if message["type"] == "audio")


def only(heard: Heard, kind: str) -> dict[str, Any]:
    (message,) = [message for message in heard if message["type"] == kind]
    return message


def is_last_audio(message: dict[str, Any]) -> bool:
    return message["type"] == "audio" and bool(message["header"].last)


def words(heard: Heard) -> Iterable[str]:
    return [word["word"] for message in heard if message["type"] == "words" for word in message["words"]]


async def test_a_session_begins_with_what_it_offers() -> None:
    app = create_app(FakeSpeaker())
    async with app.router.lifespan_context(app), peer_of(app) as peer:
        accepted, created = await peer.hear(), await peer.hear()
    assert accepted["subprotocol"] == "kokoro-stream.v1"
    assert created["type"] == "session.created"
    assert created["model"] == "fake"
    assert created["voices"] == ["af_fake", "am_fake"]
    assert created["config"]["max_lead_ms"] == 2000
    assert created["limits"]["max_contexts"] == 8


async def test_a_context_is_spoken_in_order() -> None:
    async with session(FakeSpeaker()) as peer:
        for token in ("Hello wo", "rld. How ar", "e you?"):
            peer.say("text.append", text=token)
        peer.say("text.end")
        heard = await peer.hear_until("context.done")
    segment = ["segment.started", "words", "audio"]
    assert kinds(heard) == ["context.started", *segment, *segment, "context.done"]
    assert words(heard) == ["Hello", "world", "How", "are", "you"]
    assert only(heard, "context.done")["audio_ms"] == len("Hello world.How are you?")


async def test_every_sample_arrives_once() -> None:
    async with session(FakeSpeaker(ms_per_char=5)) as peer:
        peer.say("text.append", text="One two three four five six.")
        peer.say("text.end")
        heard = await peer.hear_until("context.done")
    headers = [message["header"] for message in heard if message["type"] == "audio"]
    samples = round(24 * 5 * len("One two three four five six."))
    assert pcm(heard) == fake_samples(0, samples)
    assert [header.sequence for header in headers] == list(range(len(headers)))
    assert [header.last for header in headers] == [False] * (len(headers) - 1) + [True]
    assert headers[-1].sample_offset == samples


async def test_word_times_are_left_out_when_nobody_wants_them() -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say("session.update", timestamps="none")
        peer.say("text.append", text="Hello.")
        peer.say("text.end")
        heard = await peer.hear_until("context.done")
    assert "words" not in kinds(heard)


async def test_flush_speaks_half_a_sentence_and_the_mark_follows_its_audio() -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say("text.append", text="Half a")
        peer.say("text.flush")
        peer.say("text.mark", name="half")
        heard = await peer.hear_until("mark")
    assert kinds(heard) == ["context.started", "segment.started", "words", "audio", "mark"]
    assert heard[-1] == {"type": "mark", "context": "default", "name": "half", "audio_ms": 6.0}


async def test_a_context_without_a_word_ends_normally() -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say("text.end", context="mute")
        heard = await peer.hear_until("context.done")
    assert kinds(heard) == ["context.started", "warning", "audio", "context.done"]
    assert only(heard, "warning")["code"] == "no_speakable_text"


async def test_contexts_run_side_by_side_and_a_finished_name_is_free_again() -> None:
    async with session(FakeSpeaker()) as peer:
        for context in ("a", "b"):
            peer.say("text.append", text=f"This is {context}.", context=context)
            peer.say("text.end", context=context)
        first, second = await peer.hear_until("context.done"), await peer.hear_until("context.done")
        peer.say("text.append", text="Again.", context="a")
        peer.say("text.end", context="a")
        third = await peer.hear_until("context.done")
    numbers = {message["context"]: message["number"] for message in first + second if "number" in message}
    assert numbers == {"a": 1, "b": 2}
    assert {first[-1]["context"], second[-1]["context"]} == {"a", "b"}
    assert only(third, "context.started")["number"] == 3


async def test_an_interruption_stops_the_audio_and_tells_what_was_heard() -> None:
    speaker = FakeSpeaker(ms_per_char=100)
    async with session(speaker) as peer:
        peer.say("text.append", text="One two three four five six seven eight nine ten. And more")
        for _ in range(12):  # 480 ms
            await peer.hear_until("audio")
        peer.say("interrupt", context="default", played_ms=450)
        heard = await peer.hear_until("context.interrupted")
        made = speaker.frames_made
        peer.say("ping", t=7)
        after = await peer.hear_until("pong")
    interrupted = heard[-1]
    assert interrupted["text_spoken"] == "One two"
    assert interrupted["text_spoken"] + interrupted["text_remaining"] == (
        "One two three four five six seven eight nine ten. And more"
    )
    assert interrupted["char_index"] == 7
    assert interrupted["audio_played_ms"] == 450
    assert kinds(after) == ["pong"]
    assert speaker.frames_made == made
    assert speaker.live == 0


async def test_an_interruption_while_nothing_is_being_made_is_heard() -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(0))
    async with session(speaker) as peer:
        peer.say("text.append", text="Never heard. ")
        await peer.hear_until("words")
        peer.say("interrupt")
        heard = await peer.hear_until("context.interrupted")
    assert heard[-1]["text_spoken"] == ""
    assert heard[-1]["text_remaining"] == "Never heard. "


async def test_what_was_sent_but_not_played_can_still_be_interrupted() -> None:
    async with session(FakeSpeaker(ms_per_char=50)) as peer:
        peer.say("text.append", text="One two three.")
        peer.say("text.end")
        heard = await peer.hear_until("audio")
        while not is_last_audio(heard[-1]):
            heard.append(await peer.hear())
        peer.say("interrupt", played_ms=60)
        (terminal,) = await peer.hear_until("context.interrupted")
    assert terminal["text_spoken"] == "One"
    assert terminal["text_remaining"] == " two three."


async def test_an_ack_of_everything_ends_the_context_at_once() -> None:
    settings = ServiceSettings(max_lead_ms=600_000)
    async with session(FakeSpeaker(ms_per_char=60_000), settings) as peer:
        peer.say("session.update", frame_ms=200)
        peer.say("text.append", text="Oh.")
        peer.say("text.end")
        heard = await peer.hear_until("audio")
        while not is_last_audio(heard[-1]):
            heard.append(await peer.hear())
        peer.say("playback.ack", context="default", played_ms=180_000)
        (done,) = await peer.hear_until("context.done")
    assert done["audio_ms"] == 180_000


async def test_audio_stays_within_the_lead_until_the_listener_acknowledges() -> None:
    async with session(FakeSpeaker(ms_per_char=1000)) as peer:
        peer.say("session.update", frame_ms=200, max_lead_ms=1000)
        peer.say("text.append", text="Much too long to be played in this test.")
        peer.say("text.flush")
        peer.say("text.mark", name="end")
        for _ in range(5):
            await peer.hear_until("audio")
        peer.say("playback.ack", context="default", played_ms=1000)
        for _ in range(5):
            await peer.hear_until("audio")
        peer.say("interrupt", context="default")
        (interrupted,) = [m for m in await peer.hear_until("context.interrupted") if m["type"] != "audio"]
    # The lead is 1 s; the clock may add a frame or two while the test runs, never the 40 s that were there to send.
    assert 1000 <= interrupted["audio_played_ms"] < 4000
    assert interrupted["audio_sent_ms"] < 8000


async def test_by_acks_a_context_gets_its_head_start_and_then_follows_the_listener() -> None:
    async with session(FakeSpeaker(ms_per_char=100)) as peer:
        peer.say("session.update", frame_ms=100, pace="acks")
        peer.say("text.append", text="Twenty characters...")
        peer.say("text.end")
        for _ in range(5):
            await peer.hear_until("audio")
        peer.say("ping")
        assert [message["type"] for message in await peer.hear_until("pong")] == ["pong"]  # the head start is over
        peer.say("playback.ack", context="default", played_ms=100)
        heard = await peer.hear_until("audio")
        while not is_last_audio(heard[-1]):
            heard = await peer.hear_until("audio")
        peer.say("playback.ack", context="default", played_ms=2000)
        assert kinds(await peer.hear_until("context.done")) == ["context.done"]


async def test_by_acks_a_listener_that_falls_silent_ends_its_context_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "SILENCE_MS", 20)
    speaker = FakeSpeaker(ms_per_char=100)
    async with session(speaker) as peer:
        peer.say("session.update", pace="acks")
        peer.say("text.append", text="Is anybody there? ")
        (error,) = [message for message in await peer.hear_until("error") if message["type"] == "error"]
        assert (error["code"], error["ends_context"], error["fatal"]) == ("listener_silent", True, False)
        assert speaker.live == 0
        peer.say("ping")
        assert kinds(await peer.hear_until("pong")) == ["pong"]


async def test_a_gap_is_noted_and_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with session(FakeSpeaker(ms_per_char=10)) as peer:
        peer.say("text.append", text="Hello there. ")
        await peer.hear_until("audio")
        peer.say("playback.gap", context="default", first_sequence=0, last_sequence=1, missing_ms=80)
        peer.say("text.end")
        await peer.hear_until("context.done")
    assert "messages 0 to 1 (80 ms)" in caplog.text


async def test_changes_apply_to_the_contexts_that_start_later() -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say("text.append", text="Old. ", context="old")
        peer.say("session.update", sample_rate=8000, voice="am_fake")
        peer.say("text.end", context="old")
        peer.say("text.append", text="New.", context="new")
        peer.say("text.end", context="new")
        heard = await peer.hear_until("context.done") + await peer.hear_until("context.done")
    assert only(heard, "session.updated")["config"]["voice"] == "am_fake"
    numbers = {message["context"]: message["number"] for message in heard if "number" in message}
    size = dict.fromkeys(numbers, 0)
    for name, number in numbers.items():
        size[name] = sum(len(m["pcm"]) for m in heard if m["type"] == "audio" and m["header"].context == number)
    assert size == {"old": 4 * 24 * 2, "new": 4 * 8 * 2}


@pytest.mark.parametrize(
    ("update", "code", "names"),
    [
        ({"voice": "nobody"}, "unknown_voice", "nobody"),
        ({"lang": "tlh"}, "unknown_language", "tlh"),
        ({"speed": 9}, "invalid_value", "speed"),
        ({"volume": 2.5}, "invalid_value", "volume"),
        ({"pace": "slow"}, "bad_message", "pace"),
        ({"frame_ms": 1}, "invalid_value", "frame_ms"),
        ({"max_lead_ms": 1}, "invalid_value", "max_lead_ms"),
        ({"sample_rate": 10**400}, "bad_message", "sample_rate"),
        ({"speed": 10**400}, "bad_message", "speed"),
        ({"format": "mp3"}, "bad_message", "format"),
        ({"code": "sing"}, "bad_message", "code"),
        ({"emoji": 1}, "bad_message", "emoji"),
        ({"markup": "yes"}, "bad_message", "markup"),
        ({"lexicon": {str(word): "x" for word in range(201)}}, "bad_message", "lexicon"),
        ({"lexicon": {"word": ["x"]}}, "bad_message", "lexicon"),
        ({"voice": None}, "bad_message", "voice"),
        ({"max_lead_ms": "fast"}, "bad_message", "max_lead_ms"),
    ],
)
async def test_a_refused_change_names_the_field_and_changes_nothing(
    update: dict[str, Any], code: str, names: str
) -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say("session.update", **update, latency="low")
        refusal = await peer.hear()
        peer.say("session.update")
        unchanged = await peer.hear()
    assert (refusal["type"], refusal["code"], refusal["fatal"]) == ("error", code, False)
    assert names in refusal["message"]
    assert unchanged["config"]["latency"] == "balanced"


async def test_bare_audio_is_of_one_context_at_a_time() -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say("session.update", binary_header=False)
        peer.say("text.append", text="One. ", context="a")
        peer.say("text.append", text="Two. ", context="b")
        peer.say("session.update", binary_header=True)
        peer.say("text.end", context="a")
        heard: Heard = [{}]
        while "context.done" not in (heard[-1].get("text") or ""):
            heard.append(dict(await peer.from_app.get()))
    texts = [message["text"] for message in heard if message.get("text")]
    audio = b"".join(message["bytes"] for message in heard if message.get("bytes") is not None)
    assert audio == fake_samples(0, 4 * 24)
    assert any("too_many_contexts" in text for text in texts)
    assert any("binary_header" in text and "invalid_value" in text for text in texts)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_json"),
        ("", "bad_json"),
        ("nonsense", "bad_json"),
        ("[1]", "bad_message"),
        ('{"text": "no type"}', "bad_message"),
        ('{"type": "text.shout"}', "unknown_type"),
        ('{"type": "text.append"}', "bad_message"),
        ('{"type": "text.append", "text": 5}', "bad_message"),
        ('{"type": "text.append", "text": "x", "context": ""}', "bad_message"),
        ('{"type": "text.append", "text": "x", "context": "' + "c" * 65 + '"}', "bad_message"),
        ('{"type": "text.append", "text": "' + "x" * 65_537 + '"}', "bad_message"),
        ('{"type": "playback.ack", "context": "c", "played_ms": -1}', "bad_message"),
        ('{"type": "playback.ack", "context": "c", "played_ms": NaN}', "bad_json"),
        ('{"type": "text.flush", "context": "never"}', "unknown_context"),
        ('{"type": "interrupt", "context": "never"}', "unknown_context"),
        ('{"type": "ping", "deep": ' + "[" * 50_000 + "]" * 50_000 + "}", "bad_json"),
    ],
)
async def test_a_bad_message_is_one_clear_error_and_the_session_goes_on(text: str, code: str) -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say_raw(text)
        refusal = await peer.hear()
        peer.say("text.append", text="Fine.")
        peer.say("text.end")
        heard = await peer.hear_until("context.done")
    assert (refusal["type"], refusal["code"], refusal["fatal"]) == ("error", code, False)
    assert words(heard) == ["Fine"]


async def test_a_binary_message_is_refused() -> None:
    async with session(FakeSpeaker()) as peer:
        peer.to_app.put_nowait({"type": "websocket.receive", "bytes": b"\x00"})
        assert (await peer.hear())["code"] == "bad_message"


async def test_a_message_too_long_ends_the_session() -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say("ping", padding="x" * (1 << 20))
        refusal, closed = await peer.hear(), await peer.hear()
    assert (refusal["code"], refusal["fatal"]) == ("too_big", True)
    assert (closed["type"], closed["code"]) == ("websocket.close", 1009)


async def test_text_beyond_the_limit_is_refused_and_what_was_there_is_spoken() -> None:
    settings = ServiceSettings(speech=SpeechConfig(max_waiting_chars=20))
    speaker = FakeSpeaker(gate=asyncio.Semaphore(0))
    async with session(speaker, settings) as peer:
        peer.say("text.append", text="x" * 15)
        peer.say("text.append", text="y" * 15)
        refusal = (await peer.hear_until("error"))[-1]
        assert speaker.gate is not None
        speaker.gate.release()
        peer.say("text.end")
        heard = await peer.hear_until("context.done")
    assert (refusal["code"], refusal["context"], refusal["ends_context"]) == ("text_limit", "default", False)
    assert words(heard) == ["x" * 15]


async def test_control_characters_and_half_an_emoji_do_no_harm() -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say_raw('{"type": "text.append", "text": "A\\u0000b \\ud83d"}')
        peer.say_raw('{"type": "text.append", "text": "\\ude00 \\\\ud83d c."}')
        peer.say("text.end")
        heard = await peer.hear_until("context.done")
    assert only(heard, "segment.started")["text"] == "A\0b \ufffd\ufffd \\ud83d c."


@pytest.mark.parametrize("word", ["explode", "fail"])
async def test_a_failing_speech_ends_its_context_and_no_other(word: str, caplog: pytest.LogCaptureFixture) -> None:
    speaker = FakeSpeaker()
    async with session(speaker) as peer:
        peer.say("text.append", text=f"I will {word}. ", context="bad")
        failed = await peer.hear_until("error")
        peer.say("text.append", text="I am fine.", context="good")
        peer.say("text.end", context="good")
        heard = await peer.hear_until("context.done")
    assert (failed[-1]["context"], failed[-1]["ends_context"], failed[-1]["fatal"]) == ("bad", True, False)
    assert heard[-1]["context"] == "good"
    assert speaker.live == 0
    assert ("asked to explode" in caplog.text) == (word == "explode")


async def test_text_on_its_way_to_a_failed_context_does_not_begin_another() -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say("text.append", text="I will fail. ")
        await peer.hear_until("error")
        peer.say("text.append", text="And this ")
        crossed = await peer.hear()
        peer.say("text.end")
        peer.say("text.append", text="Once more.")
        peer.say("text.end")
        heard = await peer.hear_until("context.done")
    assert (crossed["type"], crossed["code"], crossed["ends_context"]) == ("error", "context_failed", False)
    assert words(heard) == ["Once", "more"]


async def test_one_context_too_many_is_refused_with_the_time_to_come_back_and_no_other_is_harmed() -> None:
    async with session(FakeSpeaker(places=1)) as peer:
        peer.say("text.append", text="I was here before. ", context="first")
        await peer.hear_until("audio")
        peer.say("text.append", text="", context="second")
        assert (await peer.hear_until("context.started"))[-1]["context"] == "second"
        peer.say("text.append", text="Me too. ", context="second")
        refused = (await peer.hear_until("error"))[-1]
        peer.say("text.end", context="second")
        peer.say("text.append", text="Still here.", context="first")
        peer.say("text.end", context="first")
        heard = await peer.hear_until("context.done")
        peer.say("text.append", text="Me too.", context="second")
        peer.say("text.end", context="second")
        later = await peer.hear_until("context.done")
    assert {name: refused[name] for name in ("code", "context", "ends_context", "fatal", "retry_after_ms")} == {
        "code": "overloaded",
        "context": "second",
        "ends_context": True,
        "fatal": False,
        "retry_after_ms": 250,
    }
    assert words(heard) == ["Still", "here"]
    assert words(later) == ["Me", "too"]


async def test_the_priority_of_a_session_reaches_its_speeches() -> None:
    speaker = FakeSpeaker()
    async with session(speaker) as peer:
        peer.say("session.update", priority="bulk")
        updated = await peer.hear()
        peer.say("text.end")
        await peer.hear_until("context.done")
        peer.say("session.update", priority="urgent")
        refusal = await peer.hear()
    assert updated["config"]["priority"] == "bulk"
    assert [config.priority for config in speaker.configs] == ["bulk"]
    assert (refusal["code"], "priority" in refusal["message"]) == ("bad_message", True)


async def test_what_a_session_says_of_its_text_reaches_its_speeches() -> None:
    speaker = FakeSpeaker()
    settings = ServiceSettings(speech=SpeechConfig(lexicon={"nginx": "engine x", "SQL": "sequel"}))
    async with session(speaker, settings) as peer:
        peer.say("session.update", code="read", emoji="name", markup=True, lexicon={"SQL": "/ˌɛskjˌuˈɛl/"})
        updated = await peer.hear()
        peer.say("text.end")
        await peer.hear_until("context.done")
    (config,) = speaker.configs
    assert (config.code, config.emoji, config.markup) == ("read", "name", True)
    assert config.lexicon == {"SQL": "/ˌɛskjˌuˈɛl/"}
    assert updated["config"]["lexicon"] == {"SQL": "/ˌɛskjˌuˈɛl/"}


async def test_a_client_that_vanishes_stops_the_work() -> None:
    speaker = FakeSpeaker(ms_per_char=1000)
    async with session(speaker) as peer:
        peer.say("text.append", text="A very long reply that nobody will hear to its end. And more.")
        await peer.hear_until("audio")
        assert speaker.live == 1
    assert speaker.live == 0
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith(("speak", "stop", "read"))]


async def test_a_client_that_does_not_read_stops_the_work_and_loses_nothing() -> None:
    speaker = FakeSpeaker()
    async with session(speaker) as peer:
        peer.readable.clear()
        peer.say("text.append", text="Word " * 80 + "end.")
        peer.say("text.end")
        for _ in range(1000):  # however long the loop turns
            await asyncio.sleep(0)
        assert speaker.frames_made <= 1
        peer.readable.set()
        heard = await peer.hear_until("context.done")
    assert pcm(heard) == fake_samples(0, 24 * 404)


async def test_an_interruption_is_heard_although_the_client_does_not_read() -> None:
    speaker = FakeSpeaker()
    async with session(speaker) as peer:
        peer.say("text.append", text="Word " * 80 + "end. ")
        await peer.hear_until("audio")
        peer.readable.clear()
        peer.say("interrupt")
        await speaker.interrupted.wait()
        peer.readable.set()
        heard = await peer.hear_until("context.interrupted")
    assert len([message for message in heard if message["type"] == "audio"]) <= 1


async def test_closing_with_drain_speaks_what_was_sent() -> None:
    async with session(FakeSpeaker()) as peer:
        peer.say("text.append", text="Said to the end")
        peer.say("session.close")
        peer.say("text.append", text="Too late.", context="late")
        heard = await peer.hear_until("websocket.close")
    assert only(heard, "error")["code"] == "session_closing"
    assert words(heard) == ["Said", "to", "the", "end"]
    assert kinds(heard)[-3:] == ["context.done", "session.goodbye", "websocket.close"]
    assert heard[-2]["reason"] == "closed"
    assert heard[-1]["code"] == 1000


async def test_closing_without_drain_interrupts() -> None:
    async with session(FakeSpeaker(ms_per_char=1000)) as peer:
        peer.say("text.append", text="Not said to the end", context="a")
        peer.say("text.append", text="Nor this", context="b")
        peer.say("session.close", drain=False)
        heard = await peer.hear_until("websocket.close")
    terminal = [message["context"] for message in heard if message["type"] == "context.interrupted"]
    assert sorted(terminal) == ["a", "b"]
    assert kinds(heard)[-2:] == ["session.goodbye", "websocket.close"]


async def test_an_idle_session_is_closed() -> None:
    async with session(FakeSpeaker(), ServiceSettings(idle_ms=20)) as peer:
        goodbye, closed = await peer.hear(), await peer.hear()
    assert goodbye == {"type": "session.goodbye", "reason": "idle"}
    assert closed["code"] == 4408


async def test_a_session_that_closes_still_owes_the_end_of_each_context() -> None:
    app = create_app(FakeSpeaker())
    async with lifespan_of(app)(app), peer_of(app) as peer:
        peer.say("text.append", text="Hello.")
        peer.say("text.end")
        while (heard := await peer.hear())["type"] != "audio" or not heard["header"].last:
            pass
        peer.readable.clear()
        peer.say("playback.ack", context="default", played_ms=60_000)
        for _ in range(20):
            await asyncio.sleep(0)  # until context.done waits for the client to read
        peer.say("session.close")
        for _ in range(20):
            await asyncio.sleep(0)
        peer.readable.set()
        ends = await peer.hear_until("websocket.close")
    assert [message["type"] for message in ends] == ["context.done", "session.goodbye", "websocket.close"]
