"""The built-in voice, loaded once."""

import pytest

from kokoro_stream.model.kokoro import KokoroModel


@pytest.fixture(scope="session")
def builtin() -> KokoroModel:
    return KokoroModel.load(verified=True)
