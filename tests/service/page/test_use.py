"""Who uses the page how: by keyboard, on a phone, in the dark, without motion, with a screen reader."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Page, expect

from kokoro_stream.service.app import create_app
from tests.fakes import FakeSpeaker
from tests.service.page.visits import connected, lit, quiet, speak, until, visiting
from tests.service.running import serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG = "Donaudampfschifffahrtsgesellschaftskapitän " * 40


async def focused(page: Page) -> str:
    """What has the focus: its id, else its words."""
    name: str = await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    return name


async def test_everything_is_reached_by_tab_in_reading_order(chromium: Browser) -> None:
    async with serving(create_app(FakeSpeaker())) as address, visiting(chromium, address) as page:
        await connected(page)
        order: list[str] = []
        while len(order) < 30 and "key" not in order:
            await page.keyboard.press("Tab")
            order.append(await focused(page))
            assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    known = ["theme", "transcript", "examples", "text", "pace", "speak", "Blend with another", "speed", "language"]
    assert [name for name in order if name in known] == known
    assert order[-2:] == ["latency", "key"]


async def test_by_keyboard_alone_one_speaks_interrupts_and_hears_the_rest(chromium: Browser) -> None:
    speaker = FakeSpeaker(ms_per_char=40, gate=asyncio.Semaphore(0))
    assert speaker.gate is not None
    async with serving(create_app(speaker)) as address, visiting(chromium, address) as page:
        await connected(page)
        await page.focus("[name=arrival][value=written]")
        await page.keyboard.press("ArrowDown")
        await page.focus("#text")
        await page.keyboard.press("Control+a")
        await page.keyboard.type("One two three.")
        await page.keyboard.press("Control+Enter")
        for _ in range(6):
            speaker.gate.release()
        await until(page, "String([...CSS.highlights.get('now')][0]) === 'two'")
        await page.keyboard.press("Escape")
        await quiet(page)
        assert await lit(page, "unheard") == [" three."]
        while await focused(page) != "rest":
            await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Enter")
        for _ in range(20):
            speaker.gate.release()
        await expect(page.locator("#outcome p")).to_contain_text("Heard to the end")
        assert await page.input_value("#text") == "One two three."


async def test_nothing_scrolls_sideways_on_the_smallest_phone(chromium: Browser) -> None:
    speaker = FakeSpeaker(ms_per_char=40, gate=asyncio.Semaphore(0))
    assert speaker.gate is not None
    phone = {"width": 320, "height": 568}
    async with (
        serving(create_app(speaker)) as address,
        visiting(chromium, address, viewport=phone, has_touch=True, is_mobile=True) as page,
    ):
        await connected(page)
        await page.get_by_role("button", name="Blend with another").click()
        await fits(page)
        await speak(page, LONG)
        for _ in range(50):
            speaker.gate.release()
        await until(page, "studio.player.heardMs() > 1000")
        await fits(page)
        await page.click("#speak")
        await quiet(page)
        await fits(page)
        await page.evaluate("studio.socket.reconnect()")
        await fits(page)


async def fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_long_text_scrolls_to_the_word_that_sounds(chromium: Browser) -> None:
    async with (
        serving(create_app(FakeSpeaker(ms_per_char=2))) as address,
        visiting(chromium, address, reduced_motion="reduce") as page,
    ):
        await connected(page)
        await speak(page, "Not at the end yet. " * 100)
        await until(page, "document.querySelector('#transcript').scrollTop > 200")


async def test_the_theme_is_the_systems_until_another_is_chosen(chromium: Browser) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    async with (
        serving(create_app(FakeSpeaker())) as address,
        visiting(chromium, address, color_scheme="dark") as page,
    ):
        dark = await page.evaluate(paper)
        await page.emulate_media(color_scheme="light")
        light = await page.evaluate(paper)
        assert dark != light
        await page.get_by_role("button", name="Dark").click()
        assert await page.evaluate(paper) == dark
        await page.reload()
        assert await page.evaluate(paper) == dark
        await expect(page.locator("#theme")).to_have_attribute("aria-pressed", "true")


async def test_whoever_wants_no_motion_gets_none(chromium: Browser) -> None:
    async with (
        serving(create_app(FakeSpeaker(ms_per_char=40))) as address,
        visiting(chromium, address, reduced_motion="reduce") as page,
    ):
        await connected(page)
        assert await page.evaluate("getComputedStyle(document.querySelector('#speak')).transitionDuration") == "0s"
        await speak(page, "Stand still, please.")
        await quiet(page)
        await expect(page.locator("#outcome p")).to_contain_text("Heard to the end")


async def test_every_control_has_a_name_and_news_are_announced(chromium: Browser) -> None:
    async with serving(create_app(FakeSpeaker())) as address, visiting(chromium, address) as page:
        await connected(page)
        await page.get_by_role("button", name="Blend with another").click()
        nameless = await page.evaluate(
            """[...document.querySelectorAll("button, input, select, textarea")]
                .filter(control => !control.closest("[hidden]"))
                .filter(control => !control.labels?.length && !control.ariaLabel && !control.textContent.trim())
                .map(control => control.outerHTML)"""
        )
        assert nameless == []
        for announcing in ("#connection p", "#outcome p"):
            await expect(page.locator(announcing)).to_have_role("status")
        await expect(page.locator("#notices")).to_have_role("alert")
        assert await page.title() == "kokoro_stream"
        assert await page.locator("h1").count() == 1
