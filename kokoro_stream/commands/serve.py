"""``serve``: the service in this process."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import Annotated

import typer

from ..service import server
from ..speaker import Speaker
from .server_config import ServerConfig, server_config


def serve(
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings, a TOML file.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 is any free one.")] = None,
) -> None:
    """Serve speech over WebSocket until Ctrl-C or SIGTERM; speeches under way may end."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(_serve(server_config(config, os.environ, host=host, port=port)))


async def _serve(config: ServerConfig) -> None:
    speaker = Speaker(config.model, config=config.service.speech, threads=config.threads)

    def announce(url: str) -> None:
        typer.echo(f"{speaker.model_name} with {len(speaker.voices)} voices on {speaker.provider} at {url}")

    await server.serve(speaker, config.service, host=config.host, port=config.port, on_ready=announce)
