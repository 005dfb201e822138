"""Lines and blocks: what stands at the beginning of a line, where a paragraph goes on, code between fences."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import markdown as md
from .characters import LINE_ENDS
from .directions import Dropped
from .page import Code, MoreNeeded, Page

CODE_BLOCK = "Code block."

# A line at least this long that does not end in punctuation was wrapped: it goes on in the next line. Shorter ones
# (verses, "Name: Bob") end where they end.
WRAPPED_LINE = 50
_CLOSED_LINE = frozenset('.!?:;…。！？"”)')
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{0,32}")


def read_marker(page: Page) -> None:
    """Read one block marker at a line's beginning, or find that the line's text begins."""
    if page.text[page.at] in LINE_ENDS:
        page.begins_line = False
        return
    for name, pattern in md.BLOCKS.items():
        found = page.construct(pattern) if name in md.CLOSED_BLOCKS else page.run(pattern)
        if found is not None:
            if name != "space":
                page.end_block(page.at)
            _MARKERS[name](page, found)
            return
    page.begins_line = False
    if page.wrapped is not None:
        page.spoken.space(*page.wrapped)
        page.wrapped = None


def _skip(page: Page, found: Any) -> None:
    page.skip(found.end())


def _fence(page: Page, found: Any) -> None:
    language = found.group().strip("`~ \t\n")
    if page.settings.code == "read" and not _LANGUAGE.fullmatch(language):
        page.dropped.append(Dropped(*page.span(found.end()), "what follows the mark of a block of code"))
    open_code(page, found["fence"], found.end())


def _heading(page: Page, found: Any) -> None:
    page.kind = "heading"
    page.skip(found.end())


def _number(page: Page, found: Any) -> None:
    page.say(f"{found['number']}. ", found.end())


def _row(page: Page, found: Any) -> None:
    page.kind, page.begins_line = "row", False
    page.skip(found.end())


def _alert(page: Page, found: Any) -> None:
    page.say(f"{found['alert'].capitalize()}.", found.end())


def _definition(page: Page, found: Any) -> None:
    page.drop(found.end(), "the address of a link")


def _footnote(page: Page, found: Any) -> None:
    page.drop(found.end(), "the mark of a footnote")


_MARKERS: dict[str, Callable[[Page, Any], None]] = {
    **dict.fromkeys(("space", "rule", "drawing", "branch", "bullet", "checkbox"), _skip),
    "fence": _fence,
    "heading": _heading,
    "number": _number,
    "row": _row,
    "footnote": _footnote,
    "alert": _alert,
    "definition": _definition,
}


def end_line(page: Page) -> int:
    """Read a line's end."""
    if _goes_on(page):
        page.wrapped = page.span(page.at + 1)
    elif not page.begins_line:
        page.end_block(page.at)
    page.at += 1
    page.begin_line()
    return page.at


def _goes_on(page: Page) -> bool:
    """Whether the line that ends here was wrapped, so that its paragraph may go on in the next line."""
    length = page.source.starts[page.at] - page.line_at
    hard = page.kind != "text" or page.text[page.at - 2 : page.at] == "  "
    return length >= WRAPPED_LINE and not hard and page.spoken.last not in _CLOSED_LINE


def open_code(page: Page, closing: str, end: int) -> None:
    """A block of code begins behind ``end`` and ends with ``closing``."""
    start, stop = page.span(end)
    if page.settings.code == "announce":
        page.say(CODE_BLOCK, end)
    page.skip(end)
    page.end_block(end - 1)
    page.code = Code(closing, start, stop, said=page.settings.code == "read")
    page.begin_line()


def close_code(page: Page) -> None:
    """The block of code ended, or the text within it; what was not said is reported."""
    code = page.code
    if code is not None and not code.said and code.end > code.start:
        page.dropped.append(Dropped(code.start, code.end, "a block of code"))
        code.start = code.end


def read_code(page: Page, read_line: Callable[[Page], None]) -> None:
    """Read on within a block of code: its end, or some of a line, which ``read_line`` says where code is read."""
    assert page.code is not None
    end = _closing(page, page.code.closing)
    if end is not None:
        page.code.end = page.span(end)[1]
        close_code(page)
        page.code = None
        page.skip(end)
        page.end_block(end - 1)
        page.begin_line()
    elif page.code.said:
        page.begins_line, page.kind, page.ticks = False, "code", page.code.closing
        read_line(page)
    else:
        end = _end_of_code(page, page.code.closing)
        page.code.end = page.span(end)[1]
        page.begins_line = page.text[end - 1] == "\n"
        page.skip(end)


def _closing(page: Page, closing: str) -> int | None:
    """Where what closes the code ends, if it stands here."""
    if closing.startswith("<"):
        head = page.text[page.at : page.at + len(closing)]
        if len(head) < len(closing) and not page.final and closing.startswith(head.lower()):
            raise MoreNeeded
        return page.at + len(closing) if head.lower() == closing else None
    found = page.run(md.CLOSING_FENCE) if page.begins_line else None
    return int(found.end()) if found is not None and found["fence"].startswith(closing) else None


def _end_of_code(page: Page, closing: str) -> int:
    """How far the code goes on at least: to the line's end, or to what may close it."""
    end = page.text.find("\n", page.at) + 1 or len(page.text)
    if closing.startswith("<"):
        tag = page.text.find("<", page.at + 1, end)
        end = tag if tag >= 0 else end
    return end
