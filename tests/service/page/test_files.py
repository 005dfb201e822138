"""What the server sends of the page."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from kokoro_stream.service.app import create_app
from kokoro_stream.service.page.page import FOLDER, MEDIA_TYPES
from tests.fakes import FakeSpeaker
from tests.service.running import serving
from tests.test_architecture import MOST_LINES

FILES = {path: path.read_bytes() for path in sorted(FOLDER.iterdir())}
EVERY_FILE = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
ELSEWHERE = ["/page/nothing.js", "/page/page.py", "/page/../page.py", "/page/..%2fpage.py", "/page/"]


async def get(address: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = [f"GET {path} HTTP/1.1", f"Host: {address}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    status, *fields = head.decode().split("\r\n")
    return int(status.split()[1]), dict(field.lower().split(": ", 1) for field in fields), body


async def test_the_page_allows_nothing_from_anywhere_else() -> None:
    async with serving(create_app(FakeSpeaker())) as address:
        status, headers, body = await get(address, "/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert body == FILES[FOLDER / "index.html"]


@EVERY_FILE
async def test_every_file_is_served_as_what_it_is(file: Path) -> None:
    async with serving(create_app(FakeSpeaker())) as address:
        status, headers, body = await get(address, f"/page/{file.name}")
    assert status == 200
    assert headers["content-type"].startswith(MEDIA_TYPES[file.suffix])
    assert body == FILES[file]


@EVERY_FILE
def test_files_are_small_and_name_no_other_host(file: Path) -> None:
    text = FILES[file].decode()
    for name in ("http://www.w3.org/2000/svg", "https://example.com/terms"):  # a namespace, and an example to be spoken
        text = text.replace(name, "")
    assert "://" not in text
    assert len(text.splitlines()) <= MOST_LINES


async def test_what_has_not_changed_is_not_sent_again() -> None:
    async with serving(create_app(FakeSpeaker())) as address:
        _, headers, _ = await get(address, "/page/main.js")
        again, headers_again, body = await get(address, "/page/main.js", if_none_match=f"W/{headers['etag']}")
        other, _, _ = await get(address, "/page/main.js", if_none_match='"another"')
    assert headers["cache-control"] == "no-cache"
    assert (again, body, headers_again["etag"]) == (304, b"", headers["etag"])
    assert other == 200


@pytest.mark.parametrize(
    "path", ["/page/nothing.js", "/page/page.py", "/page/../page.py", "/page/..%2fpage.py", "/page/"]
)
async def test_nothing_but_the_page_is_served(path: str) -> None:
    async with serving(create_app(FakeSpeaker())) as address:
        status, _, _ = await get(address, path)
    assert status == 404


async def test_mounted_the_page_is_below_its_path() -> None:
    app = Starlette(routes=[Mount("/speech", create_app(FakeSpeaker()))])
    async with serving(app) as address:
        assert (await get(address, "/speech/"))[0] == 200
        assert (await get(address, "/speech/page/main.js"))[0] == 200
        status, headers, _ = await get(address, "/speech")
    assert (status, headers["location"]) == (307, f"http://{address}/speech/")
