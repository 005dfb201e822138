"""What a model is on disk: a folder with prosody.onnx, decoder.onnx, model.json and voices.npz.

prosody.onnx   ``input_ids`` int64 [1, L] (0, one id a phoneme, 0), ``style`` float32 [1, 256], ``speed`` float32 [1]
               → ``features`` float32 [1, C, T], ``f0`` [1, rT] (Hz, below 10 unvoiced), ``energy`` [1, rT],
               ``durations`` int64 [1, L] (units of `ModelCard.samples_per_duration`)
decoder.onnx   a slice of those frames and ``style`` float32 [1, `ModelCard.decoder_style`]
               → ``samples`` float32 [1, T * samples_per_frame]

The decoder of a Kokoro that was cut (`cut`) takes more, and two more files say what:

``norms`` float32 [1, 2N]   into the decoder, in the place of most of the style: gain and offset of each of N channels
``phase`` float32 [1]   into the decoder: Σ F0 / sample rate over the points of the curve before what it makes sound of
``context`` int64 [2, 2]   into the decoder: of the first frames, and of the last, that many are left behind in front of
                   its generator and, of the rest, in front of the generator's last stage
norms.onnx     ``style`` float32 [1, 256] and ``statistics`` float32 [1, 2S], mean and variance of each of S channels
               over the sentence → ``factors`` float32 [1, 2N], the decoder's ``norms``. Once for a sentence
statistics.npz   what predicts the statistics from the prosody (`statistics`)

A graph that could not be cut is ``whole.onnx`` in the place of both: input_ids, style, speed → ``samples`` and, where
it tells them, ``durations``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import msgspec

from ..errors import ModelError

PROSODY, DECODER, CARD, VOICES = "prosody.onnx", "decoder.onnx", "model.json", "voices.npz"
WHOLE, NORMS, STATISTICS = "whole.onnx", "norms.onnx", "statistics.npz"
# Of context that the generator of a cut decoder sees. Of 20 positions a frame, the residual blocks of its first stage
# (kernels of 11, dilated by 1, 3 and 5) see 60 to either side; the upsampling in front of them sees 10, and the stage
# behind them `LAST_STAGE_FRAMES`.
GENERATOR_FRAMES = 4
# Of context that the last stage of a cut decoder needs. Of 120 positions a frame, its residual blocks (kernels of 11,
# dilated by 1, 3 and 5) see 60 to either side, what follows them 5, and the upsampling in front of them 2.
LAST_STAGE_FRAMES = 1
CARD_BYTES = 64 * 1024  # a vocabulary and a page of facts; more is not a model card
BUILTIN = Path(__file__).with_name("builtin")


Keep = Literal["fastest", "file", "float"]
"""The form of a quantised or half-precision model that is kept: weights as in the file, as floats, or the faster."""


class ModelCard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """model.json. ``checksums`` are SHA-256 of the folder's other files, by name.

    Where words sound: ``lead_ms`` before their durations say. Of a space between two, the part ``space`` sounds as the
    end of the first, the rest as the beginning of the other (None: neither). A point of the curve ``energy`` is heard
    above ``quiet_energy`` (None: the curve does not tell).

    ``origin`` says where the model came from, ``notes`` what had to be given up when it was installed.
    """

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
    decoder_style: int = 128
    lead_ms: float = 0.0
    space: float | None = None
    quiet_energy: float | None = None
    origin: str = ""
    notes: tuple[str, ...] = ()


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


def write_card(folder: Path, card: ModelCard) -> None:
    """Puts the card in the folder, whole or not at all. Blocking."""
    path = folder / CARD
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n")
    unfinished.replace(path)


def verify(folder: Path, card: ModelCard) -> None:
    """Raises `ModelError` naming the first file whose checksum differs. Blocking: reads every file."""
    for name, expected in card.checksums.items():
        if Path(name).name != name:
            raise ModelError(f"{folder / CARD}: checksums: {name!r} is not a file name")
        try:
            found = checksum(folder / name)
        except OSError as error:
            raise ModelError(f"{folder / name} cannot be read ({error.strerror})") from error
        if found != expected:
            raise ModelError(f"{folder / name} has checksum {found}, its card says {expected}; get the model again")


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Blocking."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
