"""Where models come from: built in, installed from Hugging Face or from a file, or any folder that is a model.

An installed model is a folder below `models_folder`, complete from the moment it is there: it is made beside its place
and moved into it. Every function blocks, and may be called from several threads and processes at once; two that install
the same model take turns. Names and paths are for whoever operates the machine; none of them comes over the wire.
"""

from __future__ import annotations

import difflib
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import platformdirs

from ..errors import InputError, ModelError
from .building import being_built, locked, require_room
from .folder import BUILTIN, CARD, Keep, ModelCard, read_card, verify
from .voices import StyleTable, read_voices

ENVIRONMENT = "KOKORO_STREAM_MODELS"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
REPOSITORY = "onnx-community/Kokoro-82M-v1.0-ONNX"
REVISION = "1939ad2a8e416c0acfeecc08a694d14ef25f2231"
VOICES = "voices/*.bin"
FLOATS = 400_000_000  # bytes of Kokoro's weights in single precision, and then some
COPIES = 2  # of a model that are on disk while it is installed: whole, and cut
SPARE = 64_000_000  # bytes of disk that are left free: a machine without any is in other trouble

Report = Callable[[str], None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that can be pulled: ``file`` of ``repository``. ``megabytes`` is the size of that file."""

    file: str
    megabytes: int
    detail: str
    repository: str = REPOSITORY
    revision: str = REVISION
    licence: str = "Apache-2.0"


MODELS: Mapping[str, KnownModel] = {
    "kokoro": KnownModel("onnx/model.onnx", 326, "Kokoro-82M as it was trained, float32"),
    "kokoro-fp16": KnownModel("onnx/model_fp16.onnx", 163, "float16"),
    "kokoro-q8": KnownModel("onnx/model_quantized.onnx", 92, "8 bits"),
    "kokoro-q8f16": KnownModel("onnx/model_q8f16.onnx", 86, "8 bits and float16"),
    "kokoro-uint8": KnownModel("onnx/model_uint8.onnx", 177, "8 bits unsigned in part"),
    "kokoro-uint8f16": KnownModel("onnx/model_uint8f16.onnx", 114, "8 bits unsigned in part, and float16"),
    "kokoro-q4": KnownModel("onnx/model_q4.onnx", 305, "4 bits in matrix products"),
    "kokoro-q4f16": KnownModel("onnx/model_q4f16.onnx", 155, "4 bits in matrix products, and float16"),
}


class Install(Protocol):
    """Makes a model folder of a graph and voices; `kokoro_stream.model.install.install` is one."""

    def __call__(
        self,
        graph: Path,
        voices: Mapping[str, StyleTable],
        folder: Path,
        *,
        name: str,
        licence: str,
        origin: str,
        report: Report,
        keep: Keep = "fastest",
    ) -> ModelCard: ...


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """``card`` is None where the folder cannot be used; ``problem`` says why then."""

    name: str
    folder: Path
    card: ModelCard | None
    problem: str = ""

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self.folder.iterdir() if path.is_file())


def models_folder() -> Path:
    """Where installed models lie: ``$KOKORO_STREAM_MODELS``, or below the platform's folder for a user's data."""
    given = os.environ.get(ENVIRONMENT)
    return (
        Path(given).expanduser() if given else platformdirs.user_data_path("kokoro-stream", appauthor=False) / "models"
    )


def installed() -> list[InstalledModel]:
    """What is installed, by name, the built-in model first; a folder that cannot be used says so."""
    folders = sorted(path.parent for path in models_folder().glob(f"*/{CARD}") if NAME.fullmatch(path.parent.name))
    return [_examined(BUILTIN, "builtin"), *(_examined(folder, folder.name) for folder in folders)]


def resolve(name_or_path: str) -> Path:
    """The folder of "builtin", of an installed model, or of a path. Raises `ModelError` naming the remedy.

    A folder that has the name of a model is meant only with a separator: ``./kokoro``.
    """
    if name_or_path == "builtin":
        return BUILTIN
    if NAME.fullmatch(name_or_path):
        folder = models_folder() / name_or_path
        if (folder / CARD).is_file():
            return folder
        if known := MODELS.get(name_or_path):
            size = f"{known.megabytes} MB"
            raise ModelError(f"{name_or_path} is not installed; `kokoro-stream models pull {name_or_path}` ({size})")
    path = Path(name_or_path).expanduser()
    if not (path / CARD).is_file():
        raise ModelError(f"{name_or_path} is not a model folder, nor the name of a model{_near(name_or_path)}")
    return path


def obtain(name_or_path: str) -> Path:
    """As `resolve`, but a known model that is not installed is pulled, which is said and may take minutes."""
    if name_or_path in MODELS and not (models_folder() / name_or_path / CARD).is_file():
        # A warning, since it has to be seen also where nobody configured logging: something is downloaded.
        _log.warning("%s is not installed; pulling %d MB", name_or_path, MODELS[name_or_path].megabytes)
        return pull(name_or_path)
    return resolve(name_or_path)


def pull(
    name: str,
    *,
    revision: str | None = None,
    keep: Keep = "fastest",
    progress: bool = True,
    report: Report = _log.warning,
    install: Install | None = None,
) -> Path:
    """Fetch a known model, cut it, install it; nothing happens where it is installed and whole.

    ``revision`` (a commit, branch or tag of the repository) replaces the one known to work, and an installed model of
    another one. ``keep`` says which form of quantised or half-precision weights is kept. ``report`` hears what takes
    long or has gone differently. Raises `ModelError` naming the remedy.
    """
    known = MODELS.get(name)
    if known is None:
        raise ModelError(f"there is no model {name!r} to pull{_near(name)}")
    with locked(models_folder(), name, report):
        target = models_folder() / name
        if revision is None and _is_whole(target, report):
            return target
        from . import hub  # here, because importing it takes half a second

        listing = hub.look_up(known.repository, revision or known.revision, (known.file, VOICES))
        origin = hub.url(known.repository, listing.commit, known.file)
        if revision is not None and _is_whole(target, report) and read_card(target).origin == origin:
            return target
        size = sum(file.size for file in listing.files)
        require_room({hub.cache_folder(): listing.missing_bytes, target: _room_for(size)})
        fetched = hub.download(listing, progress=progress)
        voices = read_voices(fetched / Path(VOICES).parent)
        with being_built(target) as folder:
            (install or _installer())(
                fetched / known.file,
                voices,
                folder,
                name=name,
                licence=known.licence,
                origin=origin,
                report=report,
                keep=keep,
            )
    return target


def add(
    path: Path,
    *,
    voices: Path | None = None,
    name: str | None = None,
    keep: Keep = "fastest",
    report: Report = _log.warning,
    install: Install | None = None,
) -> Path:
    """Install a one-file Kokoro: an .onnx file, or a folder that holds one (the way onnx-community arranges it).

    ``voices`` is a file or folder of voices, by default what lies beside the graph; ``name`` is by default the file's;
    ``keep`` as in `pull`.
    Raises `ModelError` or `InputError` naming the remedy.
    """
    graph = find_graph(path)
    name = name if name is not None else re.sub(r"[^a-z0-9._-]+", "-", graph.stem.lower())
    if name == "builtin" or not NAME.fullmatch(name):
        raise InputError("name", f"{name!r} cannot be a model's name; use a-z, 0-9, dots, dashes and underscores")
    tables = read_voices(voices if voices is not None else find_voices(graph))
    target = models_folder() / name
    with locked(models_folder(), name, report):
        if target.exists():
            raise ModelError(f"{name} is installed already; give another name with --name, or delete {target}")
        size = graph.stat().st_size + sum(table.nbytes for table in tables.values())
        require_room({target: _room_for(size)})
        with being_built(target) as folder:
            origin = graph.resolve().as_uri()
            (install or _installer())(
                graph, tables, folder, name=name, licence="", origin=origin, report=report, keep=keep
            )
    return target


def find_graph(path: Path) -> Path:
    """The one-file model that a path means. Raises `ModelError` when there is none, or more than one."""
    if path.is_file():
        return path
    if (path / CARD).is_file():
        raise ModelError(f"{path} is a model folder already; use it as --model {path}")
    graphs = sorted([*path.glob("*.onnx"), *path.glob("onnx/*.onnx")])
    if len(graphs) == 1:
        return graphs[0]
    if not graphs:
        raise ModelError(f"there is no .onnx file at {path}")
    raise ModelError(f"{path} holds several models; name one: {_listed(graphs)}")


def find_voices(graph: Path) -> Path:
    """Voices beside a graph, or beside the folder ``onnx`` that it lies in. Raises `ModelError` when there are none."""
    for folder in (graph.parent, graph.parent.parent)[: 2 if graph.parent.name == "onnx" else 1]:
        for pattern in ("voices", "*voices*.bin", "*voices*.npz", "*.pt"):
            found = sorted(folder.glob(pattern))
            if len(found) == 1:
                return found[0]
            if found and pattern == "*.pt":
                return folder
            if found:
                raise ModelError(f"several voices lie beside {graph}; name one of them with --voices: {_listed(found)}")
    raise ModelError(f"there are no voices beside {graph}; name their file or folder with --voices")


def _room_for(size: int) -> int:
    """Bytes that installing a file of that size takes: its weights may be expanded to floats."""
    return COPIES * max(size, min(4 * size, FLOATS)) + SPARE


def _listed(paths: list[Path]) -> str:
    return ", ".join(map(str, paths))


def _installer() -> Install:
    from .install import install  # here, because it imports onnx, which speaking does without

    return install


def _is_whole(folder: Path, report: Report) -> bool:
    if not (folder / CARD).is_file():
        return False
    try:
        verify(folder, read_card(folder))
    except ModelError as error:
        report(f"{error}; installing it again")
        return False
    return True


def _examined(folder: Path, name: str) -> InstalledModel:
    try:
        return InstalledModel(name, folder, read_card(folder))
    except ModelError as error:
        return InstalledModel(name, folder, None, str(error))


def _near(name: str) -> str:
    names = {"builtin", *MODELS, *(model.name for model in installed())}
    near = difflib.get_close_matches(name, names, n=3)
    return f"; did you mean {' or '.join(near)}?" if near else "; `kokoro-stream models list` shows what there is"
