"""Files come from the hub or from its cache, whole and as the hub says they are, or an error says what to do."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

from kokoro_stream.errors import ModelError
from kokoro_stream.model.hub import Listing, download, look_up
from kokoro_stream.model.store import REPOSITORY, REVISION, VOICES
from tests.fake_hub import FakeHub

GRAPH = "onnx/model.onnx"
WANTED = (GRAPH, VOICES)
NOWHERE = "http://127.0.0.1:9"  # the port for what is thrown away: nobody listens


def fetched() -> Path:
    return download(listed(), progress=False)


def listed(revision: str = REVISION) -> Listing:
    return look_up(REPOSITORY, revision, WANTED)


def unplug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", NOWHERE)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", NOWHERE + "/{repo_id}/resolve/{revision}/{filename}")


def go_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)


NETWORK_LOST = pytest.mark.parametrize("lose", [unplug, go_offline])


def test_what_matches_is_fetched_and_nothing_else(hub: FakeHub) -> None:
    folder = fetched()
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == {name: hub.files[name] for name in (GRAPH, "voices/af_heart.bin", "voices/am_adam.bin")}


def test_a_listing_tells_the_commit_and_what_is_still_to_be_fetched(hub: FakeHub) -> None:
    listing = listed("main")
    assert listing.commit == REVISION
    assert listing.missing_bytes == sum(len(content) for name, content in hub.files.items() if name != "README.md")
    fetched()
    assert listed("main").missing_bytes == 0


def test_what_is_in_the_cache_is_not_fetched_again(hub: FakeHub) -> None:
    fetched()
    hub.requests.clear()
    fetched()
    assert not [request for request in hub.requests if request.startswith("GET") and "/resolve/" in request]


def test_a_transfer_that_breaks_is_taken_up_where_it_broke(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 10_000)  # of an unfinished chunk nothing is kept
    hub.files = {GRAPH: hub.files[GRAPH], "voices/af_small.bin": b"one transfer only can break"}
    hub.cuts = [100_000, 50_000]
    assert (fetched() / GRAPH).read_bytes() == hub.files[GRAPH]
    assert [request.split()[-1] for request in hub.requests if "bytes=" in request] == [
        "bytes=100000-",
        "bytes=150000-",
    ]


@pytest.mark.parametrize("name", [GRAPH, "voices/af_small.bin"])
def test_a_file_that_is_not_what_the_hub_says_is_deleted_and_comes_right_the_next_time(hub: FakeHub, name: str) -> None:
    hub.files["voices/af_small.bin"] = b"outside large-file storage"
    hub.altered[name] = b"!" * len(hub.files[name])
    with pytest.raises(ModelError, match=f"{name} of .* has checksum .* pull once more"):
        fetched()
    hub.altered.clear()
    assert (fetched() / name).read_bytes() == hub.files[name]


@NETWORK_LOST
def test_without_a_network_the_cache_will_do(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, lose: Callable[[pytest.MonkeyPatch], None]
) -> None:
    before = fetched()
    lose(monkeypatch)
    listing = listed()
    assert listing.is_cached
    assert listing.missing_bytes == 0
    assert fetched() == before


@NETWORK_LOST
def test_what_lay_broken_in_the_cache_is_found_without_a_network_too(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, lose: Callable[[pytest.MonkeyPatch], None]
) -> None:
    graph = (fetched() / GRAPH).resolve()
    graph.write_bytes(b"!" * graph.stat().st_size)
    lose(monkeypatch)
    with pytest.raises(ModelError, match="has checksum"):
        fetched()


@pytest.mark.parametrize(
    ("lose", "remedy"),
    [(unplug, "check the network .*models add"), (go_offline, "HF_HUB_OFFLINE forbids to fetch it; unset it")],
)
def test_without_a_network_and_a_cache_the_remedy_is_named(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, lose: Callable[[pytest.MonkeyPatch], None], remedy: str
) -> None:
    lose(monkeypatch)
    with pytest.raises(ModelError, match=remedy):
        fetched()


@pytest.mark.parametrize("missing", ["onnx", "voices", "voices/am_adam.bin"])
def test_a_cache_that_misses_a_file_is_no_cache(hub: FakeHub, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    path = fetched() / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    go_offline(monkeypatch)
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        fetched()


@pytest.mark.parametrize(
    ("repo", "revision", "patterns", "complaint"),
    [
        ("nobody/nothing", REVISION, WANTED, "no repository nobody/nothing"),
        (REPOSITORY, "0" * 40, WANTED, "has no revision 0000"),
        (REPOSITORY, REVISION, ("onnx/other.onnx", VOICES), "has no onnx/other.onnx"),
        (REPOSITORY, "no revision", WANTED, "no revision"),
        ("no/such/name", REVISION, WANTED, "cannot be asked for"),
    ],
)
def test_what_the_hub_does_not_have_is_named(
    hub: FakeHub, repo: str, revision: str, patterns: tuple[str, ...], complaint: str
) -> None:
    with pytest.raises(ModelError, match=complaint):
        look_up(repo, revision, patterns)


def test_a_disk_that_fills_up_leaves_no_piece_and_names_the_remedy(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any, **options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("huggingface_hub.file_download.http_get", full)
    with pytest.raises(ModelError, match="is full; make room, or set HF_HOME"):
        fetched()
    assert not list(Path(constants.HF_HUB_CACHE).glob("*/blobs/*"))
