"""A speech with a sound before it: nothing is lost, and every time is later by its length."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from kokoro_stream.audio.chime import LENGTH_MS, chime
from kokoro_stream.audio.pcm import encode
from kokoro_stream.config import AudioFormat, SpeechConfig
from kokoro_stream.events import AudioFrame, Done, Event, Failed, Interrupted, MarkReached, SegmentStarted, Words
from kokoro_stream.service.mqtt.chimed import ChimingSpeaker
from kokoro_stream.service.speaker import Speaker
from tests.fakes import FakeSpeaker

TEXT = "Dinner is ready. Come down!"


async def spoken(speaker: Speaker, text: str, **settings: object) -> list[Event]:
    async with speaker.speak(config=SpeechConfig(**settings)) as speech:  # type: ignore[arg-type]
        speech.feed(text)
        speech.mark("end")
        speech.end()
        return [event async for event in speech.events()]


def audio(events: list[Event]) -> list[AudioFrame]:
    return [event for event in events if isinstance(event, AudioFrame)]


@pytest.mark.parametrize(("encoding", "rate"), [("pcm_s16le", 24000), ("mulaw", 8000), ("pcm_f32le", 48000)])
async def test_the_sound_comes_first_in_the_speechs_format(encoding: AudioFormat, rate: int) -> None:
    frames = audio(await spoken(ChimingSpeaker(FakeSpeaker()), TEXT, format=encoding, sample_rate=rate))
    sound = encode(chime(rate), encoding)
    assert b"".join(frame.pcm for frame in frames)[: len(sound)] == sound
    for before, after in pairwise(frames):
        assert after.sample_offset == before.sample_offset + before.samples
        assert after.start_ms == pytest.approx(before.start_ms + 1000 * before.samples / rate)


async def test_what_follows_is_the_same_but_later() -> None:
    plain, chimed = await spoken(FakeSpeaker(), TEXT), await spoken(ChimingSpeaker(FakeSpeaker()), TEXT)
    added = len(chimed) - len(plain)
    for before, after in zip(plain, chimed[added:], strict=True):
        match before, after:
            case AudioFrame(), AudioFrame():
                assert (before.pcm, before.start_ms + LENGTH_MS) == (after.pcm, after.start_ms)
            case Words(), Words():
                assert [word.start_ms + LENGTH_MS for word in before.words] == [word.start_ms for word in after.words]
                assert [word.end_ms + LENGTH_MS for word in before.words] == [word.end_ms for word in after.words]
                assert [replace(word, start_ms=0, end_ms=0) for word in before.words] == [
                    replace(word, start_ms=0, end_ms=0) for word in after.words
                ]
            case SegmentStarted(), SegmentStarted():
                assert after == replace(before, audio_start_ms=before.audio_start_ms + LENGTH_MS)
            case MarkReached(), MarkReached():
                assert after == replace(before, audio_ms=before.audio_ms + LENGTH_MS)
            case Done(), Done():
                assert after == replace(before, audio_ms=before.audio_ms + LENGTH_MS)
            case _:
                pytest.fail(f"{after} came in place of {before}")


async def test_the_volume_is_that_of_the_speech() -> None:
    (first, *_) = audio(await spoken(ChimingSpeaker(FakeSpeaker()), TEXT, volume=0.0))
    assert not np.frombuffer(first.pcm, "<i2").any()


async def test_no_sound_before_a_speech_that_fails_at_once() -> None:
    (only,) = await spoken(ChimingSpeaker(FakeSpeaker(places=0)), TEXT)
    assert isinstance(only, Failed)


@pytest.mark.parametrize(
    ("played_ms", "text_spoken"), [(LENGTH_MS / 2, ""), (LENGTH_MS + 8, "Dinner is"), (LENGTH_MS + 99, TEXT[:-1])]
)
async def test_what_was_heard_counts_without_the_sound(played_ms: float, text_spoken: str) -> None:
    async with ChimingSpeaker(FakeSpeaker()).speak(config=SpeechConfig()) as speech:
        speech.feed(TEXT)
        speech.end()
        events = [event async for event in speech.events()]
        outcome = await speech.interrupt(played_ms)
    assert outcome == Interrupted(
        sum(1000 * frame.samples / frame.sample_rate for frame in audio(events)),
        played_ms,
        text_spoken,
        TEXT[len(text_spoken) :],
        len(text_spoken),
    )


async def test_an_interruption_ends_the_events() -> None:
    async with ChimingSpeaker(FakeSpeaker()).speak(config=SpeechConfig()) as speech:
        speech.feed(TEXT)
        stream = speech.events()
        assert isinstance(await anext(stream), AudioFrame)
        outcome = await speech.interrupt()
        events = [event async for event in stream]
    assert isinstance(events[-1], Interrupted)
    assert (events[-1].text_spoken, events[-1].text_remaining) == (outcome.text_spoken, outcome.text_remaining)
    assert outcome.text_spoken == ""


async def test_it_answers_for_the_speaker_that_it_wraps() -> None:
    inner = FakeSpeaker()
    async with ChimingSpeaker(inner) as speaker:
        assert inner.entered
        assert (speaker.voices, speaker.model_name, speaker.provider) == (inner.voices, "fake", "none")
        speaker.check(SpeechConfig())
    assert not inner.entered
