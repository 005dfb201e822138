"""Who sends which message where: the AsyncAPI 3 document of the WebSocket and the MQTT door, seen from the server.

The shapes of the messages are in ``schema.json``, which `service.contract` writes beside it.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from .messages import PROTOCOL, ClientMessage, Interrupt, Ping, PlaybackAck, PlaybackGap, ServerMessage
from .mqtt.messages import OpenRequest, PlayerStatus, SayEvent, SayRequest, ServerStatus
from .mqtt.topics import Topics

Document = dict[str, Any]
Kind = type[msgspec.Struct]

# Messages that are no JSON objects of ours: name -> what it says.
_OTHERS: dict[str, Document] = {
    "Audio": {
        "name": "audio",
        "contentType": "application/octet-stream",
        "description": "Audio: 16 bytes little-endian (magic u8 0x4B, flags u8 with bit 0 for the last of a context, "
        "context number u16, sequence u32, sample offset u64), then the samples in the session's format.",
    },
    "SayText": {"name": "text", "contentType": "text/plain", "description": "The text to say, as it is."},
    "Command": {"name": "command", "contentType": "text/plain", "description": "Whatever it holds is ignored."},
}
_PARAMETERS = {
    "prefix": {"description": "The server's setting.", "default": "kokoro"},
    "node": {"description": "Which server."},
    "session": {"description": "Which session."},
    "target": {"description": "Who shall hear it: the name of a player."},
}


@dataclass(frozen=True, slots=True)
class _Channel:
    """``receive`` and ``send`` are what the server does; ``others`` are names of messages beside them."""

    address: str
    description: str
    receive: tuple[Kind, ...] = ()
    send: tuple[Kind, ...] = ()
    others: tuple[str, ...] = ()


def asyncapi() -> Document:
    """The document."""
    channels = _channels()
    kinds = {kind.__name__: kind for channel in channels.values() for kind in (*channel.receive, *channel.send)}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "kokoro-stream",
            "version": PROTOCOL.rpartition(".v")[2],
            "description": "Text in as it is written, speech out before the sentence is over. "
            "Prose: websocket.md, mqtt.md.",
        },
        "defaultContentType": "application/json",
        "channels": {name: _described(channel) for name, channel in channels.items()},
        "operations": {
            f"{name}.{action}": _operation(name, channel, action, sent)
            for name, channel in channels.items()
            for action, sent in (("receive", channel.receive), ("send", channel.send))
            if sent or (channel.others and action == _direction(channel))
        },
        "components": {"messages": {**{name: _message(kind) for name, kind in kinds.items()}, **_OTHERS}},
    }


def _channels() -> dict[str, _Channel]:
    topics = Topics("{prefix}", "{node}", "{share}")
    client, server = get_args(ClientMessage), get_args(ServerMessage)
    stream, announcement = topics.session("{session}"), topics.announcement("{target}", "{session}")
    say = (SayRequest,)
    return {
        "stream": _Channel(
            "/v1/stream", f"One session per WebSocket connection, subprotocol {PROTOCOL}.", client, server, ("Audio",)
        ),
        "mqttOpen": _Channel(topics.open, "Asks for a stream; session.created is the answer.", (OpenRequest,)),
        "mqttStreamUp": _Channel(stream.up, "A stream's client speaks.", client),
        "mqttStreamDown": _Channel(stream.down, "A stream's server speaks.", (), server, ("Audio",)),
        "mqttSay": _Channel(topics.say, "Asks for an announcement.", say, (), ("SayText",)),
        "mqttSayTo": _Channel(f"{topics.say}/{{target}}", "The same, to a target.", say, (), ("SayText",)),
        "mqttEvent": _Channel(topics.event, "What becomes of announcements.", (), get_args(SayEvent)),
        "mqttAnnouncementUp": _Channel(
            announcement.up, "A player acknowledges.", (PlaybackAck, PlaybackGap, Interrupt, Ping)
        ),
        "mqttAnnouncementDown": _Channel(announcement.down, "An announcement's session.", (), server, ("Audio",)),
        "mqttStop": _Channel(topics.command("stop", "{target}"), "Ends what is said and waits.", others=("Command",)),
        "mqttStopAll": _Channel(topics.command("stop"), "The same for all targets.", others=("Command",)),
        "mqttSkip": _Channel(topics.command("skip", "{target}"), "Ends what is being said.", others=("Command",)),
        "mqttSkipAll": _Channel(topics.command("skip"), "The same for all targets.", others=("Command",)),
        "mqttPlayer": _Channel(topics.player_status("{target}"), "Retained: a player is there.", (PlayerStatus,)),
        "mqttServer": _Channel(topics.status, "Retained: a server is there.", (), (ServerStatus,)),
    }


def _direction(channel: _Channel) -> str:
    """What happens to the messages that are no objects: audio is sent, texts and commands are received."""
    return "send" if "Audio" in channel.others else "receive"


def _described(channel: _Channel) -> Document:
    names = [kind.__name__ for kind in (*channel.receive, *channel.send)] + list(channel.others)
    described: Document = {
        "address": channel.address,
        "description": channel.description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }
    parameters = {name: text for name, text in _PARAMETERS.items() if f"{{{name}}}" in channel.address}
    if parameters:
        return {**described, "parameters": parameters}
    return {**described, "bindings": {"ws": {"method": "GET"}}}


def _operation(name: str, channel: _Channel, action: str, kinds: tuple[Kind, ...]) -> Document:
    others = channel.others if action == _direction(channel) else ()
    names = [kind.__name__ for kind in kinds] + list(others)
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{message}"} for message in names],
    }


def _message(kind: Kind) -> Document:
    return {
        "name": kind.__struct_config__.tag or kind.__name__,
        "summary": inspect.getdoc(kind),
        "payload": {"$ref": f"schema.json#/$defs/{kind.__name__}"},
    }
