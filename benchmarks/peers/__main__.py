"""``python -m benchmarks.peers FOLDER --python PEERS_PYTHON``; `make peers` installs the peers and runs it.

FOLDER holds ``kokoro.onnx`` and ``voices-v1.0.bin``, as published or as `benchmarks.random_kokoro` writes them. Our cut
model is made of them once, in ``FOLDER/cut``.

What is compared is the library that a user would call, in its own process: no network is in between. Peers that take
phonemes get those of our front end; fastkokoro and Pipecat take text and spell it themselves, in a few milliseconds.
Text that is being written, 40 tokens a second, reaches Pipecat and us token by token; the others, which take no tokens,
get each sentence the moment its last character is written, from a splitter that makes no mistakes. The clock starts
with the first token.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from kokoro_stream.model.install import install
from kokoro_stream.model.voices import read_voices

from ..replies import REPLIES, TOKENS_PER_SECOND
from ..report import publish
from .contest import CONTESTANTS, STREAM, Contestant, Results, medians, order, ratios, takes_part
from .tables import show
from .texts import AT_ONCE, sentences
from .turns import Outcome, Sentence, Setting, Turn
from .workers import Worker, started

GRAPH, VOICES, CUT = "kokoro.onnx", "voices-v1.0.bin", "cut"
VOICE = "af_heart"
OURS = ("ours", "bare")  # players that run in this interpreter


def cut(folder: Path) -> Path:
    """The folder of the cut model, which is made if it is not there."""
    to = folder / CUT
    if not to.exists():
        unfinished = folder / f"{CUT}.new"
        unfinished.mkdir()
        voices = read_voices(folder / VOICES)
        install(folder / GRAPH, voices, unfinished, name="kokoro", licence="", origin=str(folder / GRAPH), report=_tell)
        unfinished.rename(to)
    return to


async def compete(
    setting: Setting, python: str, rounds: int, cases: Sequence[str], replies: int
) -> tuple[Results, dict[str, str]]:
    """All outcomes, and the versions of what took part. Raises RuntimeError when a contestant fails."""
    at_once = {case: tuple(sentences(AT_ONCE[case])) for case in cases}
    warm_up = tuple(sentences(AT_ONCE["2s"]))
    streamed = [tuple(sentences(text)) for text in REPLIES[:replies]]
    results = Results()
    async with AsyncExitStack() as stack:
        workers = {}
        for player in dict.fromkeys(one.player for one in CONTESTANTS):
            interpreter = sys.executable if player in OURS else python
            workers[player] = await stack.enter_async_context(started(player, interpreter, setting))
        for one in CONTESTANTS:
            await workers[one.player].speak(Turn(warm_up, one.manner))
        for number in range(rounds):
            for case, spoken in at_once.items():
                results.add(case, await _each(number, case, spoken, workers))
                _tell(f"round {number + 1} of {rounds}: {case}")
            for shift, spoken in enumerate(streamed):
                results.add(STREAM, await _each(number + shift, STREAM, spoken, workers))
        results.rss_mb = {player: worker.rss_mb for player, worker in workers.items() if player != "bare"}
        peers = [player for player in workers if player not in OURS]
        versions = {f"{name} ({player})": v for player in peers for name, v in workers[player].versions.items()}
    return results, versions


async def _each(number: int, case: str, spoken: Sequence[Sentence], workers: dict[str, Worker]) -> dict[str, Outcome]:
    outcomes = {}
    for one in order(number, [one for one in CONTESTANTS if takes_part(one, case)]):
        outcomes[one.name] = await workers[one.player].speak(_turn(one, case, tuple(spoken)))
    return {one.name: outcomes[one.name] for one in CONTESTANTS if one.name in outcomes}


def _turn(one: Contestant, case: str, spoken: tuple[Sentence, ...]) -> Turn:
    if case == STREAM:
        return Turn(spoken, one.streams or "", TOKENS_PER_SECOND)
    return Turn(spoken, one.manner)


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help=f"with {GRAPH} and {VOICES}")
    parser.add_argument("--python", default=".venv-peers/bin/python", help="interpreter that has the peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--cases", nargs="*", choices=[*AT_ONCE], default=[*AT_ONCE], help="texts that are there at once"
    )
    parser.add_argument("--replies", type=int, default=4, help="texts that are written while they are spoken")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of every contestant")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    options = parser.parse_args()
    folder = options.folder.resolve()
    setting = Setting(str(folder / GRAPH), str(folder / VOICES), str(cut(folder)), VOICE, options.threads)
    results, versions = asyncio.run(compete(setting, options.python, options.rounds, options.cases, options.replies))
    figures = {"rounds": options.rounds, "threads": options.threads, **ratios(results)}
    if options.json:
        figures |= medians(results)
    else:
        show(results)
    publish("peers", figures, as_json=options.json, versions=versions)


if __name__ == "__main__":
    main()
