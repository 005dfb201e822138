"""Serves the files of ``static/``: ``index.html`` at ``/``, the others below ``/page/``.

All addresses in them are relative, so the page works at the root, mounted, and behind a proxy below any path.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "static"
# Not asked of the system, whose tables differ; a browser runs no module that is not called JavaScript.
MEDIA_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    # Kept, but asked for again each time: the modules of two versions must not meet.
    "cache-control": "no-cache",
}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    media_type: str
    etag: str


def page_routes() -> list[Route]:
    """Where the page is; ``/page/…`` is 404 for everything that is not part of it."""
    return [Route("/", _serve), Route("/page/{name}", _serve)]


async def _serve(request: Request) -> Response:
    files = await asyncio.to_thread(_files)
    file = files.get(request.path_params.get("name", "index.html"))
    if file is None:
        raise HTTPException(404)
    headers = {**HEADERS, "etag": file.etag}
    if file.etag in request.headers.get("if-none-match", ""):  # alone, in a list, or made weak by a proxy
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)


@functools.cache
def _files() -> Mapping[str, _File]:
    """All files by name, with the hash of the content as ETag. Reads the disk the first time."""
    found = {}
    for path in FOLDER.iterdir():
        content = path.read_bytes()
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        found[path.name] = _File(content, MEDIA_TYPES[path.suffix], etag)
    return found
