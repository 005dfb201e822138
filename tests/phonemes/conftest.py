from __future__ import annotations

import pytest

from kokoro_stream.phonemes.english import English
from kokoro_stream.phonemes.misaki import Misaki


@pytest.fixture(scope="session")
def english() -> English:
    return English()


@pytest.fixture(scope="session")
def british() -> English:
    return English(british=True)


@pytest.fixture(scope="session")
def misaki() -> Misaki:
    return Misaki()
