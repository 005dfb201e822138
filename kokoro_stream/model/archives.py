"""Zip archives of arrays from strangers: numpy's .npz and PyTorch's .pt. No code of theirs is run, no size is believed.

A .pt holds its tensor's numbers raw, and beside them a pickle that says what they are. The pickle is never given to
``pickle``: a dozen of its opcodes are read here, onto a stack of inert values; any other opcode, and any global but the
handful that stands for a tensor, is refused.
"""

from __future__ import annotations

import io
import math
import pickletools
import tokenize
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError

MOST_BYTES = 256 * 1024 * 1024  # of an archive, unpacked: Kokoro's 54 voices are 28 MB
MOST_PICKLE_BYTES = 4096  # a tensor's has about 160

TENSOR = "torch._utils _rebuild_tensor_v2"
HOOKS = "collections OrderedDict"
STORAGES = {"torch FloatStorage": "f4", "torch HalfStorage": "f2", "torch DoubleStorage": "f8"}
BYTE_ORDERS = {b"little": "<", b"big": ">"}

# What zipfile, zlib, numpy's header parser and pickletools raise for bytes that are not what they should be.
# RuntimeError: an encrypted entry; NotImplementedError is one too: an unknown compression. TokenError: a .npy header.
BROKEN = (
    *(OSError, EOFError, ValueError, IndexError, KeyError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError),
)


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz file by name. Raises `ModelError`. Blocking."""
    try:
        return {name.removesuffix(".npy"): _npy(content) for name, content in _unpacked(path)}
    except BROKEN as error:
        raise ModelError(f"{path} cannot be read as an .npz archive: {_said(error)}") from error


def read_pt(path: Path) -> NDArray[Any]:
    """The tensor that ``torch.save`` wrote to a file. Raises `ModelError`. Blocking."""
    try:
        return _tensor({name.partition("/")[2]: content for name, content in _unpacked(path)})
    except BROKEN as error:
        raise ModelError(f"{path} cannot be read as a PyTorch tensor: {_said(error)}") from error


def _said(error: Exception) -> str:
    match error:
        case KeyError():
            return f"{error.args[0]} is missing"
        case OSError(strerror=str(reason)):
            return reason
    return str(error) or type(error).__name__


def _unpacked(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each entry's name and bytes. ``zipfile`` unpacks no more than the size an entry states: that is what counts."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if (size := sum(entry.file_size for entry in entries)) > MOST_BYTES:
            raise ValueError(f"it would unpack to {size} bytes, more than {MOST_BYTES}")
        for entry in entries:
            yield entry.filename, archive.read(entry)


def _npy(content: bytes) -> NDArray[Any]:
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) == (1, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    else:
        shape, fortran, dtype = np.lib.format.read_array_header_2_0(file)
    if dtype.hasobject:
        raise ValueError("it holds pickled objects")
    # Only now is it known that the shape, which numpy would allocate unasked, is that of the bytes that are there.
    array: NDArray[Any] = np.frombuffer(content, dtype, math.prod(shape), offset=file.tell())
    return array.reshape(shape, order="F" if fortran else "C")


def _tensor(files: dict[str, bytes]) -> NDArray[Any]:
    pickled = files["data.pkl"]
    if len(pickled) > MOST_PICKLE_BYTES:
        raise ValueError(f"data.pkl has {len(pickled)} bytes, more than a tensor needs")
    tensor = _read_pickle(pickled)
    order = BYTE_ORDERS[files.get("byteorder", b"little")]
    numbers = np.frombuffer(files[f"data/{tensor.key}"], order + tensor.dtype)
    count = math.prod(tensor.shape)
    if not 0 <= tensor.offset <= len(numbers) - count:
        raise ValueError(f"a tensor of shape {tensor.shape} does not fit its {len(numbers)} numbers")
    if not _is_contiguous(tensor.shape, tensor.strides):
        raise ValueError("the tensor's rows are not in order; save tensor.contiguous().clone()")
    return numbers[tensor.offset : tensor.offset + count].reshape(tensor.shape)


def _is_contiguous(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    expected = 1
    for size, stride in zip(reversed(shape), reversed(strides), strict=True):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


@dataclass(frozen=True, slots=True)
class _Storage:
    """``key`` is the name of the numbers' file below data/."""

    dtype: str
    key: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    """``offset`` and ``strides`` count numbers, not bytes."""

    dtype: str
    key: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Global:
    name: str


_MARK = object()


def _read_pickle(pickled: bytes) -> _Tensor:
    """The one tensor that the pickle describes. Raises ValueError (or IndexError, KeyError) for anything else."""
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    operations: Iterable[tuple[pickletools.OpcodeInfo, Any, int | None]] = pickletools.genops(pickled)
    for opcode, argument, _ in operations:
        match opcode.name:
            case "PROTO":
                pass
            case "STOP":
                break
            case "GLOBAL":
                stack.append(_allowed(argument))
            case "MARK":
                stack.append(_MARK)
            case "BINUNICODE" | "BININT" | "BININT1" | "BININT2":
                stack.append(argument)
            case "NEWTRUE" | "NEWFALSE":
                stack.append(opcode.name == "NEWTRUE")
            case "BINPUT" | "LONG_BINPUT":
                memo[argument] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(memo[argument])
            case "EMPTY_TUPLE":
                stack.append(())
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                stack.append(tuple(reversed([stack.pop() for _ in range(int(opcode.name[-1]))])))
            case "TUPLE":
                stack.append(tuple(reversed(list(_until_mark(stack)))))
            case "BINPERSID":
                stack.append(_storage(stack.pop()))
            case "REDUCE":
                arguments, function = stack.pop(), stack.pop()
                stack.append(_called(function, arguments))
            case name:
                raise ValueError(f"its pickle uses {name}, which no tensor needs")
    if len(stack) != 1 or not isinstance(stack[0], _Tensor):
        raise ValueError("its pickle is not a single tensor")
    return stack[0]


def _allowed(name: str) -> _Global:
    if name not in (TENSOR, HOOKS, *STORAGES):
        raise ValueError(f"its pickle names {name.replace(' ', '.')}, which no tensor needs")
    return _Global(name)


def _until_mark(stack: list[Any]) -> Iterator[Any]:
    while (top := stack.pop()) is not _MARK:
        yield top


def _storage(identity: Any) -> _Storage:
    match identity:
        case ("storage", _Global(name), str(key), str(), int()) if name in STORAGES:
            return _Storage(STORAGES[name], key)
    raise ValueError("its pickle refers to something that is not a tensor's numbers")


def _called(function: Any, arguments: Any) -> Any:
    match function, arguments:
        case _Global(name), () if name == HOOKS:
            return {}
        case _Global(name), (_Storage(dtype, key), int(offset), tuple(shape), tuple(strides), *_) if name == TENSOR:
            numbers = (*shape, *strides)
            if len(shape) == len(strides) and all(type(number) is int and number >= 0 for number in numbers):
                return _Tensor(dtype, key, offset, shape, strides)
    raise ValueError("its pickle calls something that no tensor needs")
