"""Replays recorded conversations against a server: ``python -m tests.conformance.replay ws://HOST:PORT/v1/stream``.

Names behind the URL choose among the recordings; without them all are played but ``overloaded``, which is for a server
that has room for one speech at a time.

A recording is JSONL, one message a line: ``{"client": …}`` or ``{"client_text": "…"}`` (sent as it is),
``{"server": …}``, ``{"audio": {header, "samples"}}``, and ``{"closed": CODE}`` at the end. A client's line is sent once
everything before it has come. Times, frame sizes and wordings may differ from the recording; order within a context,
types, names, texts, character offsets and codes may not, and the rules of ``protocols/websocket.md`` must hold.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, Protocol

import jsonschema
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

PROTOCOLS = Path(__file__).parents[2] / "protocols"
CONVERSATIONS = sorted((PROTOCOLS / "conversations").glob("*.jsonl"))

CROWDED = {"overloaded"}

Line = dict[str, Any]
Item = tuple[Any, ...]

_SCHEMA = json.loads((PROTOCOLS / "schema.json").read_text(encoding="utf-8"))
_SERVER = jsonschema.Draft202012Validator({**_SCHEMA, "$ref": "#/$defs/ServerMessage"})
_COMPARED = (
    "type",
    "protocol",
    "number",
    "text",
    "char_start",
    "char_end",
    "name",
    "code",
    "fatal",
    "ends_context",
    "t",
    "reason",
)
_SLACK_MS = 1.0  # rounding


class Mismatch(AssertionError):
    """The server does not behave as the recording or the rules say."""


class Tally:
    """What has come, by context, in a form that two runs have in common."""

    def __init__(self) -> None:
        self.items: defaultdict[str, list[Item]] = defaultdict(list)
        self._names: dict[int, str] = {}

    def add(self, line: Line) -> None:
        """Takes note of a server's line. Of audio it counts that it follows its words; how much is up to the voice."""
        if "audio" in line:
            items = self.items[self._names[line["audio"]["context"]]]
            if items[-1][0] in {"words", "warning"}:
                items.append(("audio",))
        elif "closed" in line:
            self.items[""].append(("closed", line["closed"]))
        else:
            message = line["server"]
            refusal = message["type"] == "error" and not message["ends_context"]  # comes from whoever reads, at once
            name = "" if refusal else message.get("context") or ""
            self.items[name].append(_essence(message))
            if message["type"] == "context.started":
                self._names[message["number"]] = name

    def covers(self, other: Tally) -> bool:
        return all(len(self.items[key]) >= len(items) for key, items in other.items.items())


def _essence(message: Line) -> Item:
    essence = tuple(message.get(field) for field in _COMPARED)
    if message["type"] == "words":
        return essence + tuple((word["word"], word["char_start"], word["char_end"]) for word in message["words"])
    if message["type"] == "context.interrupted":  # where the border lies depends on the voice
        return (*essence, message["text_spoken"] + message["text_remaining"])
    return essence


class Rules:
    """What holds in every conversation."""

    def __init__(self) -> None:
        self._open: dict[int, str] = {}
        self._rate = {0: 24000}
        self._next: dict[int, tuple[int, int]] = {}  # number -> sequence and sample offset to come
        self._complete: set[int] = set()

    def check(self, line: Line) -> None:
        if "audio" in line:
            self._audio(**line["audio"])
        elif "server" in line:
            message = line["server"]
            _SERVER.validate(message)
            if "config" in message:
                self._rate[0] = message["config"]["sample_rate"]
            self._control(message)

    def _audio(self, context: int, sequence: int, sample_offset: int, samples: int, last: bool) -> None:
        _demand(context in self._open, f"audio of context {context}, which is not under way")
        _demand(context not in self._complete, f"audio of context {context} after its last message")
        _demand(self._next[context] == (sequence, sample_offset), f"audio is missing before message {sequence}")
        self._next[context] = sequence + 1, sample_offset + samples
        if last:
            self._complete.add(context)

    def _control(self, message: Line) -> None:
        name = message.get("context")
        number = next((number for number, open_name in self._open.items() if open_name == name), 0)
        sent_ms = 1000 * self._next.get(number, (0, 0))[1] / self._rate.get(number, 24000)
        match message["type"]:
            case "context.started":
                number = message["number"]
                _demand(number not in self._next, f"number {number} is used twice")
                self._open[number], self._next[number], self._rate[number] = name or "", (0, 0), self._rate[0]
            case "words":
                early = message["words"][0]["start_ms"]
                _demand(early >= sent_ms - _SLACK_MS, f"words at {early} ms come after their audio")
            case "context.done":
                _demand(abs(message["audio_ms"] - sent_ms) < _SLACK_MS, f"{sent_ms} ms of audio came")
                _demand(number in self._complete, "the last audio message does not say so")
                del self._open[number]
            case "context.interrupted":
                _demand(message["char_index"] == len(message["text_spoken"]), "char_index is not the border")
                del self._open[number]
            case "error" if message["ends_context"]:
                del self._open[number]
            case "session.goodbye":
                _demand(not self._open, f"{self._open} had no terminal event")
            case "segment.started" | "mark" | "warning":
                _demand(name is None or number > 0, f"{message['type']} about {name!r}, which is not under way")


