"""The image for containers. No engine builds it: its instructions are read, and what it starts is started."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kokoro_stream.client import connect
from kokoro_stream.commands.server_config import ServerConfig, server_config
from kokoro_stream.errors import InputError
from kokoro_stream.events import Done
from kokoro_stream.service.app import create_app
from kokoro_stream.service.settings import ServiceSettings
from tests.docs.command_line import parse
from tests.docs.page import FOLDER, ROOT, joined
from tests.docs.stopping import longest_stop_s
from tests.fakes import FakeSpeaker
from tests.service.running import serving
from tests.system.process import PATIENCE_S, Server, started

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LINES = joined(re.sub(r"^#.*\n", "", (FOLDER / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE))
INSTRUCTIONS = [(line.split()[0], line.split(maxsplit=1)[1]) for line in LINES.splitlines() if line]
LAST_STAGE = max(at for at, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM")
BUILD, IMAGE = INSTRUCTIONS[:LAST_STAGE], INSTRUCTIONS[LAST_STAGE:]
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
SERVICE: dict[str, Any] = COMPOSE["services"]["speech"]
KEY = "kitchen-0123456789"


def those(stage: list[tuple[str, str]], name: str) -> list[str]:
    return [arguments for each, arguments in stage if each == name]


def environment() -> dict[str, str]:
    """What the image sets."""
    return dict(pair.split("=", 1) for line in those(IMAGE, "ENV") for pair in shlex.split(line))


def test_it_copies_what_the_package_is_built_from() -> None:
    (copied, package) = those(BUILD, "COPY")
    needed = {"pyproject.toml", PROJECT["readme"], *PROJECT["license-files"]}
    assert needed == set(copied.split()[:-1])
    assert package == "kokoro_stream kokoro_stream"


def test_the_extras_it_installs_exist() -> None:
    (default,) = (line.removeprefix("EXTRAS=") for line in those(BUILD, "ARG") if line.startswith("EXTRAS="))
    assert set(default.split(",")) <= PROJECT["optional-dependencies"].keys()
    assert any('".[${EXTRAS}]"' in line for line in those(BUILD, "RUN"))


def test_its_python_suits_the_package() -> None:
    (version,) = (line.removeprefix("PYTHON=") for line in those(BUILD, "ARG") if line.startswith("PYTHON="))
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]


def test_nothing_that_builds_or_installs_is_in_the_last_stage() -> None:
    assert all(line.startswith("--from=build /opt/") for line in those(IMAGE, "COPY"))
    assert not [line for line in those(IMAGE, "RUN") if re.search(r"apt|pip|curl|gcc|make", line)]
    assert any("venv --without-pip" in line for line in those(BUILD, "RUN"))


def test_it_runs_as_a_user_it_has_made_who_owns_the_models() -> None:
    (user,) = those(IMAGE, "USER")
    (run,) = those(IMAGE, "RUN")
    useradd, install = (shlex.split(command) for command in run.split(" && "))
    assert useradd[:3] == ["useradd", "--uid", user.split(":")[0]] != ["useradd", "--uid", "0"]
    assert install[install.index("--owner") + 1] == useradd[-1]
    assert install[-1] == environment()["KOKORO_STREAM_MODELS"]
    names = [name for name, _ in IMAGE]
    assert "RUN" not in names[names.index("USER") :]


def test_alone_it_serves_nobody_without_a_key_and_with_compose_who_has_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY)
    (program,), arguments = json.loads(those(IMAGE, "ENTRYPOINT")[0]), json.loads(those(IMAGE, "CMD")[0])
    assert program in PROJECT["scripts"]
    assert parse(arguments)["config"] is None
    alone = server_config(None, environment())
    with pytest.raises(InputError, match="could use the service"):
        alone.service.access.require_safe("host", alone.host)
    (secret,) = SERVICE["secrets"]
    given = {
        name: value.replace(f"/run/secrets/{secret}", str(tmp_path / "key"))
        for name, value in SERVICE["environment"].items()
    }
    composed = server_config(None, environment() | given)
    composed.service.access.require_safe("host", composed.host)
    assert composed.service.access.keys["default"].key.reveal() == KEY


async def test_its_health_check_tells_whether_the_service_is_healthy() -> None:
    (check,) = those(IMAGE, "HEALTHCHECK")
    program, *arguments = json.loads(check[check.index("CMD ") + 4 :])
    assert program == "python"
    app = create_app(FakeSpeaker())
    async with serving(app) as address:
        arguments[-1] = arguments[-1].replace(f"127.0.0.1:{ServerConfig().port}", address)
        assert await status(arguments) == 0
        app.state.service.leaving.set()
        assert await status(arguments) == 1
    assert await status(arguments) == 1


async def status(arguments: list[str]) -> int:
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stderr=quiet)
    return await process.wait()


def test_compose_takes_away_what_it_does_not_need() -> None:
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert SERVICE["security_opt"] == ["no-new-privileges:true"]
    assert SERVICE["tmpfs"] == ["/tmp"]
    (volume,) = those(IMAGE, "VOLUME")
    assert SERVICE["volumes"] == [f"{name}:{volume}" for name in COMPOSE["volumes"]]


def test_compose_names_files_and_ports_that_exist() -> None:
    context = (FOLDER / SERVICE["build"]["context"]).resolve()
    assert context == ROOT
    assert (context / SERVICE["build"]["dockerfile"]).exists()
    port = str(ServerConfig().port)
    assert those(IMAGE, "EXPOSE") == [port]
    assert SERVICE["ports"] == [f"127.0.0.1:{port}:{port}"]
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert all(f"/docs/deployment/{Path(each['file']).name}" in ignored for each in COMPOSE["secrets"].values())


def test_compose_waits_until_speeches_had_their_grace() -> None:
    assert float(SERVICE["stop_grace_period"].removesuffix("s")) > longest_stop_s(ServiceSettings())


# Ends a process that is about to change a file, and says which.
READ_ONLY = """
import os, sys

def watch(event, arguments):
    path, flags = arguments[0] if arguments else "", 0
    if event == "open":
        flags = arguments[2]
    changes = event in {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
    if path != os.devnull and (changes or flags & (os.O_WRONLY | os.O_RDWR)):
        os.write(2, f"{event} {path}\\n".encode())
        os._exit(70)

sys.addaudithook(watch)
from kokoro_stream.cli import main
main(sys.argv[1:])
"""


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Server]:
    """A server that ends when it is about to write; its home, and where temporary files go, is a folder of the test."""
    environ = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", READ_ONLY, "serve", "--port", "0"]
    with started(command, environ, cwd=ROOT) as server:
        yield server
    assert list(tmp_path.iterdir()) == []


async def test_a_server_writes_no_file(read_only: Server) -> None:
    async with connect(read_only.url) as client, client.speak("Hello.") as speech:
        assert isinstance([event async for event in speech.events()][-1], Done)
    read_only.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(read_only.process.wait, PATIENCE_S) == 0
