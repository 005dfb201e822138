"""The package as a stranger gets it: built, installed into an environment of its own, run outside of the checkout."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import wave
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
INSTALL_S = 600  # of some hundred megabytes


def run(*command: str | Path, cwd: Path) -> str:
    """What the command prints; fails when it fails."""
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment in which the wheel, and nothing else, is installed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    (wheel,) = folder.glob("*.whl")
    run(*pip, f"--python={folder / 'venv'}", "install", wheel, cwd=folder)
    return folder


@pytest.mark.timeout(INSTALL_S)
def test_it_speaks(elsewhere: Path) -> None:
    command = elsewhere / "venv/bin/kokoro-stream"
    run(command, "say", "-o", "hello.wav", "Hello from somewhere else.", cwd=elsewhere)
    with wave.open(str(elsewhere / "hello.wav")) as file:
        assert file.getnframes() > file.getframerate()


@pytest.mark.timeout(INSTALL_S)
def test_it_serves(elsewhere: Path) -> None:
    command = [str(elsewhere / "venv/bin/kokoro-stream"), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=elsewhere, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"ws://\S+", server.stdout.readline())
            assert address
            with urlopen(f"http://{address[0].split('/')[2]}/") as page:
                assert b"<title>" in page.read()
            output = elsewhere / "wire.wav"
            spoken = [command[0], "client", address[0], "-o", str(output)]
            subprocess.run(spoken, cwd=elsewhere, input="Hello over the wire.", text=True, check=True)
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        finally:
            server.kill()
    with wave.open(str(output)) as file:
        assert file.getnframes() > file.getframerate() // 2
