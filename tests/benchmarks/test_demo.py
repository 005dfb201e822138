"""The demo as ``make demo`` runs it; it takes as long as the reply sounds."""

from __future__ import annotations

import json
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from benchmarks.demo.reply import REPLY


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    subprocess.run([sys.executable, "-m", "benchmarks.demo", str(folder)], check=True, capture_output=True)
    return folder


def test_the_reply_is_spoken_in_full_and_every_event_kept(folder: Path) -> None:
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]
    samples = sum(event["samples"] for event in events if event["event"] == "AudioFrame")
    with wave.open(str(folder / "demo.wav")) as file:
        assert file.getnframes() == samples
        seconds = samples / file.getframerate()
    assert events[-1]["event"] == "Done"
    assert round(events[-1]["audio_ms"]) == round(seconds * 1000)
    assert seconds > 10


def test_words_point_into_the_reply_as_it_was_written(folder: Path) -> None:
    lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
    events = [event for event in map(json.loads, lines) if event["event"] == "Words"]
    words = [word for event in events for word in event["words"]]
    assert [word["word"] for word in words] == [REPLY[word["char_start"] : word["char_end"]] for word in words]
    assert {"Dr.", "$24.50", "Shall", "them"} <= {word["word"] for word in words}


def test_speech_begins_before_the_reply_is_written(folder: Path) -> None:
    lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
    first = next(event for event in map(json.loads, lines) if event["event"] == "AudioFrame")
    assert first["received_ms"] < len(REPLY) / 5 / 40 * 1000  # of five characters a token


def test_the_picture_is_a_png(folder: Path) -> None:
    assert (folder / "demo.png").read_bytes().startswith(b"\x89PNG")
