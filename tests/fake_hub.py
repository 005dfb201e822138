"""A Hugging Face hub for tests: one repository, the requests that huggingface_hub makes, and the ways they can fail."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from kokoro_stream.model.store import REPOSITORY, REVISION

IN_LARGE_FILE_STORAGE = 1024  # bytes: larger files are, and are named by their SHA-256 then
BRANCH = "main"


class FakeHub:
    """``files`` are those of the repository at `REVISION`, which is also the branch ``main``."""

    def __init__(self, url: str, files: Mapping[str, bytes]) -> None:
        self.url = url
        self.files = dict(files)
        self.requests: list[str] = []  # method, path and, where there is one, the range
        self.cuts: list[int] = []  # the next transfers of large files break after so many bytes each
        self.altered: dict[str, bytes] = {}  # what is sent in the place of a file
        self.gate = threading.Event()  # the second half of large files waits for it
        self.gate.set()
        self.waiting = threading.Event()  # somebody is at the gate

    def listed(self) -> list[dict[str, object]]:
        return [
            {"type": "file", "path": name, "rfilename": name, "size": len(content)}
            | {"oid": _git(content), "blobId": _git(content)}
            | ({"lfs": _lfs(content)} if len(content) > IN_LARGE_FILE_STORAGE else {})
            for name, content in self.files.items()
        ]


def _lfs(content: bytes) -> dict[str, object]:
    digest = hashlib.sha256(content).hexdigest()
    return {"oid": digest, "sha256": digest, "size": len(content), "pointerSize": 134}


def _git(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: FakeHub

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *arguments: object) -> None:
        self.hub.requests.append(" ".join([self.command, self.path, self.headers.get("Range", "")]).strip())

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        api = re.fullmatch(r"/api/models/(.+)/(revision|tree)/([^/]+)", path)
        file = re.fullmatch(r"/(.+?)/resolve/([^/]+)/(.+)", path)
        if api and self._exists(api[1], api[3]):
            files = self.hub.listed()
            self._json(files if api[2] == "tree" else {"id": api[1], "sha": REVISION, "siblings": files})
        elif file and self._exists(file[1], file[2]):
            self._resolve(file[3])

    def _exists(self, repository: str, revision: str) -> bool:
        if repository != REPOSITORY:
            self._missing("RepoNotFound")
        elif revision not in (REVISION, BRANCH):
            self._missing("RevisionNotFound")
        else:
            return True
        return False

    def _resolve(self, name: str) -> None:
        content = self.hub.files.get(name)
        if content is None:
            self._missing("EntryNotFound")
            return
        begun = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        rest = self.hub.altered.get(name, content)[begun:]
        headers = {"ETag": f'"{_git(content)}"', "Content-Length": str(len(rest)), "Accept-Ranges": "bytes"}
        if begun:
            headers["Content-Range"] = f"bytes {begun}-{len(content) - 1}/{len(content)}"
        if len(content) > IN_LARGE_FILE_STORAGE:
            headers |= {"X-Linked-Etag": f'"{_lfs(content)["oid"]}"', "X-Linked-Size": str(len(content))}
        self._head(206 if begun else 200, headers)
        if self.command == "GET":
            self._send(rest)

    def _send(self, content: bytes) -> None:
        if len(content) > IN_LARGE_FILE_STORAGE and self.hub.cuts:
            self._body(content[: self.hub.cuts.pop(0)])
            self.close_connection = True
            return
        half = len(content) // 2
        self._body(content[:half])
        self.hub.waiting.set()
        self.hub.gate.wait()
        self._body(content[half:])

    def _missing(self, code: str) -> None:
        self._json({"error": code}, 404, {"X-Error-Code": code, "X-Error-Message": code})

    def _json(self, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        content = json.dumps(value).encode()
        self._head(status, {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})})
        self._body(content)

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"X-Repo-Commit": REVISION, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _body(self, content: bytes) -> None:
        if self.command == "HEAD":
            return
        try:
            self.wfile.write(content)
            self.wfile.flush()
        except ConnectionError:  # the client was killed
            self.close_connection = True


@contextmanager
def fake_hub(files: Mapping[str, bytes]) -> Iterator[FakeHub]:
    """A hub on a free port of this machine, until the block ends."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True  # a kept-alive connection would be waited for
        hub = handler.hub = FakeHub(f"http://127.0.0.1:{server.server_address[1]}", files)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield hub
        finally:
            hub.gate.set()
            server.shutdown()
            thread.join()
