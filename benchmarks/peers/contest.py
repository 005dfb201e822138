"""Who takes part, in which order, and what comes of it. Pure.

kokoro-pi's 8-bit graph does not: building it begins with a file of GitHub's, and only an ARM has its kernel's vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from ..quality.manifest import Item
from .turns import Outcome

STREAM = "stream"  # the case of a text that is being written; the others are named after their texts


@dataclass(frozen=True, slots=True)
class Contestant:
    """``player`` is a module of `players`, ``manner`` how it speaks what is there at once.

    ``streams`` is how it speaks what is being written, None if it does not; ``long`` that it speaks more than the model
    takes at once. A ``peer`` is somebody else's software, at the settings it comes with unless it is ``tuned``. What is
    ``mute`` makes no speech, and is not listened to.
    """

    name: str
    player: str
    manner: str = ""
    streams: str | None = None
    long: bool = False
    peer: bool = False
    tuned: bool = False
    mute: bool = False


CONTESTANTS = (
    Contestant("ours", "ours", "balanced", streams="low", long=True),
    Contestant("kokoro_onnx", "kokoro_onnx", streams="", long=True, peer=True),
    Contestant("fastkokoro", "fastkokoro", "sentence", streams="sentence", long=True, peer=True),
    Contestant("fastkokoro_chunks", "fastkokoro", "chunk", streams="chunk", peer=True, tuned=True),
    Contestant("pipecat", "pipecat", streams="", long=True, peer=True),
    Contestant("pykokoro", "pykokoro", streams="", long=True, peer=True),
    Contestant("kokoro_pi", "kokoro_pi", streams="", long=True, peer=True),
    Contestant("plain_onnx", "bare", "whole"),
    Contestant("cut_prosody", "bare", "prosody", mute=True),
    Contestant("cut_windows", "bare", "windows"),
    Contestant("cut_one_decode", "bare", "one_decode"),
)

Entries = list[dict[str, Outcome]]
"""Of each round, or each reply of it: how every contestant did."""


@dataclass(slots=True)
class Results:
    """``outcomes`` by case; ``rss_mb`` is the most memory each player's process took.

    ``recordings`` are of the first round; their sections are cases, their kinds contestants.
    """

    outcomes: dict[str, Entries] = field(default_factory=dict)
    rss_mb: dict[str, float] = field(default_factory=dict)
    recordings: list[Item] = field(default_factory=list)

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
    """How many times sooner or faster: of each round, the median over the rounds. Only of those who took part."""
    figures: dict[str, float] = {}
    for case, entries in results.outcomes.items():
        present = [one for one in contestants if one.name in entries[0]]
        for name, ratio in _ratios(case, present).items():
            figures[f"{case}_{name}"] = round(median(ratio(entry) for entry in entries), 3)
    if {"5s", "12s"} <= results.outcomes.keys() and "ours" in results.outcomes["5s"][0]:
        pairs = zip(results.outcomes["5s"], results.outcomes["12s"], strict=True)
        growth = median(long["ours"].first_audio_ms / short["ours"].first_audio_ms for short, long in pairs)
        figures["ours_first_audio_12s_over_5s"] = round(growth, 3)
    return figures


def over_plain(results: Results, name: str) -> float | None:
    """CPU time of the contestant for that of plain ONNX Runtime, in `usual`: of each round, the median."""
    entries = results.outcomes.get(usual(results) or "", [])
    pairs = [(entry[name].cpu_ms, entry[PLAIN].cpu_ms) for entry in entries if {name, PLAIN} <= entry.keys()]
    return median(mine / plain for mine, plain in pairs) if pairs else None


def usual(results: Results) -> str | None:
    """The longest text at once that everybody spoke: what single figures are of."""
    at_once = [case for case in results.outcomes if case != STREAM]
    most = max((len(results.outcomes[case][0]) for case in at_once), default=0)
    return next((case for case in reversed(at_once) if len(results.outcomes[case][0]) == most), None)


Ratio = Callable[[Mapping[str, Outcome]], float]

PLAIN = "plain_onnx"
BARE = {PLAIN, "cut_prosody", "cut_windows", "cut_one_decode"}
BARE_RATIOS: dict[str, Ratio] = {
    "ours_over_bare_calls_first_audio": lambda entry: (
        entry["ours"].first_audio_ms / entry["cut_windows"].first_audio_ms
    ),
    "ours_over_plain_onnx_wall": lambda entry: entry["ours"].wall_ms / entry[PLAIN].wall_ms,
    "ours_over_plain_onnx_cpu": lambda entry: entry["ours"].cpu_ms / entry[PLAIN].cpu_ms,
    "ours_over_plain_onnx_real_time_factor": lambda entry: (
        entry["ours"].real_time_factor / entry[PLAIN].real_time_factor
    ),
    "windows_over_one_decode": lambda entry: (
        (entry["cut_windows"].wall_ms - entry["cut_prosody"].wall_ms)
        / (entry["cut_one_decode"].wall_ms - entry["cut_prosody"].wall_ms)
    ),
}


def _ratios(case: str, contestants: Sequence[Contestant]) -> dict[str, Ratio]:
    names = {one.name for one in contestants}
    if "ours" not in names:
        return {}
    found = _against_peers(case, contestants)
    if names >= BARE:
        found |= BARE_RATIOS
    return found


def _against_peers(case: str, contestants: Sequence[Contestant]) -> dict[str, Ratio]:
    peers = [one.name for one in contestants if one.peer and not one.tuned]
    anyhow = [one.name for one in contestants if one.peer]
    if not peers:
        return {}
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
    return found


def _best(entry: Mapping[str, Outcome], names: Sequence[str]) -> float:
    return min(entry[name].first_audio_ms for name in names)
