"""Instruments on the audio that clients receive: it is what the model makes, whole, smooth and evenly loud."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from kokoro_stream.client import connect
from kokoro_stream.events import Done, SegmentStarted, TimedWord
from kokoro_stream.front_end import FrontEnd, Line
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.phonemes.languages import phonemizer
from tests.system.process import PATIENCE_S, Server, all_of, pcm_of, words_of

RATE = 24_000
QUIET = 10 ** (-40 / 20)  # of full scale: what lies below it sounds like a pause beside speech
FADE = RATE // 100  # at either end of a segment; twice what the fades take
TEXT = (
    "Good morning, Anna. The train to the coast leaves at five past ten, from platform three, so we have plenty of "
    "time. Would you like some coffee? An old man, a young woman and three children are waiting there already. Go!"
)

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Take:
    """What a client received of a speech; ``segments`` are the pieces of ``samples`` between their beginnings."""

    samples: Samples
    segments: list[Samples]
    words: list[TimedWord]
    done: Done


async def take(server: Server, text: str = TEXT, voice: str = "") -> Take:
    async with (
        connect(server.url, idle_flush_ms=PATIENCE_S * 1000, voice=voice) as client,
        client.speak(text) as speech,
    ):
        events = await all_of(speech)
    samples = np.frombuffer(pcm_of(events), "<i2").astype(np.float64) / 32767
    starts = [round(event.audio_start_ms * RATE / 1000) for event in events if isinstance(event, SegmentStarted)]
    assert isinstance(events[-1], Done)
    return Take(samples, np.split(samples, starts[1:]), words_of(events), events[-1])


def lines(text: str) -> list[Line]:
    front_end = FrontEnd(phonemizer("en-us"), "balanced", 510)
    return front_end.feed(text) + front_end.flush()


def decoded_whole(model: KokoroModel, line: Line) -> tuple[Samples, int]:
    """A line's audio from one run of the decoder, and the sample of it at which the last word ends."""
    prosody = model.prosody(line.utterance.phonemes, "", 1.0)
    last = int(prosody.durations[: line.utterance.words[-1].last + 1].sum()) * model.card.samples_per_duration
    return model.decode(prosody, slice(0, prosody.frames)).astype(np.float64), last


def sounding(samples: Samples) -> NDArray[np.intp]:
    """Where the samples are that are louder than a pause."""
    return np.flatnonzero(np.abs(samples) > QUIET)


def decibels(samples: Samples) -> float:
    """Of the speech in it: stretches of 20 ms within 30 dB of the loudest."""
    power = (samples[: len(samples) // 480 * 480].reshape(-1, 480) ** 2).mean(1)
    return float(10 * np.log10(power[power > power.max() / 1000].mean()))


async def test_delivered_in_windows_and_frames_a_segment_is_what_one_run_of_the_decoder_makes(
    server: Server, builtin: KokoroModel
) -> None:
    delivered = await take(server)
    spoken = await asyncio.to_thread(lines, TEXT)
    words = iter(delivered.words)
    begins_ms = 0.0
    for line, segment in zip(spoken, delivered.segments, strict=True):
        whole, last = await asyncio.to_thread(decoded_whole, builtin, line)
        *_, last_word = [next(words) for _ in line.utterance.words]
        trimmed = last - round((last_word.end_ms - begins_ms) * RATE / 1000)
        begins_ms += len(segment) * 1000 / RATE
        end = min(len(segment), int(sounding(segment)[-1]))
        expected = whole[trimmed : trimmed + end]
        difference = np.abs(segment[FADE:end] - expected[FADE:])
        # Joins included: they cross from one window to the next where both hold the same.
        assert difference.max() < 1e-3
        assert np.abs(whole[: max(0, trimmed)]).max(initial=0) < QUIET
        assert np.abs(whole[trimmed + len(segment) :]).max(initial=0) < QUIET


async def test_nothing_clips_and_nothing_clicks(server: Server, builtin: KokoroModel) -> None:
    delivered = await take(server)
    assert np.abs(delivered.samples).max() < 0.98
    assert delivered.samples[0] == pytest.approx(0, abs=0.01)
    assert delivered.samples[-1] == pytest.approx(0, abs=0.01)
    spoken = await asyncio.to_thread(lines, TEXT)
    wholes = [(await asyncio.to_thread(decoded_whole, builtin, line))[0] for line in spoken]
    steepest = max(float(np.abs(np.diff(whole)).max()) for whole in wholes)
    # A click is a step that the voice itself does not take.
    assert np.abs(np.diff(delivered.samples)).max() < steepest + 1e-3


async def test_segments_are_parted_by_pauses_of_read_aloud_prose(server: Server) -> None:
    delivered = await take(server)
    for one, other in zip(delivered.segments, delivered.segments[1:], strict=False):
        pause_ms = (len(one) - sounding(one)[-1] + sounding(other)[0]) * 1000 / RATE
        assert 200 < pause_ms < 800


async def test_the_audio_ends_shortly_after_the_last_word(server: Server) -> None:
    delivered = await take(server)
    assert len(delivered.samples) == round(delivered.done.audio_ms * RATE / 1000)
    assert 0 <= delivered.done.audio_ms - delivered.words[-1].end_ms < 500
    last_sound_ms = sounding(delivered.samples)[-1] * 1000 / RATE
    assert 0 < delivered.done.audio_ms - last_sound_ms < 300


async def test_sound_lies_within_the_words_and_silence_between_sentences_does_not(server: Server) -> None:
    delivered = await take(server)
    for word in delivered.words:
        heard = delivered.samples[round(word.start_ms * RATE / 1000) : round(word.end_ms * RATE / 1000)]
        assert np.abs(heard).max() > QUIET, word
    within = np.zeros(len(delivered.samples), bool)
    for word in delivered.words:
        within[round((word.start_ms - 40) * RATE / 1000) : round((word.end_ms + 120) * RATE / 1000)] = True
    energy = delivered.samples**2
    assert energy[within].sum() > 0.99 * energy.sum()


@pytest.mark.parametrize("voice", ["", "am_otto"])
async def test_segments_are_equally_loud(server: Server, voice: str) -> None:
    levels = [decibels(segment) for segment in (await take(server, voice=voice)).segments]
    assert max(levels) - min(levels) < 3
