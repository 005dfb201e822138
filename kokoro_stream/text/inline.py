"""What stands within a line: emphasis, links, code spans, formulas, entities, emoji, addresses."""

from __future__ import annotations

import html
from collections.abc import Callable

import regex

from . import markdown as md
from .addresses import spoken_url
from .blocks import end_line
from .characters import LINE_ENDS
from .directions import Say
from .emoji import EMOJI, name_of
from .formulas import read_command, read_formula
from .markup import MarkupError, checked_phonemes
from .page import MoreNeeded, Page, ends_line
from .paths import AFTER_PATH, spoken_path
from .tags import read_tag

_ENTITY = regex.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CLOSED = '.,;:!?”"*_'  # before a number in brackets that tells of a source
_VERDICTS = {**dict.fromkeys("✅✔✓☑", "yes"), **dict.fromkeys("❌✖✗✘❎", "no")}  # in the cell of a table


def read_inline(page: Page) -> None:
    """Read plain text up to something special, or that."""
    special = md.SPECIAL_IN_CODE if page.ticks else md.SPECIAL
    found = special.search(page.text, page.at, partial=not page.final)
    end = len(page.text) if found is None else found.start()
    if end > page.at:
        page.copy(end)
    elif found.partial:
        raise MoreNeeded
    elif (handler := _HANDLERS.get(page.text[end])) is not None:
        page.at = handler(page)
    else:
        page.at = _emoji(page) if EMOJI.match(page.text, end) else _address(page)


def _escape(page: Page) -> int:
    _, escaped = page.sides(page.at + 1)
    if page.ticks:
        return _path(page) or page.copy(page.at + 1)
    for read in (_path, read_formula, read_command):
        if (end := read(page)) is not None:
            return end
    if escaped and escaped in md.ESCAPABLE:
        page.at += 1
    elif escaped and escaped in LINE_ENDS:
        return page.at + 1
    return page.copy(page.at + 1)


def _backticks(page: Page) -> int:
    run = page.run(md.RUN)
    if not page.ticks or page.ticks == run.group():
        page.ticks = "" if page.ticks else run.group()
        return page.skip(run.end())
    return page.space(run.end())


def _marks(page: Page) -> int:
    if (end := _path(page)) is not None:
        return end
    run = page.run(md.RUN)
    fate = md.fate_of_run(run.group(), *page.sides(run.end()))
    if fate == "said":
        return page.copy(run.end())
    return page.space(run.end()) if fate == "space" else page.skip(run.end())


def _hashes(page: Page) -> int:
    run = page.run(md.RUN)
    before, after = page.sides(run.end())
    closes_heading = page.kind == "heading" and before.isspace() and (not after or after.isspace())
    return page.skip(run.end()) if closes_heading else page.copy(run.end())


def _dollar(page: Page) -> int:
    end = None if page.text[page.at - 1].isalnum() else read_formula(page)
    return page.copy(page.at + 1) if end is None else end


def _open_bracket(page: Page) -> int:
    if (footnote := page.construct(md.FOOTNOTE)) is not None:
        return page.drop(footnote.end(), "the mark of a footnote")
    if page.settings.markup and (found := page.construct(md.PHONEMES)) is not None:
        return _say_label(page, found)
    before, after = page.sides(page.at + 1)
    cited = before in _CLOSED or page.cited == page.source.starts[page.at]
    pattern = md.NUMBERED if cited else None if before.isalnum() else md.NUMBERED_TWICE
    if pattern is not None and (citation := page.construct(pattern)) is not None:
        page.drop(citation.end(), "a citation")
        page.cited = page.source.ends[citation.end() - 1]
        return page.at
    page.labels += 1
    return page.space(page.at + 1) if before.isalnum() and after.isalnum() else page.skip(page.at + 1)


