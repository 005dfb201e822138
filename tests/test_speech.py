"""One utterance's life on the real built-in voice: order, marks, interruption, limits, back-pressure, failure."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import numpy as np
import pytest

from kokoro_stream import (
    AudioFrame,
    ClosedError,
    Done,
    Event,
    Failed,
    InputError,
    Interrupted,
    MarkReached,
    SegmentStarted,
    Speaker,
    Speech,
    SpeechConfig,
    TextLimitError,
    TimedWord,
    UnknownLanguageError,
    UnknownVoiceError,
    Warned,
    Words,
)
from kokoro_stream.speech import BUFFERED_MS

TEXT = "Good morning, Anna. The **train** leaves at 10:05 from platform 3. Have a nice trip!"


@pytest.fixture
async def speaker() -> AsyncIterator[Speaker]:
    async with Speaker() as speaker:
        yield speaker


async def heard(speech: Speech) -> list[Event]:
    return [event async for event in speech.events()]


async def everything(speaker: Speaker, text: str, **settings: object) -> list[Event]:
    async with speaker.speak(text, config=SpeechConfig(**settings)) as speech:  # type: ignore[arg-type]
        return await heard(speech)


async def frames_of(speech: Speech) -> list[AudioFrame]:
    async with speech:
        return [frame async for frame in speech]


def pcm(events: list[Event]) -> bytes:
    return b"".join(event.pcm for event in events if isinstance(event, AudioFrame))


async def test_every_word_is_spoken_once_in_order_with_its_place_in_the_text(speaker: Speaker) -> None:
    events = await everything(speaker, TEXT)
    words = [word for event in events if isinstance(event, Words) for word in event.words]
    assert [word.word for word in words] == [TEXT[word.char_start : word.char_end] for word in words]
    assert "".join(word.word for word in words).startswith("GoodmorningAnnaThetrainleavesat")
    assert [word.char_start for word in words] == sorted({word.char_start for word in words})
    assert all(a.end_ms <= b.start_ms + 1e-6 for a, b in pairwise(words))


async def test_announcements_come_before_the_audio_they_describe(speaker: Speaker) -> None:
    audio_ms = 0.0
    for event in await everything(speaker, TEXT):
        match event:
            case AudioFrame():
                assert event.start_ms == pytest.approx(audio_ms)
                audio_ms += 1000 * event.samples / event.sample_rate
            case SegmentStarted():
                assert event.audio_start_ms >= audio_ms - 1e-6
                assert TEXT[event.char_start : event.char_end] == event.text
            case Words():
                assert event.words[0].start_ms >= audio_ms - 1e-6
            case Done():
                assert event.audio_ms == pytest.approx(audio_ms, abs=1)
                assert event.segments == 3


async def test_frames_carry_the_words_that_begin_in_them(speaker: Speaker) -> None:
    events = await everything(speaker, TEXT)
    announced = [word for event in events if isinstance(event, Words) for word in event.words]
    carried = [word for event in events if isinstance(event, AudioFrame) for word in event.words]
    assert carried == announced


async def test_what_is_heard_does_not_depend_on_how_the_text_arrived(speaker: Speaker) -> None:
    whole = await everything(speaker, TEXT)
    async with speaker.speak([TEXT[i : i + 3] for i in range(0, len(TEXT), 3)]) as speech:
        pieces = await heard(speech)
    assert [e for e in pieces if isinstance(e, Words)] == [e for e in whole if isinstance(e, Words)]
    assert len(pcm(pieces)) == len(pcm(whole))


async def test_speech_leaves_before_the_text_is_complete(speaker: Speaker) -> None:
    first_frame = asyncio.Event()

    async def tokens() -> AsyncIterator[str]:
        yield "The first sentence is complete. And then"
        await first_frame.wait()
        yield " comes the rest."

    async with speaker.speak(tokens()) as speech:
        async for event in speech.events():
            if isinstance(event, AudioFrame):
                first_frame.set()
    assert isinstance(event, Done)


async def test_the_silence_before_a_sentence_does_not_wait_for_its_words(speaker: Speaker) -> None:
    whole = await everything(speaker, "Sure! The train leaves at ten.")
    sure = next(event for event in whole if isinstance(event, Words)).words[0]
    over = asyncio.Event()

    async def tokens() -> AsyncIterator[str]:
        yield "Sure! The"
        await over.wait()
        yield " train leaves at ten."

    events = []
    async with asyncio.timeout(10), speaker.speak(tokens()) as speech:
        async for event in speech.events():
            events.append(event)
            if isinstance(event, AudioFrame) and event.start_ms > sure.end_ms + 300:
                over.set()
    assert [e for e in events if isinstance(e, Words)] == [e for e in whole if isinstance(e, Words)]
    assert len(pcm(events)) == len(pcm(whole))


@pytest.mark.parametrize(
    "text",
    [
        "One.<break time='1s'/>Two.",
        "One.<break time='1s'/>你<break time='1s'/>Two.",
        "One.\n你好\n",
        "One.\n你好",
        "One. <break time='2s'/>",
        "<break time='1s'/>One. Two.",
    ],
)
async def test_silence_does_not_depend_on_how_the_text_arrived(speaker: Speaker, text: str) -> None:
    config = SpeechConfig(markup=True, latency="quality")
    whole = await everything(speaker, text, markup=True, latency="quality")
    async with speaker.speak(list(text), config=config) as speech:
        pieces = await heard(speech)
    assert len(pcm(pieces)) == len(pcm(whole))
    assert [e for e in pieces if isinstance(e, Words)] == [e for e in whole if isinstance(e, Words)]


async def test_a_silent_producer_is_not_waited_for(speaker: Speaker) -> None:
    config = SpeechConfig(idle_flush_ms=20)
    async with speaker.speak(config=config) as speech:
        speech.feed("No full stop and nothing more")
        async for event in speech.events():
            if isinstance(event, SegmentStarted):
                assert event.text == "No full stop and nothing more"
                break


async def test_flush_speaks_what_is_there(speaker: Speaker) -> None:
    async with speaker.speak(config=SpeechConfig(idle_flush_ms=60_000)) as speech:
        speech.feed("half a")
        speech.flush()
        speech.feed(" sentence")
        speech.end()
        segments = [event.text for event in await heard(speech) if isinstance(event, SegmentStarted)]
    assert segments == ["half a", "sentence"]


async def test_a_mark_is_reached_where_its_word_begins(speaker: Speaker) -> None:
    async with speaker.speak() as speech:
        speech.feed("One two ")
        speech.mark("three")
        speech.feed("three four. ")
        speech.mark("end")
        speech.end()
        events = await heard(speech)
    words = {word.word: word for event in events if isinstance(event, Words) for word in event.words}
    marks = {event.name: event.audio_ms for event in events if isinstance(event, MarkReached)}
    assert marks["three"] == pytest.approx(words["three"].start_ms)
    assert marks["end"] >= words["four"].end_ms


async def test_a_mark_behind_text_that_has_been_flushed_does_not_wait_for_more(speaker: Speaker) -> None:
    async with speaker.speak(config=SpeechConfig(idle_flush_ms=60_000)) as speech:
        speech.feed("Half a sentence")
        speech.flush()
        speech.mark("here")
        async for event in speech.events():
            if isinstance(event, MarkReached):
                break
        assert event == MarkReached("here", speech._rendering.audio_ms)


@pytest.mark.parametrize("text", ["", "   \n ", "🎉🎉", "---\n\n***"])
async def test_text_without_anything_to_say_ends_normally_with_a_warning_and_a_little_silence(
    speaker: Speaker, text: str
) -> None:
    events = await everything(speaker, text)
    codes = [event.code for event in events if isinstance(event, Warned)]
    assert codes == ["unspoken"] * text.count("🎉") + ["no_speakable_text"]
    assert isinstance(events[-1], Done)
    audio = np.frombuffer(pcm(events), "<i2")
    assert len(audio) == 0.020 * 24000
    assert not audio.any()


async def test_an_interruption_splits_the_text_at_the_last_word_that_had_begun(speaker: Speaker) -> None:
    async with speaker.speak(TEXT) as speech:
        words: tuple[TimedWord, ...] = ()
        async for event in speech.events():
            if isinstance(event, Words):
                words = event.words
            if isinstance(event, AudioFrame) and event.start_ms > 600:
                break
        outcome = await speech.interrupt(words[1].start_ms + 10)
        rest = await heard(speech)
    assert not speaker.busy
    assert rest == [outcome]
    assert outcome.text_spoken == "Good morning"
    assert outcome.text_spoken + outcome.text_remaining == TEXT
    assert outcome.char_index == len("Good morning")


async def test_an_interruption_after_the_end_still_says_what_was_heard(speaker: Speaker) -> None:
    async with speaker.speak(TEXT) as speech:
        events = await heard(speech)
        second = [word for event in events if isinstance(event, Words) for word in event.words][1]
        outcome = await speech.interrupt(second.start_ms + 1)
        assert await heard(speech) == []
    assert outcome.text_spoken == "Good morning"


async def test_nothing_played_means_nothing_heard_and_everything_played_means_all(speaker: Speaker) -> None:
    async with speaker.speak(TEXT) as speech:
        await heard(speech)
        assert (await speech.interrupt(0)).text_spoken == ""
        assert (await speech.interrupt()).text_remaining == ""


async def test_too_much_text_is_refused_whole_and_what_was_taken_is_spoken(speaker: Speaker) -> None:
    async with speaker.speak(config=SpeechConfig(max_waiting_chars=20)) as speech:
        speech.feed("Twelve chars.")
        with pytest.raises(TextLimitError, match="20 are allowed"):
            speech.feed("Eight more")
        speech.end()
        events = await heard(speech)
    assert [event.text for event in events if isinstance(event, SegmentStarted)] == ["Twelve chars."]


async def test_marks_and_flushes_cannot_pile_up(speaker: Speaker) -> None:
    async with speaker.speak(config=SpeechConfig(max_waiting_chars=20, idle_flush_ms=60_000)) as speech:
        speech.feed("Not yet")
        for _ in range(100):
            speech.flush()
        assert len(speech._inbox) <= 2
        async for event in speech.events():
            if isinstance(event, AudioFrame):
                break
        speech.feed("held")

        async def mark_for_ever() -> None:
            while True:
                speech.mark("again")
                await asyncio.sleep(0)

        with pytest.raises(TextLimitError):
            await mark_for_ever()


async def test_text_that_holds_nothing_to_say_does_not_fill_the_limit(speaker: Speaker) -> None:
    code = ["```\n", *["x = 1\n"] * 40, "```\n"]
    async with speaker.speak([*code, "That was it."], config=SpeechConfig(max_waiting_chars=60)) as speech:
        events = await heard(speech)
    assert [event.text for event in events if isinstance(event, SegmentStarted)][-1] == "That was it."
    assert isinstance(events[-1], Done)


async def test_a_source_waits_for_room_and_loses_nothing(speaker: Speaker) -> None:
    sentences = [f"Number {n}. " for n in ("one", "two", "three", "four", "five", "six")]
    async with speaker.speak(sentences, config=SpeechConfig(max_waiting_chars=30)) as speech:
        events = await heard(speech)
    assert [event.text for event in events if isinstance(event, SegmentStarted)] == [s.strip() for s in sentences]


async def test_a_listener_that_does_not_pull_stops_the_work_and_later_gets_it_all(speaker: Speaker) -> None:
    text = "This sentence will be spoken again and again. " * 30
    async with speaker.speak(text) as stalled:
        async for event in stalled.events():
            if isinstance(event, AudioFrame):
                break
        await everything(speaker, text)  # as much time as the stalled one would have needed
        # What the queue holds, and the window of at most 2 s that had been computed when it filled up.
        assert stalled._rendering.audio_ms < BUFFERED_MS + 2500
        rest = await heard(stalled)
    assert isinstance(rest[-1], Done)
    assert rest[-1].segments == 30


async def test_leaving_early_stops_the_machine(speaker: Speaker) -> None:
    async with speaker.speak("A long sentence that nobody is going to hear to its very end. " * 20) as speech:
        async for _ in speech:
            break
    assert not speaker.busy
    assert isinstance((await everything(speaker, "Next."))[-1], Done)


async def test_several_speeches_share_the_machine(speaker: Speaker) -> None:
    texts = [f"This is speech number {n}, and it is spoken along with others." for n in range(5)]
    outcomes = await asyncio.gather(*(everything(speaker, text) for text in texts))
    for text, events in zip(texts, outcomes, strict=True):
        assert isinstance(events[-1], Done)
        assert [event.text for event in events if isinstance(event, SegmentStarted)] == [text]


async def test_a_failing_source_fails_the_speech_and_reaches_the_listener(speaker: Speaker) -> None:
    def tokens() -> Iterator[str]:
        yield "So far so good. "
        raise OSError("the model went away")

    async with speaker.speak(tokens()) as speech:
        events = await heard(speech)
    assert isinstance(events[-1], Failed)
    assert "the model went away" in events[-1].message
    with pytest.raises(OSError, match="the model went away"):
        await frames_of(speaker.speak(tokens()))


@pytest.mark.parametrize(
    ("audio_format", "sample_rate", "bytes_per_sample"),
    [("pcm_s16le", 16000, 2), ("pcm_f32le", 48000, 4), ("mulaw", 8000, 1), ("alaw", 8000, 1)],
)
async def test_audio_comes_in_the_format_and_rate_asked_for(
    speaker: Speaker, audio_format: str, sample_rate: int, bytes_per_sample: int
) -> None:
    plain = await everything(speaker, "Hello there.")
    events = await everything(speaker, "Hello there.", format=audio_format, sample_rate=sample_rate, frame_ms=20)
    frames = [event for event in events if isinstance(event, AudioFrame)]
    assert all(frame.samples == sample_rate // 50 for frame in frames[:-1])
    assert all(len(frame.pcm) == frame.samples * bytes_per_sample for frame in frames)
    seconds = len(pcm(plain)) / 2 / 24000
    assert sum(frame.samples for frame in frames) / sample_rate == pytest.approx(seconds, abs=0.001)


async def test_the_volume_is_a_gain(speaker: Speaker) -> None:
    loud, soft = [await everything(speaker, "Hello there.", volume=volume) for volume in (1.0, 0.25)]
    plain, quiet = np.frombuffer(pcm(loud), "<i2"), np.frombuffer(pcm(soft), "<i2")
    np.testing.assert_allclose(quiet, plain / 4, atol=1)


async def test_bad_settings_are_refused_before_anything_is_spoken(speaker: Speaker) -> None:
    with pytest.raises(UnknownVoiceError):
        speaker.speak("Hi", config=SpeechConfig(voice="af_nobody"))
    with pytest.raises(UnknownLanguageError):
        speaker.speak("Hi", config=SpeechConfig(lang="tlh"))
    with pytest.raises(InputError, match=r"speed: 3\.0 is outside 0\.5–2\.0"):
        SpeechConfig(speed=3.0)


async def test_a_speech_takes_no_text_after_its_end_and_wants_to_be_entered(speaker: Speaker) -> None:
    speech = speaker.speak()
    with pytest.raises(ClosedError, match="async with"):
        await heard(speech)
    async with speech:
        speech.end()
        with pytest.raises(ClosedError, match="ended"):
            speech.feed("too late")
        await heard(speech)


async def test_joins_do_not_click_and_ends_are_quiet(speaker: Speaker) -> None:
    audio = np.frombuffer(pcm(await everything(speaker, TEXT)), "<i2").astype(np.float64) / 32767
    assert abs(audio[0]) < 0.01
    assert abs(audio[-1]) < 0.01
    assert np.abs(audio).max() < 0.95
    # A click is a step; speech of this bandwidth and level does not move by a third of full scale in one sample.
    assert np.abs(np.diff(audio)).max() < 0.33


async def test_an_interruption_is_an_event_of_its_own_kind(speaker: Speaker) -> None:
    async with speaker.speak(TEXT) as speech:
        await speech.interrupt()
        assert [type(event) for event in await heard(speech)] == [Interrupted]
