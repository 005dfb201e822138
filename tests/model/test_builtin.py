"""The built-in voice keeps the contract of a model, and of a voice."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kokoro_stream.errors import ModelError, StoppedError, UnknownVoiceError
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.prosody import Prosody
from kokoro_stream.model.session import Stop
from kokoro_stream.phonemes.english import English
from kokoro_stream.phonemes.vocabulary import VOCABULARY
from kokoro_stream.text.source import SourceText

SENTENCES = (
    "It will be mostly cloudy today, with a light breeze in the afternoon.",
    "Yes.",
    "What would you like me to do with the seven remaining messages?",
    "Wow! That is the best news I have heard all year!",
    "An old man, a young woman and three children were waiting for the last train to the coast.",
)
ENGLISH = English()


def phonemes(text: str) -> str:
    return ENGLISH.phonemize(SourceText.of(text)).phonemes


def spoken(model: KokoroModel, text: str, voice: str = "", speed: float = 1.0) -> NDArray[np.float32]:
    prosody = model.prosody(phonemes(text), voice, speed)
    return model.decode(prosody, slice(0, prosody.frames))


def decibels(audio: NDArray[np.float32]) -> float:
    """Of the speech in ``audio``: frames within 30 dB of the loudest."""
    power = (audio[: len(audio) // 480 * 480].reshape(-1, 480) ** 2).mean(1)
    return float(10 * np.log10(power[power > power.max() / 1000].mean()))


def pitch(prosody: Prosody) -> float:
    return float(np.median(prosody.f0[prosody.f0 > 0]))


def test_curves_durations_and_samples_agree(builtin: KokoroModel) -> None:
    said = phonemes(SENTENCES[0])
    prosody = builtin.prosody(said, "", 1.0)
    card = builtin.card
    assert prosody.durations.shape == (len(said) + 2,)
    assert prosody.f0.shape == prosody.energy.shape == (1, 2 * prosody.frames)
    samples = builtin.decode(prosody, slice(0, prosody.frames))
    assert len(samples) == prosody.frames * card.samples_per_frame
    assert prosody.durations.sum() * card.samples_per_duration == len(samples)
    assert (prosody.durations >= 0).all()


@pytest.mark.parametrize(("start", "end"), [(0, 15), (20, 45), (60, 61), (100, 140)])
def test_a_window_with_its_margin_gives_the_samples_of_the_whole(builtin: KokoroModel, start: int, end: int) -> None:
    prosody = builtin.prosody(phonemes(SENTENCES[0]), "", 1.0)
    whole = builtin.decode(prosody, slice(0, prosody.frames))
    left, right = min(builtin.card.margin_frames, start), min(builtin.card.margin_frames, prosody.frames - end)
    size = builtin.card.samples_per_frame
    window = builtin.decode(prosody, slice(start - left, end + right))[left * size : (left + end - start) * size]
    # A ten-thousandth of full scale is 80 dB below it: under the noise of any sound device in a room.
    assert np.abs(window - whole[start * size : end * size]).max() < 1e-4


def test_the_same_text_always_sounds_the_same(builtin: KokoroModel) -> None:
    assert np.array_equal(spoken(builtin, SENTENCES[0]), spoken(builtin, SENTENCES[0]))


def test_there_are_two_women_and_two_men(builtin: KokoroModel) -> None:
    kinds = [name[:2] for name in builtin.voices.names]
    assert kinds.count("af") >= 2
    assert kinds.count("am") >= 2
    women = [pitch(builtin.prosody(phonemes(SENTENCES[0]), v, 1.0)) for v in builtin.voices.names if v[1] == "f"]
    men = [pitch(builtin.prosody(phonemes(SENTENCES[0]), v, 1.0)) for v in builtin.voices.names if v[1] == "m"]
    assert min(women) > 150 > max(men)


def test_a_blend_lies_between_its_voices(builtin: KokoroModel) -> None:
    said = phonemes(SENTENCES[0])
    woman, blend, man = (
        pitch(builtin.prosody(said, voice, 1.0)) for voice in ("af_clara", "af_clara:0.5+am_otto:0.5", "am_otto")
    )
    assert man * 1.15 < blend < woman / 1.15


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 2.0])
def test_speed_scales_duration_to_within_five_percent(builtin: KokoroModel, speed: float) -> None:
    for text in (SENTENCES[0], SENTENCES[2], SENTENCES[4]):
        ratio = len(spoken(builtin, text)) / len(spoken(builtin, text, speed=speed))
        assert ratio == pytest.approx(speed, rel=0.05)


def test_segments_are_equally_loud_in_every_voice_and_never_clip(builtin: KokoroModel) -> None:
    for voice in builtin.voices.names:
        takes = [spoken(builtin, text, voice) for text in SENTENCES]
        levels = [decibels(take) for take in takes]
        assert max(levels) - min(levels) < 3
        assert max(np.abs(take).max() for take in takes) < 0.95


def test_a_question_ends_otherwise_than_a_statement(builtin: KokoroModel) -> None:
    def ending(mark: str) -> float:
        prosody = builtin.prosody(phonemes("The train is here" + mark), "", 1.0)
        voiced = prosody.f0[prosody.f0 > 0]
        return float(voiced[-5:].mean() / voiced.mean())

    assert ending("?") > ending(".") * 1.05


@pytest.mark.parametrize("symbol", sorted("ᵊᵻɐˌˈæɑəɛɜɪɔʊʌiuAIWYObdfhjklmnpstvwzðŋɡɹʃʒʤʧθTʔɾ"))
def test_every_english_symbol_has_a_sound(builtin: KokoroModel, symbol: str) -> None:
    """Two different neighbourhoods: putting the symbol in must change what is heard."""
    assert symbol in VOCABULARY
    plain = builtin.prosody("ðə kˈæt sˈæt.", "", 1.0)
    changed = builtin.prosody(f"ðə kˈæ{symbol}t sˈæt.", "", 1.0)
    assert plain.features.shape != changed.features.shape or not np.allclose(
        plain.features, changed.features, atol=1e-2
    )


def test_punctuation_pauses(builtin: KokoroModel) -> None:
    """Marks within a segment, and those that end one."""

    def pause_ms(text: str, mark: str) -> float:
        said = phonemes(text.replace("|", mark))
        durations = builtin.prosody(said, "", 1.0).durations[1:-1]  # without the padding
        at = said.index(mark) if mark else said.index(" b")
        units = durations[at : at + 2].sum() if mark else durations[at]
        return float(units * builtin.card.samples_per_duration / builtin.card.sample_rate * 1000)

    for mark in (",", ";", ":", "…", "—"):
        assert pause_ms("I looked for it everywhere| but nobody had seen it.", mark) > 50, mark
    for mark in (".", "?", "!", ",", ":"):
        assert pause_ms("I looked for it everywhere|", mark) > 50, mark
    assert pause_ms("I looked for it everywhere| but nobody had seen it.", "") < 30


def test_unknown_symbols_and_voices_are_refused(builtin: KokoroModel) -> None:
    with pytest.raises(ModelError, match="no token for '#'"):
        builtin.prosody("#", "", 1.0)
    with pytest.raises(UnknownVoiceError):
        builtin.prosody("hˈI", "af_nobody", 1.0)
    with pytest.raises(ModelError, match="511 phonemes exceed the 510"):
        builtin.prosody("a" * 511, "", 1.0)


def test_the_longest_text_the_model_takes_is_spoken(builtin: KokoroModel) -> None:
    prosody = builtin.prosody(("hˈI " * 128)[:510], "", 1.0)
    assert np.isfinite(builtin.decode(prosody, slice(0, prosody.frames))).all()


def test_a_stop_that_is_set_refuses_to_run(builtin: KokoroModel) -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(StoppedError):
        builtin.prosody("hˈI", "", 1.0, stop)
