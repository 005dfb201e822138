"""Voices are tables of styles; blends are weighted means; files are never unpickled."""

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from kokoro_stream.errors import InputError, ModelError, UnknownVoiceError
from kokoro_stream.model.voices import MOST_PARTS, MOST_ROWS, ROW_BYTES, STYLE, Voices, read_voices

FIXTURES = Path(__file__).parent.parent / "fixtures"
LOW, HIGH = np.zeros((1, STYLE), np.float32), np.ones((1, STYLE), np.float32)
RISING = np.repeat(np.arange(4, dtype=np.float32)[:, None], STYLE, axis=1)


@pytest.fixture
def voices() -> Voices:
    return Voices({"af_low": LOW, "am_high": HIGH, "af_rising": RISING}, "af_low")


def test_the_default_voice_is_first_and_stands_for_no_name(voices: Voices) -> None:
    assert voices.names == ("af_low", "af_rising", "am_high")
    assert np.array_equal(voices.table(""), LOW)


def test_a_blend_is_the_weighted_mean(voices: Voices) -> None:
    assert np.allclose(voices.table("af_low:0.7+am_high:0.3"), 0.3)
    assert np.allclose(voices.table("af_low+am_high"), 0.5)


def test_tables_of_different_length_blend_by_repeating_the_last_row(voices: Voices) -> None:
    assert np.allclose(voices.table("am_high:0.5+af_rising:0.5")[:, 0], [0.5, 1, 1.5, 2])


@pytest.mark.parametrize(("phonemes", "row"), [(0, 0), (1, 0), (2, 1), (4, 3), (500, 3)])
def test_the_row_is_that_of_the_number_of_phonemes(voices: Voices, phonemes: int, row: int) -> None:
    assert voices.style("af_rising", phonemes)[0, 0] == row


def test_an_unknown_voice_names_near_ones(voices: Voices) -> None:
    with pytest.raises(UnknownVoiceError, match="did you mean am_high") as raised:
        voices.table("am_hihg")
    assert raised.value.near[0] == "am_high"
    with pytest.raises(UnknownVoiceError, match="`kokoro-stream voices` lists them"):
        voices.table("zzz")


@pytest.mark.parametrize(
    ("blend", "message"),
    [
        ("af_low:0.7+am_high:0.7", "sum to 1.4"),
        ("af_low:0.7+am_high", "some voices only"),
        ("af_low:much+am_high:0.3", "'much' is not a weight"),
        ("af_low:nan+am_high:0.3", "outside 0–1"),
        ("af_low:-1+am_high:2", "outside 0–1"),
        ("+".join(["af_low"] * (MOST_PARTS + 1)), "at most"),
    ],
)
def test_a_bad_blend_is_explained(voices: Voices, blend: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        voices.table(blend)
    assert raised.value.field == "voice"


def test_tables_are_read_from_npz_also_with_kokoros_middle_axis(tmp_path: Path) -> None:
    path = tmp_path / "voices.npz"
    np.savez(path, af_one=RISING[:, None, :], af_two=HIGH.astype(np.float16))
    read = read_voices(path)
    assert read["af_one"].shape == (4, STYLE)
    assert read["af_two"].dtype == np.float32


def test_a_voice_of_bare_numbers_has_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "af_bare.bin").write_bytes(RISING.astype("<f4").tobytes())
    (read,) = read_voices(tmp_path / "af_bare.bin").items()
    assert read[0] == "af_bare"
    assert np.array_equal(read[1], RISING)


def test_a_voice_of_pytorch_has_the_name_of_its_file() -> None:
    voices = read_voices(FIXTURES / "af_torch.pt")
    assert {name: table.shape for name, table in voices.items()} == {"af_torch": (8, STYLE)}


def test_an_archive_is_known_by_its_content(tmp_path: Path) -> None:
    with (tmp_path / "voices-v1.0.bin").open("wb") as file:
        np.savez(file, af_one=LOW, am_two=HIGH)
    assert read_voices(tmp_path / "voices-v1.0.bin").keys() == {"af_one", "am_two"}


def test_a_folder_holds_voices_of_every_kind_beside_other_files(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("voices")
    (tmp_path / "af_bare.bin").write_bytes(LOW.tobytes())
    shutil.copy(FIXTURES / "af_torch.pt", tmp_path)
    np.savez(tmp_path / "more.npz", am_one=HIGH)
    assert read_voices(tmp_path).keys() == {"af_bare", "af_torch", "am_one"}
    (tmp_path / "af_torch.bin").write_bytes(LOW.tobytes())
    with pytest.raises(ModelError, match="holds voice 'af_torch' twice"):
        read_voices(tmp_path)


def test_a_folder_without_voices_says_what_they_look_like(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no voices; .*\.bin, \.npz, \.pt"):
        read_voices(tmp_path)


@pytest.mark.parametrize("size", [0, 1, ROW_BYTES - 1, ROW_BYTES + 4, ROW_BYTES * (MOST_ROWS + 1)])
def test_bare_numbers_of_another_size_are_no_voice(tmp_path: Path, size: int) -> None:
    (tmp_path / "af_bad.bin").write_bytes(bytes(size))
    with pytest.raises(ModelError, match=r"af_bad\.bin is not a voice: its size"):
        read_voices(tmp_path / "af_bad.bin")


@pytest.mark.parametrize("name", ["af:a", "af_a+am_b", " "])
def test_a_name_that_a_blend_would_read_otherwise_is_refused(tmp_path: Path, name: str) -> None:
    np.savez(tmp_path / "voices.npz", **{name: LOW})  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="cannot be a voice's name"):
        read_voices(tmp_path / "voices.npz")


@pytest.mark.parametrize("name", ["voices.npz", "voices.pt", "voices.bin"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=f"{name} cannot be read .*No such file"):
        read_voices(tmp_path / name)


@pytest.mark.parametrize(
    "table",
    [
        np.zeros((1, 7), np.float32),
        np.zeros((0, STYLE), np.float32),
        np.zeros((1, STYLE), np.int64),
        np.full((1, STYLE), np.nan, np.float32),
        np.full((1, STYLE), 1e300),
    ],
)
def test_a_table_of_the_wrong_kind_is_refused(
    tmp_path: Path, table: np.ndarray[tuple[int, ...], np.dtype[np.generic]]
) -> None:
    path = tmp_path / "voices.npz"
    np.savez(path, af_bad=table)
    with pytest.raises(ModelError, match="af_bad"):
        read_voices(path)


def test_pickled_code_is_not_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "sprung",)  # type: ignore[return-value]

    path = tmp_path / "voices.npz"
    np.savez(path, trap=np.array([Trap()], dtype=object))
    pickled = tmp_path / "plain.npz"
    pickled.write_bytes(pickle.dumps(Trap()))
    for file in (path, pickled):
        with pytest.raises(ModelError):
            read_voices(file)
    assert not (tmp_path / "sprung").exists()
