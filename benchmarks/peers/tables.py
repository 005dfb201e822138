"""The outcomes for people: a table of everything, a row for each contestant, and one for each case."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from .contest import CONTESTANTS, STREAM, Results, over_plain, usual
from .opinions import Opinion
from .turns import Outcome

COLUMNS: dict[str, Callable[[Outcome], float]] = {
    "first": lambda one: one.first_audio_ms,
    "audible": lambda one: one.audible_ms,
    "all": lambda one: one.wall_ms,
    "CPU": lambda one: one.cpu_ms,
    "audio": lambda one: one.audio_ms,
    "gaps": lambda one: one.stalled_ms,
}
HEARD = ("DNSMOS", "WER %", "words")  # how many, since a rate says little of a few
WIDTH = 150  # of what is not printed on a terminal: no figure is cut off

Opinions = Mapping[str, Opinion]


def show(results: Results, opinions: Opinions, by_case: Mapping[str, Opinions]) -> None:
    """Prints the medians, times in milliseconds. Without ``opinions`` their columns are left out."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    for case, entries in results.outcomes.items():
        writing = "written at 40 tokens a second" if case == STREAM else f"{case} of text at once"
        heard = by_case.get(case, {})
        columns = (*COLUMNS, "RTF", *(HEARD if heard else ()))
        rows = {name: _row([entry[name] for entry in entries], case) for name in entries[0]}
        console.print(_table(f"{writing} (ms)", columns, rows, heard))
    titles, rows = summary(results)
    title = f"all of it (ms; RTF and CPU of {usual(results)}; DNSMOS and WER of all that each has said)"
    console.print(_table(title, (*titles, *(HEARD if opinions else ())), rows, opinions))


def summary(results: Results) -> tuple[list[str], dict[str, list[str]]]:
    """Titles of the columns, and the cells of each contestant: "" for what is not known of it."""
    at_once = [case for case in results.outcomes if case != STREAM]
    titles = [*(f"first {case}" for case in at_once), "streamed audible", "silence", "RTF", "CPU/plain", "MB"]
    players = {one.name: one.player for one in CONTESTANTS}
    names = dict.fromkeys(name for entries in results.outcomes.values() for name in entries[0])
    rows = {}
    for name in names:
        firsts = [_median(results, case, name, COLUMNS["first"]) for case in at_once]
        audible, silence = (_median(results, STREAM, name, COLUMNS[column]) for column in ("audible", "gaps"))
        factor = _median(results, usual(results) or "", name, lambda one: one.real_time_factor)
        rss = results.rss_mb.get(players[name])
        rows[name] = [
            *(_cell(first, 0) for first in firsts),
            *(_cell(audible, 0), _cell(silence, 0), _cell(factor, 3)),
            *(_cell(over_plain(results, name), 2), _cell(rss, 0)),
        ]
    return titles, rows


def _table(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]], heard: Opinions) -> Table:
    table = Table(title=title)
    for column in ("", *columns):
        table.add_column(column, justify="right" if column else "left", no_wrap=not column)
    for name, cells in rows.items():
        table.add_row(name, *cells, *(_heard(heard.get(name)) if heard else ()))
    return table


def _row(outcomes: list[Outcome], case: str) -> list[str]:
    cells = [f"{median(value(one) for one in outcomes):.0f}" for value in COLUMNS.values()]
    factor = "" if case == STREAM else f"{median(one.real_time_factor for one in outcomes):.3f}"
    return [*cells, factor]


def _heard(opinion: Opinion | None) -> tuple[str, ...]:
    """The cells of `HEARD`; "" for who is not listened to."""
    return (
        ("",) * len(HEARD)
        if opinion is None
        else (f"{opinion.mos:.2f}", f"{opinion.error_rate:.1f}", f"{opinion.words}")
    )


def _median(results: Results, case: str, name: str, value: Callable[[Outcome], float]) -> float | None:
    found = [value(entry[name]) for entry in results.outcomes.get(case, []) if name in entry]
    return median(found) if found else None


def _cell(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
