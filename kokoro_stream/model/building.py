"""How an installed model comes into being: one process at a time, with room enough, and all at once or not at all."""

from __future__ import annotations

import errno
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import ModelError

# Beside the models, so that moving is renaming; no model's name starts with a dot.
LOCKS, UNFINISHED, REPLACED = ".locks", ".unfinished", ".replaced"
FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def locked(models: Path, name: str, report: Callable[[str], None]) -> Iterator[None]:
    """Waits until no other process or thread is installing ``name``. The system frees the lock of one that dies.

    An OSError of the block is about its disk, and leaves as `ModelError`.
    """
    with _explained(models):
        (models / LOCKS).mkdir(parents=True, exist_ok=True)
        lock = FileLock(models / LOCKS / f"{name}.lock")
        try:
            held = lock.acquire(timeout=0)
        except Timeout:
            report(f"{name} is being installed by another process; waiting for it")
            held = lock.acquire()
        with held:
            yield


@contextmanager
def being_built(target: Path) -> Iterator[Path]:
    """An empty folder that takes the place of ``target`` when the block ends well. Only while `locked`.

    Whatever happens, ``target`` is whole: the old one, the new one or, for the blink between two renames, none.
    """
    models, name = target.parent, target.name
    unfinished, replaced = models / UNFINISHED / name, models / REPLACED / name
    for folder in (unfinished, replaced):  # left behind by a process that was killed
        _remove(folder)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        if target.exists():
            replaced.parent.mkdir(exist_ok=True)
            target.rename(replaced)
        unfinished.rename(target)
    finally:
        _remove(unfinished)
        _remove(replaced)


def require_room(needs: Mapping[Path, int]) -> None:
    """Raises `ModelError` unless the disks of these folders, which may be the same, have that many bytes free."""
    wanted: dict[int, int] = defaultdict(int)
    places: dict[int, Path] = {}
    for folder, size in needs.items():
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        disk = existing.stat().st_dev
        wanted[disk] += size
        places[disk] = existing
    for disk, size in wanted.items():
        free = shutil.disk_usage(places[disk]).free
        if free < size:
            raise ModelError(
                f"{size / 1e6:.0f} MB are needed on the disk of {places[disk]}, {free / 1e6:.0f} MB are free; "
                "make room, or set HF_HOME (downloads) or KOKORO_STREAM_MODELS (models) to folders on another disk"
            )


@contextmanager
def _explained(models: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename or models
        if error.errno in FULL:
            raise ModelError(f"the disk of {place} is full; make room, or set KOKORO_STREAM_MODELS") from error
        reason = error.strerror or str(error)
        raise ModelError(f"{place}: {reason}; KOKORO_STREAM_MODELS can name another folder for models") from error


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
