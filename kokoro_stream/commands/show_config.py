"""``config show``: the settings that apply, as TOML."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ..service.secret import Secret
from .layers import Layers
from .server_config import configured, layers

app = typer.Typer(name="config", help="Settings of the server.", no_args_is_help=True)

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PASSWORD = re.compile(r"(?<=://)([^/@:]*):[^/@]*@")  # in a URL
_COLUMN = 48  # where it is said what a setting comes from


@app.command()
def show(
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings, a TOML file.")] = None,
) -> None:
    """Print the settings that serve would use, and what said so; secrets stay hidden."""
    found = layers(config, os.environ)
    for line in lines(configured(found), found):
        typer.echo(line)


def lines(settings: Any, origins: Layers) -> Iterator[str]:
    """TOML of a dataclass, a setting a line, with its origin as a comment; a secret is a comment altogether."""
    yield from _table((), _entries(settings), origins)


def _table(names: tuple[str, ...], entries: Mapping[str, Any], origins: Layers) -> Iterator[str]:
    tables = {name: _entries(value) for name, value in entries.items() if _is_table(value)}
    if names and (len(tables) < len(entries) or not entries):
        yield f"\n[{'.'.join(map(_key, names))}]"
    for name, value in entries.items():
        if name not in tables:
            yield f"{_setting(name, value):{_COLUMN}}  # {origins.origin(*names, name)}"
    for name, inner in tables.items():
        yield from _table((*names, name), inner, origins)


def _is_table(value: Any) -> bool:
    return is_dataclass(value) or isinstance(value, Mapping)


def _entries(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _setting(name: str, value: Any) -> str:
    if isinstance(value, Secret):
        return f"# {_key(name)} is {'hidden' if value else 'not set'}"
    if name == "url":
        value = _PASSWORD.sub(r"\1:hidden@", value)
    return f"{_key(name)} = {_toml(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _toml(name)


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():  # a JSON string is one of TOML, but for DEL
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list() | tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case int() | float():
            return repr(value)
    raise TypeError(f"a setting of type {type(value).__name__} cannot be written")
