"""File paths as people say them: every slash, the dots of names, home as "tilde"."""

from __future__ import annotations

import re

# Where a word begins: /usr/bin, ~/.bashrc, ./run.sh, ../lib, C:\Users.
UNIX_START = r"(?:~|\.{1,2})?/[\w.]"
WINDOWS_START = r"[A-Za-z]:\\"
# Of open end.
UNIX_REST = r"[\w.+@%~:/={}-]{0,512}"
WINDOWS_REST = r"[\w.+@%~\\$-]{1,512}"
AFTER_PATH = ".,;:!?_~"

_PART = re.compile(r"(?P<drive>^[A-Za-z]:)|(?P<mark>[\\/.~:@%+=$])|(?P<name>[^\\/.~:@%+=$]+)")
_MARKS = {
    "/": "slash", "\\": "backslash", ".": "dot", "~": "tilde", ":": "colon", "@": "at", "%": "percent", "+": "plus",
    "=": "equals", "$": "dollar",
}  # fmt: skip


_PARTING = str.maketrans("_-{}", "    ")


def spoken_path(path: str) -> str:
    """``~/my-app/.env`` → ``tilde slash my app slash dot env``; a slash at the end is not said."""
    said = []
    for part in _PART.finditer(path.rstrip("/\\") or path):
        if part["drive"]:
            said.append(f"{path[0].upper()} colon")
        else:
            said.append(_MARKS[part["mark"]] if part["mark"] else part["name"].translate(_PARTING))
    return " ".join(" ".join(said).split())
