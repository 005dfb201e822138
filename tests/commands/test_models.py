"""Models are listed, fetched, added and checked from the command line, a line for every error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kokoro_stream.cli import main
from kokoro_stream.engine.acceptance import FIRST_WINDOWS, Acceptance, Difference, Trial
from kokoro_stream.model import learning, store
from kokoro_stream.model.folder import BUILTIN, DECODER, WHOLE, read_card, write_card
from kokoro_stream.model.store import MODELS
from tests.fake_hub import FakeHub
from tests.model.installing import few_lessons
from tests.model.pulling import copied

NARROW = Path(__file__).parent.parent / "fixtures" / "kokoro-narrow.onnx"


class Shell:
    """Runs commands in this process."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Status, standard output, standard error."""
        with pytest.raises(SystemExit) as end:
            main(["models", *arguments])
        captured = self._capture.readouterr()
        return int(end.value.code or 0), captured.out, captured.err


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


def test_a_list_shows_what_is_installed_and_what_can_be_pulled(models: Path, shell: Shell) -> None:
    status, out, _ = shell("list")
    assert status == 0
    rows = [line.split() for line in out.splitlines()]
    assert ["builtin", "installed"] in [row[:2] for row in rows]
    assert all([name, "can", "be", "pulled"] in [row[:4] for row in rows] for name in MODELS)


def test_a_list_for_programs_is_json(models: Path, shell: Shell) -> None:
    shutil.copytree(BUILTIN, models / "mine")
    (models / "mine" / "voices.npz").write_bytes(b"damaged")
    listed = {row["name"]: row for row in json.loads(shell("list", "--json")[1])}
    assert listed.keys() == {"builtin", "mine", *MODELS}
    assert (listed["builtin"]["state"], listed["builtin"]["folder"]) == ("installed", str(BUILTIN))
    assert listed["builtin"]["voices"] >= 4
    assert listed["mine"]["state"] == "unusable"
    assert "voices.npz cannot be read" in listed["mine"]["detail"]
    assert (listed["kokoro"]["state"], listed["kokoro"]["folder"]) == ("can be pulled", "")
    assert {tuple(row) for row in listed.values()} == {tuple(listed["builtin"])}  # all rows tell the same things


def lossy(models: Path) -> Path:
    """A model of which something was lost when it was installed."""
    folder = Path(shutil.copytree(BUILTIN, models / "mine"))
    write_card(folder, msgspec.structs.replace(read_card(folder), notes=("its bass", "its treble")))
    return folder


def test_a_list_tells_what_was_lost(models: Path, shell: Shell) -> None:
    lossy(models)
    listed = {row["name"]: row for row in json.loads(shell("list", "--json")[1])}
    assert (listed["mine"]["state"], listed["mine"]["lost"]) == ("lossy", ["its bass", "its treble"])
    assert listed["builtin"]["lost"] == []
    assert ["mine", "lossy"] in [line.split()[:2] for line in shell("list")[1].splitlines()]


