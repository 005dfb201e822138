"""``say``, ``client`` and ``voices``: speech from the engine in this process, or from a server."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterable
from pathlib import Path
from typing import Annotated, Any

import typer

from ..client import connect
from ..config import CodeBlocks, Emoji, Latency, SpeechConfig
from ..events import Done
from ..model.providers import Runtime
from ..service.secret import read_secret
from ..speaker import Speaker
from .arriving import arriving
from .listen import Stopwatch, listen
from .options import (
    API_KEY,
    CODE,
    EMOJI,
    LANG,
    LATENCY,
    MARKUP,
    SPEED,
    VOICE,
    KeyFile,
    Lang,
    LexiconFile,
    Model,
    Output,
    Provider,
    Stats,
    Threads,
)
from .outputs import opened
from .server_config import read_lexicon


def say(
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="What to say; - is standard input as it arrives.")],
    output: Output = None,
    model: Model = "builtin",
    voice: Annotated[str, VOICE] = "",
    speed: Annotated[float, SPEED] = 1.0,
    lang: Lang = "",
    latency: Annotated[Latency, LATENCY] = "balanced",
    code: Annotated[CodeBlocks, CODE] = "announce",
    emoji: Annotated[Emoji, EMOJI] = "drop",
    markup: Annotated[bool, MARKUP] = False,
    lexicon: LexiconFile = None,
    provider: Provider = "auto",
    threads: Threads = 0,
    stats: Stats = False,
) -> None:
    """Speak. Plays if there is a sound device and no -o."""
    watch = Stopwatch()
    config = SpeechConfig(
        voice=voice,
        speed=speed,
        lang=lang,
        latency=latency,
        code=code,
        emoji=emoji,
        markup=markup,
        lexicon=read_lexicon(lexicon) if lexicon else {},
    )
    words = arriving(sys.stdin.fileno()) if text == ["-"] else " ".join(text)
    speaker = Speaker(model, runtime=Runtime(provider=provider, threads=threads))
    done = asyncio.run(_say(words, config, speaker, output))
    if stats:
        watch.report(done, output)


async def _say(text: str | AsyncIterable[str], config: SpeechConfig, speaker: Speaker, output: str | None) -> Done:
    async with speaker:
        speaker.check(config)
        async with opened(output, config.sample_rate) as out, speaker.speak(text, config=config) as speech:
            return await listen(speech.events(), out)


def client(
    url: Annotated[str, typer.Argument(metavar="URL", help="Of the server: ws://HOST:PORT/v1/stream.")],
    output: Output = None,
    voice: Annotated[str | None, VOICE] = None,
    speed: Annotated[float | None, SPEED] = None,
    lang: Annotated[str | None, LANG] = None,
    latency: Annotated[Latency | None, LATENCY] = None,
    code: Annotated[CodeBlocks | None, CODE] = None,
    emoji: Annotated[Emoji | None, EMOJI] = None,
    markup: Annotated[bool | None, MARKUP] = None,
    lexicon: LexiconFile = None,
    api_key_file: KeyFile = None,
    stats: Stats = False,
) -> None:
    """Speak standard input through a server, as it arrives; what is not said here is as the server has it."""
    watch = Stopwatch()
    wanted = {
        "voice": voice,
        "speed": speed,
        "lang": lang,
        "latency": latency,
        "code": code,
        "emoji": emoji,
        "markup": markup,
        "lexicon": read_lexicon(lexicon) if lexicon else None,
        "format": "pcm_s16le",
    }
    changes = {name: value for name, value in wanted.items() if value is not None}
    done = asyncio.run(_client(url, _api_key(api_key_file), changes, output))
    if stats:
        watch.report(done, output)


def _api_key(file: Path | None) -> str:
    return read_secret({"file": str(file)}).reveal() if file else os.environ.get(API_KEY, "")


async def _client(url: str, api_key: str, changes: dict[str, Any], output: str | None) -> Done:
    async with (
        connect(url, api_key=api_key, **changes) as server,
        server.speak(arriving(sys.stdin.fileno())) as speech,
        opened(output, speech.config.sample_rate) as out,
    ):
        return await listen(speech.events(), out)


def voices(model: Model = "builtin") -> None:
    """List the voices of a model, one a line."""
    for name in asyncio.run(_voices(model)):
        typer.echo(name)


async def _voices(model: str) -> tuple[str, ...]:
    async with Speaker(model) as speaker:
        return speaker.voices
