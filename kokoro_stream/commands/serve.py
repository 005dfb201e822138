"""``serve``: the service in this process."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..model.providers import Provider, Runtime
from ..service import server
from ..speaker import Speaker
from .doors import doors
from .options import PROVIDER, THREADS
from .server_config import ServerConfig, server_config


def serve(
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings, a TOML file.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 is any free one.")] = None,
    provider: Annotated[Provider | None, PROVIDER] = None,
    threads: Annotated[int | None, THREADS] = None,
    wyoming: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help="Where Home Assistant finds a voice (Wyoming).")
    ] = None,
    mqtt: Annotated[str | None, typer.Option(metavar="URL", help="Broker to serve too: mqtt[s]://[user@]host.")] = None,
) -> None:
    """Serve speech over WebSocket, and at other doors, until Ctrl-C or SIGTERM; speeches under way may end."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    options = {"host": host, "port": port, "provider": provider, "threads": threads}
    options |= {"mqtt__url": mqtt, "wyoming__uri": wyoming}
    asyncio.run(_serve(server_config(config, os.environ, **options)))


async def _serve(config: ServerConfig) -> None:
    runtime = Runtime(provider=config.provider, threads=config.threads, device=config.device)
    speaker = Speaker(config.model, config=config.service.speech, runtime=runtime)

    def announce(addresses: Sequence[str]) -> None:
        computing = f"{speaker.provider} (threads: {speaker.threads})"
        where = " and ".join(addresses)
        typer.echo(f"{speaker.model_name} with {len(speaker.voices)} voices on {computing} at {where}")

    await server.serve(
        speaker, config.service, host=config.host, port=config.port, doors=doors(config), on_ready=announce
    )
