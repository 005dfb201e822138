"""An installed model is whole, whoever else installs it, whatever breaks; what cannot be done says what to do."""

from __future__ import annotations

import errno
import logging
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kokoro_stream.errors import InputError, ModelError
from kokoro_stream.model import store
from kokoro_stream.model.folder import BUILTIN, DECODER, VOICES, Keep, read_card, verify
from kokoro_stream.model.hub import LARGE
from kokoro_stream.model.store import MODELS, REVISION, add, installed, models_folder, obtain, pull, resolve
from kokoro_stream.model.voices import read_voices
from tests.fake_hub import FakeHub
from tests.model.pulling import copied

Usage = namedtuple("Usage", ["total", "used", "free"])


def ignore(message: str) -> None:
    """Hears a report."""


def pulled(report: Callable[[str], None] = ignore, **options: Any) -> Path:
    return pull("kokoro", progress=False, report=report, install=copied, **options)


def is_whole(folder: Path, hub: FakeHub) -> bool:
    verify(folder, read_card(folder))
    return (folder / DECODER).read_bytes() == hub.files["onnx/model.onnx"]


def pulling() -> subprocess.Popen[str]:
    """A process that pulls, on its own."""
    return subprocess.Popen([sys.executable, "-m", "tests.model.pulling"], stderr=subprocess.PIPE, text=True)


def left_over(models: Path) -> set[str]:
    """What is not a model, nor a lock."""
    return {path.name for path in models.rglob("*") if path.parent != models and ".locks" not in path.parts} - {
        path.name for path in (models / "kokoro").glob("*")
    }


class TestPull:
    def test_installs_the_model_with_its_voices_and_says_where_it_came_from(self, models: Path, hub: FakeHub) -> None:
        folder = pulled()
        card = read_card(folder)
        assert folder == models / "kokoro" == resolve("kokoro")
        assert is_whole(folder, hub)
        assert read_voices(folder / VOICES).keys() == {"af_heart", "am_adam"}
        assert (card.name, card.licence) == ("kokoro", "Apache-2.0")
        assert card.origin.endswith(f"/resolve/{REVISION}/onnx/model.onnx")
        assert not left_over(models)

    def test_hands_on_which_form_is_to_be_kept(self, models: Path, hub: FakeHub) -> None:
        asked: list[Keep] = []

        def installing(graph: Path, voices: Any, folder: Path, *, keep: Keep = "fastest", **facts: Any) -> Any:
            asked.append(keep)
            return copied(graph, voices, folder, **facts)

        pull("kokoro", progress=False, report=ignore, install=installing, keep="float")
        assert asked == ["float"]

    def test_does_nothing_when_the_model_is_there(self, models: Path, hub: FakeHub) -> None:
        pulled()
        hub.requests.clear()
        pulled()
        assert hub.requests == []

    def test_installs_a_damaged_model_again(self, models: Path, hub: FakeHub) -> None:
        folder = pulled()
        (folder / DECODER).write_bytes(b"damaged")
        heard: list[str] = []
        pulled(heard.append)
        assert is_whole(folder, hub)
        assert "installing it again" in heard[0]
        assert not left_over(models)

    def test_asks_the_hub_when_a_revision_is_named_and_changes_nothing_when_it_is_installed(
        self, models: Path, hub: FakeHub
    ) -> None:
        pulled()
        hub.requests.clear()
        heard: list[str] = []
        pulled(heard.append, revision="main")
        assert len(hub.requests) == 1
        assert heard == []

    def test_names_what_there_is_instead_of_an_unknown_model(self, models: Path) -> None:
        with pytest.raises(ModelError, match=r"no model 'kokoro-q9' to pull; did you mean .*kokoro-q8"):
            pull("kokoro-q9")

    def test_a_failed_installation_leaves_the_old_model_and_nothing_else(self, models: Path, hub: FakeHub) -> None:
        def failing(graph: Path, voices: Any, folder: Path, **facts: Any) -> Any:
            (folder / DECODER).write_bytes(b"half")
            raise ModelError("this is no Kokoro")

        before = pulled()
        (before / VOICES).unlink()
        with pytest.raises(ModelError, match="this is no Kokoro"):
            pull("kokoro", progress=False, report=ignore, install=failing)
        assert (before / DECODER).exists()
        assert not left_over(models)

    def test_two_processes_do_the_work_once(self, models: Path, hub: FakeHub) -> None:
        hub.gate.clear()
        with pulling() as first:
            assert hub.waiting.wait(60)
            with pulling() as second:
                assert second.stderr
                assert "waiting for it" in second.stderr.readline()
                hub.gate.set()
                assert second.stderr.read() == ""
            assert first.stderr
            assert "copying" in first.stderr.read()
        assert (first.returncode, second.returncode) == (0, 0)
        assert len([request for request in hub.requests if request.startswith("GET") and "model.onnx" in request]) == 1
        assert is_whole(models / "kokoro", hub)

    def test_a_process_that_is_killed_leaves_no_model_and_is_in_nobodys_way(self, models: Path, hub: FakeHub) -> None:
        hub.gate.clear()
        with pulling() as process:
            assert hub.waiting.wait(60)
            process.send_signal(signal.SIGKILL)
        with pytest.raises(ModelError, match="is not installed"):
            resolve("kokoro")
        hub.gate.set()
        assert is_whole(pulled(), hub)

    def test_ctrl_c_ends_it_at_once_and_leaves_no_piece(self, models: Path, hub: FakeHub, tmp_path: Path) -> None:
        hub.files["onnx/model.onnx"] = bytes(LARGE + 1)
        hub.gate.clear()
        with pulling() as process:
            assert hub.waiting.wait(60)
            process.send_signal(signal.SIGINT)
            process.communicate()
        assert process.returncode == -signal.SIGINT
        assert not list(tmp_path.rglob("*.incomplete"))
        assert not (models / "kokoro").exists()

    def test_what_a_killed_installation_left_behind_is_cleared_away(self, models: Path, hub: FakeHub) -> None:
        for place in (".unfinished", ".replaced"):
            (models / place / "kokoro").mkdir(parents=True)
            (models / place / "kokoro" / "half.onnx").touch()
        assert is_whole(pulled(), hub)
        assert not left_over(models)


