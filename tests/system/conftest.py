from __future__ import annotations

from collections.abc import Iterator

import pytest
from blockbuster import blockbuster_ctx

from kokoro_stream.model.kokoro import KokoroModel
from tests.system.process import Server, running


@pytest.fixture(autouse=True)
def no_blocking_calls() -> Iterator[None]:
    """Whatever blocks the event loop from within the package fails the test."""
    with blockbuster_ctx("kokoro_stream"):
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One process for all tests, which must survive each of them."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def builtin() -> KokoroModel:
    return KokoroModel.load()
