"""Where a formula begins and ends: between dollars or LaTeX brackets, or a command that stands alone."""

from __future__ import annotations

import regex

from .latex import spoken_formula
from .latex_commands import COMMANDS
from .page import MoreNeeded, Page

_COMMON = "to or and is in on at by of an as it we he if so no do go my me up us be am per for the day was off"
_MASKED = r"\\(?:text\w*|mathrm|operatorname|mbox|begin|end|label|tag)\*?\{[^{}]*+\}?|\\[A-Za-z]++|\\.|[_^]\{[^{}]*+\}?"
_FUNCTION = r"(?:sin|cos|tan|log|exp|max|min|lim|det|gcd|mod)(?![A-Za-z])"
# What stands between dollars that are money, and never in a formula: prose, sentences, sums of money.
_PROSE = regex.compile(
    rf"{_MASKED}|{_FUNCTION}|(?P<no>\n|\A\s|\A[\d.,]++\s++[A-Za-z]|[.?!;]\s|(?<![A-Za-z])[A-Za-z]{{4}}"
    rf"|(?<![A-Za-z])(?:[a-z]{{3}}|(?:{_COMMON.replace(' ', '|')}))(?![A-Za-z]))",
    regex.S,
)
# Between LaTeX's own brackets only prose at the beginning tells that they are plain ones, escaped.
_ESCAPED = regex.compile(r"\A[^\\^_={}]*?(?P<no>(?<![A-Za-z])[A-Za-z]{4}|\n\n)|(?P<no>\n[ \t]*\n)")

# opening: its end, what must not stand between, the most characters between
_DELIMITERS = {
    "$$": (regex.compile(r"(?<!\\)\$\$"), _ESCAPED, 1000),
    "\\(": (regex.compile(r"\\\)"), _ESCAPED, 500),
    "\\[": (regex.compile(r"\\\]"), _ESCAPED, 1000),
    "$": (regex.compile(r"(?<!\\)\$"), _PROSE, 200),
}
_GROUP = r"\{(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]{0,64}+\}){0,64}+\}){0,128}+\}"
_OPTION = r"(?<=[A-Za-z])\[[^\[\]\n]{0,16}+\]"
_ARGUMENT = rf"(?:{_GROUP}|[_^](?:{_GROUP}|\w))"
_COMMAND = regex.compile(rf"\\(?P<name>[A-Za-z]{{2,32}}+)(?:{_OPTION})?{_ARGUMENT}{{0,8}}+")
_ONE_MORE = regex.compile(rf"{_OPTION}|{_ARGUMENT}")
_ENVIRONMENT = regex.compile(
    r"\\begin\{(?P<name>[A-Za-z]{1,20}+\*?)\}(?P<tex>(?:[^\\]|\\(?!end\{)){0,1000}+)\\end\{(?P=name)\}", regex.S
)


def read_formula(page: Page) -> int | None:
    """Say the formula in delimiters that stands here; None when they delimit none."""
    opening = page.text[page.at : page.at + 2]
    if len(opening) < 2 and not page.final:
        raise MoreNeeded
    if opening not in _DELIMITERS:
        opening = opening[:1]
    if opening not in _DELIMITERS:
        return None
    start = page.at + len(opening)
    end = _end_of(page, opening, start)
    if end is None:
        return None
    stop = end + len(opening)
    if opening == "$" and not _lone(page, start, end):
        return None
    tex, displayed = page.text[start:end], opening in ("$$", "\\[")
    _, after = page.sides(stop)
    if displayed:
        page.end_block(page.at)
    _say(page, tex, stop)
    if displayed and (not after or after not in ",.;:"):
        page.end_block(stop - 1)
    return stop


def _end_of(page: Page, opening: str, start: int) -> int | None:
    closing, refused, most = _DELIMITERS[opening]
    found = closing.search(page.text, start, start + most + len(opening))
    end = found.start() if found is not None else min(len(page.text), start + most)
    for prose in refused.finditer(page.text[start:end]):
        # One that touches the end of the text may become something else.
        if prose["no"] is not None and (start + prose.end() < len(page.text) or page.final):
            return None
    if found is None and len(page.text) < start + most + len(opening) and not page.final:
        raise MoreNeeded
    return found.start() if found is not None and found.start() > start else None


def _lone(page: Page, start: int, end: int) -> bool:
    """Whether single dollars touch the formula and nothing else."""
    before, after = page.sides(end + 1)
    return not (before.isalnum() or after.isalnum() or page.text[end - 1].isspace())


def read_command(page: Page) -> int | None:
    """Say a command of LaTeX, with what it applies to, that stands outside any formula; None when it is none."""
    environment = page.construct(_ENVIRONMENT) if page.text.startswith("\\begin", page.at) else None
    if environment is not None:
        return _say(page, environment["tex"], environment.end())
    command = page.run(_COMMAND)
    if command is None or command["name"] not in COMMANDS:
        return None
    more = _ONE_MORE.match(page.text, command.end(), partial=not page.final)
    if more is not None and more.partial:
        raise MoreNeeded
    return _say(page, command.group(), command.end())


def _say(page: Page, tex: str, end: int) -> int:
    words = spoken_formula(tex)
    if not words:
        return page.drop(end, "a formula without words")
    apart = " " if page.spoken.glued and page.text[page.at - 1].isalnum() else ""
    return page.say(apart + words, end)
