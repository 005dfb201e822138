"""All languages heard: is what our front end makes of a text understood as well as what misaki makes of it?

"ours" and "reference" are the uncut graph on the phonemes of either, so that nothing else differs. misaki itself is the
reference (see `references`), its symbols outside Kokoro's vocabulary dropped as Kokoro's pipeline drops them; English
has none. Errors are of words; of Japanese they are of the kana of what is read, of Mandarin of its syllables with
their tones, of Hindi of its consonants: the recogniser may write other characters, and it writes Hindi as Urdu.
"""

from __future__ import annotations

import sys
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import regex

from kokoro_stream.phonemes.vocabulary import VOCABULARY
from kokoro_stream.phonemes.voices import language_of

from ..hearing import word_errors
from ..report import Figures
from .manifest import Item, Scores
from .references import references
from .studio import Studio
from .texts import DATA
from .texts import VOICES as ENGLISH_VOICES

LANGUAGES = tomllib.loads((DATA / "languages.toml").read_text("utf-8"))
SENTENCES = 8  # of each voice
KINDS = ("ours", "reference")
_EVERYTHING = slice(0, 1 << 32)  # frames
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
# Hindi is heard in either writing; both agree in these consonants, less what either leaves out.
_CONSONANTS = (
    {"क": "k", "ख": "kh", "ग": "g", "घ": "gh", "च": "c", "छ": "ch", "ज": "j", "झ": "jh", "ट": "T", "ठ": "Th"}
    | {"ड": "D", "ढ": "Dh", "त": "t", "थ": "th", "द": "d", "ध": "dh", "न": "n", "ण": "n", "प": "p", "फ": "ph"}
    | {"ब": "b", "भ": "bh", "म": "m", "र": "r", "ल": "l", "श": "S", "ष": "S", "स": "s", "ह": "h"}
    | {"ک": "k", "گ": "g", "چ": "c", "ج": "j", "ز": "j", "ذ": "j", "ض": "j", "ظ": "j", "ٹ": "T", "ڈ": "D", "ڑ": "D"}
    | {"ت": "t", "ط": "t", "د": "d", "ن": "n", "پ": "p", "ف": "ph", "ب": "b", "م": "m", "ر": "r", "ل": "l"}
    | {"ش": "S", "س": "s", "ص": "s", "ث": "s", "ہ": "h", "ھ": "h", "ه": "h", "ح": "h", "خ": "kh", "ق": "k", "غ": "g"}
)
_DOUBLED = regex.compile(r"(.)\1+")


def items(studio: Studio, voices: Sequence[str], sentences: int) -> Iterator[Item]:
    """Each voice says its language's texts; ``voices`` of the languages here stand in for theirs. Blocking."""
    chosen = [voice for voice in voices if voice not in ENGLISH_VOICES] or own_voices()
    said = [(voice, text) for voice in chosen for text in LANGUAGES[_language(voice)]["sentences"][:sentences]]
    spelled = references([(_language(voice), text) for voice, text in said], studio.python)
    for number, ((voice, text), reference) in enumerate(zip(said, spelled, strict=True)):
        ours = " ".join(line.utterance.phonemes for line in studio.lines(text, voice))
        for kind, phonemes in zip(KINDS, (ours, known(reference)), strict=True):
            if phonemes:
                yield _item(studio, f"languages/{voice}-{number:03}", kind, phonemes, text, voice)


def _item(studio: Studio, name: str, kind: str, phonemes: str, text: str, voice: str) -> Item:
    samples = studio.whole(phonemes, voice, _EVERYTHING)
    return studio.item(name, kind, samples, text, voice, measures=("words",), facts={"phonemes": [phonemes]})


def own_voices() -> list[str]:
    """All voices of the list."""
    return [voice for language in LANGUAGES.values() for voice in language["voices"]]


def known(phonemes: str) -> str:
    """Those of the model's symbols that are in its vocabulary, as Kokoro's own pipeline drops the others."""
    return "".join(symbol for symbol in phonemes if symbol in VOCABULARY)


def _language(voice: str) -> str:
    return language_of(voice) or "en-us"


def figures(items: Sequence[Item], scores: Mapping[str, Scores]) -> Figures:
    """Of each language: percent of what is heard otherwise, and of the texts that both spell alike."""
    found: dict[str, float | int | str] = {"recordings": len(items)}
    for language in dict.fromkeys(item.language for item in items):
        kinds = {kind: [item for item in items if (item.language, item.kind) == (language, kind)] for kind in KINDS}
        for kind, own in kinds.items():
            if own:
                found[f"{language}_error_{kind}_percent"] = error_rate(own, scores)
        if kinds["reference"]:
            alike = [a.names("phonemes") == b.names("phonemes") for a, b in zip(*kinds.values(), strict=True)]
            found[f"{language}_alike_percent"] = round(100 * sum(alike) / len(alike), 1)
            _tell(kinds["ours"], kinds["reference"], scores)
    return found


def _tell(ours: Sequence[Item], reference: Sequence[Item], scores: Mapping[str, Scores]) -> None:
    """On standard error: what the two spell differently, and what was heard."""
    for one, other in zip(ours, reference, strict=True):
        if one.names("phonemes") != other.names("phonemes"):
            print(f"{one.voice}: {one.text}", file=sys.stderr)
            for item in (one, other):
                spelled, heard = item.names("phonemes")[0], scores[item.id].heard
                print(f"  {item.kind:9} {errors(item, scores)} wrong  {spelled} → {heard}", file=sys.stderr)


def error_rate(items: Sequence[Item], scores: Mapping[str, Scores]) -> float:
    """Percent of the words, consonants, kana or syllables."""
    said = sum(len(units(item.text, item.language)) for item in items)
    return round(100 * sum(errors(item, scores) for item in items) / max(1, said), 1)


def errors(item: Item, scores: Mapping[str, Scores]) -> int:
    """Words, consonants, kana or syllables of one text that are heard otherwise."""
    heard = scores[item.id].heard or ""
    return word_errors(units(item.text, item.language), units(heard, item.language))


def units(text: str, language: str) -> list[str]:
    """What is counted: words without case and marks; of Hindi consonants, of Japanese kana, of Mandarin syllables."""
    words: list[str] = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    reading = {"hi": _consonants, "ja": _kana, "zh": _syllables}.get(language)
    return words if reading is None else [unit for word in words for unit in reading()(word)]


@cache
def _consonants() -> Callable[[str], list[str]]:
    def consonants(word: str) -> list[str]:
        said = regex.sub(r"ं(?=\p{L})", "न", word)
        return list(_DOUBLED.sub(r"\1", "".join(_CONSONANTS.get(letter, "") for letter in said)))

    return consonants


@cache
def _kana() -> Callable[[str], list[str]]:
    import fugashi
    import unidic_lite

    tagger = fugashi.Tagger(f'-r "{unidic_lite.DICDIR}/mecabrc" -d "{unidic_lite.DICDIR}"')
    return lambda text: list("".join(word.feature.pron or word.feature.kana or word.surface for word in tagger(text)))


@cache
def _syllables() -> Callable[[str], list[str]]:
    from pypinyin import Style, lazy_pinyin

    return lambda text: list(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True))
