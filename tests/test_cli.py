"""The commands as a shell runs them; those that take long in a process of their own."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kokoro_stream.cli import main
from kokoro_stream.model import providers

COMMAND = [sys.executable, "-m", "kokoro_stream"]


@dataclass
class Outcome:
    status: int
    out: bytes
    err: str

    @property
    def complaint(self) -> str:
        """The one line that an error is."""
        assert self.err.count("\n") == 1
        assert self.err.endswith("\n")
        return self.err

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Shell:
    """Runs commands in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[bytes]) -> None:
        self._monkeypatch = monkeypatch
        self._capture = capture

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        captured = self._capture.readouterr()
        return Outcome(int(end.value.code or 0), captured.out, captured.err.decode())


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Shell:
    return Shell(monkeypatch, capsysbinary)


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command in a process of its own, its three streams being pipes; ended with the block."""
    pipe = subprocess.PIPE
    with subprocess.Popen([*COMMAND, *arguments], stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield process
        finally:
            process.kill()


def test_phonemize_shows_each_word_with_its_place(shell: Shell) -> None:
    (shown,) = shell("phonemize", "It costs $5.").objects
    assert shown["text"] == "It costs $5."
    assert shown["phonemes"].endswith("fˈIv dˈɑləɹz.")
    assert [(word["word"], word["char_start"], word["char_end"]) for word in shown["words"]] == [
        ("It", 0, 2),
        ("costs", 3, 8),
        ("$5", 9, 11),
    ]
    assert all(word["phonemes"] in shown["phonemes"] for word in shown["words"])


def test_phonemize_speaks_the_language_it_is_told_to(shell: Shell) -> None:
    american, british = (shell("phonemize", "bath", "--lang", lang).objects[0] for lang in ("en-us", "en-gb"))
    assert (american["phonemes"], british["phonemes"]) == ("bˈæθ", "bˈɑːθ")


def test_normalize_reads_numbers_out(shell: Shell) -> None:
    assert shell("normalize", "It costs $5.").objects == [{"text": "It costs $5.", "spoken": "It costs five dollars."}]


def test_segment_shows_what_was_written_and_what_is_spoken(shell: Shell) -> None:
    (shown,) = shell("segment", "I paid **$5**. Did you?").objects
    assert shown == {
        "text": "I paid **$5**. Did you?",
        "segments": [
            {"text": "I paid **$5**.", "spoken": "I paid $5.", "char_start": 0, "char_end": 14},
            {"text": "Did you?", "spoken": "Did you?", "char_start": 15, "char_end": 23},
        ],
    }


def test_segment_may_begin_with_a_clause(shell: Shell) -> None:
    text = "When you have finished reading this, call me back."
    (whole,), (early,) = (shell("segment", text, *more).objects for more in ([], ["--latency", "low"]))
    assert [len(shown["segments"]) for shown in (whole, early)] == [1, 2]


@pytest.mark.parametrize("command", ["phonemize", "normalize", "segment"])
def test_without_text_each_line_of_standard_input_is_one(command: str, shell: Shell) -> None:
    shown = shell(command, stdin="Grüße!\n\nTwo.".encode()).objects
    assert [one["text"] for one in shown] == ["Grüße!", "", "Two."]


@pytest.mark.parametrize("command", ["phonemize", "normalize", "segment"])
def test_bytes_that_are_no_text_hurt_nobody(command: str, shell: Shell) -> None:
    assert [one["text"] for one in shell(command, stdin=b"\xff\xfe\nGood.\n").objects] == ["��", "Good."]
    assert shell(command, os.fsdecode(b"a\xff")).objects[0]["text"] == "a�"


@pytest.mark.parametrize("command", ["phonemize", "normalize", "segment"])
def test_an_unknown_language_is_one_line_that_says_which_there_are(command: str, shell: Shell) -> None:
    outcome = shell(command, "--lang", "tlh", "Qapla'")
    assert outcome.status == 1
    assert "'tlh' is not available; this installation speaks en-us" in outcome.complaint


@pytest.mark.parametrize(
    "arguments",
    [["shout"], ["say"], ["say", "--loud", "Hi"], ["segment", "--latency", "none", "Hi"], ["serve", "--port", "x"]],
)
def test_wrong_usage_is_one_line_and_status_2(arguments: list[str], shell: Shell) -> None:
    outcome = shell(*arguments)
    assert outcome.status == 2
    assert outcome.complaint.startswith("kokoro-stream: ")


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_names_every_command(arguments: list[str], shell: Shell) -> None:
    said = shell(*arguments)
    assert said.status == 0
    for command in ("say", "serve", "client", "voices", "phonemize", "normalize", "segment", "doctor"):
        assert f" {command} ".encode() in said.out


def test_a_reader_that_goes_away_is_no_error() -> None:
    lines = b"Hello.\n" * 20_000
    with subprocess.Popen(
        [*COMMAND, "normalize"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.write(lines)
        assert process.stderr.read() == b""


def test_say_writes_a_wav_file_and_its_figures(tmp_path: Path, shell: Shell) -> None:
    path = tmp_path / "speech.wav"
    outcome = shell("say", "Hello", "there.", "-o", str(path), "--stats")
    assert outcome.err == ""
    (stats,) = outcome.objects
    assert set(stats) == {"first_audio_ms", "audio_ms", "wall_ms", "rtf", "segments", "windows"}
    with wave.open(str(path)) as file:
        assert file.getframerate() == 24000
        assert round(file.getnframes() / 24, 1) == stats["audio_ms"]
    assert stats["audio_ms"] > 400


def test_say_writes_bare_pcm_to_standard_output(tmp_path: Path, shell: Shell) -> None:
    path = tmp_path / "speech.wav"
    shell("say", "Hello there.", "-o", str(path))
    outcome = shell("say", "Hello there.", "-o", "-", "--stats")
    with wave.open(str(path)) as file:
        assert outcome.out == file.readframes(file.getnframes())
    assert json.loads(outcome.complaint)["audio_ms"] == round(len(outcome.out) / 48, 1)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--speed", "9"], "speed: 9.0 is outside"),
        (["--voice", "nobody"], "voice: there is no voice 'nobody'"),
        (["--lang", "tlh"], "lang: language 'tlh'"),
        (["--model", "nowhere"], "nowhere"),
        (["-o", "speech.mp3"], "output: 'speech.mp3' does not end in .wav"),
        (["-o", "no/such/folder.wav"], "no/such/folder.wav: No such file or directory"),
    ],
)
def test_say_refuses_in_one_line(arguments: list[str], complaint: str, shell: Shell) -> None:
    outcome = shell("say", "Hello", "-o", "-", *arguments)
    assert (outcome.status, outcome.out) == (1, b"")
    assert complaint in outcome.complaint


def test_say_speaks_standard_input_while_it_is_arriving() -> None:
    with started("say", "-", "-o", "-") as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"This is the first sentence. And this is ")
        process.stdin.flush()
        first = process.stdout.read(4800)
        assert len(first) == 4800
        rest, errors = process.communicate(b"the second.")
    assert errors == b""
    assert process.returncode == 0
    assert len(rest) > 48_000


def test_ctrl_c_ends_say_without_a_traceback() -> None:
    with started("say", "-", "-o", "-") as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(b"This is the first sentence. And this is ")
        process.stdin.flush()
        assert process.stdout.read(4800)
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b""
        assert process.wait() == 130


def test_a_player_that_goes_away_ends_say_quietly() -> None:
    with started("say", "One sentence. " * 100, "-o", "-") as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.read(4800)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_voices_are_listed_one_a_line(shell: Shell) -> None:
    names = shell("voices").out.decode().split("\n")[:-1]
    assert len([name for name in names if name[1] == "f"]) >= 2
    assert len([name for name in names if name[1] == "m"]) >= 2


def test_what_the_client_hears_from_the_server_is_what_say_says(tmp_path: Path, shell: Shell) -> None:
    path = tmp_path / "speech.wav"
    text = "Over the wire, it sounds the same."
    with started("serve", "--port", "0") as server:
        assert server.stdout
        url = server.stdout.readline().split()[-1].decode()
        subprocess.run([*COMMAND, "client", url, "-o", str(path)], input=text.encode(), check=True)
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate()
    assert errors == b""
    with wave.open(str(path)) as file:
        assert file.readframes(file.getnframes()) == shell("say", text, "-o", "-").out


def test_a_client_without_a_server_says_where_there_is_none(shell: Shell) -> None:
    outcome = shell("client", "ws://127.0.0.1:9/v1/stream", "-o", "-", stdin=b"Hello.")
    assert outcome.status == 1
    assert "ws://127.0.0.1:9" in outcome.complaint


def test_the_server_tells_where_its_other_doors_are() -> None:
    with started("serve", "--port", "0", "--wyoming", "tcp://127.0.0.1:0") as server:
        assert server.stdout
        found = re.search(rb" and tcp://127\.0\.0\.1:(\d+)$", server.stdout.readline().strip())
        assert found
        with socket.create_connection(("127.0.0.1", int(found[1]))) as client:
            client.sendall(b'{"type":"describe"}\n')
            assert json.loads(client.makefile().readline())["type"] == "info"
        server.send_signal(signal.SIGTERM)
        assert server.communicate()[1] == b""


def test_a_port_that_is_taken_is_named(shell: Shell) -> None:
    with started("serve", "--port", "0") as server:
        assert server.stdout
        port = server.stdout.readline().decode().rpartition(":")[2].partition("/")[0]
        outcome = shell("serve", "--port", port)
    assert outcome.status == 1
    assert f"127.0.0.1:{port}" in outcome.complaint


def test_a_server_with_a_key_speaks_to_those_who_have_it(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "key").write_text("kitchen-0123456789\n")
    with started("serve", "--port", "0", "--host", "0.0.0.0", "--api-key-file", str(tmp_path / "key")) as server:
        assert server.stdout
        url = server.stdout.readline().split()[-1].decode().replace("0.0.0.0", "127.0.0.1")
        refused = shell("client", url, "-o", "-", stdin=b"Hello.")
        client = [*COMMAND, "client", url, "-o", "-", "--api-key-file", str(tmp_path / "key")]
        spoken = subprocess.run(client, input=b"Hello.", capture_output=True, check=True).stdout
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
    assert refused.status == 1
    assert "a key is needed" in refused.complaint
    assert len(spoken) > 10_000


def test_a_server_is_not_open_to_strangers_by_mistake(shell: Shell) -> None:
    outcome = shell("serve", "--port", "0", "--host", "0.0.0.0")
    assert outcome.status == 1
    assert "--api-key-file FILE" in outcome.complaint
    assert "--insecure-open" in outcome.complaint
    with started("serve", "--port", "0", "--host", "0.0.0.0", "--insecure-open") as server:
        assert server.stdout
        assert b"ws://0.0.0.0:" in server.stdout.readline()


def test_a_certificate_that_is_not_there_is_named(shell: Shell) -> None:
    outcome = shell("serve", "--port", "0", "--tls-cert", "nowhere.pem")
    assert (outcome.status, outcome.complaint) == (
        1,
        "kokoro-stream: certfile: nowhere.pem: No such file or directory\n",
    )


def test_the_log_of_a_server_can_be_read_by_programs() -> None:
    with started("serve", "--port", "0", "--log-level", "info", "--log-format", "json") as server:
        assert server.stdout
        url = server.stdout.readline().split()[-1].decode()
        subprocess.run([*COMMAND, "client", url, "-o", "-"], input=b"My secret.", capture_output=True, check=True)
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate()
    events = {line["event"]: line for line in map(json.loads, errors.splitlines())}
    assert events["a session begins"]["session"] == events["a speech has ended: done"]["session"]
    assert events["a speech has ended: done"]["context"]
    assert b"secret" not in errors


def test_ctrl_c_ends_the_server_without_a_traceback() -> None:
    with started("serve", "--port", "0") as server:
        assert server.stdout
        assert server.stderr
        assert server.stdout.readline()
        server.send_signal(signal.SIGINT)
        assert server.stderr.read() == b""
        assert server.wait() == 130


@pytest.mark.parametrize(
    ("setting", "value", "complaint"),
    [
        ("MODEL", "nowhere", "nowhere is not a model folder"),
        ("SERVICE__SPEECH__VOICE", "nobody", "there is no voice 'nobody'"),
        ("SERVICE__MAX_SESSIONS", "0", "max_sessions: must be above 0"),
    ],
)
def test_a_server_that_cannot_start_says_why_in_one_line(
    setting: str, value: str, complaint: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"KOKORO_STREAM_{setting}", value)
    outcome = shell("serve", "--port", "0")
    assert (outcome.status, outcome.out) == (1, b"")
    assert complaint in outcome.complaint


def test_config_show_prints_what_the_environment_says(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOKORO_STREAM_PORT", "1234")
    outcome = shell("config", "show")
    assert outcome.status == 0
    assert tomllib.loads(outcome.out.decode())["port"] == 1234
    monkeypatch.setenv("KOKORO_STREAM_PORT", "many")
    assert "port" in shell("config", "show").complaint


def test_a_settings_file_that_is_not_there_is_named(shell: Shell) -> None:
    outcome = shell("config", "show", "--config", "nowhere.toml")
    assert (outcome.status, outcome.complaint) == (1, "kokoro-stream: nowhere.toml: No such file or directory\n")


def test_doctor_finds_that_a_fresh_installation_can_speak(shell: Shell) -> None:
    outcome = shell("doctor")
    assert outcome.status == 0
    findings = dict(line.split(maxsplit=2)[1:] for line in outcome.out.decode().splitlines() if "→" not in line)
    installed = {"python", "packages", "runtime", "languages", "sound"}
    assert installed | {"gpu", "cuda", "tensorrt", "openvino", "model", "provider", "speed"} == set(findings)
    assert "CPUExecutionProvider" in findings["provider"]


@pytest.mark.parametrize("command", [["say", "Hello.", "-o", "-"], ["serve", "--port", "0"]])
def test_a_gpu_that_is_not_there_is_an_error_with_the_remedy(
    command: list[str], shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "gpus", lambda: ())
    outcome = shell(*command, "--provider", "cuda")
    assert (outcome.status, outcome.out) == (1, b"")
    assert "cuda is not usable here" in outcome.complaint


def test_speech_can_be_computed_by_another_runtime(shell: Shell) -> None:
    outcome = shell("say", "Hello.", "-o", "-", "--provider", "openvino", "--threads", "2")
    assert (outcome.status, outcome.err) == (0, "")
    assert len(outcome.out) > 2 * 24000 // 4


def test_the_server_tells_what_computes() -> None:
    with started("serve", "--port", "0", "--provider", "cpu", "--threads", "2") as server:
        assert server.stdout
        assert b"on CPUExecutionProvider (threads: 2) at ws://" in server.stdout.readline()


def test_doctor_says_what_is_wrong_and_what_to_do(shell: Shell) -> None:
    outcome = shell("doctor", "--model", "nowhere")
    assert outcome.status == 1
    assert "✗ model" in outcome.out.decode()
    assert "→" in outcome.out.decode().splitlines()[-1]
