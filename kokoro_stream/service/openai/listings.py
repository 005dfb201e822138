"""What clients ask for before they speak: which models and voices there are. Pure."""

from __future__ import annotations

from typing import Any

from ..speaker import Speaker
from . import models as known


def models(speaker: Speaker) -> dict[str, Any]:
    """``GET /v1/models``."""
    return {"object": "list", "data": [_model(speaker.model_name)]}


def model(speaker: Speaker, name: str) -> dict[str, Any]:
    """``GET /v1/models/NAME``. Raises `RefusedError` when there is no such model."""
    known.require(name, speaker.model_name, param="model")
    return _model(name)


def audio_models(speaker: Speaker) -> dict[str, Any]:
    """``GET /v1/audio/models``, of which Open WebUI makes its list of models."""
    return {"models": [{"id": speaker.model_name, "name": speaker.model_name}]}


def audio_voices(speaker: Speaker) -> dict[str, Any]:
    """``GET /v1/audio/voices``, of which Open WebUI makes its list of voices."""
    return {"voices": [{"id": voice, "name": voice} for voice in speaker.voices]}


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "kokoro-stream"}  # nobody knows when
