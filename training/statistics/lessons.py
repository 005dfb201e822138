"""Sentences as lessons: which voice says what and how, drawn by chance, and what is measured while it is said."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kokoro_stream.errors import KokoroStreamError
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.measuring import Measuring
from kokoro_stream.model.prosody import Prosody
from kokoro_stream.phonemes.languages import phonemizer
from kokoro_stream.phonemes.voices import language_of
from kokoro_stream.text.source import SourceText

MOST_PHONEMES = 300  # of a lesson: longer sentences are rare, and cost as much as three
CUT, JOINED = 0.2, 0.15  # shares of lessons that are a sentence's beginning, as a first clause is, or several sentences
OTHER_SPEED = 0.3  # share of lessons that are not said at speed 1
OWN_ROW = 0.5  # share of lessons said with the style row of their own length; the others with that of a long sentence
EXPECTED_PHONEMES = 90  # that row, as `kokoro_stream.rendering` takes it
ENDINGS = (",", ".", "?", ";")


@dataclass(frozen=True, slots=True)
class Draw:
    """Lesson ``number``: who says which text, how fast, and whether with the style row of its own length."""

    number: int
    voice: str
    text: str
    speed: float
    own_row: bool


def draws(voices: Sequence[str], texts: Mapping[str, Sequence[str]], count: int, seed: int) -> Iterator[Draw]:
    """As many lessons; the texts of a voice are those of its language (``texts`` by language, like "en" or "ja")."""
    chance = random.Random(seed)
    able = [voice for voice in voices if _language(voice) in texts]
    for number in range(count):
        voice = chance.choice(able)
        pool = texts[_language(voice)]
        text, kind = chance.choice(pool), chance.random()
        if kind < CUT:
            words = text.split()
            text = " ".join(words[: chance.randint(1, max(1, len(words) - 1))]) + chance.choice(ENDINGS)
        elif kind < CUT + JOINED:
            text = f"{text} {chance.choice(pool)}"
        speed = 1.0 if chance.random() >= OTHER_SPEED else chance.uniform(0.75, 1.4)
        yield Draw(number, voice, text, speed, chance.random() < OWN_ROW)


def learn(model: KokoroModel, measuring: Measuring, draw: Draw, to: Path) -> bool:
    """Has the lesson said, and writes what was measured. False where the text cannot be said. Blocking."""
    language = phonemizer(language_of(draw.voice) or "en-us")
    try:
        said = language.phonemize(language.normalize(SourceText.of(draw.text))).phonemes
        phonemes = "".join(symbol for symbol in said if symbol in model.card.vocabulary)[:MOST_PHONEMES]
        row = len(phonemes) if draw.own_row else max(len(phonemes), EXPECTED_PHONEMES)
        prosody = model.prosody(phonemes, draw.voice, draw.speed, row=row)
    except KokoroStreamError:
        return False
    unfinished = to.with_suffix(".new")
    with unfinished.open("wb") as file:
        np.savez(
            file,
            features=prosody.features.astype(np.float16),
            f0=prosody.f0,
            energy=prosody.energy,
            durations=prosody.durations,
            style=prosody.style,
            statistics=measuring.decode(prosody)[1],
        )
    unfinished.replace(to)
    return True


def read(path: Path) -> tuple[Prosody, np.ndarray]:
    """A lesson's prosody and statistics. Blocking."""
    with np.load(path) as stored:
        features = stored["features"].astype(np.float32)
        f0, energy, durations, style = (stored[name] for name in ("f0", "energy", "durations", "style"))
        everything = slice(0, features.shape[2])
        return Prosody(features, f0, energy, durations, style, everything), stored["statistics"]


def _language(voice: str) -> str:
    return (language_of(voice) or "en-us")[:2]
