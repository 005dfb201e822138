"""What a speech tells, for doors that serve more than one."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from ..events import Event, Failed

logger = logging.getLogger(__name__)


async def next_event(stream: AsyncIterator[Event], listener: object) -> Event:
    """The next of a speech's events; where it goes wrong or breaks off, a terminal one, and a line in the log.

    ``listener`` is whom the log names.
    """
    try:
        return await anext(stream)
    except StopAsyncIteration:
        return Failed("internal", "the speech broke off")
    except Exception:  # whatever goes wrong in one speech must not end the others of its listener
        logger.exception("%r failed", listener)
        return Failed("internal", "the speech failed; the server's log says why")
