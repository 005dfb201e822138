"""What holds for all tests, and a hub to fetch models from."""

import os
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import settings

from tests.fake_hub import FakeHub, fake_hub

# The frameworks live in an environment of their own, where `make test` runs these.
collect_ignore = [] if find_spec("pipecat") else ["plugins"]
if "KOKORO_STREAM_REAL" not in os.environ:  # `make test-real` says where Kokoro's weights are
    collect_ignore.append("real")

# A loaded machine is slow, not wrong: no timing decides a test.
settings.register_profile("default", deadline=None)
settings.load_profile("default")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are installed during the test."""
    folder = tmp_path / "models"
    monkeypatch.setenv("KOKORO_STREAM_MODELS", str(folder))
    return folder


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub that huggingface_hub fetches from in this process and in those started by it, with an empty cache."""
    import huggingface_hub  # here, because few tests need it and it takes half a second
    from huggingface_hub import constants

    files = {
        "onnx/model.onnx": b"a graph " * 40_000,
        "voices/af_heart.bin": np.zeros((4, 256), np.float32).tobytes(),
        "voices/am_adam.bin": np.ones((4, 256), np.float32).tobytes(),
        "README.md": b"# Kokoro",
    }
    with fake_hub(files) as hub:
        for name, value in {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "0"}.items():
            monkeypatch.setenv(name, value)
        # What is read from the environment only when huggingface_hub is imported.
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf" / "hub"))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        # It waits a second before it takes up a broken transfer, and longer for a hub that does not answer.
        monkeypatch.setattr("huggingface_hub.file_download.time", SimpleNamespace(sleep=lambda seconds: None))
        monkeypatch.setattr(
            "huggingface_hub.utils._http.time", SimpleNamespace(sleep=lambda seconds: None, time=time.time)
        )
        yield hub
        huggingface_hub.close_session()
