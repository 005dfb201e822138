from __future__ import annotations

from collections.abc import Iterator

import pytest
from blockbuster import blockbuster_ctx


@pytest.fixture(autouse=True)
def no_blocking_calls() -> Iterator[None]:
    """Whatever blocks the event loop from within the package fails the test."""
    with blockbuster_ctx("kokoro_stream"):
        yield