class TestAFullDisk:
    def test_is_foreseen_before_anything_is_fetched(
        self, models: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9 - 10**6, 10**6))
        with pytest.raises(
            ModelError, match=r"MB are needed on the disk of .* 1 MB are free; make room, or set HF_HOME"
        ):
            pulled()
        assert not [request for request in hub.requests if "/resolve/" in request]

    def test_counts_downloads_and_copies_that_share_it_together(
        self, models: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        size = sum(len(content) for name, content in hub.files.items() if name != "README.md")
        both = store.SPARE + size + store.COPIES * 4 * size  # its weights may be expanded to floats
        monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(both, 0, both - 1))
        with pytest.raises(ModelError, match="make room"):
            pulled()
        monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(both, 0, both))
        assert is_whole(pulled(), hub)

    @pytest.mark.parametrize("size", [100_000_000, 330_000_000, 500_000_000])
    def test_counts_floats_for_a_file_that_may_hold_less(
        self, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
    ) -> None:
        """Kokoro's weights in single precision, unless the file itself is larger."""
        TestAdd.voices(tmp_path / "voices.npz")
        with (tmp_path / "a.onnx").open("wb") as file:
            file.truncate(size)  # a hole, which takes no room
        needed = store.SPARE + store.COPIES * max(size, store.FLOATS)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(needed, 0, needed - 1_000_000))
        with pytest.raises(ModelError, match="make room"):
            add(tmp_path / "a.onnx", report=ignore, install=copied)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(needed, 0, needed + 1_000_000))

        def refusing(*arguments: Any, **facts: Any) -> Any:
            raise ModelError("it came to the installation")

        with pytest.raises(ModelError, match="it came to the installation"):
            add(tmp_path / "a.onnx", report=ignore, install=refusing)

    def test_found_while_writing_leaves_nothing(self, models: Path, hub: FakeHub) -> None:
        def filling(graph: Path, voices: Any, folder: Path, **facts: Any) -> Any:
            (folder / DECODER).write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device", str(folder / DECODER))

        with pytest.raises(ModelError, match="is full; make room, or set KOKORO_STREAM_MODELS"):
            pull("kokoro", progress=False, report=ignore, install=filling)
        assert not (models / "kokoro").exists()
        assert not left_over(models)

    def test_a_folder_that_cannot_be_written_names_the_remedy(self, models: Path, hub: FakeHub) -> None:
        models.write_bytes(b"a file where the folder should be")
        with pytest.raises(ModelError, match="KOKORO_STREAM_MODELS can name another folder"):
            pulled()


