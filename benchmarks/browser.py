"""Debian's Chromium, driven by Playwright; for the tests of the web page and its pictures."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
REMEDY = "there is no Chromium here; on Debian: sudo apt-get install chromium"
ARGUMENTS = (
    "--no-sandbox",  # containers run it as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A browser with an empty profile and no window; its contexts share nothing. RuntimeError if there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise RuntimeError(REMEDY)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS])
        try:
            yield chromium
        finally:
            await chromium.close()