def _say_label(page: Page, found: regex.Match[str]) -> int:
    """``[label](/phonemes/)`` of the caller's: the label is text, said with those phonemes."""
    source, end = page.source, found.end()
    first, last = found.span("label")
    page.skip(first)
    try:
        phonemes = checked_phonemes(found["phonemes"])
        page.directions.append(Say(source.starts[first], source.ends[last - 1], phonemes))
    except MarkupError as error:
        page.copy(last)
        return page.drop(end, str(error), "invalid_markup")
    page.copy(last)
    return page.skip(end)


def _close_bracket(page: Page) -> int:
    if page.labels:
        for pattern in (md.LINK_TAIL, md.REFERENCE_TAIL):
            if (tail := page.construct(pattern)) is not None:
                page.labels -= 1
                return page.drop(tail.end(), "the address of a link")
    before, after = page.sides(page.at + 1)
    page.labels = max(page.labels - 1, 0)
    return page.space(page.at + 1) if before.isalnum() and after.isalnum() else page.skip(page.at + 1)


def _citation(page: Page) -> int:
    citation = page.construct(md.CITATION)
    return page.copy(page.at + 1) if citation is None else page.drop(citation.end(), "a citation")


def _exclamation(page: Page) -> int:
    before, after = page.sides(page.at + 1)
    opens_image = after == "[" and not before.isalnum()
    return page.skip(page.at + 1) if opens_image else page.copy(page.at + 1)


def _ampersand(page: Page) -> int:
    entity = page.construct(_ENTITY)
    if entity is None or (decoded := html.unescape(entity.group())) == entity.group():
        return page.copy(page.at + 1)
    return page.say(decoded, entity.end())


def _pipe(page: Page) -> int:
    before, after = page.sides(page.at + 1)
    if page.kind != "row" and not (before.isspace() and (ends_line(after) or after.isspace())):
        return page.copy(page.at + 1)
    page.spoken.cell(*page.span(page.at + 1))
    return page.skip(page.at + 1)


def _less_than(page: Page) -> int:
    return page.copy(page.at + 1) if page.ticks else read_tag(page)


def _emoji(page: Page) -> int:
    found = page.run(EMOJI)
    verdict = _VERDICTS.get(found.group()[0]) if page.kind == "row" else None
    name = verdict or name_of(found.group())
    if verdict is None and (page.settings.emoji == "drop" or not name):
        # A stray modifier, as of a keycap, is nothing by itself.
        return page.drop(found.end(), "an emoji") if name else page.skip(found.end())
    if name == page.last_emoji:
        return page.skip(found.end())
    page.say(f" {name} " if page.spoken.glued else f"{name} ", found.end())
    page.last_emoji = name
    return int(found.end())


def _path(page: Page) -> int | None:
    """Say the file path that stands here; None when there is none."""
    if (special := md.SPECIAL_IN_CODE.match(page.text, page.at, partial=not page.final)) is None:
        return None
    if special.partial:
        raise MoreNeeded
    found = page.run(md.PATH)
    if found is None:
        return None
    path = found.group().rstrip(AFTER_PATH)
    return page.say(spoken_path(path), page.at + len(path))


def _address(page: Page) -> int:
    found = page.run(md.ADDRESS)
    if found is None:
        end = _path(page)
        return page.copy(page.at + 1) if end is None else end
    address = found.group().rstrip(md.AFTER_ADDRESS)
    while address.endswith(")") and address.count("(") < address.count(")"):
        address = address[:-1].rstrip(md.AFTER_ADDRESS)
    end = page.at + len(address)
    words = spoken_url(address)
    return page.say(words, end) if words else page.drop(end, "an address without a host")


_HANDLERS: dict[str, Callable[[Page], int]] = {
    **dict.fromkeys(LINE_ENDS, end_line),
    **dict.fromkeys("*_~=", _marks),
    "\\": _escape,
    "`": _backticks,
    "#": _hashes,
    "$": _dollar,
    "[": _open_bracket,
    "]": _close_bracket,
    "【": _citation,
    "!": _exclamation,
    "<": _less_than,
    "&": _ampersand,
    "|": _pipe,
}
