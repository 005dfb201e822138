"""Whoever is admitted hears no gap: as many listeners as the machine can serve, coming all at once or one by one."""

from __future__ import annotations

import pytest

from tests.engine.crowd import Crowd, Voice

KOKORO = Voice(decoder=0.005, prosody=0.0165)  # two cores: 0.28 seconds for a second of speech
SLOW_KOKORO = Voice(decoder=0.0065, prosody=0.0165)
SMALL = Voice(decoder=0.0004, prosody=0.002, frames_s=50, first=15, longest=100, margin=9)
AUDIBLE_S = 0.03  # a gap that the sound device's own buffer fills

EVERY_VOICE = pytest.mark.parametrize("voice", [KOKORO, SLOW_KOKORO, SMALL], ids=["kokoro", "slow", "small"])
EVERY_SEED = pytest.mark.parametrize("seed", range(3))


def crowd_of(voice: Voice, listeners: int, *, within: float, seed: int, length: float = 30.0) -> Crowd:
    crowd = Crowd(voice, seed)
    for _ in range(listeners):
        crowd.arrive(crowd.random.uniform(0, within), length)
    return crowd


def worst_gap(crowd: Crowd) -> float:
    return max((gap for speech in crowd.speeches for gap in speech.gaps), default=0.0)


@EVERY_VOICE
@EVERY_SEED
@pytest.mark.parametrize("within", [0.0, 3.0, 20.0], ids=["at once", "soon", "by and by"])
def test_nobody_who_is_admitted_hears_a_gap(voice: Voice, seed: int, within: float) -> None:
    room = Crowd(voice, seed).admission.room
    crowd = crowd_of(voice, room + 3, within=within, seed=seed)
    crowd.run()
    assert len(crowd.speeches) >= 0.85 * room  # starts cost more than what follows them, as long as there are many
    assert crowd.refused > 0
    assert all(speech.done_s for speech in crowd.speeches)
    assert worst_gap(crowd) < AUDIBLE_S


@EVERY_VOICE
def test_one_listener_alone_waits_for_prosody_and_one_short_window(voice: Voice) -> None:
    crowd = crowd_of(voice, 1, within=0.0, seed=1)
    crowd.run()
    (speech,) = crowd.speeches
    assert speech.first_s is not None
    assert speech.first_s < 5 * voice.prosody + 2.5 * (voice.first + voice.margin) * voice.decoder
    assert speech.gaps == []


@EVERY_SEED
def test_bulk_harms_nobody_and_is_done_in_the_end(seed: int) -> None:
    crowd = crowd_of(KOKORO, 2, within=5.0, seed=seed)
    for _ in range(10):
        crowd.arrive(0.0, 20.0, "bulk")
    crowd.run()
    answers = [speech for speech in crowd.speeches if speech.priority == "interactive"]
    assert len(answers) == 2
    assert max((gap for speech in answers for gap in speech.gaps), default=0.0) < AUDIBLE_S
    assert max(speech.first_s or 0.0 for speech in answers) < 1.0
    assert all(speech.done_s for speech in crowd.speeches)


def test_bulk_advances_while_answers_are_being_spoken() -> None:
    crowd = crowd_of(KOKORO, 2, within=0.0, seed=1, length=60.0)
    crowd.arrive(0.0, 20.0, "bulk")
    crowd.run()
    book = next(speech for speech in crowd.speeches if speech.priority == "bulk")
    assert book.done_s is not None
    assert book.done_s < 60


def test_an_answer_begins_before_an_announcement_that_came_with_it() -> None:
    crowd = Crowd(SLOW_KOKORO, 1)
    crowd.arrive(0.0, 5.0, "announcement")
    crowd.arrive(0.01, 5.0)
    crowd.run()
    news, answer = sorted(crowd.speeches, key=lambda speech: speech.priority)
    assert (news.first_s or 0) > (answer.first_s or 0)