class TestResolve:
    def test_the_builtin_model_needs_no_installation(self) -> None:
        assert resolve("builtin") == BUILTIN

    def test_a_path_of_a_model_folder_is_one(self, models: Path, tmp_path: Path) -> None:
        folder = Path(shutil.copytree(BUILTIN, tmp_path / "My Model"))
        assert resolve(str(folder)) == folder

    def test_a_known_model_that_is_missing_names_the_command(self, models: Path) -> None:
        with pytest.raises(
            ModelError, match=r"kokoro-q8 is not installed; `kokoro-stream models pull kokoro-q8` \(92 MB"
        ):
            resolve("kokoro-q8")

    def test_a_name_that_nobody_knows_names_near_ones(self, models: Path) -> None:
        with pytest.raises(
            ModelError, match="kokor is not a model folder, nor the name of a model; did you mean kokoro"
        ):
            resolve("kokor")
        with pytest.raises(ModelError, match="`kokoro-stream models list`"):
            resolve("zzz")

    @pytest.mark.parametrize("name", ["../models/kokoro", ".locks", "", "kokoro/..", "KOKORO", "a" * 100])
    def test_a_name_does_not_lead_out_of_the_folder_of_models(self, models: Path, hub: FakeHub, name: str) -> None:
        pulled()
        with pytest.raises(ModelError, match="is not a model folder"):
            resolve(name)


