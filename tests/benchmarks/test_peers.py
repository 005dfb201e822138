from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers.contest import (
    CONTESTANTS,
    STREAM,
    Contestant,
    Results,
    medians,
    order,
    ratios,
    takes_part,
)
from benchmarks.peers.texts import AT_ONCE, sentences
from benchmarks.peers.turns import Answer, Outcome, Sentence, Setting, Turn
from benchmarks.peers.worker import Play, completed, measured, tokens_of
from benchmarks.peers.workers import started

TURN = Turn((Sentence("One two.", "wˈʌn tˈu."), Sentence("Three.", "θɹˈi.")), "low", 1e6)
SETTING = Setting("graph", "voices", "folder", "af_x", 2)
FIRST_AUDIO = {"ours": 100.0, "cut_windows": 80.0, "cut_prosody": 40.0, "cut_one_decode": 140.0, "plain_onnx": 500.0}


def outcome(first_audio_ms: float) -> Outcome:
    return Outcome(first_audio_ms, first_audio_ms, first_audio_ms, 10.0, 1000.0, 0.0)


def round_of(case: str, **faster: float) -> dict[str, Outcome]:
    times = {one.name: FIRST_AUDIO.get(one.name, 400.0) for one in CONTESTANTS if takes_part(one, case)} | faster
    return {name: outcome(time) for name, time in times.items()}


@pytest.mark.parametrize("value", [TURN, SETTING, Answer(5.0, outcome(1.0)), Answer(5.0, versions={"peer": "1.0"})])
def test_messages_survive_the_way_to_a_contestant(value: Turn | Setting | Answer) -> None:
    line = value.to_json()
    assert "\n" not in line
    assert type(value).from_json(line) == value


def test_everybody_is_first_and_last_in_turn() -> None:
    orders = [order(number, CONTESTANTS) for number in range(2 * len(CONTESTANTS))]
    assert {turn[0] for turn in orders} == {turn[-1] for turn in orders} == set(CONTESTANTS)
    assert all(set(turn) == set(CONTESTANTS) for turn in orders)


def test_the_order_is_reversed_every_second_time() -> None:
    assert order(1, CONTESTANTS) == order(0, CONTESTANTS)[::-1]


def test_ratios_are_taken_within_a_round() -> None:
    results = Results()
    results.add("2s", round_of("2s", ours=100.0, kokoro_onnx=300.0))
    results.add("2s", round_of("2s", ours=1000.0, kokoro_onnx=3000.0, fastkokoro=9000.0, pipecat=9000.0))
    assert ratios(results)["2s_best_peer_over_ours_first_audio"] == 3.0


def test_a_tuned_peer_counts_apart() -> None:
    results = Results()
    results.add("2s", round_of("2s", fastkokoro_chunks=50.0))
    found = ratios(results)
    assert found["2s_best_peer_over_ours_first_audio"] == 4.0
    assert found["2s_best_tuned_peer_over_ours_first_audio"] == 0.5


def test_windows_are_compared_without_the_prosody_before_them() -> None:
    results = Results()
    results.add("2s", round_of("2s"))
    assert ratios(results)["2s_windows_over_one_decode"] == 0.4


def test_growth_compares_long_sentences_with_short_ones() -> None:
    results = Results()
    results.add("5s", round_of("5s", ours=100.0))
    results.add("12s", round_of("12s", ours=120.0))
    assert ratios(results)["ours_first_audio_12s_over_5s"] == 1.2


def test_every_case_has_its_figures() -> None:
    results = Results(rss_mb={"ours": 500.0})
    for case in (*AT_ONCE, STREAM):
        results.add(case, round_of(case))
    found = medians(results)
    assert found["12s_ours_first_audio_ms"] == 100.0
    assert found["60s_pipecat_real_time_factor"] == 0.4
    assert found["ours_rss_mb"] == 500.0
    assert "stream_ours_real_time_factor" not in found


def test_only_those_who_take_long_texts_speak_the_long_reply() -> None:
    speaking: set[str] = {one.name for one in CONTESTANTS if takes_part(one, "60s")}
    assert speaking == {"ours", "kokoro_onnx", "fastkokoro", "pipecat"}
    assert not takes_part(Contestant("x", "x"), STREAM)


@pytest.mark.parametrize(("name", "seconds"), [("2s", 2), ("5s", 5), ("12s", 12), ("60s", 60)])
def test_texts_last_as_long_as_they_are_called(name: str, seconds: float) -> None:
    phonemes = sum(len(sentence.phonemes) for sentence in sentences(AT_ONCE[name]))
    assert phonemes * 2.9 * 0.025 == pytest.approx(seconds, rel=0.15)


def test_sentences_are_the_text() -> None:
    assert " ".join(sentence.text for sentence in sentences(AT_ONCE["60s"])) == AT_ONCE["60s"]


async def test_text_at_once_is_one_token_and_written_text_many() -> None:
    assert [token async for token in tokens_of(Turn(TURN.sentences))] == ["One two. Three."]
    assert "".join([token async for token in tokens_of(TURN)]) == "One two. Three."


async def test_sentences_come_when_they_are_complete() -> None:
    assert [sentence async for sentence in completed(TURN)] == list(TURN.sentences)


async def test_a_turn_is_measured_from_its_first_token() -> None:
    clock = itertools.count(10.0)

    async def speak(turn: Turn, play: Play) -> None:
        play(np.full(12000, 0.5))
        play(np.full(24000, 0.5))

    found = await measured(speak, TURN, lambda: next(clock))
    assert (found.first_audio_ms, found.wall_ms, found.audio_ms, found.stalled_ms) == (1000, 2000, 1500, 500)
    assert found.audible_ms == 1000


async def test_silence_is_heard_by_who_waits_to_the_end() -> None:
    clock = itertools.count(0.0)

    async def speak(turn: Turn, play: Play) -> None:
        play(np.zeros(24000))

    assert (await measured(speak, TURN, lambda: next(clock))).audible_ms == 2000


async def test_a_contestant_that_says_nothing_is_an_error() -> None:
    async def speak(turn: Turn, play: Play) -> None:
        pass

    with pytest.raises(RuntimeError, match="nothing was spoken"):
        await measured(speak, TURN)


async def test_a_contestant_that_is_not_installed_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="nobody ended with status 1"):
        async with started("nobody", sys.executable, SETTING):
            pass


async def test_we_speak_in_a_process_of_our_own(tmp_path: Path) -> None:
    async with started("ours", sys.executable, Setting("", "", "builtin", "", 1)) as worker:
        spoken = await worker.speak(Turn((Sentence("Hello there.", ""),), "low"))
    assert 0 < spoken.first_audio_ms <= spoken.wall_ms
    assert spoken.audio_ms > 500
    assert worker.rss_mb > 0
