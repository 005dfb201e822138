"""Fifty replies of an assistant: lists, tables, prices, dates, quotes, addresses, code, emoji; short ones and long."""

from __future__ import annotations

import re
from pathlib import Path

REPLIES = (Path(__file__).parent / "replies.txt").read_text("utf-8").removesuffix("\n").split("\n%%\n")

# Markup that nobody wants to hear: fenced code, ticks in boxes, targets of links, tags, entities.
_NOT_SAID = re.compile(r"```.*?```|^- \[x\]|\]\([^)]*\)|</?\w+>|&\w+;", re.DOTALL | re.MULTILINE)


def offsets_to_be_said(reply: str) -> set[int]:
    """Where the letters and digits are that a listener has a right to hear."""
    visible = _NOT_SAID.sub(lambda markup: " " * len(markup[0]), reply)
    return {offset for offset, character in enumerate(visible) if character.isalnum()}
