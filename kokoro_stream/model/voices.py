"""Voices: style tables, and blends of them.

A voice is a float32 table [rows, 256]; row n-1 is for an utterance of n phonemes, the last row for longer ones (a voice
of one row always sounds the same). A blend is a weighted mean of tables, written ``af_clara:0.7+am_otto:0.3``.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, ModelError, UnknownVoiceError
from .archives import read_npz, read_pt

STYLE = 256  # columns of a style
DECODER_STYLE = slice(0, 128)  # the rest is the prosody's
MOST_PARTS = 8  # of a blend; more cannot be told apart by ear
MOST_ROWS = 1024  # twice Kokoro's 510
ROW_BYTES = 4 * STYLE
CACHED_BLENDS = 64  # 64 × 510 × 256 × 4 bytes = 33 MB at most
WEIGHT_ERROR = 0.01  # how far the weights of a blend may sum from 1: two decimals, rounded
VOICE_FILES = (".bin", ".npz", ".pt")
ZIP = b"PK\x03\x04"
NOT_IN_NAMES = set("+:")

StyleTable = NDArray[np.float32]


class Voices:
    """The voices of one model. Safe to call from several threads."""

    def __init__(self, tables: Mapping[str, StyleTable], default: str) -> None:
        self._tables = dict(tables)
        if default not in self._tables:
            raise ModelError(f"the default voice {default!r} is not among the model's voices")
        self._default = default
        self._blended = functools.lru_cache(CACHED_BLENDS)(self._blend)

    @property
    def names(self) -> tuple[str, ...]:
        """All voices, the default one first, then by name."""
        return (self._default, *sorted(self._tables.keys() - {self._default}))

    def table(self, voice: str) -> StyleTable:
        """The table of a voice or a blend, "" for the default. Raises `InputError` or `UnknownVoiceError`."""
        return self._blended(voice.strip() or self._default)

    def parts(self, voice: str) -> list[tuple[str, float]]:
        """Names and weights that ``voice`` is made of. Raises `InputError`."""
        return _parts(voice.strip() or self._default)

    def style(self, voice: str, phonemes: int) -> NDArray[np.float32]:
        """float32 [1, 256]: the style of ``voice`` for an utterance of that many phonemes."""
        table = self.table(voice)
        row = min(max(phonemes, 1), len(table)) - 1
        return table[row : row + 1]

    def _blend(self, voice: str) -> StyleTable:
        parts = _parts(voice)
        tables = []
        for name, _ in parts:
            if name not in self._tables:
                raise UnknownVoiceError(name, difflib.get_close_matches(name, self._tables, n=3, cutoff=0.5))
            tables.append(self._tables[name])
        rows = max(len(table) for table in tables)
        stretched = [table[np.minimum(np.arange(rows), len(table) - 1)] for table in tables]
        mixed = sum(weight * table for (_, weight), table in zip(parts, stretched, strict=True))
        return np.asarray(mixed, np.float32)


def _parts(voice: str) -> list[tuple[str, float]]:
    """Names and weights of a blend; weights are all given and sum to 1, or none is given and they are equal."""
    parts = [part.strip() for part in voice.split("+")]
    if len(parts) > MOST_PARTS:
        raise InputError("voice", f"a blend has at most {MOST_PARTS} voices, not {len(parts)}")
    weighted = [":" in part for part in parts]
    if not any(weighted):
        return [(part, 1 / len(parts)) for part in parts]
    if not all(weighted):
        raise InputError("voice", f"{voice!r} gives a weight to some voices only; write name:weight for each, or none")
    found = []
    for part in parts:
        name, _, written = part.partition(":")
        try:
            weight = float(written)
        except ValueError:
            raise InputError("voice", f"{written!r} is not a weight; write for example {name}:0.5") from None
        if not 0 <= weight <= 1:
            raise InputError("voice", f"the weight of {name} is {written}, outside 0–1")
        found.append((name.strip(), weight))
    total = sum(weight for _, weight in found)
    if abs(total - 1) > WEIGHT_ERROR:
        raise InputError("voice", f"the weights of {voice!r} sum to {total:.3g}; they must sum to 1")
    return found


def read_voices(path: Path) -> dict[str, StyleTable]:
    """The tables of a file or of a folder's files by name, in any form that Kokoro's voices come in.

    ====  ================================================================
    .npz  several voices (``voices-v1.0.bin`` is one, whatever its name)
    .pt   a voice, a tensor that ``torch.save`` wrote
    .bin  a voice, bare little-endian float32 numbers, 256 to the row
    ====  ================================================================

    A file of one voice has its name. No code in a file is run. Raises `ModelError`. Blocking.
    """
    if not path.is_dir():
        return {name: _table(path, name, array) for name, array in _arrays(path).items()}
    voices: dict[str, StyleTable] = {}
    for file in sorted(path.iterdir()):
        if file.suffix not in VOICE_FILES:
            continue
        found = read_voices(file)
        if twice := sorted(found.keys() & voices.keys()):
            raise ModelError(f"{path} holds voice {twice[0]!r} twice; leave one of the files")
        voices |= found
    if not voices:
        raise ModelError(f"{path} holds no voices; they are files whose names end in {', '.join(VOICE_FILES)}")
    return voices


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    if path.suffix == ".pt":
        return {path.stem: read_pt(path)}
    try:
        with path.open("rb") as file:
            content = file.read(MOST_ROWS * ROW_BYTES + 1)
    except OSError as error:
        raise ModelError(f"{path} cannot be read as voices: {error.strerror}") from error
    if path.suffix != ".bin" or content.startswith(ZIP):
        return read_npz(path)
    rows, rest = divmod(len(content), ROW_BYTES)
    if rest or not 1 <= rows <= MOST_ROWS:
        raise ModelError(f"{path} is not a voice: its size is not that of 1 to {MOST_ROWS} rows of {STYLE} float32")
    return {path.stem: np.frombuffer(content, "<f4").reshape(rows, STYLE)}


def _table(path: Path, name: str, array: NDArray[Any]) -> StyleTable:
    shape = array.shape
    if array.ndim == 3 and shape[1] == 1:
        array = array[:, 0]
    fits = array.ndim == 2 and array.shape[1] == STYLE and 1 <= len(array) <= MOST_ROWS
    if not fits or not np.issubdtype(array.dtype, np.floating):
        raise ModelError(f"{path}: voice {name!r} is {array.dtype} {shape}; expected float [rows, {STYLE}]")
    if NOT_IN_NAMES & set(name) or not name.strip():
        raise ModelError(f"{path}: {name!r} cannot be a voice's name; a blend would read its signs as its own")
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused for that
        table = array.astype(np.float32)
    if not np.isfinite(table).all():
        raise ModelError(f"{path}: voice {name!r} holds NaN or infinite numbers")
    return table
