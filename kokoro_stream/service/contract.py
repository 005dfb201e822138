"""The contracts for people who write in other languages, made from `service.messages` and `service.session_messages`.

``python -m kokoro_stream.service.contract FOLDER`` writes ``schema.json`` (JSON Schema of every message) and
``asyncapi.json`` (who sends which). Descriptions are the strings below classes and fields.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec

from . import messages, session_messages
from .messages import PROTOCOL, ClientMessage, ServerMessage

Document = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BINARY = (
    "Audio: 16 bytes little-endian (magic u8 0x4B, flags u8 with bit 0 for the last of a context, context number "
    "u16, sequence u32, sample offset u64), then the samples in the session's format."
)


def schema() -> Document:
    """JSON Schema of every message; ``ClientMessage`` and ``ServerMessage`` are the unions of either side."""
    (client, server), parts = msgspec.json.schema_components(
        [ClientMessage, ServerMessage], ref_template="#/$defs/{name}"
    )
    fields = _field_descriptions()
    for name, part in parts.items():
        for field, place in part["properties"].items():
            described = [fields[base][field] for base in _ancestry(name) if field in fields.get(base, {})]
            if described:
                place["description"] = described[0]
    return {
        "$schema": _DIALECT,
        "title": PROTOCOL,
        "description": "Unknown fields are to be ignored on both sides.",
        "$defs": {"ClientMessage": client, "ServerMessage": server, **parts},
    }


def asyncapi() -> Document:
    """AsyncAPI 3 document of the WebSocket door; the messages' shapes are in ``schema.json``."""
    sides = {"receive": get_args(ClientMessage), "send": get_args(ServerMessage)}
    listed = {kind.__name__: _message(kind) for kinds in sides.values() for kind in kinds}
    listed["Audio"] = {"name": "audio", "contentType": "application/octet-stream", "description": _BINARY}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "kokoro-stream",
            "version": PROTOCOL.rpartition(".v")[2],
            "description": "Text in as it is written, speech out before the sentence is over. Prose: websocket.md.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "stream": {
                "address": "/v1/stream",
                "description": f"One session per WebSocket connection, subprotocol {PROTOCOL}.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in listed},
                "bindings": {"ws": {"method": "GET"}},
            }
        },
        "operations": {
            action: {
                "action": action,
                "channel": {"$ref": "#/channels/stream"},
                "messages": [
                    {"$ref": f"#/channels/stream/messages/{name}"}
                    for name in [kind.__name__ for kind in kinds] + ["Audio"] * (action == "send")
                ],
            }
            for action, kinds in sides.items()
        },
        "components": {"messages": listed},
    }


def write(folder: Path) -> None:
    """Writes both documents into the folder."""
    for name, document in (("schema.json", schema()), ("asyncapi.json", asyncapi())):
        (folder / name).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _message(kind: type[msgspec.Struct]) -> Document:
    return {
        "name": kind.__struct_config__.tag,
        "summary": inspect.getdoc(kind),
        "payload": {"$ref": f"schema.json#/$defs/{kind.__name__}"},
    }


def _ancestry(name: str) -> list[str]:
    return [base.__name__ for base in getattr(messages, name).__mro__]


def _field_descriptions() -> dict[str, dict[str, str]]:
    """class -> field -> the string below the field, which exists in the source only."""
    found: dict[str, dict[str, str]] = {}
    for node in (node for module in (session_messages, messages) for node in ast.parse(inspect.getsource(module)).body):
        if isinstance(node, ast.ClassDef):
            pairs = zip(node.body, node.body[1:], strict=False)
            found[node.name] = {
                field.target.id: text.value.value
                for field, text in pairs
                if isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(text, ast.Expr)
                and isinstance(text.value, ast.Constant)
                and isinstance(text.value.value, str)
            }
    return found


if __name__ == "__main__":
    write(Path(sys.argv[1]))
