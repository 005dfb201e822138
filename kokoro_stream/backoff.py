"""How long to wait before the next attempt to reconnect. Pure."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

FIRST_DELAY_S = 0.1  # a server that restarts is back within seconds
LONGEST_DELAY_S = 5.0


def delays(
    give_up_after_s: float, jitter: Callable[[], float] = random.random, *, longest_s: float = LONGEST_DELAY_S
) -> Iterator[float]:
    """Seconds to wait before each attempt to reconnect: doubling, with jitter, so that clients do not return as one."""
    waited = 0.0
    for attempt in itertools.count():
        longest = min(longest_s, FIRST_DELAY_S * 2.0 ** min(attempt, 16))
        delay = longest * (1 + jitter()) / 2
        waited += delay
        if waited > give_up_after_s:
            return
        yield delay
