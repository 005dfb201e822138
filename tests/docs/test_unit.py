"""The unit for systemd: systemd takes it, and it waits as long as the server may take to end."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kokoro_stream.service.http import HttpSettings
from kokoro_stream.service.settings import ServiceSettings
from tests.docs.page import FOLDER, joined
from tests.docs.stopping import longest_stop_s

UNIT = joined((FOLDER / "kokoro-stream.service").read_text("utf-8"))
SETTINGS = re.findall(r"^(\w+)=(.*)$", UNIT, re.MULTILINE)
PROGRAM = "/opt/kokoro-stream/bin/kokoro-stream"
EXPOSURE = 20  # tenths: systemd calls that OK; a service that confines itself in nothing has 96

with_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")


def analyze(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Of the unit, with a program that is on this machine."""
    path = tmp_path / "kokoro-stream.service"
    path.write_text((FOLDER / path.name).read_text("utf-8").replace(PROGRAM, sys.executable))
    return subprocess.run(["systemd-analyze", *arguments, str(path)], capture_output=True, text=True, check=False)


@with_systemd
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    verified = analyze(tmp_path, "verify", "--man=no")
    assert (verified.returncode, verified.stderr) == (0, "")


@with_systemd
def test_it_may_do_little(tmp_path: Path) -> None:
    assessed = analyze(tmp_path, "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager")
    assert assessed.returncode == 0, assessed.stdout


def test_lines_are_settings_sections_or_comments() -> None:
    assert all(re.fullmatch(r"(\w+=.*|\[\w+\]|#.*|)", line) for line in UNIT.splitlines())
    assert re.findall(r"^\[(\w+)\]$", UNIT, re.MULTILINE) == ["Unit", "Service", "Install"]


def test_it_waits_until_speeches_had_their_grace() -> None:
    assert int(dict(SETTINGS)["TimeoutStopSec"]) > longest_stop_s(ServiceSettings())


def test_files_may_be_open_for_every_connection() -> None:
    assert int(dict(SETTINGS)["LimitNOFILE"]) > 2 * HttpSettings().max_connections
