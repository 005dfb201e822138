"""A setting that nobody is shown: keys and passwords."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import InputError


class Secret:
    """Text that does not appear in logs, in errors, or where settings are shown; "" is none."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(hidden)" if self._text else "Secret()"


def read_secret(given: Any) -> Secret:
    """The secret that is ``given`` as text, or as ``{"file": path}``, whose last line break does not count.

    Blocking. Raises `InputError` when it is neither or the file is empty, OSError when the file cannot be read.
    """
    match given:
        case str(text):
            return Secret(text)
        case {"file": str(path), **others} if not others:
            try:
                text = Path(path).read_text("utf-8")
            except ValueError as error:
                raise InputError(path, "is no text file in UTF-8") from error
            if not (text := text.removesuffix("\n").removesuffix("\r")):
                raise InputError(path, "is empty, and should hold a secret")
            return Secret(text)
    raise InputError("secret", 'is either text or { file = "path" }')
