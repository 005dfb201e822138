"""Waiting before the next attempt to reconnect."""

from __future__ import annotations

import random

from kokoro_stream.backoff import delays


def test_delays_double_with_jitter_up_to_a_bound() -> None:
    assert list(delays(60, lambda: 1.0))[:8] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    jittered = list(delays(60, random.Random(1).random))
    assert sum(jittered) <= 60
    assert all(
        low <= delay <= 2 * low for delay, low in zip(jittered, [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.5], strict=False)
    )
