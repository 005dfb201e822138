"""``python -m benchmarks.peers FOLDER --peers ENVIRONMENTS``; `make peers` installs the peers and runs it.

FOLDER holds ``kokoro-v1.0.onnx`` and ``voices-v1.0.bin``, as `benchmarks.real_kokoro` writes them, or the
``kokoro.onnx`` of `benchmarks.random_kokoro`. Our cut model is made of them once, in ``FOLDER/cut``. Everybody else can
be given another file of the folder, by ``--graph``.

What is compared is the library that a user would call, in its own process: no network is in between. Peers that take
phonemes get those of our front end; fastkokoro, kokoro-pi and Pipecat take text and spell it themselves, in a few
milliseconds.
Text that is being written, 40 tokens a second, reaches Pipecat and us token by token; the others, which take no tokens,
get each sentence the moment its last character is written, from a splitter that makes no mistakes. The clock starts
with the first token.

What everybody says in the first round is written down behind the clock's back, and in the end the meters of
`benchmarks.quality` listen to it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from ..cut_model import CUT, GRAPHS, VOICES, cut, graph_of
from ..packages import FetchError, checksum
from ..quality import whisper
from ..quality.metering import measured
from ..replies import REPLIES, TOKENS_PER_SECOND
from ..report import publish
from . import opinions
from .contest import CONTESTANTS, STREAM, Contestant, Results, medians, order, ratios, takes_part
from .tables import show
from .texts import AT_ONCE, sentences
from .turns import Sentence, Setting, Turn
from .workers import Worker, environment, started

VOICE = "af_heart"
OURS = ("ours", "bare")  # players that run in this interpreter
WHISPER = Path("data/whisper-base")  # where the recogniser is kept; `benchmarks.quality` has it there too
DIGITS = 12  # of a checksum, to tell files apart by


class Contest:
    """Texts, spoken by one contestant after the other; what is ``recorded`` is written into the folder ``work``."""

    def __init__(self, contestants: Sequence[Contestant], work: Path | None) -> None:
        self.contestants, self._work = contestants, work
        self.workers: dict[str, Worker] = {}
        self.results = Results()

    async def speak(self, number: int, case: str, spoken: Sequence[Sentence], reply: int, *, recorded: bool) -> None:
        """``number`` is that of the turn, ``reply`` that of the text among those of the case."""
        outcomes = {}
        present = [one for one in self.contestants if takes_part(one, case)]
        for one in order(number, present) if present else ():
            turn = _turn(one, case, tuple(spoken))
            if recorded and self._work and not one.mute:
                item = opinions.item(case, reply, one.name, turn.text, VOICE)
                turn = replace(turn, wav=str(self._work.resolve() / item.wav))
                self.results.recordings.append(item)
            outcomes[one.name] = await self.workers[one.player].speak(turn)
        if present:
            self.results.add(case, {one.name: outcomes[one.name] for one in present})


async def compete(
    setting: Setting,
    contestants: Sequence[Contestant],
    peers: Path,
    rounds: int,
    cases: Sequence[str],
    replies: int,
    work: Path | None,
) -> tuple[Results, dict[str, str]]:
    """All outcomes, and the versions of what took part; ``peers`` is the folder of their environments.

    Everything said in the first round is written into ``work``. Raises RuntimeError when a contestant fails.
    """
    at_once = {case: tuple(sentences(AT_ONCE[case])) for case in cases}
    warm_up = tuple(sentences(AT_ONCE["2s"]))
    streamed = [tuple(sentences(text)) for text in REPLIES[:replies]]
    contest = Contest(contestants, work)
    workers, results = contest.workers, contest.results
    async with AsyncExitStack() as stack:
        for player in dict.fromkeys(one.player for one in contestants):
            interpreter = sys.executable if player in OURS else str(environment(player, peers))
            _tell(f"starting {player}")
            workers[player] = await stack.enter_async_context(started(player, interpreter, setting))
        for one in contestants:
            await workers[one.player].speak(Turn(warm_up, one.manner))
        for number in range(rounds):
            for case, spoken in at_once.items():
                await contest.speak(number, case, spoken, 0, recorded=not number)
                _tell(f"round {number + 1} of {rounds}: {case}")
            for reply, spoken in enumerate(streamed):
                await contest.speak(number + reply, STREAM, spoken, reply, recorded=not number)
        results.rss_mb = {player: worker.rss_mb for player, worker in workers.items() if player != "bare"}
        others = [player for player in workers if player not in OURS]
        versions = {f"{name} ({player})": v for player in others for name, v in workers[player].versions.items()}
    return results, versions


def _turn(one: Contestant, case: str, spoken: tuple[Sentence, ...]) -> Turn:
    if case == STREAM:
        return Turn(spoken, one.streams or "", TOKENS_PER_SECOND)
    return Turn(spoken, one.manner)


def present(names: Sequence[str], peers: Path) -> list[Contestant]:
    """Those of these names whose environment is there; the others are told of."""
    asked = [one for one in CONTESTANTS if one.name in names]
    absent = {one.player for one in asked if one.player not in OURS and not environment(one.player, peers).exists()}
    for player in sorted(absent):
        _tell(f"without {player}: {environment(player, peers)} is not there")
    return [one for one in asked if one.player not in absent]


def fingerprints(setting: Setting) -> dict[str, str]:
    """Of the graphs that run: the file given to everybody, and the halves of ours."""
    files = [Path(setting.graph), *(sorted(Path(setting.folder).glob("*.onnx")) if setting.folder else ())]
    names = [file.name if file.parent.name != CUT else f"{CUT}/{file.name}" for file in files]
    return {name: f"sha256 {checksum(file)[:DIGITS]}" for name, file in zip(names, files, strict=True)}


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main() -> None:
    options = _arguments()
    folder = options.folder.resolve()
    contestants = present(options.only, options.peers)
    model = cut(folder) if any(one.player in OURS for one in contestants) else ""
    graph = folder / options.graph if options.graph else graph_of(folder)
    setting = Setting(str(graph), str(folder / VOICES), str(model), VOICE, options.threads)
    unheard = opinions.absence(options.quality_python)
    if not unheard:
        options.work.mkdir(parents=True, exist_ok=True)
        try:
            whisper.fetched(WHISPER)  # first of all, so that nobody has spoken in vain
        except FetchError as error:
            sys.exit(str(error))
    work = None if unheard else options.work
    cases, replies = options.cases, options.replies
    competition = compete(setting, contestants, options.peers, options.rounds, cases, replies, work)
    results, versions = asyncio.run(competition)
    scores = measured(results.recordings, work, str(options.quality_python), WHISPER) if work else {}
    everything = opinions.by_contestant(results.recordings, scores)
    by_case = opinions.by_case(results.recordings, scores)
    figures = {"rounds": options.rounds, "threads": options.threads, **ratios(results)}
    if options.json:
        figures |= medians(results) | opinions.figures(by_case, everything)
    else:
        show(results, everything, by_case)
    if unheard:
        _tell(unheard)
    publish("peers", figures, as_json=options.json, versions={**fingerprints(setting), **versions})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help=f"with {' or '.join(GRAPHS)}, and {VOICES}")
    parser.add_argument("--graph", default="", help="file of the folder that all but us get; default the one above")
    parser.add_argument("--peers", type=Path, default=Path(".venv-peers"), help="folder of the peers' environments")
    parser.add_argument(
        "--quality-python",
        type=Path,
        default=Path(".venv-quality/bin/python"),
        help="interpreter that has the meters; without it nobody listens",
    )
    names = [one.name for one in CONTESTANTS]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--cases", nargs="*", choices=[*AT_ONCE], default=[*AT_ONCE], help="texts that are there at once"
    )
    parser.add_argument("--replies", type=int, default=4, help="texts that are written while they are spoken")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of every contestant")
    parser.add_argument("--work", type=Path, default=Path("data/peers"), help="where recordings are kept")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    return parser.parse_args()


if __name__ == "__main__":
    main()
