from __future__ import annotations

import itertools
import sys
import wave
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers import opinions
from benchmarks.peers.__main__ import fingerprints, present
from benchmarks.peers.contest import (
    CONTESTANTS,
    STREAM,
    Contestant,
    Results,
    medians,
    order,
    over_plain,
    ratios,
    takes_part,
    usual,
)
from benchmarks.peers.players.bare import told_apart
from benchmarks.peers.tables import show, summary
from benchmarks.peers.texts import AT_ONCE, sentences
from benchmarks.peers.turns import Answer, Outcome, Sentence, Setting, Turn
from benchmarks.peers.worker import Play, completed, measured, tokens_of
from benchmarks.peers.workers import environment, started
from benchmarks.quality.manifest import Item, Scores

TURN = Turn((Sentence("One two.", "wˈʌn tˈu."), Sentence("Three.", "θɹˈi.")), "low", 1e6)
SETTING = Setting("graph", "voices", "folder", "af_x", 2)
NEWER = {"pykokoro": 9000.0, "kokoro_pi": 9000.0}
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
    results.add("2s", round_of("2s", ours=1000.0, kokoro_onnx=3000.0, fastkokoro=9000.0, pipecat=9000.0, **NEWER))
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


def test_ratios_are_of_those_who_took_part() -> None:
    results = Results()
    results.add("2s", {name: outcome(100.0) for name in ("kokoro_onnx", "plain_onnx")})
    assert ratios(results) == {}
    results = Results()
    results.add("2s", {"ours": outcome(100.0), "kokoro_onnx": outcome(300.0)})
    assert ratios(results) == {"2s_best_peer_over_ours_first_audio": 3.0, "2s_best_peer_over_ours_wall": 3.0}


def test_single_figures_are_of_the_longest_text_that_everybody_spoke() -> None:
    results = Results(rss_mb={"ours": 500.4})
    for case in ("2s", "12s", "60s", STREAM):
        results.add(case, round_of(case))
    assert usual(results) == "12s"
    assert usual(Results()) is None
    results.outcomes["12s"][0]["ours"] = replace(outcome(100.0), cpu_ms=25.0)
    assert over_plain(results, "ours") == 2.5
    titles, rows = summary(results)
    assert dict(zip(titles, rows["ours"], strict=True)) == {
        "first 2s": "100",
        "first 12s": "100",
        "first 60s": "100",
        "streamed audible": "100",
        "silence": "0",
        "RTF": "0.100",
        "CPU/plain": "2.50",
        "MB": "500",
    }
    assert dict(zip(titles, rows["plain_onnx"], strict=True))["first 60s"] == ""


def recordings() -> list[Item]:
    spoken = [("2s", "ours"), ("2s", "kokoro_onnx"), (STREAM, "ours")]
    return [opinions.item(case, 0, name, "Hello there.", "af_heart") for case, name in spoken]


def test_what_is_heard_is_told_of_each_contestant() -> None:
    items = recordings()
    heard = ("Hello there.", "Hello their.", "Yellow their.")
    scores = {
        one.id: Scores(one.id, words, overall=mos)
        for one, words, mos in zip(items, heard, (3.0, 3.5, 4.0), strict=True)
    }
    everything = opinions.by_contestant(items, scores)
    assert everything["ours"] == opinions.Opinion(3.5, 50.0, 4)
    assert everything["kokoro_onnx"] == opinions.Opinion(3.5, 50.0, 2)
    cases = opinions.by_case(items, scores)
    assert cases["2s"]["ours"].error_rate == 0
    assert opinions.figures(cases, everything)["stream_ours_mos"] == 4.0


@pytest.mark.parametrize("listened", [False, True])
def test_the_columns_of_what_is_heard_are_left_out_when_nobody_listens(
    capsys: pytest.CaptureFixture[str], listened: bool
) -> None:
    results = Results()
    results.add("2s", round_of("2s"))
    told = {"ours": opinions.Opinion(3.5, 12.5, 8)} if listened else {}
    show(results, told, {"2s": told} if listened else {})
    printed = capsys.readouterr().out
    assert ("WER % ┃" in printed) is listened
    assert ("12.5 │" in printed) is listened


def test_it_is_said_that_nobody_listens(tmp_path: Path) -> None:
    assert not opinions.absence(Path(sys.executable))
    assert "make quality" in opinions.absence(tmp_path / "python")


def test_who_is_not_installed_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    interpreter = environment("kokoro_pi", tmp_path)
    interpreter.parent.mkdir(parents=True)
    interpreter.touch()
    assert [one.name for one in present(["ours", "pipecat", "kokoro_pi"], tmp_path)] == ["ours", "kokoro_pi"]
    assert "without pipecat" in capsys.readouterr().err


def test_graphs_are_known_by_their_content(tmp_path: Path) -> None:
    (tmp_path / "cut").mkdir()
    for name in ("kokoro.onnx", "cut/decoder.onnx"):
        (tmp_path / name).write_bytes(b"abc")
    setting = replace(SETTING, graph=str(tmp_path / "kokoro.onnx"), folder=str(tmp_path / "cut"))
    assert fingerprints(setting) == dict.fromkeys(("kokoro.onnx", "cut/decoder.onnx"), "sha256 ba7816bf8f01")


@dataclass(frozen=True)
class Given:
    name: str
    type: str
    shape: tuple[object, ...]


def test_inputs_are_told_apart_without_their_names() -> None:
    ids, style = Given("a", "tensor(int64)", (1, "n")), Given("b", "tensor(float)", (1, 256))
    for speed in (
        Given("c", "tensor(float)", (1,)),
        Given("c", "tensor(int32)", (1,)),
        Given("c", "tensor(float)", ()),
    ):
        assert told_apart([style, speed, ids]) == (ids, style, speed)


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
    assert speaking == {"ours", "kokoro_onnx", "fastkokoro", "pipecat", "pykokoro", "kokoro_pi"}
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


async def test_what_was_said_is_written_when_the_clock_has_stopped(tmp_path: Path) -> None:
    piece = np.full(1200, 0.5, np.float32)

    async def speak(turn: Turn, play: Play) -> None:
        play(piece)
        piece[:] = -2.0  # as a runtime does that gives its own memory away
        play(piece)
        assert not (tmp_path / "said.wav").exists()

    await measured(speak, replace(TURN, wav=str(tmp_path / "said.wav")))
    with wave.open(str(tmp_path / "said.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert samples.tolist() == [16384] * 1200 + [-32767] * 1200


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
