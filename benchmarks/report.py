"""What every benchmark prints: its figures and the machine they were taken on."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

Figures = Mapping[str, float | int | str]


def arguments(description: str | None, **defaults: int | str) -> argparse.Namespace:
    """The command line of a benchmark: ``--json``, and an option for each of ``defaults``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=type(default), default=default, help=f"default {default!r}")
    return parser.parse_args()


def publish(name: str, figures: Figures, *, as_json: bool, versions: Figures | None = None) -> None:
    """Prints the figures beside the facts about this machine, and the ``versions`` of what else took part."""
    facts = {**machine(), **(versions or {})}
    if as_json:
        print(json.dumps({"benchmark": name, "figures": figures, "machine": facts}, ensure_ascii=False))
        return
    table = Table(title=name, caption=" · ".join(f"{key} {value}" for key, value in facts.items()))
    table.add_column("figure")
    table.add_column("value", justify="right")
    for key, value in figures.items():
        table.add_row(key, str(value))
    Console().print(table)


def machine() -> Figures:
    """What a figure depends on besides our code."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count() or 1,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else "unknown",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        **{package: _version(package) for package in ("kokoro-stream", "onnxruntime-gpu", "onnxruntime", "numpy")},
    }


def spread(name: str, values: Sequence[float]) -> dict[str, float]:
    """``name_p50`` and ``name_p95`` of measured values."""
    return {f"{name}_p{share}": float(f"{np.percentile(values, share):.3g}") for share in (50, 95)}


def _cpu() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8").splitlines() if cpuinfo.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
