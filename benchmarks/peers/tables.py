"""The outcomes for people: a table for each case, a row for each contestant."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from rich.console import Console
from rich.table import Table

from .contest import STREAM, Results
from .turns import Outcome

COLUMNS: dict[str, Callable[[Outcome], float]] = {
    "first": lambda one: one.first_audio_ms,
    "audible": lambda one: one.audible_ms,
    "all": lambda one: one.wall_ms,
    "CPU": lambda one: one.cpu_ms,
    "audio": lambda one: one.audio_ms,
    "gaps": lambda one: one.stalled_ms,
}


def show(results: Results) -> None:
    """Prints the medians, in milliseconds."""
    for case, entries in results.outcomes.items():
        writing = "written at 40 tokens a second" if case == STREAM else f"{case} of text at once"
        table = Table(title=f"{writing} (ms)")
        for column in ("", *COLUMNS, "RTF"):
            table.add_column(column, justify="right" if column else "left", no_wrap=not column)
        for name in entries[0]:
            table.add_row(name, *_row([entry[name] for entry in entries], case))
        Console().print(table)
    Console().print(" · ".join(f"{player} {rss:.0f} MB" for player, rss in results.rss_mb.items()))


def _row(outcomes: list[Outcome], case: str) -> list[str]:
    cells = [f"{median(value(one) for one in outcomes):.0f}" for value in COLUMNS.values()]
    factor = "" if case == STREAM else f"{median(one.real_time_factor for one in outcomes):.3f}"
    return [*cells, factor]