class TestObtain:
    def test_pulls_a_known_model_that_is_missing_and_says_so(
        self, models: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(store, "_installer", lambda: copied)
        assert is_whole(obtain("kokoro"), hub)
        assert caplog.messages[0] == "kokoro is not installed; pulling 326 MB"
        assert caplog.records[0].levelno == logging.WARNING

    def test_fetches_nothing_that_is_there(self, models: Path, hub: FakeHub) -> None:
        folder = pulled()
        hub.requests.clear()
        assert obtain("kokoro") == folder
        assert obtain("builtin") == BUILTIN
        assert hub.requests == []


class TestAdd:
    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Path:
        """A folder for files that somebody has downloaded."""
        folder = tmp_path / "Downloads"
        folder.mkdir()
        return folder

    @staticmethod
    def graph(path: Path) -> Path:
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(b"a graph")
        return path

    @staticmethod
    def voices(path: Path) -> Path:
        with path.open("wb") as file:
            np.savez(file, af_heart=np.zeros((3, 1, 256), np.float32))
        return path

    @staticmethod
    def voice(path: Path) -> Path:
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(np.zeros((3, 256), np.float32).tobytes())
        return path

    def test_takes_a_file_with_the_voices_beside_it(self, models: Path, shelf: Path) -> None:
        graph = self.graph(shelf / "Kokoro v1.0.onnx")
        self.voices(shelf / "voices-v1.0.bin")
        folder = add(graph, report=ignore, install=copied)
        assert folder == models / "kokoro-v1.0"
        assert read_voices(folder / VOICES).keys() == {"af_heart"}
        assert read_card(folder).origin == graph.as_uri()
        assert read_card(folder).licence == ""  # a file does not tell; who installs it may recognise it

    def test_takes_the_way_onnx_community_arranges_it(self, models: Path, shelf: Path) -> None:
        self.graph(shelf / "onnx" / "model.onnx")
        self.voice(shelf / "voices" / "af_sky.bin")
        folder = add(shelf, name="kokoro", report=ignore, install=copied)
        assert folder == resolve("kokoro")
        assert read_voices(folder / VOICES).keys() == {"af_sky"}

    def test_takes_pytorch_voices_and_voices_from_elsewhere(self, models: Path, shelf: Path, tmp_path: Path) -> None:
        graph = self.graph(shelf / "a.onnx")
        shutil.copy(Path(__file__).parent.parent / "fixtures" / "af_torch.pt", shelf / "af_torch.pt")
        elsewhere = self.voice(tmp_path / "am_else.bin")
        assert read_voices(add(graph, report=ignore, install=copied) / VOICES).keys() == {"af_torch"}
        again = add(graph, name="b", voices=elsewhere, report=ignore, install=copied)
        assert read_voices(again / VOICES).keys() == {"am_else"}

    def test_does_not_touch_what_is_installed(self, models: Path, shelf: Path) -> None:
        graph = self.graph(shelf / "a.onnx")
        self.voices(shelf / "voices.bin")
        add(graph, report=ignore, install=copied)
        with pytest.raises(ModelError, match="a is installed already; give another name with --name"):
            add(graph, report=ignore, install=copied)

    @pytest.mark.parametrize("name", ["builtin", "../x", ".x", "-x", "Kokoro", "a b", "", "a/b", "x" * 65])
    def test_a_name_that_is_no_name_is_refused(self, models: Path, shelf: Path, name: str) -> None:
        graph = self.graph(shelf / "a.onnx")
        self.voices(shelf / "voices.bin")
        with pytest.raises(InputError, match="name"):
            add(graph, name=name, report=ignore, install=copied)

    def test_what_cannot_be_found_or_told_apart_is_named(self, models: Path, shelf: Path) -> None:
        with pytest.raises(ModelError, match=r"there is no \.onnx file"):
            add(shelf)
        first = self.graph(shelf / "a.onnx")
        with pytest.raises(ModelError, match=r"there are no voices beside .* --voices"):
            add(first)
        self.voices(shelf / "voices-v1.0.bin")
        self.voices(shelf / "voices-v1.1.bin")
        with pytest.raises(ModelError, match=r"several voices .* --voices: .*voices-v1\.0\.bin"):
            add(first)
        self.graph(shelf / "b.onnx")
        with pytest.raises(ModelError, match=r"holds several models; name one: .*a\.onnx, .*b\.onnx"):
            add(shelf)
        with pytest.raises(ModelError, match="is a model folder already; use it as --model"):
            add(BUILTIN)


def test_models_are_listed_with_what_is_wrong_with_them(models: Path, hub: FakeHub) -> None:
    pulled()
    broken = models / "broken"
    broken.mkdir()
    (broken / "model.json").write_bytes(b"{}")
    builtin, bad, kokoro = installed()
    assert (builtin.name, builtin.folder) == ("builtin", BUILTIN)
    assert (bad.name, bad.card) == ("broken", None)
    assert "missing required field" in bad.problem
    assert (kokoro.name, kokoro.problem) == ("kokoro", "")
    assert kokoro.size > len(hub.files["onnx/model.onnx"])


def test_models_lie_in_the_users_data_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KOKORO_STREAM_MODELS", "~/here")
    assert models_folder() == Path.home() / "here"
    monkeypatch.delenv("KOKORO_STREAM_MODELS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert "kokoro-stream" in models_folder().parts


def test_every_known_model_has_a_name_that_can_be_installed() -> None:
    assert all(store.NAME.fullmatch(name) for name in MODELS)
