"""What ``config show`` prints is what applies, whence it comes, and no secret."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from kokoro_stream.commands.layers import Layers
from kokoro_stream.commands.server_config import ServerConfig, configured, layers, server_config
from kokoro_stream.commands.show_config import lines

KEY = "kitchen-0123456789"


def shown(found: Layers) -> str:
    return "\n".join(lines(configured(found), found))


def origins(text: str) -> dict[str, str]:
    """Setting → what is said to have said it."""
    rows = [line.partition("  # ") for line in text.splitlines() if "  # " in line]
    return {setting.partition("=")[0].strip(): origin for setting, _, origin in rows}


def test_it_is_toml_that_makes_the_same_settings(tmp_path: Path) -> None:
    for environ in ({}, {"KOKORO_STREAM_HTTP__PROXIES": "10.0.0.0/8", "KOKORO_STREAM_SERVICE__SPEECH__SPEED": "1.25"}):
        path = tmp_path / "shown.toml"
        path.write_text(shown(layers(None, environ)))
        assert server_config(path, {}) == server_config(None, environ)


def test_every_setting_says_what_said_it(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text('port = 1000\nmodel = "builtin"\n[service.access.keys.kitchen]\nmax_sessions = 2\n')
    environ = {"KOKORO_STREAM_PORT": "2000", "KOKORO_STREAM_SERVICE__ACCESS__KEYS__KITCHEN__KEY": KEY}
    text = shown(layers(file, environ, host="::1"))
    said = origins(text)
    assert said["port"] == "KOKORO_STREAM_PORT"
    assert said["model"] == said["max_sessions"] == "server.toml"
    assert said["host"] == "command line"
    assert said["threads"] == "default"
    assert said["# key is hidden"] == "KOKORO_STREAM_SERVICE__ACCESS__KEYS__KITCHEN__KEY"


@pytest.mark.parametrize("given_as", ["text", "file"])
def test_secrets_stay_hidden(given_as: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(KEY)
    name = "KOKORO_STREAM_SERVICE__ACCESS__KEYS__KITCHEN__KEY"
    text = shown(layers(None, {name: KEY} if given_as == "text" else {f"{name}__FILE": str(tmp_path / "secret")}))
    assert KEY not in text
    assert "# key is hidden" in text
    assert "# key_password is not set" in text
    tomllib.loads(text)


def test_the_password_in_a_url_stays_hidden() -> None:
    text = shown(layers(None, {"KOKORO_STREAM_MQTT__URL": "mqtt://me:s3cret@broker"}))
    assert 'url = "mqtt://me:hidden@broker"' in text


words = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
lexicons = some.dictionaries(words, words | some.fixed_dictionaries({"respelling": words, "case": words}), max_size=5)


@given(words, lexicons)
def test_whatever_is_said_is_written_so_that_it_is_read_again(model: str, lexicon: dict[str, Any]) -> None:
    found = Layers()
    found.put_options({"model": model})
    config = msgspec.convert({"model": model, "service": {"speech": {"lexicon": lexicon}}}, ServerConfig)
    written = tomllib.loads("\n".join(lines(config, found)))
    assert written["model"] == model
    assert written["service"]["speech"].get("lexicon", {}) == asdict(config)["service"]["speech"]["lexicon"]
