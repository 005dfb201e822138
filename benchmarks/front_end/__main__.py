"""What the text front end costs, and how often it is right: ``python -m benchmarks.front_end [--json]``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from ..report import Figures, arguments, publish
from . import stages, startup

SCORES = ("homographs", "spelling", "normalisation")  # modules beside this one, each with scores() by category


def flat(name: str, value: object) -> Iterator[tuple[str, float | int | str]]:
    """The figures of a nested result, named by their paths."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flat(f"{name} {key}", inner)
    elif isinstance(value, float):
        yield name, round(value, 4)
    elif isinstance(value, int | str):
        yield name, value
    else:
        yield name, str(value)


def scores(name: str) -> dict[str, float | int | str]:
    """What that module finds, ours next to misaki alone."""
    score: Callable[[], object] = import_module(f".{name}", __package__).scores
    return dict(flat(name, score()))


def main() -> None:
    options = arguments(__doc__, rounds=5, only="")
    figures: dict[str, float | int | str] = {}
    parts: dict[str, Callable[[], Figures]] = {
        "startup": startup.figures,
        "stages": lambda: stages.figures(options.rounds),
        **{name: lambda name=name: scores(name) for name in SCORES},  # type: ignore[misc]  # mypy knows no such default
    }
    for name, part in parts.items():
        if options.only in ("", name):
            figures |= part()
    publish("front_end", figures, as_json=options.json)


if __name__ == "__main__":
    main()
