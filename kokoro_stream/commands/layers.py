"""Settings in layers: a file, the environment, the command line; the later wins, and each knows where it is from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from ..errors import InputError

PREFIX = "KOKORO_STREAM_"
DEFAULT = "default"

Tree = dict[str, Any]
Option = str | int | None


class Layers:
    """Values as they were given, put one over the other."""

    def __init__(self) -> None:
        self.given: Tree = {}
        self._origins: dict[tuple[str, ...], str] = {}

    def put_file(self, path: Path) -> None:
        """A TOML file. Raises InputError when it is none; OSError when it cannot be read."""
        self._put_tree((), read_toml(path), path.name)

    def put_environment(self, environ: Mapping[str, str], *, apart: frozenset[str]) -> None:
        """``KOKORO_STREAM_TABLE__SETTING``, in any case of letters; names ``apart`` are no settings."""
        for name, value in sorted(environ.items()):  # a table's name comes before its entries
            if name.startswith(PREFIX) and name not in apart:
                self._put(tuple(name.removeprefix(PREFIX).lower().split("__")), value, name)

    def put_options(self, options: Mapping[str, Option]) -> None:
        """Those that are not None; ``table__setting`` is a setting of a table."""
        for name, value in options.items():
            if value is not None:
                self._put(tuple(name.split("__")), value, "command line")

    def origin(self, *names: str) -> str:
        """What said the setting of that name in these tables: a file's name, a variable, or `DEFAULT`."""
        related = (at for at in reversed(self._origins) if at[: len(names)] == names[: len(at)])
        return next((self._origins[at] for at in related), DEFAULT)

    def _put_tree(self, above: tuple[str, ...], tree: Tree, origin: str) -> None:
        for name, value in tree.items():
            if isinstance(value, dict) and value:
                self._put_tree((*above, name), value, origin)
            else:
                self._put((*above, name), value, origin)

    def _put(self, names: tuple[str, ...], value: Any, origin: str) -> None:
        given = self.given
        for name in names[:-1]:
            given = given.setdefault(name, {})
            if not isinstance(given, dict):
                raise InputError(origin, f"{name} is a single setting, not a table")
        given[names[-1]] = value
        self._origins[names] = origin


def read_toml(path: Path) -> Tree:
    """What a TOML file says. Raises InputError when it is none; OSError when it cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:  # not TOML, or not UTF-8
        raise InputError(str(path), f"is no TOML file: {error}") from error


def shaped(given: Mapping[str, Any], kind: type, above: str = "") -> Tree:
    """``given`` with lists where the dataclass ``kind`` has them: the environment separates by commas.

    Raises InputError naming a setting that ``kind`` does not have.
    """
    kinds, made = get_type_hints(kind), Tree()
    for name, value in given.items():
        if name not in kinds:
            known = ", ".join(each.name for each in fields(kind))
            raise InputError(above + name, f"there is no such setting; there are {known}")
        made[name] = _shaped(value, kinds[name], f"{above}{name}.")
    return made


def _shaped(value: Any, kind: Any, above: str) -> Any:
    if isinstance(value, str) and get_origin(kind) is tuple:
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, dict) and is_dataclass(kind):
        assert isinstance(kind, type)
        return shaped(value, kind, above)
    if isinstance(value, dict) and get_origin(kind) is Mapping and is_dataclass(entry := get_args(kind)[1]):
        return {name: _shaped(each, entry, f"{above}{name}.") for name, each in value.items()}
    return value
