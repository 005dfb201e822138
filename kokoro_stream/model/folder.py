"""What a model is on disk: a folder with prosody.onnx, decoder.onnx, model.json and voices.npz.

prosody.onnx   ``input_ids`` int64 [1, L] (0, one id a phoneme, 0), ``style`` float32 [1, 256], ``speed`` float32 [1]
               → ``features`` float32 [1, C, T], ``f0`` [1, rT] (Hz, 0 unvoiced), ``energy`` [1, rT],
               ``durations`` int64 [1, L] (units of `ModelCard.samples_per_duration`)
decoder.onnx   a slice of those frames and ``style`` float32 [1, 128] → ``samples`` float32 [1, T * samples_per_frame]

The decoder gets the first half of the style's columns; the second half is the prosody's alone.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from ..errors import ModelError

PROSODY, DECODER, CARD, VOICES = "prosody.onnx", "decoder.onnx", "model.json", "voices.npz"
CARD_BYTES = 64 * 1024  # a vocabulary and a page of facts; more is not a model card
BUILTIN = Path(__file__).with_name("builtin")


class ModelCard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """model.json. ``checksums`` are SHA-256 of the folder's other files, by name."""

    name: str
    sample_rate: int
    samples_per_frame: int
    samples_per_duration: int
    margin_frames: int
    first_window_frames: int
    longest_window_frames: int
    token_limit: int
    default_voice: str
    languages: tuple[str, ...]
    licence: str
    vocabulary: dict[str, int]
    checksums: dict[str, str] = {}


def read_card(folder: Path) -> ModelCard:
    """The folder's card. Raises `ModelError` when the folder is not a model. Blocking."""
    path = folder / CARD
    try:
        with path.open("rb") as file:
            content = file.read(CARD_BYTES + 1)
    except OSError as error:
        raise ModelError(f"{folder} is not a model folder: {CARD} cannot be read ({error.strerror})") from error
    if len(content) > CARD_BYTES:
        raise ModelError(f"{path} is larger than {CARD_BYTES} bytes; it cannot be a model card")
    try:
        card = msgspec.json.decode(content, type=ModelCard)
    except msgspec.MsgspecError as error:
        raise ModelError(f"{path}: {error}") from error
    _check(path, card)
    return card


def verify(folder: Path, card: ModelCard) -> None:
    """Raises `ModelError` naming the first file whose checksum differs. Blocking: reads every file."""
    for name, expected in card.checksums.items():
        if Path(name).name != name:
            raise ModelError(f"{folder / CARD}: checksums: {name!r} is not a file name")
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(f"{folder / name} cannot be read ({error.strerror})") from error
        if found != expected:
            raise ModelError(f"{folder / name} has checksum {found}, its card says {expected}; get the model again")


def _check(path: Path, card: ModelCard) -> None:
    positive = ("sample_rate", "samples_per_frame", "samples_per_duration", "first_window_frames", "token_limit")
    for field in positive:
        if getattr(card, field) < 1:
            raise ModelError(f"{path}: {field} must be at least 1")
    if card.margin_frames < 0:
        raise ModelError(f"{path}: margin_frames must not be negative")
    if card.longest_window_frames < card.first_window_frames:
        raise ModelError(f"{path}: longest_window_frames is below first_window_frames")
    if any(len(symbol) != 1 for symbol in card.vocabulary):
        raise ModelError(f"{path}: vocabulary: every symbol must be a single character")
