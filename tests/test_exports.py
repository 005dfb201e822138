"""The package's front is a table of contents: what is listed is there, and what people need is listed."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import resources

import kokoro_stream
from kokoro_stream import errors, events


def test_everything_listed_is_there_and_nothing_else_is_public() -> None:
    public = {
        name for name, value in vars(kokoro_stream).items() if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public - {"annotations"} <= set(kokoro_stream.__all__)
    assert all(hasattr(kokoro_stream, name) for name in kokoro_stream.__all__)
    assert not hasattr(kokoro_stream, "Speeker")


def test_the_list_is_in_alphabetical_order() -> None:
    assert list(kokoro_stream.__all__) == sorted(kokoro_stream.__all__)


def test_every_error_and_event_is_public() -> None:
    own = {
        name
        for module in (errors, events)
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__
    }
    assert own <= set(kokoro_stream.__all__)


def test_importing_the_package_starts_nothing() -> None:
    look = "import threading, kokoro_stream; print([thread.name for thread in threading.enumerate()])"
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert (found.stdout, found.stderr) == ("['MainThread']\n", "")


def test_a_client_loads_neither_models_nor_onnx() -> None:
    look = "import sys, kokoro_stream.client; print({'onnxruntime', 'misaki', 'numpy'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"


def test_type_checkers_are_told_that_the_package_is_typed() -> None:
    assert resources.files(kokoro_stream).joinpath("py.typed").is_file()
