"""Who may import whom: text, audio ← phonemes, model ← engine, speech ← doors ← command line."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "kokoro_stream"

# Values that everybody passes around; they import nothing of ours that is not one too.
CONTRACTS = ("errors", "events", "config", "phonemes.utterance", "phonemes.vocabulary", "phonemes")
LAYERS = (
    CONTRACTS,
    ("text", "audio", "backoff"),
    ("phonemes", "model"),
    ("chunks", "engine", "front_end", "inbox", "rendering", "speech", "speaker"),
    ("service", "client"),
    ("plugins",),
    ("cli", "commands", "doctor", "__main__"),
)
# A foreign library enters at one place, where its errors are translated.
HOMES = {
    "onnxruntime": ("model",),
    "openvino": ("model",),
    "huggingface_hub": ("model",),
    "misaki": ("phonemes",),
    "starlette": ("service",),
    "uvicorn": ("service",),
    "prometheus_client": ("service",),
    "av": ("service",),
    "wyoming": ("service",),
    "zeroconf": ("service",),
    "ifaddr": ("service",),
    "aiomqtt": ("service", "client"),
    "pipecat": ("plugins",),
    "livekit": ("plugins",),
    "paho": ("service", "client"),  # what aiomqtt is made of: properties and reason codes
    "typer": ("cli", "commands"),
    "rich": ("cli", "commands", "doctor"),
    "sounddevice": ("commands",),
}
IMPURE = {"asyncio", "concurrent", "onnxruntime", "selectors", "socket", "ssl", "subprocess", "threading", "time"}
MOST_LINES = 350
MOST_LINES_OF_A_FUNCTION = 50  # the docstring not counted


def name_of(path: Path) -> str:
    """``text.source`` for kokoro_stream/text/source.py, ``text`` for a package's ``__init__.py``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = {
    name_of(path): ast.parse(path.read_bytes()) for path in FILES if path.parent != PACKAGE or path.stem != "__init__"
}
EVERY_MODULE = pytest.mark.parametrize("module", MODULES)


def imports(module: str) -> Iterator[str]:
    """Absolute names of all that ``module`` imports, wherever in the file it does."""
    path = PACKAGE.joinpath(*module.split("."))
    package = [PACKAGE.name, *module.split(".")]
    if not path.is_dir():
        package.pop()
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, (base, node.module)))
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def own_imports(module: str) -> set[str]:
    """The modules of this package that ``module`` imports."""
    found = set()
    for name in imports(module):
        inner = name.removeprefix(f"{PACKAGE.name}.")
        if inner != name:
            found.add(inner if inner in MODULES else inner.rpartition(".")[0])
    return found


def layer(module: str) -> int:
    if module in CONTRACTS:
        return 0
    return next(number for number, names in enumerate(LAYERS) if number and module.split(".")[0] in names)


@EVERY_MODULE
def test_imports_point_downwards(module: str) -> None:
    assert {name for name in own_imports(module) if layer(name) > layer(module)} == set()


@EVERY_MODULE
def test_nothing_inside_imports_the_public_front(module: str) -> None:
    assert "" not in own_imports(module)
    assert PACKAGE.name not in set(imports(module))


def test_there_are_no_import_cycles() -> None:
    graph = {module: own_imports(module) - {module} for module in MODULES}
    assert set(TopologicalSorter(graph).static_order()) >= set(MODULES)


@EVERY_MODULE
def test_pure_layers_know_neither_time_nor_threads_nor_the_network(module: str) -> None:
    if layer(module) <= 1:
        assert {name.split(".")[0] for name in imports(module)} & IMPURE == set()


@EVERY_MODULE
def test_foreign_libraries_enter_at_one_place(module: str) -> None:
    strangers = {name.split(".")[0] for name in imports(module)} - sys.stdlib_module_names
    assert {name for name in strangers if module.split(".")[0] not in HOMES.get(name, (module.split(".")[0],))} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_are_of_a_size_that_can_be_read(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


@EVERY_MODULE
def test_functions_are_of_a_size_that_can_be_read(module: str) -> None:
    functions = [node for node in ast.walk(MODULES[module]) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {node.name for node in functions if length(node) > MOST_LINES_OF_A_FUNCTION} == set()


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
