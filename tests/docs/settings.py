"""The settings of the server, read off its types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from kokoro_stream.commands.layers import PREFIX
from kokoro_stream.service.secret import Secret


@dataclass(frozen=True, slots=True)
class Setting:
    """``name`` is dotted, with NAME or WORD for what the user chooses; ``default`` is TOML, "" where there is none."""

    name: str
    default: str

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper().replace(".", "__")


def settings(kind: type, above: str = "") -> dict[str, Setting]:
    """All settings of the dataclass ``kind``, by name."""
    return {setting.name: setting for setting in _settings(kind, above)}


def _settings(kind: Any, above: str) -> Iterator[Setting]:
    kinds = get_type_hints(kind)
    for field in fields(kind):
        name, inner = above + field.name, kinds[field.name]
        if is_dataclass(inner):
            yield from _settings(inner, f"{name}.")
        elif get_origin(inner) is Mapping and is_dataclass(entry := get_args(inner)[1]):
            yield from _settings(entry, f"{name}.NAME.")
        elif get_origin(inner) is Mapping:
            yield Setting(f"{name}.WORD", "")
        elif inner is Secret:
            yield from (Setting(name, ""), Setting(f"{name}.file", ""))
        else:
            default = field.default if field.default_factory is MISSING else field.default_factory()
            yield Setting(name, json.dumps(default))  # which is also TOML
