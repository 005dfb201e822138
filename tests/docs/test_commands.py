"""What the page tells people to type works: what makes files is run, the rest is held against what it names."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from kokoro_stream.client import connect
from kokoro_stream.commands.server_config import ServerConfig
from kokoro_stream.errors import ConnectionLostError
from kokoro_stream.events import Done
from kokoro_stream.service.app import create_app
from kokoro_stream.service.settings import ServiceSettings
from tests.docs.command_line import parse
from tests.docs.page import FOLDER, PAGE, ROOT, commands, joined
from tests.docs.stopping import AFTER_GRACE_S
from tests.fakes import FakeSpeaker
from tests.system.process import PATIENCE_S, Server, started

PROGRAM = "/opt/kokoro-stream/bin/kokoro-stream"
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
COMMANDS = [command.replace("sudo ", "") for command in commands()]
MAKE_FILES = ("install", "echo", "openssl")


def words_of(command: str) -> list[str]:
    """Program and arguments, without what is set for it."""
    words = shlex.split(command)
    while words[0] == "env" or "=" in words[0]:
        words.pop(0)
    return words


def venv(arguments: list[str]) -> None:
    assert arguments[:2] == ["-m", "venv"]


def pip(arguments: list[str]) -> None:
    (extras,) = re.findall(r"\.\[(.+)\]", arguments[-1])
    assert set(extras.split(",")) <= EXTRAS.keys()


def systemctl(arguments: list[str]) -> None:
    assert (FOLDER / f"{arguments[-1]}.service").exists()


def curl(arguments: list[str]) -> None:
    path = arguments[-1].removeprefix(f"http://127.0.0.1:{ServerConfig().port}")
    assert path in {getattr(route, "path", "") for route in create_app(FakeSpeaker()).routes}


def docker(arguments: list[str]) -> None:
    """Ours are the files, the build arguments, and what stands behind the image's or service's name."""
    for flag, file in pairwise(arguments):
        if flag == "-f":
            assert (ROOT / file).exists()
        if flag == "--build-arg":
            assert f"ARG {file.split('=')[0]}=" in (FOLDER / "Dockerfile").read_text("utf-8")
            assert set(file.split("=")[1].split(",")) <= EXTRAS.keys()
    image = next((at for at, word in enumerate(arguments) if word in {"kokoro-stream:cuda", "speech"}), None)
    if "run" in arguments and image is not None:
        parse(arguments[image + 1 :])


CHECKS: Mapping[str, Callable[[list[str]], object]] = {
    "python3": venv,
    "/opt/kokoro-stream/bin/pip": pip,
    "systemctl": systemctl,
    "curl": curl,
    "docker": docker,
    "kokoro-stream": parse,
    PROGRAM: parse,
}


@pytest.mark.parametrize("command", [each for each in COMMANDS if words_of(each)[0] not in MAKE_FILES])
def test_what_a_command_names_exists(command: str) -> None:
    program, *arguments = words_of(command)
    CHECKS[program](arguments)


@pytest.mark.parametrize("command", re.findall(r"`kokoro-stream ([^`]+)`", PAGE))
def test_commands_in_sentences_are_understood(command: str) -> None:
    parse(shlex.split(command))


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Server]:
    """A server that was installed as the page tells it, below a folder; started as systemd would."""
    (tmp_path / "etc").mkdir()

    def here(text: str) -> str:
        return text.replace("/etc/", f"{tmp_path}/etc/").replace(PROGRAM, f"{sys.executable} -m kokoro_stream")

    for command in COMMANDS:
        if words_of(command)[0] in MAKE_FILES and "/etc/" in command:
            subprocess.run(["bash", "-euo", "pipefail", "-c", here(command)], cwd=ROOT, check=True, timeout=PATIENCE_S)
    unit = here(joined((tmp_path / "etc/systemd/system/kokoro-stream.service").read_text("utf-8")))
    ((name, key),) = re.findall(r"^LoadCredential=(.+):(.+)$", unit, re.MULTILINE)
    (start,) = re.findall(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    assert Path(key).name == name
    arguments = shlex.split(start.replace("%d", str(Path(key).parent)))
    environ = dict(re.findall(r"^Environment=(\w+)=(.*)$", unit, re.MULTILINE))
    environ |= {**os.environ, "KOKORO_STREAM_PORT": "0", "PYTHONPATH": str(ROOT)}
    with started(arguments, environ, cwd=tmp_path) as server:
        yield server


async def test_installed_as_told_it_serves_who_has_the_key(installed: Server, tmp_path: Path) -> None:
    key = (tmp_path / "etc/kokoro-stream/api-key").read_text().strip()
    with pytest.raises(ConnectionLostError, match="key"):
        async with connect(installed.url):
            pass
    async with connect(installed.url, api_key=key) as client, client.speak("Hello.") as speech:
        assert isinstance([event async for event in speech.events()][-1], Done)
    installed.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(installed.process.wait, PATIENCE_S) == 0


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#/][^)#]*)(?:#[\w-]+)?\)", PAGE)
    assert {path.name for path in FOLDER.iterdir()} - {"api-key"} <= {Path(link).name for link in links}
    assert all((ROOT / "docs" / link).exists() for link in links)


def test_the_time_after_the_grace_is_as_told() -> None:
    assert f"wait {AFTER_GRACE_S:.0f} s longer" in " ".join(PAGE.split())
    assert ServiceSettings().grace_ms / 1000 + AFTER_GRACE_S < 30
