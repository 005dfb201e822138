"""Pictures of the web page while it speaks, for the README.

``python -m benchmarks.screenshots FOLDER`` starts a server with the built-in voice and writes light.png, dark.png and
phone.png into the folder. The letters are this machine's: fonts-inter, fonts-noto-core and fonts-noto-color-emoji make
them as in the README.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from .browser import browser
from .server import running_server

DESKTOP: dict[str, Any] = {"viewport": {"width": 1200, "height": 960}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 720},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


async def main(folder: Path) -> None:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with running_server() as server, browser() as chromium:
        address = server.url.replace("ws:", "http:").removesuffix("v1/stream")
        await picture(chromium, address, folder / "light.png", seconds=6, blend=True, **DESKTOP)
        await picture(chromium, address, folder / "dark.png", seconds=4, cut=True, color_scheme="dark", **DESKTOP)
        await picture(chromium, address, folder / "phone.png", seconds=4, **PHONE)


async def picture(
    chromium: Browser,
    address: str,
    path: Path,
    *,
    seconds: float,
    blend: bool = False,
    cut: bool = False,
    **options: Any,
) -> None:
    """The page after so many seconds of its first example, in a ``blend`` of voices, or ``cut`` off by then."""
    context = await chromium.new_context(**options)
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_selector("#connection[data-state=open]")
    if blend:
        await page.locator(".voice select").select_option("af_june")
        await page.get_by_role("button", name="Blend with another").click()
        await page.locator(".voice select").nth(1).select_option("am_otto")
    await page.click("#speak")
    await heard(page, 1000 * seconds)
    if cut:
        await page.keyboard.press("Escape")
        await page.wait_for_selector("body[data-speech=quiet]")
        await page.evaluate("document.activeElement.blur()")
    await page.screenshot(path=path, animations="disabled")
    print(path)
    await context.close()


async def heard(page: Page, ms: float) -> None:
    """Waits until so much has been heard."""
    await page.evaluate(
        """ms => import("./page/main.js").then(({ studio }) => new Promise(done => {
            const look = () => (studio.player.heardMs() > ms ? done() : requestAnimationFrame(look));
            look();
        }))""",
        ms,
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
