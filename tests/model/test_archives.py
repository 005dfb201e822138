"""Archives from strangers are read without running anything and without believing their sizes."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from kokoro_stream.errors import ModelError
from kokoro_stream.model.archives import MOST_BYTES, MOST_PICKLE_BYTES, read_npz, read_pt

TORCH = (
    Path(__file__).parent.parent / "fixtures" / "af_torch.pt"
)  # torch.save(arange(8 * 256).reshape(8, 1, 256) / 1000)
NUMBERS = np.arange(6, dtype="<f4")
Edit = Callable[[dict[str, bytes]], object]


def entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def tensor(
    shape: tuple[int, ...] = (2, 3),
    strides: tuple[int, ...] = (3, 1),
    *,
    offset: int = 0,
    storage: str = "torch FloatStorage",
    kind: str = "storage",
    rebuild: str = "torch._utils _rebuild_tensor_v2",
) -> bytes:
    """The pickle of a tensor, in the opcodes that ``torch.save`` writes."""

    def named(name: str) -> bytes:
        return b"c" + name.replace(" ", "\n").encode() + b"\n"

    def text(value: str) -> bytes:
        return b"X" + struct.pack("<I", len(value)) + value.encode()

    def numbers(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(b"J" + struct.pack("<i", value) for value in values) + b"t"

    identity = b"(" + text(kind) + named(storage) + text("0") + text("cpu") + b"K\x06tQ"
    hooks = named("collections OrderedDict") + b")R"
    return (
        b"\x80\x02"
        + named(rebuild)
        + b"("
        + identity
        + b"J"
        + struct.pack("<i", offset)
        + numbers(shape)
        + numbers(strides)
        + b"\x89"
        + hooks
        + b"tR."
    )


def saved(path: Path, pickled: bytes, numbers: bytes = NUMBERS.tobytes(), order: bytes = b"little") -> Path:
    return packed(path, {"x/data.pkl": pickled, "x/data/0": numbers, "x/byteorder": order, "x/version": b"3\n"})


def test_a_tensor_that_pytorch_saved_is_read() -> None:
    expected = np.arange(8 * 256, dtype=np.float32).reshape(8, 1, 256) / np.float32(1000)
    assert np.array_equal(read_pt(TORCH), expected)


def test_a_part_of_a_tensor_and_other_number_formats_are_read(tmp_path: Path) -> None:
    part = saved(tmp_path / "part.pt", tensor((1, 3), (3, 1), offset=3))
    assert read_pt(part).tolist() == [[3, 4, 5]]
    half = saved(tmp_path / "half.pt", tensor(storage="torch HalfStorage"), NUMBERS.astype("<f2").tobytes())
    assert read_pt(half).dtype == np.float16
    big = saved(tmp_path / "big.pt", tensor(), NUMBERS.astype(">f4").tobytes(), b"big")
    assert np.array_equal(read_pt(big), NUMBERS.reshape(2, 3))


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_no_code_in_a_pickle_is_run(tmp_path: Path, protocol: int) -> None:
    trap = OrderedDict(a=Trap(tmp_path / "sprung"))
    path = saved(tmp_path / "trap.pt", pickle.dumps(trap, protocol))
    with pytest.raises(ModelError, match=r"trap\.pt cannot be read as a PyTorch tensor: its pickle"):
        read_pt(path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("pickled", "complaint"),
    [
        (tensor(rebuild="os system"), "names os.system, which no tensor needs"),
        (tensor(rebuild="torch FloatStorage"), "calls something that no tensor needs"),
        (tensor(storage="torch LongStorage"), "names torch.LongStorage"),
        (tensor(storage="collections OrderedDict"), "not a tensor's numbers"),
        (tensor(kind="file"), "not a tensor's numbers"),
        (tensor((2, 4), (4, 1)), "does not fit its 6 numbers"),
        (tensor((2**31 - 1,) * 9, (1,) * 9), "does not fit its 6 numbers"),
        (tensor(offset=1), "does not fit its 6 numbers"),
        (tensor(offset=-6), "does not fit its 6 numbers"),
        (tensor((-2, -3), (3, 1)), "calls something"),
        (tensor((3, 2), (1, 3)), "save tensor.contiguous"),
        (tensor((2, 3), (0, 1)), "save tensor.contiguous"),
        (tensor((2, 3), (1,)), "calls something"),
        (b"\x80\x02}.", "uses EMPTY_DICT"),
        (b"\x80\x02).", "is not a single tensor"),
        (b"\x80\x02t.", "pop from empty list"),
        (b"\x80\x02h\x07.", "7 is missing"),
        (b"", "pickle exhausted"),
        (tensor()[:-1], "pickle exhausted"),
        (tensor() * (MOST_PICKLE_BYTES // len(tensor()) + 1), "more than a tensor needs"),
    ],
)
def test_a_pickle_that_is_no_tensors_is_explained(tmp_path: Path, pickled: bytes, complaint: str) -> None:
    with pytest.raises(ModelError, match=complaint):
        read_pt(saved(tmp_path / "bad.pt", pickled))


@pytest.mark.parametrize("name", ["data.pkl", "data/0"])
def test_a_file_that_the_archive_lacks_is_named(tmp_path: Path, name: str) -> None:
    content = entries(TORCH)
    del content[f"af_torch/{name}"]
    with pytest.raises(ModelError, match=f"{name} is missing"):
        read_pt(packed(tmp_path / "bad.pt", content))


@pytest.mark.parametrize("read", [read_pt, read_npz])
def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = packed(tmp_path / "bomb", {f"x/data/{number}": bytes(MOST_BYTES // 4 + 1) for number in range(4)})
    assert path.stat().st_size < MOST_BYTES // 100
    with pytest.raises(ModelError, match="would unpack to"):
        read(path)


def test_an_array_that_states_more_than_it_has_is_refused_unallocated(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (2**40, 256)})
    with pytest.raises(ModelError, match="buffer is smaller"):
        read_npz(packed(tmp_path / "big.npz", {"af_big.npy": header.getvalue() + bytes(1024)}))


def test_arrays_are_read_in_either_order_of_rows_and_columns(tmp_path: Path) -> None:
    table = np.arange(6.0).reshape(2, 3)
    np.savez_compressed(tmp_path / "a.npz", c=table, fortran=np.asfortranarray(table))
    assert all(np.array_equal(array, table) for array in read_npz(tmp_path / "a.npz").values())


def _good_npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, af_one=np.ones((2, 1, 256), np.float32), am_two=np.ones((2, 256), np.float16))
    return file.getvalue()


GOOD: dict[Callable[[Path], object], bytes] = {read_pt: TORCH.read_bytes(), read_npz: _good_npz()}


@pytest.mark.filterwarnings("ignore:Reading .* Python 2")  # what numpy thinks of some damaged headers
@given(read=some.sampled_from([*GOOD]), data=some.data())
def test_damage_is_a_model_error_whatever_it_hits(
    tmp_path_factory: pytest.TempPathFactory, read: Callable[[Path], object], data: some.DataObject
) -> None:
    content = bytearray(GOOD[read])
    places = some.integers(0, len(content) - 1)
    for place, value in data.draw(some.lists(some.tuples(places, some.integers(0, 255)), max_size=4)):
        content[place] = value
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content[: data.draw(some.one_of(some.none(), places))])
    with suppress(ModelError):  # and nothing else
        read(path)
