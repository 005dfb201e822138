"""``serve``: the service in this process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..model.providers import Provider, Runtime
from ..service import server
from ..speaker import Speaker
from .doors import doors
from .logs import Format, Level, configure
from .options import PROVIDER, THREADS
from .server_config import ServerConfig, server_config

PATH = "FILE"


def serve(
    config: Annotated[Path | None, typer.Option(metavar=PATH, help="Settings, a TOML file.")] = None,
    model: Annotated[str | None, typer.Option(metavar="M", help="As for say: builtin, a name, or a folder.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 is any free one.")] = None,
    provider: Annotated[Provider | None, PROVIDER] = None,
    threads: Annotated[int | None, THREADS] = None,
    wyoming: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help="Where Home Assistant finds a voice (Wyoming).")
    ] = None,
    mqtt: Annotated[str | None, typer.Option(metavar="URL", help="Broker to serve too: mqtt[s]://[user@]host.")] = None,
    api_key_file: Annotated[str | None, typer.Option(metavar=PATH, help="With the key that clients need.")] = None,
    insecure_open: Annotated[
        bool | None, typer.Option("--insecure-open", help="Let everybody who reaches the address in, without a key.")
    ] = None,
    tls_cert: Annotated[str | None, typer.Option(metavar=PATH, help="Certificate in PEM; turns TLS on.")] = None,
    tls_key: Annotated[str | None, typer.Option(metavar=PATH, help="Its key, where it is a file of its own.")] = None,
    log_level: Annotated[Level | None, typer.Option(help="What is worth a line on standard error.")] = None,
    log_format: Annotated[Format | None, typer.Option(help="For people (text) or for programs.")] = None,
) -> None:
    """Serve speech over WebSocket, HTTP and at other doors until Ctrl-C or SIGTERM; speeches under way may end.

    The status is 0 after SIGTERM, 130 after Ctrl-C, 1 when it cannot serve, 2 for wrong usage.
    """
    settings = server_config(
        config,
        os.environ,
        model=model,
        host=host,
        port=port,
        provider=provider,
        threads=threads,
        mqtt__url=mqtt,
        wyoming__uri=wyoming,
        service__access__keys__default__key__file=api_key_file,
        service__access__insecure_open=insecure_open,
        http__certfile=tls_cert,
        http__keyfile=tls_key,
        log__level=log_level,
        log__format=log_format,
    )
    configure(settings.log)
    asyncio.run(_serve(settings))


async def _serve(config: ServerConfig) -> None:
    runtime = Runtime(provider=config.provider, threads=config.threads, device=config.device)
    speaker = Speaker(config.model, config=config.service.speech, runtime=runtime)

    def announce(addresses: Sequence[str]) -> None:
        computing = f"{speaker.provider} (threads: {speaker.threads})"
        where = " and ".join(addresses)
        typer.echo(f"{speaker.model_name} with {len(speaker.voices)} voices on {computing} at {where}")

    await server.serve(
        speaker,
        config.service,
        host=config.host,
        port=config.port,
        http=config.http,
        doors=doors(config),
        on_ready=announce,
    )
