"""Visits to the page, and what may never happen during one."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, WebSocket, expect

PATIENCE_MS = 30_000  # a loaded machine is slow, not wrong


@asynccontextmanager
async def visiting(browser: Browser, address: str, *, expected: str = "", **options: Any) -> AsyncIterator[Page]:
    """The page at ``HOST:PORT/PATH``, in a browser context of its own with these ``options``; ``studio`` is there.

    Fails at the end if anything went to another host, or the console had an error that ``expected``, a pattern, does
    not match.
    """
    context = await browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    await page.goto(f"http://{address}")
    await page.evaluate("import(new URL('page/main.js', document.baseURI)).then(m => { window.studio = m.studio })")
    yield page
    await context.close()
    assert {urlsplit(url).netloc for url in asked if not url.startswith("blob:")} == {urlsplit(f"//{address}").netloc}
    assert [error for error in errors if not (expected and re.search(expected, error))] == []


async def connected(page: Page) -> None:
    """Waits for the connection."""
    await expect(page.locator("#connection")).to_have_attribute("data-state", "open", timeout=PATIENCE_MS)


async def until(page: Page, condition: str) -> None:
    """Waits until a JavaScript expression is true, looking at every picture that is drawn."""
    await page.evaluate(
        f"""new Promise((met, fail) => {{
            setTimeout(() => fail(new Error("it never came")), {PATIENCE_MS});
            const look = () => ({condition}) ? met() : requestAnimationFrame(look);
            look();
        }})"""
    )


async def speak(page: Page, text: str, *, per_second: int | None = None) -> None:
    """Writes the text and has it spoken, ``per_second`` tokens at a time, or all at once."""
    await page.fill("#text", text)
    if per_second is None:
        await page.check("[name=arrival][value=once]")
    else:
        await page.check("[name=arrival][value=written]")
        await page.fill("#pace", str(per_second))
    await page.click("#speak")


async def quiet(page: Page) -> None:
    """Waits until the speech is over and told how."""
    await expect(page.locator("#outcome p")).not_to_be_empty(timeout=PATIENCE_MS)
    await expect(page.locator("body")).to_have_attribute("data-speech", "quiet", timeout=PATIENCE_MS)


async def lit(page: Page, kind: str) -> list[str]:
    """Which pieces of the text are lit up so."""
    texts: list[str] = await page.evaluate("kind => [...CSS.highlights.get(kind)].map(String)", kind)
    return texts


class Sent:
    """The control messages that the page sends from now on."""

    def __init__(self, page: Page) -> None:
        self.messages: list[dict[str, Any]] = []
        page.on("websocket", self._listen)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Those of a type."""
        return [message for message in self.messages if message["type"] == kind]

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self.messages.append(json.loads(payload)))
