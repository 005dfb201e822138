"""What an assistant writes → what is to be said, while it is being written.

Markup, emoji and control characters go; links become their labels, addresses their hosts, formulas their words, code an
announcement. Numbers, dates and abbreviations stay: they are `normalize`'s. Whether a ``*`` or a ``[`` is markup is
decided from its neighbours, not by finding its partner, so text leaves as it comes and an unclosed construct delays
nothing.

Characters → page (blocks, inline, tags) → wording, each fed by the one before.
"""

from __future__ import annotations

from .blocks import close_code, read_code, read_marker
from .characters import Characters
from .directions import Direction, Dropped
from .inline import read_inline
from .page import MoreNeeded, Page, SpeakableSettings
from .source import EMPTY, SourceText
from .wording import Wording

__all__ = ["Speakable", "SpeakableSettings"]


class Speakable:
    """Turns Markdown, fed in pieces of any size, into text to say; newlines in the output are ends of blocks.

    The concatenated output does not depend on how the input was cut. Offsets count code points of everything fed.
    """

    def __init__(self, settings: SpeakableSettings = SpeakableSettings()) -> None:  # noqa: B008  # it is frozen
        self._characters = Characters()
        self._page = Page(settings)
        self._wording = Wording(settings.emoji, self._leave_out)

    def feed(self, piece: str) -> list[SourceText]:
        """Take more text; return what can be said of it so far."""
        said = self._wording.feed(self._read(self._characters.feed(piece), final=False))
        return [said] if said else []

    def flush(self) -> list[SourceText]:
        """Return what is held back, read as if the text ended here. More may follow."""
        parts = (self._wording.feed(self._read(self._characters.flush(), final=True)), self._wording.flush())
        close_code(self._page)
        return [part for part in parts if part]

    @property
    def held(self) -> int:
        """Characters fed from the first on that nothing has been said for, but that may yet be spoken."""
        fed, waiting = self._characters.fed, (self._wording.held, self._page.unread)
        return fed - min((text.start for text in waiting if text), default=fed - len(self._characters.held))

    def take_directions(self) -> list[Direction]:
        """What markup has asked for since the last call; none comes later than the text behind it."""
        taken, self._page.directions = self._page.directions, []
        return taken

    def take_dropped(self) -> list[Dropped]:
        """Ranges with letters, digits or symbols of which nothing will be said, found since the last call.

        Names of HTML tags, languages of code blocks and the like are markup, and not reported.
        """
        taken, self._page.dropped = self._page.dropped, []
        return sorted(taken, key=lambda dropped: dropped.start)

    def _leave_out(self, start: int, end: int, why: str) -> None:
        self._page.dropped.append(Dropped(start, end, why))

    def _read(self, more: SourceText, *, final: bool) -> SourceText:
        page = self._page
        if not more and not final:
            return EMPTY
        page.add(more)
        page.final = final
        try:
            while page.at < len(page.text):
                if page.code is not None:
                    read_code(page, read_inline)
                elif page.begins_line:
                    read_marker(page)
                else:
                    read_inline(page)
        except MoreNeeded:
            pass
        page.forget()
        return page.spoken.take()
