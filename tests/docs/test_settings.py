"""The table of settings is complete, and every column of it true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kokoro_stream.cli import main
from kokoro_stream.commands import serve
from kokoro_stream.commands.server_config import APART, ServerConfig, layers, server_config
from tests.docs.command_line import flags
from tests.docs.page import PAGE, blocks, rows
from tests.docs.settings import Setting, settings

THERE = settings(ServerConfig)
TABLE = {row[0]: row for row in rows("| in TOML")}
FLAGS = {row[2]: name for name, row in TABLE.items() if row[2]}

KEY = "kitchen-0123456789"
ABOVE = "service.access.keys.NAME."
# What a setting may be that has no default, or none that is used.
EXAMPLES = {f"{ABOVE}key": KEY, f"{ABOVE}sha256": "0" * 64, "service.speech.lexicon.WORD": "word"}


def test_it_names_every_setting_and_no_other() -> None:
    assert TABLE.keys() == THERE.keys()


@pytest.mark.parametrize("setting", THERE.values(), ids=THERE.keys())
def test_variable_and_default_are_as_shown(setting: Setting) -> None:
    _, variable, _, default, about = TABLE[setting.name]
    assert (variable, default) == (setting.variable, setting.default)
    assert about


@pytest.mark.parametrize("setting", THERE.values(), ids=THERE.keys())
def test_the_variable_sets_it(setting: Setting, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(KEY)
    environ = {setting.variable: str(tmp_path / "secret") if setting.name.endswith(".file") else example(setting)}
    if setting.name.startswith(ABOVE) and not {"key", "sha256"} & set(setting.name.split(".")):
        environ |= {THERE[f"{ABOVE}key"].variable: KEY}
    server_config(None, environ)
    assert layers(None, environ).origin(*setting.name.lower().split(".")) == setting.variable


def example(setting: Setting) -> str:
    """A value as a variable holds it."""
    value = EXAMPLES.get(setting.name) or json.loads(setting.default or '""')
    return ",".join(value) if isinstance(value, list) else str(value)


def test_all_flags_are_in_it() -> None:
    assert flags("serve") - {"--config"} == FLAGS.keys()


@pytest.mark.parametrize(("flag", "name"), FLAGS.items(), ids=FLAGS.keys())
def test_the_flag_sets_it(flag: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    class EnoughError(Exception):
        pass

    def note(config: object, environ: object, **options: Any) -> None:
        given.update({option: value for option, value in options.items() if value is not None})
        raise EnoughError

    monkeypatch.setattr(serve, "server_config", note)
    value = json.loads(THERE[name].default or '""')
    with pytest.raises(EnoughError):
        main(["serve", flag, *([] if isinstance(value, bool) else [str(value)])])
    (option,) = given
    assert option.replace("__", ".") == name.replace("NAME", "default")


def test_variables_that_are_no_settings_are_said_to_be_none() -> None:
    assert set(re.findall(r"`(KOKORO_STREAM_\w+)`", PAGE)) - {setting.variable for setting in THERE.values()} == APART


@pytest.mark.parametrize("text", blocks("toml"))
def test_the_examples_are_settings(text: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(KEY)
    path = tmp_path / "server.toml"
    path.write_text(re.sub(r'(?<=file = ")[^"]+', str(tmp_path / "secret"), text))
    assert server_config(path, {}) != ServerConfig()
