"""What the section `languages` makes of texts and scores; nothing is rendered, and nobody listens."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.quality import languages
from benchmarks.quality.manifest import Item, Scores
from benchmarks.quality.references import references
from kokoro_stream.phonemes.voices import VOICE_LANGUAGES, language_of


def item(name: str, kind: str, text: str, phonemes: str, voice: str = "ef_dora") -> Item:
    language = language_of(voice) or ""
    return Item(name, "languages", kind, f"{name}.wav", text, language, voice, facts={"phonemes": [phonemes]})


def test_every_language_says_something_by_its_own_voices() -> None:
    assert languages.LANGUAGES.keys() == set(VOICE_LANGUAGES.values())
    for code, language in languages.LANGUAGES.items():
        assert {language_of(voice) for voice in language["voices"]} == {code}
        assert len(language["voices"]) >= (1 if code == "fr-fr" else 2)
        assert len(set(language["sentences"])) == languages.SENTENCES
        assert not any(character.isdigit() for text in language["sentences"] for character in text)


def test_symbols_that_the_model_does_not_know_are_dropped() -> None:
    assert languages.known("¿pwˈeðes?") == "pwˈeðes?"


def test_words_are_compared_without_case_and_marks() -> None:
    assert languages.units("¿Qué tal, Ana?", "es") == ["qué", "tal", "ana"]
    assert languages.units("L'été", "fr-fr") == ["l", "été"]


def test_writings_of_one_reading_are_alike() -> None:
    assert (
        languages.units("आज मौसम बहुत अच्छा है।", "hi")
        == languages.units("آج موسم بہت اچھا ہے", "hi")
        == list("jmsmbhtchh")
    )
    assert languages.units("我们去。", "zh") == languages.units("我們去", "zh") == ["wo3", "men5", "qu4"]
    assert languages.units("駅で。", "ja") == languages.units("えきで", "ja") == ["エ", "キ", "デ"]


def test_both_front_ends_are_told_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    items = [
        item("o1", "ours", "Hola, Ana.", "a"),
        item("r1", "reference", "Hola, Ana.", "a"),
        item("o2", "ours", "No sé.", "b"),
        item("r2", "reference", "No sé.", "c"),
        item("e1", "ours", "One two three four.", "d", voice="af_heart"),
    ]
    heard = {"o1": "Hola Ana", "r1": "hola, Ana!", "o2": "No sé.", "r2": "No se.", "e1": "one two free four"}
    found = languages.figures(items, {name: Scores(name, text) for name, text in heard.items()})
    assert found == {
        "recordings": 5,
        "es_error_ours_percent": 0,
        "es_error_reference_percent": 25,
        "es_alike_percent": 50,
        "en-us_error_ours_percent": 25,
    }
    told = capsys.readouterr().err
    assert "No sé." in told
    assert "Hola" not in told  # both spell it alike


def test_only_what_has_a_reference_is_said_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A studio whose front end and graph do nothing."""
    monkeypatch.setattr(
        languages, "references", lambda asked, python: ["¿b?" if code == "es" else "" for code, _ in asked]
    )
    studio = SimpleNamespace(
        python="",
        lines=lambda text, voice: [SimpleNamespace(utterance=SimpleNamespace(phonemes="a"))],
        whole=lambda phonemes, voice, sounding: np.zeros(1, np.float32),
        item=lambda name, kind, samples, text, voice, measures, facts: item(
            name, kind, text, facts["phonemes"][0], voice
        ),
    )
    made = list(languages.items(studio, ["af_heart", "ef_dora"], 1))  # type: ignore[arg-type]
    assert [(one.voice, one.kind, one.names("phonemes")) for one in made] == [
        ("ef_dora", "ours", ["a"]),
        ("ef_dora", "reference", ["b?"]),
    ]
    every = list(languages.items(studio, ["af_heart"], 1))  # type: ignore[arg-type]
    assert {one.voice for one in every} == set(languages.own_voices())


@pytest.mark.parametrize("status", [0, 3])
def test_the_reference_answers_line_by_line(tmp_path: Path, status: int) -> None:
    """A stand-in for the interpreter that has misaki: it repeats what is asked."""
    python = tmp_path / "python"
    code = f"import json, sys; [print(json.dumps(json.loads(line)[1])) for line in sys.stdin]; sys.exit({status})"
    python.write_text(f"#!/bin/sh\nexec \"{sys.executable}\" -c '{code}'\n")
    python.chmod(0o755)
    if status:
        with pytest.raises(RuntimeError, match="status 3"):
            references([("es", "sí")], str(python))
    else:
        assert references([("es", "sí"), ("ja", "駅")], str(python)) == ["sí", "駅"]
