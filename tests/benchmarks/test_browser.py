"""The browser that tests and pictures of the page use."""

from __future__ import annotations

import shutil

import pytest

from benchmarks.browser import browser


async def test_without_chromium_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(RuntimeError, match="apt-get install chromium"):
        await browser().__aenter__()
