from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.audio.timeline import Timeline, spans_of
from kokoro_stream.events import TimedWord
from kokoro_stream.phonemes.utterance import Utterance, Word

RATE = 1000  # a sample is a millisecond
TEXT = "**Hello** there, world."
HELLO = Utterance(
    "hˈi ðˈɛ, wˈɜ.",
    (
        Word("Hello", "hˈi", 2, 7, 0, 3),
        Word("there", "ðˈɛ", 10, 15, 4, 7),
        Word("world", "wˈɜ", 17, 22, 9, 12),
    ),
)
DURATIONS = np.array([5, 1, 2, 3, 1, 1, 1, 1, 2, 4, 2, 2, 2, 6, 9])


def hello(**where: int) -> tuple[Timeline, tuple[TimedWord, ...]]:
    timeline = Timeline(RATE)
    return timeline, timeline.add(HELLO, spans_of(HELLO, DURATIONS, samples_per_unit=10), **{"start": 0, **where})


@st.composite
def speeches(draw: st.DrawFn) -> tuple[str, Timeline, list[TimedWord], int]:
    """Some segments of some words each, spoken one after another."""
    timeline = Timeline(RATE)
    words: list[TimedWord] = []
    position = characters = 0
    for lengths in draw(st.lists(st.lists(st.integers(1, 4), max_size=4), max_size=4)):
        spelled, first = [], 0
        for length in lengths:
            spelled.append(Word("w" * length, "a" * length, characters, characters + length, first, first + length))
            characters, first = characters + length + 1, first + length + 1
        utterance = Utterance(" ".join(word.phonemes for word in spelled), tuple(spelled))
        tokens = len(utterance.phonemes) + 2
        durations = np.array(draw(st.lists(st.integers(0, 9), min_size=tokens, max_size=tokens)))
        audio = int(durations.sum()) * 10
        trimmed, tail = draw(st.integers(0, audio)), draw(st.integers(0, audio))
        points = draw(st.integers(0, 2 * int(durations.sum())))
        audible = np.array(draw(st.lists(st.booleans(), min_size=points, max_size=points)), bool)
        spans = spans_of(
            utterance,
            durations,
            samples_per_unit=10,
            lead=draw(st.integers(0, 60)),
            audible=audible if points else None,
        )
        words += timeline.add(utterance, spans, start=position, trimmed=trimmed)
        position += max(0, audio - trimmed - tail)
    timeline.finish(samples=position, characters=characters)
    return "w" * characters, timeline, words, position


def test_a_word_sounds_while_its_phonemes_do() -> None:
    _, words = hello()
    assert words == (
        TimedWord("Hello", 50, 110, 2, 7),
        TimedWord("there", 120, 150, 10, 15),
        TimedWord("world", 210, 270, 17, 22),
    )


def test_words_move_with_the_start_of_their_segment_and_with_what_was_cut_off_it() -> None:
    _, words = hello(start=1000, trimmed=40)
    assert [word.start_ms for word in words] == [1010, 1080, 1170]


def test_a_word_that_reaches_into_what_was_cut_off_begins_with_its_segment() -> None:
    _, words = hello(start=1000, trimmed=60)
    assert (words[0].start_ms, words[0].end_ms) == (1000, 1050)


