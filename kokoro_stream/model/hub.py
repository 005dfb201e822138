"""Files of Hugging Face repositories: fetched into its cache, and checked against what the hub says of them.

``HF_HOME``, ``HF_ENDPOINT``, ``HF_HUB_OFFLINE``, ``HF_TOKEN`` and proxies hold as everywhere; huggingface_hub reads
them when it is imported. That takes half a second, so import this module only where something is to be fetched.
"""

from __future__ import annotations

import errno
import hashlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import huggingface_hub
from huggingface_hub import constants, errors
from huggingface_hub.utils import tqdm  # type: ignore[attr-defined]  # it is exported lazily

from ..errors import ModelError

CHUNK = 1024 * 1024
LARGE = 4 * 1024 * 1024  # bytes of a file that takes a while; a voice has half a megabyte
SHA256_DIGITS = 64  # a Git object, which the hub names for small files, has 40


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """``digest`` is a SHA-256 or, for files outside large-file storage, a Git object's SHA-1; "" where unknown."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Files of one commit. ``is_cached``: the hub was out of reach, and these are the files that the cache has."""

    repo: str
    commit: str
    files: tuple[RemoteFile, ...]
    is_cached: bool

    @property
    def missing_bytes(self) -> int:
        """Of the files that are not in the cache yet."""
        return sum(file.size for file in self.files if not self._has(file))

    def _has(self, file: RemoteFile) -> bool:
        return isinstance(huggingface_hub.try_to_load_from_cache(self.repo, file.name, revision=self.commit), str)


def cache_folder() -> Path:
    """Where downloads go."""
    return Path(constants.HF_HUB_CACHE)


def url(repo: str, commit: str, file: str) -> str:
    """Where exactly a file comes from."""
    return huggingface_hub.hf_hub_url(repo, file, revision=commit)


def look_up(repo: str, revision: str, patterns: Sequence[str]) -> Listing:
    """The files at ``revision`` that ``patterns`` (``voices/*.bin``) match; each must match one.

    Out of reach, or with ``HF_HUB_OFFLINE``, what the cache has counts. Raises `ModelError` with the remedy. Blocking.
    """
    try:
        info = huggingface_hub.HfApi().model_info(repo, revision=revision, files_metadata=True)
    except Exception as error:  # the transport (requests, httpx, httpx2 …) depends on the version of huggingface_hub
        if isinstance(error, errors.RepositoryNotFoundError | errors.RevisionNotFoundError | errors.HFValidationError):
            raise ModelError(_why(error, repo, revision)) from error
        listing = _cached(repo, revision, patterns)
        if listing is None:
            raise ModelError(_why(error, repo, revision)) from error
        return listing
    if not info.sha:
        raise ModelError(f"{constants.ENDPOINT} does not say which commit {revision} of {repo} is; check HF_ENDPOINT")
    files = _matching(map(_described, info.siblings or ()), patterns)
    if missing := _missing(files, patterns):
        where = f"{repo} has no {missing[0]} at {info.sha}"
        raise ModelError(f"{where}; name another --revision, or `kokoro-stream models add` a file")
    return Listing(repo, info.sha, files, is_cached=False)


def download(listing: Listing, *, progress: bool = True) -> Path:
    """The folder with the files of ``listing``, all there and all checked; ``progress`` shows a bar on a terminal.

    A connection that breaks is taken up again where it broke. A file that is not what the hub says is removed from the
    cache. Raises `ModelError`. Blocking.
    """
    bar = None if progress and sys.stderr.isatty() else _NoBar
    source: dict[str, Any] = {"revision": listing.commit, "local_files_only": listing.is_cached, "tqdm_class": bar}
    try:
        # Large files one by one in this thread: those of a snapshot come in threads that Ctrl-C has to wait for.
        for file in listing.files:
            if file.size > LARGE:
                huggingface_hub.hf_hub_download(listing.repo, file.name, **source)
        names = [file.name for file in listing.files]
        folder: str = huggingface_hub.snapshot_download(listing.repo, allow_patterns=names, **source)
    except Exception as error:  # as in look_up
        raise ModelError(_why(error, listing.repo, listing.commit)) from error
    for file in listing.files:
        _check(Path(folder) / file.name, file, listing.repo)
    return Path(folder)


