"""What is handed out for running the service fits the service."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from kokoro_stream.cli import app
from kokoro_stream.commands.layers import PREFIX
from kokoro_stream.commands.server_config import APART, ServerConfig, server_config
from kokoro_stream.service.app import create_app
from kokoro_stream.service.metrics import Metrics
from tests.fakes import FakeSpeaker

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "deployment"
UNIT = (FOLDER / "kokoro-stream.service").read_text("utf-8")
DOCKERFILE = (FOLDER / "Dockerfile").read_text("utf-8").replace("\\\n", "")
PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")
KEY = "kitchen-0123456789"


def configured(variables: dict[str, str], tmp_path: Path) -> ServerConfig:
    """The settings that these variables make where their secrets exist."""
    (tmp_path / "key").write_text(KEY)
    return server_config(
        None, {name: str(tmp_path / "key") if name.endswith("__FILE") else value for name, value in variables.items()}
    )


def options_of(command: str) -> set[str]:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    return {option for parameter in commands[command].params for option in parameter.opts}


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def test_every_metric_of_the_dashboard_is_one_of_the_service() -> None:
    offered = set(re.findall(r"^# TYPE (\w+)", Metrics().exposition().decode(), re.MULTILINE))
    dashboard = json.loads((FOLDER / "grafana.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    names = {name.removesuffix("_bucket") for expr in asked for name in re.findall(r"kokoro_stream_\w+", expr)}
    assert names <= offered
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_the_unit_starts_the_server_with_options_that_it_has(tmp_path: Path) -> None:
    (command,) = re.findall(r"^ExecStart=(.+)$", UNIT, re.MULTILINE)
    _, name, *arguments = shlex.split(command)
    assert {argument for argument in arguments if argument.startswith("--")} <= options_of(name)
    variables = dict(re.findall(rf"^Environment=({PREFIX}\w+)=(.+)$", UNIT, re.MULTILINE))
    assert list(configured(variables, tmp_path).service.access.keys) == ["default"]


def test_the_unit_leaves_time_to_come_to_an_end() -> None:
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    assert int(seconds) * 1000 >= ServerConfig().service.grace_ms + 5000


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd to ask")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "kokoro-stream.service"
    unit.write_text(UNIT.replace("/opt/kokoro-stream/bin/kokoro-stream", sys.executable))
    checked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    complaints = [line for line in checked.stderr.splitlines() if unit.name in line]
    assert (checked.returncode, complaints) == (0, [])


def test_the_image_is_made_of_files_that_exist_and_extras_that_there_are() -> None:
    sources = [part for copied in instructions("COPY") if "--from" not in copied for part in copied.split()[:-1]]
    assert sources
    assert all((ROOT / source).exists() for source in sources)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = re.findall(r"EXTRAS=([\w,]+)", DOCKERFILE)
    assert {extra for each in named for extra in each.split(",")} <= set(extras)


def test_the_package_can_be_built_from_what_the_image_copies() -> None:
    copied = " ".join(instructions("COPY")).split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = [project["project"]["readme"], *project["project"]["license-files"]]
    needed += project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(needed) <= set(copied)


def test_the_image_serves_without_root_to_those_who_have_its_key(tmp_path: Path) -> None:
    pairs = [pair.partition("=") for line in instructions("ENV") for pair in shlex.split(line)]
    ours = {name: value for name, _, value in pairs if name.startswith(PREFIX) and name not in APART}
    config = configured(ours, tmp_path)
    config.service.access.require_safe("host", config.host)
    assert instructions("USER") == ["10001:10001"]
    assert [json.loads(line) for line in (*instructions("ENTRYPOINT"), *instructions("CMD"))] == [
        ["kokoro-stream"],
        ["serve"],
    ]
    assert instructions("EXPOSE") == [str(config.port)]


def test_the_image_asks_for_its_health_where_it_is_told() -> None:
    (port, path), *_ = re.findall(r"http://127\.0\.0\.1:(\d+)(/\w+)", DOCKERFILE)
    assert path in {route.path for route in create_app(FakeSpeaker()).routes}  # type: ignore[attr-defined]
    assert int(port) == ServerConfig().port


def settings_of_the_page() -> Iterator[tuple[str, str]]:
    """Names in the first column of the table of settings, and their defaults."""
    section = PAGE.partition("## Settings")[2].partition("\n## ")[0]
    for names, defaults in re.findall(r"^\| (`[^|]+`) \| ([^|]*) \|", section, re.MULTILINE):
        yield from zip(re.findall(r"`([\w.]+)`", names), defaults.split(","), strict=False)


def test_the_page_names_settings_that_exist_with_their_defaults() -> None:
    rows = [(name, default.strip(" `")) for name, default in settings_of_the_page()]
    assert len(rows) > 15
    for name, default in rows:
        value: object = ServerConfig()
        for part in name.split("."):
            value = getattr(value, part)
        if default:
            assert str(value).lower() == default.replace("[]", "()"), name
