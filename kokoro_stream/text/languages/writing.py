"""Abbreviations, addresses and signs → words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .grammar import Grammar
from .rules import Rule, one_of, rule

_NAME = r"(?>[A-Za-z0-9][\w-]*+)"
_ENDINGS = "com|org|net|io|es|fr|it|br|in|eu|ai|dev|app|info|mx|ar|pt|gov|edu"
_PIECES = re.compile(r"[./@]|[^\W_]+")


def writing(grammar: Grammar) -> Iterator[Rule]:
    """What is written short."""

    def expanded(match: re.Match[str]) -> str:
        ends = match.end() == len(match.string.rstrip()) and match[0].endswith(".")
        touches = match.string[match.end() : match.end() + 1].isdigit()
        return grammar.abbreviations[match[0]] + ("." if ends else " " if touches else "")

    def address(match: re.Match[str]) -> str:
        said = {".": grammar.dot, "@": grammar.at, "/": grammar.slash}
        return " ".join(said.get(piece, piece) for piece in _PIECES.findall(match[0].rstrip("/")))

    yield rule(rf"(?<![\w.])(?:{one_of(grammar.abbreviations)})(?:(?!\w)|(?<=[°º.])(?=\d))", expanded, needs=[])
    if grammar.misread:
        yield rule(
            rf"(?<![\w-])(?:{one_of(grammar.misread)})(?![\w-])",
            lambda match: grammar.misread[match[0].lower()],
            needs=["".join(grammar.misread)],
            ignore_case=True,
        )
    yield rule(rf"(?<![\w.@]){_NAME}(?:\.{_NAME}){{0,4}}+@{_NAME}(?:\.{_NAME}){{1,4}}+", address, needs=["@", "."])
    yield rule(
        rf"(?<![\w.@/]){_NAME}(?:\.{_NAME}){{0,3}}\.(?:{_ENDINGS})\b(?!\.\w)(?:/[\w/-]{{0,80}}+)?", address, needs=["."]
    )


def signs(grammar: Grammar) -> Iterator[Rule]:
    """Signs that are left; a stroke between words is a space."""

    def sign(match: re.Match[str]) -> str:
        text, start, end = match.string, match.start(), match.end()
        left = "" if start == 0 or text[start - 1].isspace() else " "
        right = " " if text[end : end + 1].isalnum() else ""
        return f"{left}{grammar.signs[match[0].strip()]}{right or match[0][len(match[0].rstrip()) :]}"

    yield rule(one_of(grammar.signs), sign, needs=["".join(grammar.signs)])
    yield rule(r"(?<=\w)\s?[/|]\s?(?=\w)", lambda match: " ", needs=["/|"])