class _NoBar(tqdm):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options | {"disable": True})  # type: ignore[no-untyped-call]


def _described(sibling: Any) -> RemoteFile:
    if sibling.lfs is not None:
        return RemoteFile(sibling.rfilename, sibling.lfs.size, sibling.lfs.sha256)
    return RemoteFile(sibling.rfilename, sibling.size or 0, sibling.blob_id or "")


def _missing(files: Sequence[RemoteFile], patterns: Sequence[str]) -> list[str]:
    return [pattern for pattern in patterns if not any(fnmatch(file.name, pattern) for file in files)]


def _cached(repo: str, revision: str, patterns: Sequence[str]) -> Listing | None:
    """What the cache has of ``revision``, None when that is not all."""
    try:
        folder: str = huggingface_hub.snapshot_download(
            repo, revision=revision, allow_patterns=list(patterns), local_files_only=True
        )
    except errors.LocalEntryNotFoundError:
        return None
    paths = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in paths]
    found = (RemoteFile(name, path.stat().st_size, _blob_name(path)) for name, path in zip(names, paths, strict=True))
    files = _matching(found, patterns)
    return None if _missing(files, patterns) else Listing(repo, Path(folder).name, files, is_cached=True)


def _matching(files: Iterable[RemoteFile], patterns: Sequence[str]) -> tuple[RemoteFile, ...]:
    return tuple(file for file in files if any(fnmatch(file.name, pattern) for pattern in patterns))


def _blob_name(path: Path) -> str:
    """The hub's digest of a cached file: its blob is named so. Where links are not possible (Windows), unknown: ""."""
    return path.readlink().name if path.is_symlink() else ""


def _check(path: Path, file: RemoteFile, repo: str) -> None:
    found = _digest(path, file) if file.digest else ""
    if path.stat().st_size == file.size and found == file.digest:
        return
    blob = path.resolve()
    path.unlink()
    blob.unlink(missing_ok=True)
    raise ModelError(
        f"{file.name} of {repo} has checksum {found}, {constants.ENDPOINT} says {file.digest}; "
        "it was deleted: pull once more, and if this happens again, find out who changes it on the way"
    )


def _digest(path: Path, file: RemoteFile) -> str:
    hashed = hashlib.sha256() if len(file.digest) == SHA256_DIGITS else hashlib.sha1(b"blob %d\0" % file.size)
    with path.open("rb") as content:
        while chunk := content.read(CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()


def _why(error: Exception, repo: str, revision: str) -> str:
    match error:
        case errors.GatedRepoError():
            return f"{repo} asks for an account that accepted its terms; `hf auth login` or set HF_TOKEN"
        case errors.RepositoryNotFoundError():
            return f"{constants.ENDPOINT} has no repository {repo}, or shows it only to its owners (`hf auth login`)"
        case errors.RevisionNotFoundError():
            return f"{repo} has no revision {revision}; `models pull` without --revision takes the one known to work"
        case errors.HFValidationError():
            return f"{repo} at {revision} cannot be asked for: {error}"
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return f"the disk of {cache_folder()} is full; make room, or set HF_HOME to a folder on a larger one"
    if constants.HF_HUB_OFFLINE:
        return (
            f"{repo} is not in the cache {cache_folder()}, and HF_HUB_OFFLINE forbids to fetch it; "
            "unset it, or `kokoro-stream models add` a file that you have"
        )
    return (
        f"{repo} cannot be fetched from {constants.ENDPOINT} ({type(error).__name__}: {_first_line(error)}); check the "
        "network (HTTPS_PROXY, HF_ENDPOINT), or `kokoro-stream models add` a file that you have"
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "no details")
