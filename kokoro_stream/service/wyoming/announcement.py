"""How Home Assistant finds the door: multicast DNS in the local network."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_address

import ifaddr
from zeroconf import Error, NonUniqueNameException
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from ...errors import InputError

logger = logging.getLogger(__name__)

SERVICE = "_wyoming._tcp.local."


def reachable(bound: Iterable[str], own: Sequence[str]) -> list[str]:
    """The addresses at which others reach who listens on ``bound``, on a machine with the addresses ``own``. Pure."""
    found = list[str]()
    for text in bound:
        address = ip_address(text)
        if address.is_unspecified:
            found += [each for each in own if ip_address(each).version == address.version]
        else:
            found.append(text)
    return [text for text in found if not (ip_address(text).is_loopback or ip_address(text).is_link_local)]


def own_addresses() -> list[str]:
    """Those of this machine's network interfaces. Blocking."""
    texts = [ip.ip if isinstance(ip.ip, str) else ip.ip[0] for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    return sorted(texts)


def default_name() -> str:
    """Tells this server from others in the network, and is the same after a restart. Blocking."""
    return f"kokoro-stream-{uuid.getnode():012x}"


@asynccontextmanager
async def announced(addresses: Sequence[str], port: int, name: str) -> AsyncIterator[None]:
    """The network is told meanwhile, on the interfaces with these addresses; without any, nobody is.

    Raises `InputError` when the network has a door of that name. A network that cannot be told is logged.
    """
    if not addresses:
        yield
        return
    service = AsyncServiceInfo(SERVICE, f"{name}.{SERVICE}", parsed_addresses=list(addresses), port=port)
    async with AsyncExitStack() as stack:
        try:
            network = await stack.enter_async_context(AsyncZeroconf(interfaces=list(addresses)))
            await (await network.async_register_service(service))
        except NonUniqueNameException as error:
            raise InputError("wyoming.name", f"{name!r} is taken in this network; choose another") from error
        except (OSError, Error) as error:
            logger.warning("Home Assistant must be told the address: it cannot be announced (%s)", error)
        yield