def heard(*spans_ms: tuple[int, int]) -> np.ndarray:
    """Of `HELLO`, which lasts 420 ms: audible within those times, in parts of 5 ms."""
    audible = np.zeros(84, bool)
    for begin, end in spans_ms:
        audible[begin // 5 : end // 5] = True
    return audible


def spans(audible: np.ndarray | None, lead: int = 0) -> tuple[tuple[int, int], ...]:
    return spans_of(HELLO, DURATIONS, samples_per_unit=10, lead=lead, audible=audible)


def test_a_model_may_let_symbols_sound_before_their_durations_say() -> None:
    assert spans(None, lead=20) == ((30, 90), (100, 130), (190, 250))
    assert spans(None, lead=80) == ((0, 30), (40, 70), (130, 190))


def test_a_space_may_sound_as_the_words_that_it_divides() -> None:
    shared = spans_of(HELLO, DURATIONS, samples_per_unit=10, lead=20, space=0.3)
    assert shared == ((30, 93), (93, 130), (190, 250))  # behind a comma there may be a pause


def test_beside_a_pause_words_begin_and_end_where_the_sound_does() -> None:
    paused = heard((25, 135), (175, 245))
    assert spans(paused, lead=20) == ((25, 90), (100, 135), (175, 245))


def test_a_sound_that_begins_later_than_its_word_should_is_waited_for() -> None:
    assert spans(heard((70, 140), (230, 245)), lead=20) == ((70, 90), (100, 140), (230, 245))


def test_punctuation_without_a_pause_does_not_move_words() -> None:
    assert spans(heard((25, 420)), lead=20) == ((25, 90), (100, 130), (190, 250))


def test_what_is_quiet_between_two_words_without_punctuation_is_no_pause() -> None:
    stopped = heard((25, 80), (115, 135), (175, 245))
    assert spans(stopped, lead=20)[:2] == ((25, 90), (100, 135))


def test_a_curve_that_is_never_audible_tells_nothing() -> None:
    assert spans(heard()) == spans(None)


@given(speeches())
def test_times_never_decrease(speech: tuple[str, Timeline, list[TimedWord], int]) -> None:
    _, _, words, _ = speech
    assert all(0 <= word.start_ms <= word.end_ms for word in words)
    assert all(word.end_ms <= following.start_ms for word, following in pairwise(words))


@pytest.mark.parametrize(
    ("played_ms", "spoken"),
    [
        (0, ""),
        (50, ""),
        (51, "**Hello"),
        (120, "**Hello"),
        (130, "**Hello** there"),
        (211, "**Hello** there, world"),
        (270, "**Hello** there, world"),
    ],
)
def test_what_was_heard_ends_with_the_last_word_that_had_begun(played_ms: float, spoken: str) -> None:
    timeline, _ = hello()
    interrupted = timeline.interrupted(TEXT, sent_ms=300, played_ms=played_ms)
    assert interrupted.text_spoken == spoken
    assert interrupted.text_remaining == TEXT[len(spoken) :]
    assert interrupted.char_index == len(spoken)


def test_who_heard_all_of_a_complete_speech_heard_all_of_its_text() -> None:
    timeline, _ = hello()
    assert timeline.heard(420) == 22
    timeline.finish(samples=420, characters=len(TEXT))
    assert timeline.heard(420) == timeline.heard(419.5) == len(TEXT)
    assert timeline.heard(418) == 22


def test_a_speech_that_is_not_complete_leaves_its_unspoken_text_for_later() -> None:
    timeline, _ = hello()
    assert timeline.interrupted(TEXT + " And more", sent_ms=420, played_ms=420).text_remaining == ". And more"


def test_nobody_has_heard_more_than_was_sent_or_less_than_nothing() -> None:
    timeline, _ = hello()
    assert timeline.interrupted(TEXT, sent_ms=100, played_ms=9999).text_spoken == "**Hello"
    assert timeline.interrupted(TEXT, sent_ms=100, played_ms=9999).audio_played_ms == 100
    assert timeline.interrupted(TEXT, sent_ms=100, played_ms=-1).audio_played_ms == 0


@given(speeches(), st.lists(st.floats(0, 5000), min_size=2))
def test_more_playback_never_means_less_heard_and_no_text_is_lost(
    speech: tuple[str, Timeline, list[TimedWord], int], moments: list[float]
) -> None:
    text, timeline, _, length = speech
    heard = [timeline.interrupted(text, sent_ms=length, played_ms=moment) for moment in sorted(moments)]
    assert all(one.text_spoken + one.text_remaining == text for one in heard)
    assert all(one.char_index <= later.char_index for one, later in pairwise(heard))
    assert timeline.interrupted(text, sent_ms=length, played_ms=length).text_remaining == ""


@given(speeches(), st.lists(st.floats(0, 5000)))
def test_every_word_is_taken_once_and_in_order(
    speech: tuple[str, Timeline, list[TimedWord], int], moments: list[float]
) -> None:
    _, timeline, words, _ = speech
    taken: list[TimedWord] = []
    for moment in sorted(moments):
        batch = timeline.take(moment)
        assert all(word.start_ms < moment for word in batch)
        taken += batch
        assert len(taken) == sum(word.start_ms < moment for word in words)
    assert taken + list(timeline.take(np.inf)) == words


def test_a_word_belongs_to_the_frame_it_begins_in_not_to_the_one_that_ends_there() -> None:
    timeline, words = hello()
    assert timeline.take(words[0].start_ms) == ()
    assert timeline.take(words[1].start_ms) == words[:1]


def test_words_with_one_source_are_heard_from_the_first_of_them() -> None:
    timeline = Timeline(RATE)
    five_dollars = Utterance("a b", (Word("$5", "a", 0, 2, 0, 1), Word("$5", "b", 0, 2, 2, 3)))
    timeline.add(five_dollars, spans_of(five_dollars, np.full(5, 10), samples_per_unit=1), start=0)
    assert timeline.heard(15) == timeline.heard(35) == 2


@pytest.mark.parametrize("tokens", [0, 13, 14, 16])
def test_durations_of_another_utterance_are_refused(tokens: int) -> None:
    with pytest.raises(ValueError, match=f"{tokens} durations for 13 phonemes"):
        spans_of(HELLO, np.ones(tokens, np.int64), samples_per_unit=10)
