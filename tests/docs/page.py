"""docs/deployment.md in pieces."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "deployment"
PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The listings in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """What a person is to type, a line a command."""
    return [line.removeprefix("$ ") for block in blocks("console") for line in joined(block).splitlines()]


def joined(text: str) -> str:
    """With lines that go on in the next one made whole."""
    return re.sub(r"\\\n\s*", "", text)


def rows(header: str) -> list[list[str]]:
    """The table under a line that begins like that, without backquotes."""
    lines = PAGE[PAGE.index(f"\n{header}") :].split("\n\n")[0].splitlines()[3:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
