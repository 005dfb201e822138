"""What a speech asks of its model, and when; and whether it may begin. With a fake model."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace as replace_card

from kokoro_stream.config import SpeechConfig
from kokoro_stream.engine.cost import Costs
from kokoro_stream.engine.engine import Engine
from kokoro_stream.errors import ClosedError, OverloadedError
from kokoro_stream.events import AudioFrame, Done, Event, Failed, SegmentStarted, TimedWord, Warned, Words
from kokoro_stream.front_end import Line
from kokoro_stream.rendering import EXPECTED_PHONEMES, PAUSE_MS
from kokoro_stream.speech import Speech, Text
from kokoro_stream.text.directions import Dropped
from tests.fake_model import FRAMES_PER_PHONEME, PADDING, SILENCE, FakeFrontEnd, FakeModel

LONG = "a" * 30  # three seconds
LONGER = "b" * 120


class Stage:
    """A fake model with an engine, on a machine on which speech costs ``cost`` seconds a second."""

    def __init__(self, cost: float) -> None:
        self.model = FakeModel()
        self.engine = Engine(Costs(prosody=0.0, phonemes=100, decoder=cost * 10, frames=400, audio=10.0))
        self.thread = ThreadPoolExecutor(1)

    def speak(self, text: Text | None = None, *, front_end: Any = FakeFrontEnd, **settings: Any) -> Speech:
        model: Any = self.model
        return Speech(model, self.engine, front_end, self.thread, SpeechConfig(**settings), text)

    def asked(self, what: str, line: str | None = None) -> list[Any]:
        return [asked for asked in self.model.asked if asked.what == what and line in (None, asked.line)]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage(0.01)
    async with stage.engine:
        yield stage
    stage.thread.shutdown()


@pytest.fixture
async def crowded() -> AsyncIterator[Stage]:
    """It has room for one."""
    stage = Stage(0.9)
    async with stage.engine:
        yield stage
    stage.thread.shutdown()


async def heard(speech: Speech) -> list[Event]:
    return [event async for event in speech.events()]


async def all_of(speech: Speech) -> list[Event]:
    async with speech:
        return await heard(speech)


async def test_every_frame_is_decoded_once_with_its_context(stage: Stage) -> None:
    events = await all_of(stage.speak(LONG))
    kept = [asked.frames for asked in stage.asked("decode")]
    frames = len(LONG) * FRAMES_PER_PHONEME + 2 * (PADDING - SILENCE)
    margin = stage.model.card.margin_frames
    assert kept[0].start == SILENCE - margin
    assert kept[-1].stop == SILENCE + frames + margin
    assert all(later.start == earlier.stop - 2 * margin for earlier, later in pairwise(kept))
    samples = sum(event.samples for event in events if isinstance(event, AudioFrame))
    assert samples == pytest.approx(frames * 600, abs=1440)  # the ends are brought to measure


async def test_words_sound_when_they_are_said_to_though_silence_is_not_decoded(stage: Stage) -> None:
    events = await all_of(stage.speak("one two"))
    first, second = (event.words[0] for event in events if isinstance(event, Words))
    assert first.start_ms == pytest.approx((PADDING - SILENCE) * 25)
    assert first.end_ms - first.start_ms == pytest.approx(3 * FRAMES_PER_PHONEME * 25)
    assert second.start_ms > first.end_ms


async def test_words_are_told_when_the_card_says_that_they_sound(stage: Stage) -> None:
    usual = words_of(await all_of(stage.speak("one two.")))
    stage.model.card = replace_card(stage.model.card, lead_ms=25.0)
    early = words_of(await all_of(stage.speak("one two.")))
    assert [(word.start_ms + 25, word.end_ms + 25) for word in early] == [(w.start_ms, w.end_ms) for w in usual]


async def test_a_curve_that_tells_what_is_audible_bounds_the_words(stage: Stage) -> None:
    usual = words_of(await all_of(stage.speak("one two.")))
    stage.model.card = replace_card(stage.model.card, quiet_energy=0.5)  # all of the fake's energy is 1
    assert words_of(await all_of(stage.speak("one two."))) == usual
    stage.model.card = replace_card(stage.model.card, quiet_energy=1.5)  # none is: it does not tell
    assert words_of(await all_of(stage.speak("one two."))) == usual


def words_of(events: list[Event]) -> list[TimedWord]:
    return [word for event in events if isinstance(event, Words) for word in event.words]


class Directed(FakeFrontEnd):
    """Says "r…" at double speed, and "p…" after a second of silence and with a warning."""

    def _lines(self, words: list[str], start: int) -> list[Line]:
        return [self._directed(line) for line in super()._lines(words, start)]

    def _directed(self, line: Line) -> Line:
        if line.utterance.phonemes.startswith("r"):
            return replace(line, rate=2.0)
        if line.utterance.phonemes.startswith("p"):
            return replace(line, pause_ms=1000, warnings=(Dropped(1, 2, "an emoji"),))
        return line

    @property
    def coming(self) -> int | None:
        return 1000 if self._held.startswith("p") else super().coming


async def test_markup_changes_the_speed_within_what_a_voice_can_do(stage: Stage) -> None:
    await all_of(stage.speak("one rate", front_end=Directed))
    await all_of(stage.speak("rat", front_end=Directed, speed=1.5))
    assert [(asked.line, asked.speed) for asked in stage.asked("prosody")] == [("one", 1), ("rate", 2), ("rat", 2)]


async def test_markup_asks_for_silence_in_place_of_the_usual(stage: Stage) -> None:
    events = await all_of(stage.speak("one pause", front_end=Directed))
    first, second = (event.words[0] for event in events if isinstance(event, Words))
    tail = PADDING * 25  # of the model's own silence, about a word's ends
    assert second.start_ms - first.end_ms == pytest.approx(1000, abs=2 * tail)
    samples = sum(event.samples for event in events if isinstance(event, AudioFrame))
    assert samples / 24 >= second.end_ms
    assert [event for event in events if isinstance(event, Warned)] == [
        Warned("unspoken", "not spoken: an emoji", 1, 2)
    ]


async def test_the_first_window_is_short_and_the_next_line_has_no_need_for_one(stage: Stage) -> None:
    await all_of(stage.speak(f"{LONG} {LONG}b"))
    assert len(stage.asked("decode", LONG)[0].frames) == 10 + 2 * 2
    assert len(stage.asked("decode", LONG + "b")[0].frames) > 20


async def test_nobody_waits_for_the_windows_of_bulk(stage: Stage) -> None:
    await all_of(stage.speak(LONG, priority="bulk"))
    assert len(stage.asked("decode")[0].frames) == 40 + 2 * 2


async def test_the_ends_of_what_sounds_have_as_much_context_as_any_window(stage: Stage) -> None:
    await all_of(stage.speak(LONG))
    first, *_, last = stage.asked("decode")
    overlap = 1  # a frame of the context behind a window is heard where it is faded into the next
    assert first.context == (2, 2 - overlap)
    assert last.context == (2, 2)


async def test_context_is_less_where_the_line_ends_before_it_does(stage: Stage) -> None:
    stage.model.card = replace_card(stage.model.card, margin_frames=SILENCE + 1)
    await all_of(stage.speak(LONG))
    first, *_, last = stage.asked("decode")
    assert first.context[0] == first.frames.start + SILENCE == SILENCE
    assert last.context[1] == SILENCE


async def test_every_window_of_a_line_is_normalised_as_its_sentence_is(stage: Stage) -> None:
    await all_of(stage.speak(f"{LONG} {LONGER}"))
    for line, sentence in ((LONG, 1), (LONGER, 2)):
        windows = [asked.sentence for asked in stage.asked("decode", line)]
        assert len(windows) > 1
        assert {*windows} == {sentence}


@pytest.mark.parametrize(
    ("first", "row"), [("Well", EXPECTED_PHONEMES), (LONG, EXPECTED_PHONEMES), (LONGER, len(LONGER))]
)
async def test_all_lines_of_a_speech_take_their_style_from_the_row_of_the_sentence_expected(
    stage: Stage, first: str, row: int
) -> None:
    await all_of(stage.speak(f"{first} {LONG} {LONGER} end"))
    assert [asked.row for asked in stage.asked("prosody")] == [row] * 4


async def test_the_next_line_is_prepared_while_the_listener_hears_the_one_before(stage: Stage) -> None:
    async with stage.speak(f"{LONGER} {LONG}") as speech:
        end = len(LONGER) * FRAMES_PER_PHONEME + 2 * PADDING - SILENCE
        margin = stage.model.card.margin_frames
        heard_ms = 0.0
        async for frame in speech:
            heard_ms = frame.start_ms
            if stage.asked("decode", LONGER)[-1].frames.stop == end + margin:
                break
            assert not stage.asked("prosody", LONG)  # it would be of no use yet
        await asyncio.to_thread(stage.model.wait_for, "prosody", LONG)
        assert heard_ms < end * 25 - 500


async def test_the_silence_before_a_line_does_not_wait_for_how_it_will_be_said(stage: Stage) -> None:
    may_go_on = threading.Event()
    prosody = stage.model.prosody

    def slow(phonemes: str, *rest: Any, **more: Any) -> Any:
        assert phonemes == "one" or may_go_on.wait(10)
        return prosody(phonemes, *rest, **more)

    stage.model.prosody = slow  # type: ignore[method-assign]
    async with stage.speak("one two ") as speech:
        async for frame in speech:
            if frame.start_ms > len("one") * FRAMES_PER_PHONEME * 25 + PAUSE_MS["sentence"] - 100:
                may_go_on.set()


async def test_nothing_is_prepared_before_the_first_window(stage: Stage) -> None:
    await all_of(stage.speak(f"{LONG} {LONGER} end"))
    assert [asked.what for asked in stage.model.asked[:2]] == ["prosody", "decode"]


async def test_lines_come_in_order_though_they_are_prepared_ahead(stage: Stage) -> None:
    text = "one two three four five six seven"
    events = await all_of(stage.speak(text))
    assert " ".join(event.text for event in events if isinstance(event, SegmentStarted)) == text
    assert [word.word for event in events if isinstance(event, Words) for word in event.words] == text.split()


async def test_a_line_that_cannot_be_said_fails_the_speech(stage: Stage) -> None:
    last = (await all_of(stage.speak("Oh! And so on")))[-1]
    assert last == Failed("model", "it cannot be said")
    assert isinstance((await all_of(stage.speak("Another")))[-1], Done)


async def test_one_speech_too_many_fails_and_says_when_to_come_back(crowded: Stage) -> None:
    async with crowded.speak() as first:
        first.feed(f"{LONG} ")
        await anext(aiter(first))
        refused = (await all_of(crowded.speak("Me too")))[-1]
        with pytest.raises(OverloadedError, match="busy") as error:
            async with crowded.speak("Me too") as speech:
                await anext(aiter(speech))
        first.end()
        assert isinstance((await heard(first))[-1], Done)
    assert isinstance(refused, Failed)
    assert refused.code == "overloaded"
    assert refused.retry_after_ms == error.value.retry_after_ms
    assert crowded.asked("prosody", "Me") == []


async def test_a_speech_has_its_place_from_its_first_text_until_nothing_is_left_to_compute(crowded: Stage) -> None:
    async with crowded.speak() as silent, crowded.speak() as speaking:
        silent.mark("here")
        silent.flush()
        speaking.feed("Short.")
        speaking.end()
        assert isinstance((await heard(speaking))[-1], Done)
        assert isinstance((await all_of(crowded.speak("Next")))[-1], Done)


@pytest.mark.parametrize("how", ["interrupted", "left", "failed"])
async def test_a_speech_that_ends_early_gives_its_place_back(crowded: Stage, how: str) -> None:
    async with crowded.speak() as speech:
        speech.feed("Oh! " if how == "failed" else f"{LONG} ")
        async for event in speech.events():
            if isinstance(event, (AudioFrame, Failed)):
                break
        if how == "interrupted":
            await speech.interrupt()
        if how != "left":
            assert isinstance((await all_of(crowded.speak("Next")))[-1], Done)
    assert isinstance((await all_of(crowded.speak("Next")))[-1], Done)


async def test_bulk_is_never_refused(crowded: Stage) -> None:
    async with crowded.speak() as first:
        first.feed(f"{LONG} ")
        await anext(aiter(first))
        assert isinstance((await all_of(crowded.speak("Me too", priority="bulk")))[-1], Done)


async def test_a_failed_speech_takes_no_more_text(stage: Stage) -> None:
    async with stage.speak() as speech:
        speech.feed("Oh! ")
        assert isinstance((await heard(speech))[-1], Failed)
        with pytest.raises(ClosedError, match="no more text"):
            speech.feed("more")
