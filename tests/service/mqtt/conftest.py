from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.service.mqtt.mosquitto import Mosquitto, mosquitto


@pytest_asyncio.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """A broker that lets everybody in."""
    async with mosquitto(tmp_path) as running:
        yield running