def test_pull_prints_where_the_model_is(
    models: Path, hub: FakeHub, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_installer", lambda: copied)
    assert shell("pull", "kokoro-q8") == (1, "", "kokoro-stream: " + _missing_in(hub, "onnx/model_quantized.onnx"))
    assert shell("pull", "kokoro") == (0, f"{models / 'kokoro'}\n", "copying model.onnx\n")
    assert shell("pull", "kokoro", "--revision", "main") == (0, f"{models / 'kokoro'}\n", "")


def _missing_in(hub: FakeHub, file: str) -> str:
    where = f"{store.REPOSITORY} has no {file} at {store.REVISION}"
    return f"{where}; name another --revision, or `kokoro-stream models add` a file\n"


@pytest.mark.parametrize("keep", ["fastest", "file", "float"])
def test_one_may_choose_which_form_is_kept(
    models: Path, hub: FakeHub, shell: Shell, monkeypatch: pytest.MonkeyPatch, keep: str
) -> None:
    kept: list[Any] = []

    def installing(*arguments: Any, keep: Any, **facts: Any) -> Any:
        kept.append(keep)
        return copied(*arguments, **facts)

    monkeypatch.setattr(store, "_installer", lambda: installing)
    assert shell("pull", "kokoro", "--keep", keep)[0] == 0
    assert shell("add", str(NARROW), "--name", "narrow", "--keep", keep)[0] == 0
    assert kept == [keep, keep]


def test_a_form_that_nobody_knows_is_refused_with_those_there_are(models: Path, shell: Shell) -> None:
    status, _, err = shell("pull", "kokoro", "--keep", "half")
    assert status == 2
    assert all(form in err for form in ("fastest", "file", "float"))


def test_add_makes_a_model_of_a_file(
    models: Path, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LESSONS", few_lessons(tmp_path))
    status, out, _ = shell("add", str(NARROW), "--name", "narrow")
    assert (status, out) == (0, f"{models / 'narrow'}\n")
    assert read_card(models / "narrow").name == "narrow"


def test_verify_chooses_the_windows_of_an_installed_model(models: Path, shell: Shell) -> None:
    folder = Path(shutil.copytree(BUILTIN, models / "mine"))
    before = read_card(folder)
    status, out, err = shell("verify", "mine")
    after = read_card(folder)
    assert status == 0
    assert f"{len(before.checksums)} files are as they were installed" in out
    assert f"first window {after.first_window_frames} frames, margin {after.margin_frames}: written to" in out
    assert after.first_window_frames < before.first_window_frames
    assert (
        msgspec.structs.replace(
            after, first_window_frames=before.first_window_frames, margin_frames=before.margin_frames
        )
        == before
    )
    assert out.count("✓") >= len(FIRST_WINDOWS)
    assert err.count("first window") == out.count("✓") + out.count("✗")


def test_verify_keeps_the_longest_windows_where_none_suits_and_fails(
    models: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = Difference(9.0, 9.0, 9.0, 9.0)
    none = Acceptance(Difference(0, 0, 0, 0), (Trial(40, 12, far, False),), 40, 12, False)
    monkeypatch.setattr("kokoro_stream.commands.models.accept", lambda *arguments, **options: none)
    folder = Path(shutil.copytree(BUILTIN, models / "mine"))
    status, out, _ = shell("verify", "mine")
    assert status == 1
    assert "✗" in out
    assert (read_card(folder).first_window_frames, read_card(folder).margin_frames) == (40, 12)
    assert shell("verify", "builtin")[1].endswith("would do; the built-in model stays as it was released\n")


def test_verify_names_what_was_lost_and_fails(models: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = Acceptance(Difference(0, 0, 0, 0), (), 10, 3, True)
    monkeypatch.setattr("kokoro_stream.commands.models.accept", lambda *arguments, **options: fine)
    folder = lossy(models)
    status, out, _ = shell("verify", "mine")
    assert status == 1
    assert [line for line in out.splitlines() if line.startswith("lost: ")] == ["lost: its bass", "lost: its treble"]
    assert read_card(folder).first_window_frames == 10  # its windows are chosen all the same
    (folder / WHOLE).touch()
    assert shell("verify", "mine")[0] == 1


def test_verify_tells_what_predicted_statistics_change(
    models: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Acceptance(Difference(0, 0, 0, 0), (), 10, 3, True, predicted_db=2.04)
    monkeypatch.setattr("kokoro_stream.commands.models.accept", lambda *arguments, **options: found)
    assert "levels of bands by predicted statistics: 2.0 dB, at most 3.0\n" in shell("verify", "builtin")[1]


def test_a_model_that_runs_whole_has_no_windows_to_choose(models: Path, shell: Shell) -> None:
    folder = Path(shutil.copytree(BUILTIN, models / "mine"))
    (folder / WHOLE).touch()
    assert "it runs whole" in shell("verify", "mine")[1]


def test_verify_names_a_file_that_was_changed(models: Path, shell: Shell) -> None:
    shutil.copytree(BUILTIN, models / "mine")
    (models / "mine" / DECODER).write_bytes(b"changed")
    status, out, err = shell("verify", "mine")
    assert (status, out) == (1, "")
    assert "decoder.onnx has checksum" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (("pull", "nothing"), 1, "there is no model 'nothing' to pull"),
        (("verify", "kokoro"), 1, "`kokoro-stream models pull kokoro`"),
        (("add", "nowhere.onnx"), 1, "there is no .onnx file at nowhere.onnx"),
        (("add", str(NARROW), "--name", "../up"), 1, "name: '../up' cannot be a model's name"),
        ((), 2, "Missing command"),
    ],
)
def test_an_error_is_one_line(
    models: Path, shell: Shell, arguments: tuple[str, ...], status: int, complaint: str
) -> None:
    found, out, err = shell(*arguments)
    assert (found, out) == (status, "")
    assert complaint in err
    assert err.count("\n") == 1
