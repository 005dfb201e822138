"""What is made of the meters' scores, and of a recording's energy."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality import fidelity, metering, short, steadiness, times
from benchmarks.quality.levels import behind_db, edges_ms, level_db
from benchmarks.quality.manifest import Heard, Item, Scores
from benchmarks.quality.texts import HELDOUT, SHORT, VOICES, WORDS, heard_words

RATE = 24000


def tone(before_ms: int, sounding_ms: int, behind_ms: int) -> np.ndarray:
    times = np.arange(sounding_ms * RATE // 1000) / RATE
    sound = 0.5 * np.sin(2 * np.pi * 200 * times)
    return np.pad(sound, (before_ms * RATE // 1000, behind_ms * RATE // 1000)).astype(np.float32)


def item(name: str, kind: str, text: str = "Hello there.", voice: str = "af_heart", **facts: object) -> Item:
    return Item(name, "section", kind, f"{name}.wav", text, "en-us", voice, facts=facts)  # type: ignore[arg-type]


def test_what_passes_as_lines_comes_back() -> None:
    one = item("a", "windows", starts_ms=[1.0, 2.0], words=["a", "b"], behind_db=-30.5)
    assert Item.from_json(one.to_json()) == one
    scores = Scores("a", "Hello there.", (Heard("Hello", 0.1, 0.4),), pesq=4.2)
    assert Scores.from_json(scores.to_json()) == scores


def test_the_lists_do_not_overlap_and_are_long_enough() -> None:
    assert len(set(SHORT)) == len(SHORT) >= 100
    assert not set(SHORT) & set(HELDOUT)
    assert len(set(WORDS)) == len(WORDS) >= 60
    assert len(set(VOICES)) == 8


def test_spellings_of_one_word_are_alike() -> None:
    assert heard_words("OK, done.") == heard_words("okay done")


def test_sound_begins_and_ends_where_its_energy_does() -> None:
    assert edges_ms(tone(120, 300, 200), RATE) == pytest.approx((120, 420), abs=6)
    assert edges_ms(np.zeros(RATE, np.float32), RATE) == (0, 0)


def test_levels_are_of_full_scale() -> None:
    assert level_db(tone(0, 100, 0)) == pytest.approx(-9, abs=0.1)
    assert level_db(np.zeros(0, np.float32)) == -100


def test_what_sounds_behind_the_last_word_is_told_from_silence() -> None:
    samples = tone(0, 300, 300)
    assert behind_db(samples, 300, RATE) < -80
    assert behind_db(samples, 200, RATE) > -10
    assert behind_db(samples[: RATE // 10], 300, RATE) < -80  # nothing is there


def test_a_first_window_is_put_into_the_whole() -> None:
    whole, windows = np.zeros(RATE, np.float32), np.ones(RATE, np.float32)
    made = fidelity.first_replaced(whole, windows, 6000)
    assert len(made) == RATE
    assert (made[:6000] == 1).all()
    assert (made[6240:] == 0).all()
    assert 0 < made[6100] < 1


def test_fidelity_is_told_by_kinds() -> None:
    items = [
        item("w1", "whole"),
        item("o1", "windows", distance_db=1.0, correlation=0.9, lost_ms=0.0),
        item("f1", "first", first_ms=250.0),
        item("w2", "whole", voice="bf_emma"),
        item("o2", "windows", voice="bf_emma", distance_db=3.0, correlation=0.7, lost_ms=0.0),
        item("f2", "first", voice="bf_emma", first_ms=350.0),
    ]
    scores = {
        "w1": Scores("w1", "Hello there.", overall=3.5),
        "o1": Scores("o1", "Hello there.", overall=3.4, pesq=4.0, stoi=0.9),
        "f1": Scores("f1", pesq=3.0, stoi=0.8),
        "w2": Scores("w2", "Hello there.", overall=3.3),
        "o2": Scores("o2", "Hello their.", overall=3.3, pesq=3.0, stoi=0.7),
        "f2": Scores("f2"),  # too quiet to be compared
    }
    found = fidelity.figures(items, scores)
    assert found["sentences"] == 2
    assert found["windows_pesq_mean"] == 3.5
    assert found["windows_pesq_worst"] == 3.0
    assert found["first_window_pesq_mean"] == 3.0
    assert found["mos_lost"] == pytest.approx(0.05)
    assert found["word_error_rate_whole_percent"] == 0
    assert found["word_error_rate_windows_percent"] == 25
    assert found["distance_median_db"] == 2
    assert found["pesq_mean_bf_emma"] == 3.0


def test_texts_that_are_heard_wrong_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    items = [
        item("s1", "service", "Yes.", behind_db=-60.0),
        item("w1", "whole", "Yes.", behind_db=-50.0),
        item("s2", "service", "OK, done.", behind_db=-40.0),
        item("w2", "whole", "OK, done.", behind_db=-50.0),
    ]
    heard = {"s1": "Yet.", "w1": "Yes!", "s2": "Okay, done.", "w2": "Okay, down."}
    found = short.figures(items, {name: Scores(name, text) for name, text in heard.items()})
    assert found["texts"] == 2
    assert (found["wrong_service"], found["wrong_whole"]) == (1, 1)
    assert (found["wrong_in_service_only"], found["wrong_in_whole_only"]) == (1, 1)
    assert (found["behind_service_median_db"], found["behind_service_worst_db"]) == (-50, -40)
    assert "service, af_heart: Yes. → Yet." in capsys.readouterr().err


def test_words_are_compared_where_they_were_heard_as_written() -> None:
    said = item(
        "s",
        "sentence",
        words=["It", "costs", "$5", "right", "now."],
        starts_ms=[0, 200, 500, 900, 1300],
        ends_ms=[150, 450, 850, 1200, 1500],
    )
    words = (Heard("It", 0.01, 0.15), Heard("cost", 0.2, 0.4), Heard("$5", 0.52, 0.85), Heard("right", 0.9, 1.25))
    found = times.matched(said, Scores("s", "It cost $5 right now.", (*words, Heard("now.", 1.3, 1.6))))
    assert found == [pytest.approx((-20, 0)), pytest.approx((0, -50))]  # neither the first nor the last


def test_times_are_told_by_quartiles() -> None:
    items = [
        item(f"{late}", "alone", "cat", starts_ms=[100.0 + late], ends_ms=[400.0], onset_ms=100.0, offset_ms=410.0)
        for late in (-10, 0, 10, 20, 30)
    ]
    sentence = item("s", "sentence", starts_ms=[30.0], ends_ms=[900.0], words=["Hi."], onset_ms=20.0, offset_ms=930.0)
    found = times.figures([*items, sentence], {"s": Scores("s")})
    assert found["sentence_first_start_late_ms"] == "+10 (+10 to +10)"
    assert found["sentence_last_end_late_ms"] == "-30 (-30 to -30)"
    assert found["words_alone"] == 5
    assert found["alone_start_late_ms"] == "+10 (+0 to +20)"
    assert found["alone_end_off_median_ms"] == 10


def test_steadiness_is_within_replies() -> None:
    items = [
        item("a", "reply", levels_db=[-20.0, -22.0], rates=[14.0, 16.0], pauses_ms=[300.0]),
        item("b", "reply", levels_db=[-30.0, -30.0], rates=[15.0, 15.0], pauses_ms=[400.0]),
    ]
    found = steadiness.figures(items, {})
    assert found["level_db_deviation"] == 0.5  # not the ten dB between the replies
    assert found["level_db_worst_step"] == 2
    assert found["pause_ms_median"] == 350
    assert "pause_ms_deviation" not in found


METER = """
import sys
from benchmarks.quality.manifest import Item, Scores
for line in sys.stdin:
    print(Scores(Item.from_json(line).id, pesq=4.0).to_json(), flush=True)
