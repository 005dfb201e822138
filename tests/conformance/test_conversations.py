"""The recorded conversations go as recorded, with a fake speaker and with the built-in voice; and a replay notices
when they do not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, get_args

import jsonschema
import pytest

from kokoro_stream import Speaker
from kokoro_stream.service import contract, messages
from kokoro_stream.service.app import create_app
from tests.conformance.replay import CONVERSATIONS, CROWDED, PROTOCOLS, Line, Mismatch, Rules, read, replay
from tests.fakes import FakeSpeaker
from tests.service.running import serving

MISTAKES = ({"type": "text.shout", "text": "Hey"}, {"type": "text.append"})  # deliberate
EVERY_CONVERSATION = pytest.mark.parametrize("recording", CONVERSATIONS, ids=lambda path: path.stem)


class Crowded(Speaker):
    """The built-in voice on a machine that is just fast enough for one speech."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        assert self._engine is not None
        self._engine.costs.decoder.add(1000, 50_000)
        return self


def fake(crowded: bool) -> FakeSpeaker:
    return FakeSpeaker(places=1) if crowded else FakeSpeaker()


def builtin(crowded: bool) -> Speaker:
    return Crowded() if crowded else Speaker()


@EVERY_CONVERSATION
@pytest.mark.parametrize("voice", [fake, builtin])
async def test_the_server_answers_as_recorded(voice: Callable[[bool], Any], recording: Path) -> None:
    async with serving(create_app(voice(recording.stem in CROWDED))) as address:
        await replay(read(recording), f"ws://{address}/v1/stream")


@EVERY_CONVERSATION
def test_the_recording_keeps_the_rules_and_the_schema(recording: Path) -> None:
    client = jsonschema.Draft202012Validator({**contract.schema(), "$ref": "#/$defs/ClientMessage"})
    rules = Rules()
    for line in read(recording):
        rules.check(line)
        if "client" in line and line["client"] not in MISTAKES:
            client.validate(line["client"])


def test_there_are_six_and_they_use_every_message() -> None:
    assert len(CONVERSATIONS) == 6
    used = {
        line[side]["type"]
        for path in CONVERSATIONS
        for line in read(path)
        for side in line.keys() & {"client", "server"}
    }
    kinds = {kind.__struct_config__.tag for kind in get_args(messages.ClientMessage | messages.ServerMessage)}
    assert kinds <= used


def without(lines: list[Line], kind: str) -> list[Line]:
    place = next(i for i, line in enumerate(lines) if line.get("server", {}).get("type") == kind)
    return lines[:place] + lines[place + 1 :]


async def test_a_replay_notices_what_differs() -> None:
    lines = read(PROTOCOLS / "conversations" / "reply.jsonl")
    moved = copy.deepcopy(lines)
    for line in moved:
        if line.get("server", {}).get("type") == "words":
            line["server"]["words"][0]["char_end"] += 1
    async with serving(create_app(FakeSpeaker())) as address:
        url = f"ws://{address}/v1/stream"
        for wrong in (without(lines, "words"), without(lines, "context.done"), moved):
            with pytest.raises(Mismatch):
                await replay(wrong, url)


STARTED = {"server": {"type": "context.started", "context": "c", "number": 1}}
AUDIO = {"audio": {"context": 1, "sequence": 0, "sample_offset": 0, "samples": 240, "last": False}}
LAST = {"audio": {"context": 1, "sequence": 1, "sample_offset": 240, "samples": 0, "last": True}}
ONLY = {"audio": {"context": 1, "sequence": 0, "sample_offset": 0, "samples": 0, "last": True}}
DONE_FIELDS = {"audio_ms": 10, "first_audio_ms": 1, "rtf": 0, "segments": 1, "windows": 1}
DONE: Line = {"server": {"type": "context.done", "context": "c", **DONE_FIELDS}}
BYE = {"server": {"type": "session.goodbye", "reason": "closed"}}


def test_the_rules_hold_for_an_orderly_context() -> None:
    rules = Rules()
    for line in (STARTED, AUDIO, LAST, DONE, BYE):
        rules.check(line)


@pytest.mark.parametrize(
    "lines",
    [
        [AUDIO],
        [STARTED, LAST],
        [STARTED, AUDIO, AUDIO],
        [STARTED, AUDIO, DONE],
        [STARTED, ONLY, DONE],
        [STARTED, AUDIO, LAST, AUDIO],
        [STARTED, AUDIO, BYE],
        [STARTED, AUDIO, LAST, DONE, AUDIO],
        [STARTED, AUDIO, LAST, DONE, DONE],
        [STARTED, STARTED],
    ],
)
def test_the_rules_find_what_breaks_them(lines: list[Line]) -> None:
    rules = Rules()
    for line in lines[:-1]:
        rules.check(line)
    with pytest.raises(Mismatch):
        rules.check(lines[-1])
