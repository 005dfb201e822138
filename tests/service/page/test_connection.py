"""The page and its server: restarts, keys, paths, refusals."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from kokoro_stream.service.app import create_app, lifespan_of
from kokoro_stream.service.messages import PROTOCOL, Error
from kokoro_stream.service.settings import ServiceSettings
from kokoro_stream.service.wire import encode
from tests.fakes import FakeSpeaker
from tests.service.page.proxy import proxying
from tests.service.page.visits import PATIENCE_MS, connected, quiet, speak, until, visiting
from tests.service.running import serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOBODY_THERE = "ERR_CONNECTION_REFUSED|WebSocket connection to"  # what the console says about a server that is away


class Doorkeeper:
    """Lets WebSockets in that bring ``key``, and tells the others as a server with keys does."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or f"bearer.{self._key}" in scope["subprotocols"]:
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        refusal = Error(code="unauthorized", message="the key is missing or wrong", fatal=True)
        await send({"type": "websocket.send", "text": encode(refusal)})
        await send({"type": "websocket.close", "code": 4401})


class Stranger:
    """Opens no WebSocket, as a server does to pages of other hosts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
        else:
            await self._app(scope, receive, send)


class Below:
    """Puts requests below ``path``, as servers do that are told where a proxy shows them."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            scope = {**scope, "root_path": self._path, "path": self._path + scope["path"]}
        await self._app(scope, receive, send)


async def shows(page: Page, state: str, text: str) -> None:
    """Waits until the page says so about its connection."""
    await expect(page.locator("#connection")).to_have_attribute("data-state", state, timeout=PATIENCE_MS)
    await expect(page.locator("#connection p")).to_have_text(re.compile(text))


async def speaks(page: Page) -> None:
    """Has something said."""
    await connected(page)
    await speak(page, "It speaks.")
    await quiet(page)
    await expect(page.locator("#outcome p")).to_contain_text("Heard to the end")


async def test_it_comes_back_by_itself_when_the_server_was_restarted(chromium: Browser) -> None:
    async with AsyncExitStack() as first:
        address = await first.enter_async_context(serving(create_app(FakeSpeaker())))
        async with visiting(chromium, address, expected=NOBODY_THERE) as page:
            await connected(page)
            await first.aclose()
            await shows(page, "waiting", r"Connection lost. Trying again in \d+ s")
            async with serving(create_app(FakeSpeaker()), port=int(address.rpartition(":")[2])):
                await speaks(page)


async def test_a_speech_that_loses_its_server_says_how_far_it_came(chromium: Browser) -> None:
    speaker = FakeSpeaker(ms_per_char=40, gate=asyncio.Semaphore(0))
    assert speaker.gate is not None
    async with serving(create_app(speaker)) as address, visiting(chromium, address) as page:
        await connected(page)
        await speak(page, "One two three.")
        for _ in range(6):
            speaker.gate.release()
        await until(page, "String([...CSS.highlights.get('now')][0]) === 'two'")
        await page.evaluate("studio.socket.reconnect()")
        await quiet(page)
        await expect(page.locator("#outcome p")).to_have_text("The connection broke after 0.2 s: 2 words heard, 1 not.")
        await speak(page, "Again.")
        for _ in range(20):
            speaker.gate.release()
        await expect(page.locator("#outcome p")).to_contain_text("Heard to the end", timeout=PATIENCE_MS)


async def test_an_idle_session_rests_until_the_next_speech(chromium: Browser) -> None:
    app = create_app(FakeSpeaker(), ServiceSettings(idle_ms=1000))
    async with serving(app) as address, visiting(chromium, address) as page:
        await shows(page, "resting", "connects again when you speak")
        await speak(page, "Awake.")
        await quiet(page)
        await expect(page.locator("#outcome p")).to_contain_text("Heard to the end")


async def test_a_wrong_key_is_told_and_the_right_one_opens(chromium: Browser) -> None:
    app = create_app(FakeSpeaker())
    app.add_middleware(Doorkeeper, key="s3cret")
    async with serving(app) as address, visiting(chromium, address) as page:
        await shows(page, "refused", "wants an API key")
        await page.fill("#key", "wrong")
        await page.press("#key", "Enter")
        await shows(page, "refused", "does not accept this key")
        await page.fill("#key", "no spaces, please")
        await page.press("#key", "Enter")
        await shows(page, "refused", "characters that a browser cannot send")
        await page.fill("#key", "s3cret")
        await page.press("#key", "Enter")
        await speaks(page)
        await page.reload()
        await connected(page)
        assert await page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [1, 0, ""]
        assert await page.locator("#notices li").count() == 0


async def test_a_refused_handshake_of_a_healthy_server_is_explained(chromium: Browser) -> None:
    app = create_app(FakeSpeaker())
    app.add_middleware(Stranger)
    async with serving(app) as address, visiting(chromium, address, expected="WebSocket connection to") as page:
        await shows(page, "refused", "turns pages of this address away")


async def test_a_busy_server_says_when_to_come_back(chromium: Browser) -> None:
    async with serving(create_app(FakeSpeaker(places=0))) as address, visiting(chromium, address) as page:
        await connected(page)
        await speak(page, "Too many of us.")
        await quiet(page)
        notice = "The server is busy with other listeners. Please try again in 1 s."
        await expect(page.locator("#notices li span")).to_have_text(notice)
        await expect(page.locator("#outcome p")).to_have_text("The server could not go on: 0 words heard, 4 not.")
        await page.get_by_role("button", name="Dismiss").click()
        await expect(page.locator("#notices li")).to_have_count(0)


async def test_what_the_server_refuses_is_shown_in_its_words(chromium: Browser) -> None:
    async with serving(create_app(FakeSpeaker())) as address, visiting(chromium, address) as page:
        await connected(page)
        await page.get_by_label("Language").select_option("fr-fr")
        await expect(page.locator("#notices li")).to_contain_text("fr-fr")


async def test_a_text_that_is_too_long_is_not_sent(chromium: Browser) -> None:
    async with serving(create_app(FakeSpeaker())) as address, visiting(chromium, address) as page:
        await connected(page)
        await speak(page, "a" * 100_001)
        notice = "The text has 100001 characters; the server takes 100000 at a time."
        await expect(page.locator("#notices li span")).to_have_text(notice)


async def test_it_works_below_the_path_of_a_reverse_proxy(chromium: Browser) -> None:
    async with (
        serving(create_app(FakeSpeaker())) as address,
        proxying(address, "/deep/speech") as public,
        visiting(chromium, f"{public}/deep/speech/") as page,
    ):
        await speaks(page)


async def test_it_works_when_the_server_is_told_its_path(chromium: Browser) -> None:
    app = create_app(FakeSpeaker())
    app.add_middleware(Below, path="/speech")
    async with (
        serving(app) as address,
        proxying(address, "/speech") as public,
        visiting(chromium, f"{public}/speech/") as page,
    ):
        await speaks(page)


async def test_it_works_mounted(chromium: Browser) -> None:
    speech = create_app(FakeSpeaker())
    app = Starlette(routes=[Mount("/speech", speech)], lifespan=lifespan_of(speech))
    async with serving(app) as address, visiting(chromium, f"{address}/speech") as page:  # without the slash
        await speaks(page)
