"""The live table."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kokoro_stream.events import TimedWord

from .playback import Playback


@dataclass(slots=True)
class View:
    """What has happened so far; rich asks for it at every refresh. Times are of `time.perf_counter`."""

    written: str = ""
    words: list[TimedWord] = field(default_factory=list)
    playback: Playback = field(default_factory=Playback)
    writing_began: float | None = None
    writing_ended: float | None = None
    heard_out: bool = False

    def __rich__(self) -> Group:
        now = time.perf_counter()
        table = Table.grid(padding=(0, 3))
        table.add_column(style="dim")
        table.add_column(justify="right")
        for name, value in self._figures(now).items():
            table.add_row(name, value)
        heard = self._heard(now)
        text = Text(heard, style="bold").append(self.written[len(heard) :], style="dim")
        return Group(Panel(text, title="written so far, what has been heard in bold"), table)

    def _figures(self, now: float) -> dict[str, str]:
        return {
            "first audio after": _milliseconds(self.writing_began, self.playback.started_at),
            "all text written after": _milliseconds(self.writing_began, self.writing_ended),
            "audio produced": f"{self.playback.audio_seconds:.1f} s",
            "lead over the listener": f"{self.playback.lead(now):.1f} s",
            "underruns": str(self.playback.underruns),
        }

    def _heard(self, now: float) -> str:
        if self.heard_out:
            return self.written
        played_ms = 1000 * self.playback.played(now)
        return self.written[: max((word.char_end for word in self.words if word.start_ms <= played_ms), default=0)]


def _milliseconds(start: float | None, end: float | None) -> str:
    return f"{(end - start) * 1000:.0f} ms" if start is not None and end is not None else "…"
