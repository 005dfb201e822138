from __future__ import annotations

import io
import time

from rich.console import Console

from benchmarks.demo.view import View
from kokoro_stream.events import TimedWord


def shown(view: View, *, terminal: bool = False) -> str:
    paper = io.StringIO()
    Console(width=100, file=paper, force_terminal=terminal, color_system="standard" if terminal else None).print(view)
    return paper.getvalue()


def test_before_anything_happened_nothing_is_claimed() -> None:
    lines = [line.split() for line in shown(View()).splitlines()]
    assert ["first", "audio", "after", "…"] in lines
    assert ["audio", "produced", "0.0", "s"] in lines


def test_the_table_shows_what_was_measured() -> None:
    view = View(written="Hello there.", writing_began=10.0, writing_ended=12.5)
    view.playback.arrived(1.0, now=10.08)
    view.playback.arrived(1.0, now=20.0)
    lines = [line.split() for line in shown(view).splitlines()]
    assert ["first", "audio", "after", "80", "ms"] in lines
    assert ["all", "text", "written", "after", "2500", "ms"] in lines
    assert ["audio", "produced", "2.0", "s"] in lines
    assert ["underruns", "1"] in lines


def test_what_has_been_heard_is_bold() -> None:
    view = View(written="Hello there.", words=[TimedWord("Hello", 0, 400, 0, 5), TimedWord("there", 1e9, 2e9, 6, 11)])
    view.playback.arrived(1.0, now=time.perf_counter())
    assert "\x1b[1mHello\x1b[0m" in shown(view, terminal=True)
