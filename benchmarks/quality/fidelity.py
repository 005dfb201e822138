"""Windows against the whole: does a sentence that is decoded in windows sound as the uncut graph says it?

"whole" is the uncut graph with the same ids, style and speed, cut to the frames that windows cover. "windows" is what
`engine.windowed` makes with the installed model. "first" is the whole in which the first window's samples stand in the
place of its own, up to the end of that window, but at least a second of it, since PESQ cannot tell shorter ones apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from kokoro_stream.audio.pcm import Pcm
from kokoro_stream.audio.spectrum import log_spectral_distances
from kokoro_stream.audio.stitch import crossfade
from kokoro_stream.engine.windowed import OVERLAP_MS, windowed

from ..hearing import spoken_words, word_errors
from ..report import Figures
from .manifest import Item, Scores
from .studio import RATE, Studio
from .texts import HELDOUT, heard_words

SENTENCES = 40  # of each voice
SHORTEST = RATE  # samples of "first"


def items(studio: Studio, voices: Sequence[str], sentences: int) -> Iterator[Item]:
    """Each voice says as many sentences, others than the voice before. Blocking."""
    for place, voice in enumerate(voices):
        for number in range(place * sentences, (place + 1) * sentences):
            text = HELDOUT[number % len(HELDOUT)]
            for line in studio.lines(text, voice):
                name = f"fidelity/{voice}-{number:04}-{line.start:03}"
                yield from _items(studio, name, line.utterance.phonemes, text[line.start : line.end].strip(), voice)


def _items(studio: Studio, name: str, phonemes: str, text: str, voice: str) -> Iterator[Item]:
    prosody = studio.prosody(phonemes, voice)
    whole = studio.whole(phonemes, voice, prosody.sounding)
    made = windowed(studio.model, prosody)
    count = min(len(whole), len(made.samples))
    first = made.seams[0] if made.seams else count
    facts = {
        "distance_db": float(np.median(log_spectral_distances(whole[:count], made.samples[:count], RATE))),
        "correlation": float(np.corrcoef(whole[:count], made.samples[:count])[0, 1]),
        "lost_ms": (len(whole) - len(made.samples)) * 1000 / RATE,
    }
    reference = studio.item(name, "whole", whole, text, voice, measures=("words", "mos"))
    yield reference
    yield studio.item(
        name,
        "windows",
        made.samples,
        text,
        voice,
        reference=reference,
        measures=("words", "mos", "likeness"),
        facts=facts,
    )
    end = min(count, max(first, SHORTEST))
    yield studio.item(
        name,
        "first",
        first_replaced(whole, made.samples, first)[:end],
        text,
        voice,
        reference=reference,
        measures=("likeness",),
        facts={"first_ms": first * 1000 / RATE},
    )


def first_replaced(whole: Pcm, windows: Pcm, first: int) -> Pcm:
    """The whole, its first samples those of the windows; faded into each other behind them as a seam is."""
    end = min(first + round(OVERLAP_MS * RATE / 1000), len(whole), len(windows))
    return np.concatenate([windows[:first], crossfade(windows[first:end], whole[first:end]), whole[end:]])


def figures(items: Sequence[Item], scores: Mapping[str, Scores]) -> Figures:
    """PESQ, STOI, opinion scores, word error rates, and the distance of the spectra."""
    kinds = {kind: [item for item in items if item.kind == kind] for kind in ("whole", "windows", "first")}
    windows, first = kinds["windows"], kinds["first"]
    found: dict[str, float | int | str] = {"sentences": len(windows)}
    found |= _likeness("windows", windows, scores)
    found |= _likeness("first_window", first, scores)
    lost = [
        whole.overall - ours.overall
        for whole, ours in zip(_of(kinds["whole"], scores), _of(windows, scores), strict=True)
        if whole.overall is not None and ours.overall is not None
    ]
    found |= {
        "mos_whole": _mean([score.overall for score in _of(kinds["whole"], scores)]),
        "mos_windows": _mean([score.overall for score in _of(windows, scores)]),
        "mos_lost": _mean(lost),
        "mos_signal_windows": _mean([score.signal for score in _of(windows, scores)]),
        "mos_background_windows": _mean([score.background for score in _of(windows, scores)]),
        "word_error_rate_whole_percent": error_rate(kinds["whole"], scores),
        "word_error_rate_windows_percent": error_rate(windows, scores),
        "distance_median_db": round(float(np.median([item.number("distance_db") for item in windows])), 2),
        "correlation_mean": _mean([item.number("correlation") for item in windows]),
        "first_window_mean_ms": _mean([item.number("first_ms") for item in first]),
    }
    for voice in dict.fromkeys(item.voice for item in windows):
        his = [item for item in windows if item.voice == voice]
        found[f"pesq_mean_{voice}"] = _mean([score.pesq for score in _of(his, scores)])
    return found


def error_rate(items: Sequence[Item], scores: Mapping[str, Scores]) -> float:
    """Percent of the words of English texts that are heard otherwise."""
    english = [item for item in items if item.language.startswith("en")]
    said = sum(len(spoken_words(item.text)) for item in english)
    wrong = sum(word_errors(heard_words(item.text), heard_words(scores[item.id].heard or "")) for item in english)
    return round(100 * wrong / max(1, said), 2)


def _likeness(name: str, items: Sequence[Item], scores: Mapping[str, Scores]) -> dict[str, float]:
    quality = [score.pesq for score in _of(items, scores) if score.pesq is not None]
    if not quality:
        return {}
    return {
        f"{name}_pesq_mean": _mean(quality),
        f"{name}_pesq_p5": round(float(np.percentile(quality, 5)), 3),
        f"{name}_pesq_worst": round(min(quality), 3),
        f"{name}_stoi_mean": _mean([score.stoi for score in _of(items, scores)]),
    }


def _of(items: Sequence[Item], scores: Mapping[str, Scores]) -> list[Scores]:
    return [scores[item.id] for item in items]


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 3) if known else float("nan")
