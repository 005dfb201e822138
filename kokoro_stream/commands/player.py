"""``player``: makes this machine a loudspeaker for what servers announce over MQTT."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from ..client.player.output import OpenOutput
from ..client.player.playback import Played
from ..client.player.player import Player
from ..service.mqtt.settings import MqttSettings, Version
from .player_outputs import WavFolder, loudspeaker

PROBE_RATE = 24000  # Hz, of every model there is


def player(
    url: Annotated[str, typer.Argument(metavar="URL", help="Of the broker: mqtt://[USER@]HOST[:PORT], or mqtts://.")],
    target: Annotated[str, typer.Option(metavar="NAME", help="Name of this loudspeaker.")] = "default",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FOLDER", help="Write a WAV file for each speech instead.")
    ] = None,
    volume: Annotated[float, typer.Option(metavar="V", help="0.5 is half as loud, 1.0 as it comes.")] = 1.0,
    prefix: Annotated[str, typer.Option(metavar="P", help="What the topics of the servers begin with.")] = "kokoro",
    user: Annotated[str, typer.Option(metavar="NAME", help="To log in with.")] = "",
    password_file: Annotated[str, typer.Option(metavar="FILE", help="Its first line is the password.")] = "",
    ca_file: Annotated[str, typer.Option(metavar="FILE", help="Authority to trust instead of the system's.")] = "",
    certificate_file: Annotated[str, typer.Option(metavar="FILE", help="Our own certificate.")] = "",
    key_file: Annotated[str, typer.Option(metavar="FILE", help="Its key.")] = "",
    version: Annotated[Version, typer.Option(help="Of MQTT.")] = "5",
) -> None:
    """Play what servers say to a target over MQTT, until Ctrl-C or SIGTERM."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = MqttSettings(
        url=url,
        user=user,
        password_file=password_file,
        ca_file=ca_file,
        certificate_file=certificate_file,
        key_file=key_file,
        version=version,
        prefix=prefix,
        node=node_of(target, socket.gethostname()),
        target=target,
    )
    asyncio.run(_player(settings, output, volume))


def node_of(target: str, host: str) -> str:
    """The name of a player to the broker; 64 characters of those that every broker takes."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", f"player-{target[:28]}-{host[:28]}")


async def _player(settings: MqttSettings, output: Path | None, volume: float) -> None:
    open_output: OpenOutput = loudspeaker if output is None else WavFolder(output).file
    if output is None:
        async with loudspeaker("probe", PROBE_RATE):
            pass  # better told now than at the first speech
    player = Player(settings, settings.target, open_output, volume=volume, on_played=_tell)
    playing = asyncio.current_task()
    assert playing is not None
    with suppress(NotImplementedError):  # Windows, where nobody sends it
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, playing.cancel)
    typer.echo(f"playing for {settings.target} at {settings.address()}")
    with suppress(asyncio.CancelledError):
        await player.run()


def _tell(played: Played) -> None:
    missing = f", {played.missing_ms / 1000:.1f} s of it did not come" if played.missing_ms else ""
    why = f": {played.reason}" if played.reason else ""
    typer.echo(f"{played.session}: {played.played_ms / 1000:.1f} s{missing}, {played.ending}{why}")
