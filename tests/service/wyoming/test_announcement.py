"""Multicast DNS on the loopback interface: a real browser sees the door come and go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Never
from unittest.mock import Mock

import pytest
from zeroconf import NonUniqueNameException, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from kokoro_stream.errors import InputError
from kokoro_stream.service.wyoming import announcement
from kokoro_stream.service.wyoming.announcement import SERVICE, announced, default_name, own_addresses, reachable

LOOPBACK = ["127.0.0.1"]
NAME = "kokoro-test"


@asynccontextmanager
async def browsing() -> AsyncIterator[tuple[AsyncZeroconf, asyncio.Queue[tuple[str, ServiceStateChange]]]]:
    seen: asyncio.Queue[tuple[str, ServiceStateChange]] = asyncio.Queue()

    def changed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        seen.put_nowait((name, state_change))

    async with AsyncZeroconf(interfaces=LOOPBACK) as network:
        browser = AsyncServiceBrowser(network.zeroconf, SERVICE, handlers=[changed])
        yield network, seen
        await browser.async_cancel()


async def test_a_browser_sees_the_door_come_and_go() -> None:
    async with browsing() as (network, seen):
        async with announced(LOOPBACK, 10200, NAME):
            assert await seen.get() == (f"{NAME}.{SERVICE}", ServiceStateChange.Added)
            found = AsyncServiceInfo(SERVICE, f"{NAME}.{SERVICE}")
            assert await found.async_request(network.zeroconf, timeout=10_000)
            assert (found.parsed_addresses(), found.port) == (LOOPBACK, 10200)
        assert await seen.get() == (f"{NAME}.{SERVICE}", ServiceStateChange.Removed)


class Taken(AsyncZeroconf):
    """A network that has a service of every name; a real one says so only a second after it was last asked."""

    async def async_register_service(self, *_: object, **__: object) -> Never:
        raise NonUniqueNameException


async def test_a_name_that_is_taken_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcement, "AsyncZeroconf", Taken)
    with pytest.raises(InputError, match=r"wyoming\.name: 'kokoro-test' is taken"):
        async with announced(LOOPBACK, 10200, NAME):
            pass


async def test_a_network_that_cannot_be_told_is_no_reason_to_stop(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(announcement, "AsyncZeroconf", Mock(side_effect=OSError("Network is unreachable")))
    async with announced(LOOPBACK, 10200, NAME):
        pass
    assert "cannot be announced (Network is unreachable)" in caplog.text


@pytest.mark.parametrize(
    ("bound", "announced_at"),
    [
        (["127.0.0.1"], []),
        (["127.0.0.1", "::1"], []),
        (["0.0.0.0"], ["192.168.1.5", "10.0.0.2"]),
        (["::"], ["fd00::5"]),
        (["0.0.0.0", "::"], ["192.168.1.5", "10.0.0.2", "fd00::5"]),
        (["192.168.1.5"], ["192.168.1.5"]),
    ],
)
def test_what_only_this_machine_can_reach_is_not_announced(bound: list[str], announced_at: list[str]) -> None:
    own = ["127.0.0.1", "192.168.1.5", "10.0.0.2", "::1", "fd00::5", "fe80::1", "169.254.3.4"]
    assert reachable(bound, own) == announced_at


def test_a_machine_knows_its_addresses_and_has_a_name_of_its_own() -> None:
    assert "127.0.0.1" in own_addresses()
    assert default_name() == default_name()
    assert len(f"{default_name()}.{SERVICE}") < 64
