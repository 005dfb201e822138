"""What an assistant writes → what is to be said, while it is being written.

Markup, emoji and control characters go; links become their labels, addresses their hosts, fenced code an announcement.
Numbers, dates and abbreviations stay: they are `normalize`'s. Whether a ``*`` or a ``[`` is markup is decided from its
neighbours, not by finding its partner, so text leaves as it comes and an unclosed construct delays nothing.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from . import markdown as md
from .addresses import spoken_url
from .characters import LINE_ENDS
from .source import SourceText
from .spoken import SpokenText

CODE_BLOCK = "Code block."
CONTEXT = "\n\n"  # what stands before the text; no rule looks back further

# A line at least this long that does not end in punctuation was wrapped: it goes on in the next line. Shorter ones
# (verses, "Name: Bob") end where they end.
WRAPPED_LINE = 50
_CLOSED_LINE = frozenset('.!?:;…。！？"”)')


class _MoreNeeded(Exception):
    """What stands here depends on text that has not come yet. Raised before any state has changed."""


class Speakable:
    """Turns Markdown, fed in pieces of any size, into text to say; newlines in the output are ends of blocks.

    The concatenated output does not depend on how the input was cut. Offsets count code points of everything fed.
    """

    def __init__(self) -> None:
        self._text = CONTEXT  # the last characters already read, as context, and those still to be read
        self._base = -len(CONTEXT)  # source offset of the first of them
        self._at = len(CONTEXT)
        self._final = False
        self._spoken = SpokenText()
        self._line_start = True
        self._line_at = 0  # source offset of the line
        self._kind = "text"  # of the line: text, heading or row
        self._wrapped: int | None = None  # line end that is white space if its paragraph goes on
        self._code = ""  # backticks that opened the code span being read
        self._fence = ""  # marks that opened the code block being read
        self._labels = 0  # brackets open in the line

    def feed(self, piece: str) -> list[SourceText]:
        """Take more text; return what can be said of it so far."""
        self._text += piece
        return self._read(final=False)

    def flush(self) -> list[SourceText]:
        """Return what is held back, read as if the text ended here. More may follow."""
        return self._read(final=True)

    def _read(self, *, final: bool) -> list[SourceText]:
        self._final = final
        try:
            while self._at < len(self._text):
                if self._fence:
                    self._skip_code()
                elif self._line_start:
                    self._block()
                else:
                    self._inline()
        except _MoreNeeded:
            pass
        read = self._at - len(CONTEXT)
        self._text, self._base, self._at = self._text[read:], self._base + read, len(CONTEXT)
        return self._spoken.take()

    # What stands at the place reached. Each raises _MoreNeeded when that is not certain yet.

    def _construct(self, pattern: Any) -> Any:
        """A match of a pattern that is complete with its last character, or None."""
        found = pattern.match(self._text, self._at, partial=not self._final)
        if found is not None and found.partial:
            raise _MoreNeeded
        return found

    def _run(self, pattern: Any) -> Any:
        """A match of a pattern of open end, or None."""
        found = self._construct(pattern)
        if found is not None and found.end() == len(self._text) and not self._final:
            raise _MoreNeeded
        return found

    def _sides(self, end: int) -> tuple[str, str]:
        """The characters before the place reached and at ``end`` ("" where the text ends)."""
        if end == len(self._text) and not self._final:
            raise _MoreNeeded
        return self._text[self._at - 1], self._text[end : end + 1]

    # Blocks

    def _block(self) -> None:
        """Read one block marker at a line's beginning, or find that the line's text begins."""
        if self._text[self._at] in LINE_ENDS:
            self._line_start = False
            return
        for name, pattern in md.BLOCKS.items():
            found = self._construct(pattern) if name in ("space", "row") else self._run(pattern)
            if found is not None:
                self._marker(name, found)
                self._at = found.end()
                return
        self._line_start = False
        if self._wrapped is not None:
            self._spoken.space(self._wrapped, self._wrapped + 1)
            self._wrapped = None

    def _marker(self, name: str, found: Any) -> None:
        start, end = self._base + found.start(), self._base + found.end()
        if name == "space":
            return
        self._end_block(start)
        if name == "fence":
            self._fence = found["fence"]
            self._spoken.say(CODE_BLOCK, start, end)
            self._end_block(end - 1)
        elif name == "number":
            self._spoken.say(f"{found['number']}.", start, end)
            self._spoken.space(end, end + 1)
        elif name == "heading":
            self._kind = name
        elif name == "row":
            self._kind, self._line_start = name, False

    def _skip_code(self) -> None:
        """Read over a line of a code block; a closing fence ends the block."""
        closing = self._run(md.CLOSING_FENCE) if self._line_start else None
        if closing is not None and closing["fence"].startswith(self._fence):
            self._fence, self._at = "", closing.end()
            self._begin_line()
            return
        end = self._text.find("\n", self._at)
        self._line_start = end >= 0
        self._at = end + 1 if end >= 0 else len(self._text)

    def _begin_line(self) -> None:
        self._line_start, self._line_at = True, self._base + self._at
        self._kind, self._code, self._labels = "text", "", 0

    def _end_block(self, at: int) -> None:
        self._wrapped = None
        self._spoken.end_block(at)

    # Within a line. A handler returns where reading goes on.

    def _inline(self) -> None:
        special = md.SPECIAL_IN_CODE if self._code else md.SPECIAL
        found = special.search(self._text, self._at, partial=not self._final)
        end = len(self._text) if found is None else found.start()
        if end > self._at:
            self._at = self._copy(end)
        elif found.partial:
            raise _MoreNeeded
        else:
            self._at = _HANDLERS.get(self._text[end], Speakable._address)(self)

    def _copy(self, end: int) -> int:
        self._spoken.copy(self._text, self._at, end, self._base)
        return end

    def _space(self, end: int) -> int:
        self._spoken.space(self._base + self._at, self._base + end)
        return end

    def _newline(self) -> int:
        at = self._base + self._at
        if self._goes_on(at):
            self._wrapped = at
        elif not self._line_start:
            self._end_block(at)
        self._at += 1
        self._begin_line()
        return self._at

    def _goes_on(self, at: int) -> bool:
        """Whether the line that ends at ``at`` was wrapped, so that its paragraph may go on in the next line."""
        hard = self._kind != "text" or self._text[self._at - 2 : self._at] == "  "
        return at - self._line_at >= WRAPPED_LINE and not hard and self._spoken.last not in _CLOSED_LINE

    def _escape(self) -> int:
        _, escaped = self._sides(self._at + 1)
        if escaped and escaped in md.ESCAPABLE:
            self._at += 1
        elif escaped in LINE_ENDS:
            return self._at + 1
        return self._copy(self._at + 1)

    def _backticks(self) -> int:
        run = self._run(md.RUN)
        if not self._code or self._code == run.group():
            self._code = "" if self._code else run.group()
            return int(run.end())
        return self._space(run.end())

    def _marks(self) -> int:
        run = self._run(md.RUN)
        fate = md.fate_of_run(run.group(), *self._sides(run.end()))
        if fate == "said":
            return self._copy(run.end())
        return self._space(run.end()) if fate == "space" else int(run.end())

    def _hashes(self) -> int:
        run = self._run(md.RUN)
        before, after = self._sides(run.end())
        closes_heading = self._kind == "heading" and before.isspace() and (not after or after.isspace())
        return int(run.end()) if closes_heading else self._copy(run.end())

    def _open_bracket(self) -> int:
        if (footnote := self._construct(md.FOOTNOTE)) is not None:
            return int(footnote.end())
        before, after = self._sides(self._at + 1)
        self._labels += 1
        return self._space(self._at + 1) if before.isalnum() and after.isalnum() else self._at + 1

    def _close_bracket(self) -> int:
        if self._labels:
            for pattern in (md.LINK_TAIL, md.REFERENCE_TAIL):
                if (tail := self._construct(pattern)) is not None:
                    self._labels -= 1
                    return int(tail.end())
        before, after = self._sides(self._at + 1)
        self._labels = max(self._labels - 1, 0)
        return self._space(self._at + 1) if before.isalnum() and after.isalnum() else self._at + 1

    def _exclamation(self) -> int:
        before, after = self._sides(self._at + 1)
        opens_image = after == "[" and not before.isalnum()
        return self._at + 1 if opens_image else self._copy(self._at + 1)

    def _less_than(self) -> int:
        if (comment := self._construct(md.COMMENT)) is not None:
            return int(comment.end())
        if (autolink := self._construct(md.AUTOLINK)) is not None:
            link = autolink["link"]
            words = spoken_url(link) if "://" in link else link
            self._spoken.say(words, self._base + autolink.start(), self._base + autolink.end())
            return int(autolink.end())
        tag = self._construct(md.TAG)
        name = (tag["name"] or "").lower() if tag is not None else ""
        # "List<int>" is not HTML.
        if tag is None or (name not in md.HTML_NAMES and self._text[self._at - 1].isalnum()):
            return self._copy(self._at + 1)
        if name in md.HTML_BLOCKS:
            self._end_block(self._base + self._at)
        return int(tag.end())

    def _ampersand(self) -> int:
        entity = self._construct(md.ENTITY)
        if entity is None or (decoded := html.unescape(entity.group())) == entity.group():
            return self._copy(self._at + 1)
        self._spoken.say(decoded, self._base + entity.start(), self._base + entity.end())
        return int(entity.end())

    def _pipe(self) -> int:
        before, after = self._sides(self._at + 1)
        if self._kind != "row" and not (before.isspace() and (not after or after.isspace())):
            return self._copy(self._at + 1)
        self._spoken.cell(self._base + self._at)
        return self._at + 1

    def _address(self) -> int:
        address = self._run(md.ADDRESS).group().rstrip(md.AFTER_ADDRESS)
        while address.endswith(")") and address.count("(") < address.count(")"):
            address = address[:-1].rstrip(md.AFTER_ADDRESS)
        end = self._at + len(address)
        self._spoken.say(spoken_url(address), self._base + self._at, self._base + end)
        return end


_HANDLERS: dict[str, Callable[[Speakable], int]] = {
    **dict.fromkeys(LINE_ENDS, Speakable._newline),
    **dict.fromkeys("*_~", Speakable._marks),
    "\\": Speakable._escape,
    "`": Speakable._backticks,
    "#": Speakable._hashes,
    "[": Speakable._open_bracket,
    "]": Speakable._close_bracket,
    "!": Speakable._exclamation,
    "<": Speakable._less_than,
    "&": Speakable._ampersand,
    "|": Speakable._pipe,
}
