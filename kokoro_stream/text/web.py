"""Web and mail addresses, names with dots, handles, options of commands → words."""

from __future__ import annotations

import re

from .addresses import spoken_host, spoken_url
from .dialect import Dialect
from .numbers import letters, plural
from .rules import DIGITS, rule

NOTES = {"#": "sharp", "♯": "sharp", "♭": "flat", "++": "plus plus"}
_SEPARATORS = {".": " dot ", "+": " plus ", "-": " dash ", "_": " "}


def _mail(match: re.Match[str], _: Dialect) -> str:
    local = "".join(_SEPARATORS.get(character, character) for character in match["local"])
    return f"{local} at {spoken_host(match['host'])}"


def _note(match: re.Match[str], english: Dialect) -> str:
    number = f" {english.cardinal(match['number'])}" if match["number"] else ""
    return f"{match['name']} {NOTES[match['sign']]}{number}"


WEB = (
    rule(r"\b(?:https?|ftp|wss?|mqtts?)://[^\s<>\"]*[\w/]", lambda m, _: spoken_url(m.group()), needs=["/"]),
    rule(r"(?:\bmailto:)?\b(?P<local>\w[\w.+-]{0,63})@(?P<host>[\w-]++(?:\.[\w-]++)+)", _mail, needs=["@"]),
    rule(r"(?:(?<=\s)|^)@ ?(?=[$£€\d])", "at ", needs=["@"]),
    rule(r"(?<![\w@])@(?=\w)", "at ", needs=["@"]),
    rule(r"\bwww\.(?P<host>[\w-]++(?:\.[\w-]++)+)", lambda m, _: spoken_host(m["host"]), needs=["."]),
    rule(
        r"(?<![\w.@-])(?:[A-Za-z_]\w{0,40}(?:[.-]\w{1,40}){0,6}\.)(?:[a-z][a-z0-9]{1,10}|com|COM)(?!\w)",
        lambda m, _: spoken_host(m.group()),
        needs=["."],
    ),
    rule(r"(?<![\w.])\.(?=[A-Za-z]{2,})", "dot ", needs=["."]),
    rule(r"--(?<![\w.-]--)(?=[a-z][a-z]+)", "dash dash ", needs=["-"]),
    rule(r"(?:(?<=\s)|^|(?<=[(\"'`]))-(?=[a-zA-Z]{1,2}(?:[\s,;:)\"'`]|[.?!](?:\s|$)|$))", "dash ", needs=["-"]),
    rule(
        r"(?<![\w#&])#(?P<digits>[0-9A-Fa-f]{6}|[0-9A-F]{3})\b(?<!#\d\d\d)(?<!#\d{6})(?<!#[a-z]{6})(?<!#[A-Z]{3})",
        lambda m, _: f"hex {letters(m['digits'])}",
        needs=["#"],
    ),
    rule(r"(?<![\w#&])#(?=\d)", "number ", needs=["#"]),
    rule(r"(?<![\w#&])#(?=[A-Za-z])", "hashtag ", needs=["#"]),
    rule(r"\b(?P<name>[A-GJ])(?P<sign>[#♯♭]|\+\+)(?:(?P<number>\d{1,2})\b)?(?!\w)", _note, needs=["#♯♭+"]),
    rule(r"\bAT&T\b", "A T and T", needs=["&"]),
)
HYPHENS = (
    rule(r"(?<=[A-Za-z]-)(?P<digits>\d{1,3})s\b", lambda m, e: plural(e.cardinal(m["digits"])), needs=[DIGITS, "s"]),
    # Between a name or a number and the other, a hyphen is not heard: "GPT-4", "2024-Q1".
    rule(r"(?<=[A-Za-z])-(?=\d)|(?<=\d)-(?=[A-Za-z])", " ", needs=[DIGITS, "-"]),
)
