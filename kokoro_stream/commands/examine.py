"""``doctor``: the findings about this machine, a line each."""

from __future__ import annotations

import asyncio

import typer

from ..doctor import examine
from ..model.providers import Runtime
from .options import Model, Provider, Threads

MARKS = {"ok": "✓", "absent": "–", "wrong": "✗"}


def doctor(model: Model = "builtin", provider: Provider = "auto", threads: Threads = 0) -> None:
    """Show what this machine has, and what to do about what it lacks; status 1 when it cannot speak."""
    findings = asyncio.run(examine(model, Runtime(provider=provider, threads=threads)))
    for finding in findings:
        typer.echo(f"{MARKS[finding.state]} {finding.subject:<10} {finding.detail}")
        if finding.hint:
            typer.echo(f"  {'':<10} → {finding.hint}")
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)
