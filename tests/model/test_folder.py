"""A model folder is read and checked before anything of it runs."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kokoro_stream.errors import ModelError
from kokoro_stream.model.folder import BUILTIN, CARD_BYTES, read_card, verify
from kokoro_stream.model.kokoro import KokoroModel


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUILTIN, tmp_path / "model"))


def rewrite(folder: Path, **changes: Any) -> None:
    card = json.loads((folder / "model.json").read_text(encoding="utf8"))
    (folder / "model.json").write_text(json.dumps(card | changes), encoding="utf8")


def test_the_builtin_folder_is_complete_and_weighs_at_most_eight_megabytes() -> None:
    card = read_card(BUILTIN)
    verify(BUILTIN, card)
    assert card.sample_rate == 24000
    assert {"prosody.onnx", "decoder.onnx", "voices.npz"} <= card.checksums.keys()
    assert sum(path.stat().st_size for path in BUILTIN.iterdir()) <= 8_000_000


def test_a_changed_file_is_named_with_the_remedy(folder: Path) -> None:
    (folder / "voices.npz").write_bytes(b"changed")
    with pytest.raises(ModelError, match=r"voices\.npz has checksum .* get the model again"):
        verify(folder, read_card(folder))


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "decoder.onnx").unlink()
    with pytest.raises(ModelError, match=r"decoder\.onnx cannot be read"):
        verify(folder, read_card(folder))


def test_a_checksum_cannot_point_outside_the_folder(folder: Path) -> None:
    rewrite(folder, checksums={"../secret": "0" * 64})
    with pytest.raises(ModelError, match="not a file name"):
        verify(folder, read_card(folder))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sample_rate": 0}, "sample_rate must be at least 1"),
        ({"sample_rate": "fast"}, "Expected `int`"),
        ({"margin_frames": -1}, "margin_frames must not be negative"),
        ({"longest_window_frames": 1}, "longest_window_frames is below first_window_frames"),
        ({"vocabulary": {"ab": 1}}, "every symbol must be a single character"),
    ],
)
def test_an_impossible_card_names_the_field(folder: Path, changes: dict[str, Any], message: str) -> None:
    rewrite(folder, **changes)
    with pytest.raises(ModelError, match=message):
        read_card(folder)


def test_an_oversized_card_is_refused_unread(folder: Path) -> None:
    (folder / "model.json").write_bytes(b" " * (CARD_BYTES + 1))
    with pytest.raises(ModelError, match="cannot be a model card"):
        read_card(folder)


def test_a_folder_without_a_card_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not a model folder"):
        KokoroModel.load(tmp_path)


def test_a_file_that_is_not_onnx_is_named(folder: Path) -> None:
    (folder / "decoder.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"decoder\.onnx cannot be loaded as an ONNX model"):
        KokoroModel.load(folder)
