"""Who takes part, in which order, and what comes of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from .turns import Outcome

STREAM = "stream"  # the case of a text that is being written; the others are named after their texts


@dataclass(frozen=True, slots=True)
class Contestant:
    """``player`` is a module of `players`, ``manner`` how it speaks what is there at once.

    ``streams`` is how it speaks what is being written, None if it does not; ``long`` that it speaks more than the model
    takes at once. A ``peer`` is somebody else's software, at the settings it comes with unless it is ``tuned``.
    """

    name: str
    player: str
    manner: str = ""
    streams: str | None = None
    long: bool = False
    peer: bool = False
    tuned: bool = False


CONTESTANTS = (
    Contestant("ours", "ours", "balanced", streams="low", long=True),
    Contestant("kokoro_onnx", "kokoro_onnx", streams="", long=True, peer=True),
    Contestant("fastkokoro", "fastkokoro", "sentence", streams="sentence", long=True, peer=True),
    Contestant("fastkokoro_chunks", "fastkokoro", "chunk", streams="chunk", peer=True, tuned=True),
    Contestant("pipecat", "pipecat", streams="", long=True, peer=True),
    Contestant("plain_onnx", "bare", "whole"),
    Contestant("cut_prosody", "bare", "prosody"),
    Contestant("cut_windows", "bare", "windows"),
    Contestant("cut_one_decode", "bare", "one_decode"),
)

Entries = list[dict[str, Outcome]]
"""Of each round, or each reply of it: how every contestant did."""


@dataclass(slots=True)
class Results:
    """``outcomes`` by case; ``rss_mb`` is the most memory each player's process took."""

    outcomes: dict[str, Entries] = field(default_factory=dict)
    rss_mb: dict[str, float] = field(default_factory=dict)

    def add(self, case: str, outcomes: dict[str, Outcome]) -> None:
        """What came of one text, all contestants one after the other."""
        self.outcomes.setdefault(case, []).append(outcomes)


def order(number: int, contestants: Sequence[Contestant]) -> list[Contestant]:
    """Of the turn with that number: everybody is first in turn, and every second time the order is reversed."""
    shift = number // 2 % len(contestants)
    turned = [*contestants[shift:], *contestants[:shift]]
    return turned[::-1] if number % 2 else turned


def takes_part(contestant: Contestant, case: str) -> bool:
    """The case is one for it."""
    if case == STREAM:
        return contestant.streams is not None
    return contestant.long or case != "60s"


def medians(results: Results) -> dict[str, float]:
    """Of every case and contestant, and the memory of each."""
    figures: dict[str, float] = {}
    for case, entries in results.outcomes.items():
        for name in entries[0]:
            mine = [entry[name] for entry in entries]
            for figure in ("first_audio_ms", "audible_ms", "wall_ms", "cpu_ms", "audio_ms", "stalled_ms"):
                figures[f"{case}_{name}_{figure}"] = round(median(getattr(one, figure) for one in mine), 1)
            if case != STREAM:  # there the writing takes most of the time
                factor = median(one.real_time_factor for one in mine)
                figures[f"{case}_{name}_real_time_factor"] = round(factor, 4)
    return figures | {f"{player}_rss_mb": rss for player, rss in results.rss_mb.items()}


def ratios(results: Results, contestants: Sequence[Contestant] = CONTESTANTS) -> dict[str, float]:
    """How many times sooner or faster: of each round, the median over the rounds."""
    figures: dict[str, float] = {}
    for case, entries in results.outcomes.items():
        for name, ratio in _ratios(case, contestants).items():
            figures[f"{case}_{name}"] = round(median(ratio(entry) for entry in entries), 3)
    if {"5s", "12s"} <= results.outcomes.keys():
        pairs = zip(results.outcomes["5s"], results.outcomes["12s"], strict=True)
        growth = median(long["ours"].first_audio_ms / short["ours"].first_audio_ms for short, long in pairs)
        figures["ours_first_audio_12s_over_5s"] = round(growth, 3)
    return figures


Ratio = Callable[[Mapping[str, Outcome]], float]


def _ratios(case: str, contestants: Sequence[Contestant]) -> dict[str, Ratio]:
    peers = [one.name for one in contestants if one.peer and not one.tuned and takes_part(one, case)]
    anyhow = [one.name for one in contestants if one.peer and takes_part(one, case)]
    found: dict[str, Ratio] = {
        "best_peer_over_ours_first_audio": lambda entry: _best(entry, peers) / entry["ours"].first_audio_ms,
        "best_peer_over_ours_wall": lambda entry: min(entry[p].wall_ms for p in peers) / entry["ours"].wall_ms,
    }
    if case == STREAM:
        found["best_peer_over_ours_audible"] = lambda entry: (
            min(entry[p].audible_ms for p in peers) / entry["ours"].audible_ms
        )
    if anyhow != peers:
        found["best_tuned_peer_over_ours_first_audio"] = lambda entry: (
            _best(entry, anyhow) / entry["ours"].first_audio_ms
        )
    if takes_part(next(one for one in contestants if one.name == "cut_windows"), case):
        found |= {
            "ours_over_bare_calls_first_audio": lambda entry: (
                entry["ours"].first_audio_ms / entry["cut_windows"].first_audio_ms
            ),
            "ours_over_plain_onnx_wall": lambda entry: entry["ours"].wall_ms / entry["plain_onnx"].wall_ms,
            "ours_over_plain_onnx_cpu": lambda entry: entry["ours"].cpu_ms / entry["plain_onnx"].cpu_ms,
            "ours_over_plain_onnx_real_time_factor": lambda entry: (
                entry["ours"].real_time_factor / entry["plain_onnx"].real_time_factor
            ),
            "windows_over_one_decode": lambda entry: (
                (entry["cut_windows"].wall_ms - entry["cut_prosody"].wall_ms)
                / (entry["cut_one_decode"].wall_ms - entry["cut_prosody"].wall_ms)
            ),
        }
    return found


def _best(entry: Mapping[str, Outcome], names: Sequence[str]) -> float:
    return min(entry[name].first_audio_ms for name in names)
