"""The contracts for people who write in other languages, made from the modules that define messages.

``python -m kokoro_stream.service.contract FOLDER`` writes ``schema.json`` (JSON Schema of every message) and
``asyncapi.json`` (who sends which). Descriptions are the strings below classes and fields.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from pathlib import Path

import msgspec

from . import messages, session_messages
from .asyncapi import Document, asyncapi
from .messages import PROTOCOL, ClientMessage, ServerMessage
from .mqtt import messages as mqtt_messages
from .mqtt.messages import OpenRequest, PlayerStatus, SayEvent, SayRequest, ServerStatus

_MODULES = (session_messages, messages, mqtt_messages)

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Document:
    """JSON Schema of every message; ``ClientMessage``, ``ServerMessage`` and ``SayEvent`` are unions."""
    (client, server, event, *_), parts = msgspec.json.schema_components(
        [ClientMessage, ServerMessage, SayEvent, SayRequest, OpenRequest, PlayerStatus, ServerStatus],
        ref_template="#/$defs/{name}",
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
        "$defs": {"ClientMessage": client, "ServerMessage": server, "SayEvent": event, **parts},
    }


def write(folder: Path) -> None:
    """Writes both documents into the folder."""
    for name, document in (("schema.json", schema()), ("asyncapi.json", asyncapi())):
        (folder / name).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _ancestry(name: str) -> list[str]:
    kind: type = next(getattr(module, name) for module in _MODULES if hasattr(module, name))
    return [base.__name__ for base in kind.__mro__]


def _field_descriptions() -> dict[str, dict[str, str]]:
    """class -> field -> the string below the field, which exists in the source only."""
    found: dict[str, dict[str, str]] = {}
    for node in (node for module in _MODULES for node in ast.parse(inspect.getsource(module)).body):
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