def _demand(holds: bool, complaint: str) -> None:
    if not holds:
        raise Mismatch(complaint)


def read(recording: Path) -> list[Line]:
    return [json.loads(line) for line in recording.read_text(encoding="utf-8").splitlines()]


class Wire(Protocol):
    """What carries a session."""

    async def send(self, text: str) -> None:
        """Sends a control message."""

    async def receive(self) -> Line:
        """The server's next line."""


class WebSocketWire:
    """A WebSocket as a wire."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, text: str) -> None:
        await self._socket.send(text)

    async def receive(self) -> Line:
        try:
            received = await self._socket.recv()
        except ConnectionClosed as closed:
            return {"closed": closed.rcvd.code if closed.rcvd else None}
        return {"server": json.loads(received)} if isinstance(received, str) else {"audio": audio(received)}


async def replay(lines: list[Line], url: str) -> None:
    """Plays the client's part over a WebSocket. Raises `Mismatch`, or jsonschema's ValidationError."""
    async with open_websocket(url, subprotocols=[Subprotocol("kokoro-stream.v1")], compression=None) as socket:
        await play(lines, WebSocketWire(socket))


async def play(lines: list[Line], wire: Wire) -> None:
    """Plays the client's part. Raises `Mismatch`, or jsonschema's ValidationError."""
    whole = Tally()
    for line in lines:
        if not line.keys() & {"client", "client_text"}:
            whole.add(line)
    expected, heard, rules = Tally(), Tally(), Rules()
    for line in [*lines, {"end": True}]:
        if line.keys() & {"client", "client_text", "end"}:
            while not heard.covers(expected):
                _take(await wire.receive(), heard, rules, whole)
        if "client" in line:
            await wire.send(json.dumps(line["client"]))
        elif "client_text" in line:
            await wire.send(line["client_text"])
        elif "end" not in line:
            expected.add(line)


def _take(line: Line, heard: Tally, rules: Rules, whole: Tally) -> None:
    rules.check(line)
    heard.add(line)
    for key, items in heard.items.items():
        wanted = whole.items[key][: len(items)]
        _demand(items == wanted, f"{key or 'the session'}: {items[-1:]} came in place of {wanted[-1:]}")


def audio(received: bytes) -> Line:
    """A binary message as recordings write it; 16-bit samples."""
    _demand(received[0] == 0x4B, "a binary message does not begin with 0x4B")
    return {
        "context": int.from_bytes(received[2:4], "little"),
        "sequence": int.from_bytes(received[4:8], "little"),
        "sample_offset": int.from_bytes(received[8:16], "little"),
        "samples": (len(received) - 16) // 2,
        "last": bool(received[1] & 1),
    }


async def _main(url: str, *names: str) -> None:
    wanted = names or [path.stem for path in CONVERSATIONS if path.stem not in CROWDED]
    for name in wanted:
        await replay(read(PROTOCOLS / "conversations" / f"{name}.jsonl"), url)
        sys.stdout.write(f"{name}: as recorded\n")


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
