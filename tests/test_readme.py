"""What the README shows is what one gets."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from kokoro_stream.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SHOWN = re.findall(r"^\$ kokoro-stream (\w+) '(.+)'\n(\{.+\})$", README, re.MULTILINE)


@pytest.mark.parametrize(("command", "text", "output"), SHOWN)
def test_a_command_prints_what_is_shown(
    command: str, text: str, output: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    with pytest.raises(SystemExit):
        main([command, text])
    assert json.loads(capsysbinary.readouterr().out) == json.loads(output)


def test_there_is_output_to_compare() -> None:
    assert SHOWN


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m ([\w.]+)", README))))
def test_every_module_that_is_to_be_run_exists(module: str) -> None:
    assert find_spec(module)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([\w-]+)|^\$ make ([\w-]+)", README, re.MULTILINE))))
def test_every_make_target_exists(target: tuple[str, str]) -> None:
    assert re.search(rf"^{''.join(target)}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+(?:/|\.py))`", README))))
def test_every_file_that_is_named_exists(name: str) -> None:
    places = (ROOT, ROOT / "kokoro_stream", *(ROOT / "kokoro_stream").iterdir())
    assert any((place / name).exists() for place in places)