"""


def test_nothing_is_measured_twice(tmp_path: Path) -> None:
    """A stand-in for the interpreter of the meters, which does not measure anything."""
    python = tmp_path / "python"
    (tmp_path / "meter.py").write_text(METER, "utf-8")
    root = Path(__file__).parents[2]
    python.write_text(
        f'#!/bin/sh\necho run >> "{tmp_path}/runs"\nPYTHONPATH="{root}" exec "{sys.executable}" "{tmp_path}/meter.py"\n'
    )
    python.chmod(0o755)
    for name in ("a", "b"):
        (tmp_path / f"{name}.wav").write_bytes(name.encode())
    items = [
        Item(name, "section", "windows", f"{name}.wav", "", "en-us", "af_heart", measures=("words",))
        for name in ("a", "b")
    ]
    items.append(Item("c", "section", "reply", "c.wav", "", "en-us", "af_heart"))  # nothing is asked of it
    for _ in range(2):
        found = metering.measured(items, tmp_path, str(python), tmp_path)
        assert {name: scores.pesq for name, scores in found.items()} == {"a": 4.0, "b": 4.0, "c": None}
    (tmp_path / "b.wav").write_bytes(b"another")
    metering.measured(items, tmp_path, str(python), tmp_path)
    assert (tmp_path / "runs").read_text() == "run\nrun\n"
