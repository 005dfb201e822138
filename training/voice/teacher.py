"""The teacher: Festival's HTS voice made to say exactly the phonemes our front end writes.

Festival (Debian: festival, festvox-us-slt-hts) turns each sentence into HTS labels. Its lexicon is replaced, sentence
by sentence, by the pronunciations that our front end chose, so phrasing, accents and durations are the teacher's and
the sounds are misaki's. `hts_engine` (Debian: htsengine) turns labels into the voice's own parameters, before any
waveform: mel-cepstra (order 44, warping 0.45, of 32 kHz) and log F0, every 5 ms. No audio is analysed.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import phones
from .phones import PAUSE, Chunk

VOICE = "cmu_us_slt_arctic_hts"
VOICE_FILES = Path("/usr/share/festival/voices/us") / VOICE / "hts" / f"{VOICE}.htsvoice"
TEACHER_RATE = 32000
ORDER = 45  # coefficients per frame, c0 included
FRAME_SECONDS = 0.005
TICKS = 10_000_000  # HTK label times are in 100 ns
LEAD_FRAMES = 8  # silence kept before the first phone: 40 ms
TAIL_FRAMES = 8  # silence kept in the closing pad: 40 ms
STOP_FRAMES = 20  # silence kept in a closing punctuation mark: 100 ms

PREAMBLE = """
(voice_cmu_us_slt_arctic_hts)
(define (token_to_words token name) (list name))
(set! plain_guess_pos english_guess_pos)
(define (fresh_lexicon name)
  (lex.create name)
  (lex.set.phoneset "radio")
  (lex.select name)
  (mapcar (lambda (mark) (lex.add.entry (list mark 'punc nil)))
          '("," ";" ":" "." "!" "?" "\\"" "'" "(" ")" "-" "`" "``" "''")))
(define (write_labels text file)
  (let ((utt (Utterance Text "")) (out (fopen file "w")))
    (set! utt (eval (list 'Utterance 'Text text)))
    (Initialize utt) (Text utt) (Token_POS utt) (Token utt) (POS utt) (Phrasify utt) (Word utt) (Pauses utt)
    (Intonation utt) (PostLex utt) (Duration utt) (Int_Targets utt)
    (mapcar (lambda (line) (format out "%s" line)) (hts_dump_feats_string_list utt hts_feats_list))
    (fclose out)))
"""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One sentence to learn.

    ``phonemes`` without padding; ``durations`` int32 [len(phonemes) + 2] in 5 ms frames, padding included;
    ``spectrum`` float32 [T, 45] mel-cepstra; ``pitch`` float32 [T] log F0, 0 where unvoiced; T = durations.sum().
    """

    phonemes: str
    durations: NDArray[np.int32]
    spectrum: NDArray[np.float32]
    pitch: NDArray[np.float32]


def names_of(chunks: Sequence[Chunk], written: Sequence[str]) -> list[str]:
    """A Festival word for each chunk: as written when possible (its tagger and phrasing know English), else made up.

    The same word with another pronunciation in the same sentence gets another name.
    """
    said: dict[str, tuple[str, ...]] = {}
    names = []
    for chunk, word in zip(chunks, written, strict=True):
        name = "".join(c for c in word.lower() if "a" <= c <= "z" or c == "'").strip("'") or "x"
        sounds = tuple(str(unit) for unit in chunk.phones) + tuple(str(unit.stressed) for unit in chunk.units)
        while said.setdefault(name, sounds) != sounds:
            name += "q"
        names.append(name)
    return names


def script(number: int, chunks: Sequence[Chunk], names: Sequence[str], labels: Path) -> str:
    """Festival commands that write the labels of one sentence."""
    lines = [f'(fresh_lexicon "s{number}")']
    for name, chunk in dict(zip(names, chunks, strict=True)).items():
        parts = " ".join(
            f"(({' '.join(sounds)}) {int(stressed)})" for sounds, stressed in phones.syllables(chunk.units)
        )
        lines.append(f'(lex.add.entry \'("{name}" nil ({parts})))')
    text = " ".join(name + chunk.punctuation for name, chunk in zip(names, chunks, strict=True))
    lines.append(f'(write_labels "{text}" "{labels}")')
    return "\n".join(lines)


def speakable(phonemes: str) -> list[Chunk] | None:
    """The chunks of a phoneme string, each with something to say; None if the teacher cannot say it.

    Punctuation standing alone belongs to the chunk before it.
    """
    try:
        chunks = phones.parse(phonemes)
    except KeyError:
        return None
    merged: list[Chunk] = []
    for chunk in chunks:
        if chunk.units:
            merged.append(chunk)
        elif merged:
            before = merged[-1]
            merged[-1] = Chunk(before.units, before.punctuation or chunk.punctuation, before.first, chunk.last)
    return merged or None


def teach(sentences: Sequence[tuple[str, Sequence[str]]], beta: float = 0.0) -> list[Lesson | None]:
    """Lessons for ``(phonemes, words as written)``; None where the teacher failed. ``beta`` is HTS' post-filter.

    Blocking: runs festival once and hts_engine once per sentence.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        prepared: list[list[Chunk] | None] = []
        commands = [PREAMBLE]
        for number, (phonemes, written) in enumerate(sentences):
            chunks = speakable(phonemes)
            if chunks is None or len(chunks) != len(written):
                prepared.append(None)
                continue
            prepared.append(chunks)
            commands.append(script(number, chunks, names_of(chunks, written), folder / f"{number}.lab"))
        (folder / "all.scm").write_text("\n".join(commands), encoding="utf8")
        subprocess.run(["festival", "-b", str(folder / "all.scm")], check=True, capture_output=True)
        return [
            _lesson(folder / f"{number}.lab", sentences[number][0], chunks, beta) if chunks else None
            for number, chunks in enumerate(prepared)
        ]


def _lesson(labels: Path, phonemes: str, chunks: Sequence[Chunk], beta: float) -> Lesson | None:
    spectrum_file, pitch_file, times_file = (labels.with_suffix(end) for end in (".mgc", ".lf0", ".dur"))
    # A frame period of one sample keeps hts_engine from spending its time on a waveform nobody needs.
    engine = ["hts_engine", "-m", str(VOICE_FILES), "-p", "1", "-g", "0", "-b", str(beta), "-u", "0.5"]
    files = ["-om", str(spectrum_file), "-of", str(pitch_file), "-od", str(times_file), str(labels)]
    subprocess.run(engine + files, check=True, capture_output=True)
    spectrum = np.fromfile(spectrum_file, "<f4").reshape(-1, ORDER)
    pitch = np.fromfile(pitch_file, "<f4")
    ends, spoken = [], []
    for line in times_file.read_text(encoding="ascii").splitlines():
        _, end, label = line.split()
        ends.append(round(int(end) * TEACHER_RATE / TICKS))
        spoken.append(label.split("-")[1].split("+")[0])
    return align(phonemes, chunks, spoken, ends, spectrum, np.maximum(pitch, 0.0))


def align(
    phonemes: str,
    chunks: Sequence[Chunk],
    spoken: Sequence[str],
    ends: Sequence[int],
    spectrum: NDArray[np.float32],
    pitch: NDArray[np.float32],
) -> Lesson | None:
    """Give the teacher's phone times to the symbols; cut the silence at both ends. None if the phones differ."""
    expected = [phone for chunk in chunks for phone in chunk.phones]
    if [phone for phone in spoken if phone != PAUSE] != expected or spoken[0] != PAUSE or spoken[-1] != PAUSE:
        return None
    lengths = np.zeros(len(phonemes) + 2)  # of each token, padding first and last
    lead = min(LEAD_FRAMES, ends[0])
    lengths[0] = lead
    cursor, done = 0, 0
    for chunk in chunks:
        if cursor and spoken[cursor + 1] == PAUSE:
            cursor += 1
            lengths[1 + _pausing(phonemes, done, chunk.units[0].first)] += ends[cursor] - ends[cursor - 1]
        for unit in chunk.units:
            start, cursor = ends[cursor], cursor + len(unit.phones)
            lengths[1 + unit.first : 1 + unit.last] = (ends[cursor] - start) / (unit.last - unit.first)
            done = unit.last
    silence = ends[-1] - ends[cursor]
    lengths[-1] = min(TAIL_FRAMES, silence)
    if chunks[-1].punctuation:
        lengths[1 + _pausing(phonemes, done, len(phonemes))] += min(STOP_FRAMES, silence - lengths[-1])
    edges = np.round(np.cumsum(np.concatenate([[0], lengths]))).astype(np.int32)
    first, length = ends[0] - lead, int(edges[-1])
    return Lesson(
        phonemes,
        np.diff(edges).astype(np.int32),
        spectrum[first : first + length].astype(np.float32),
        pitch[first : first + length].astype(np.float32),
    )


def _pausing(phonemes: str, start: int, end: int) -> int:
    """Which symbol of ``phonemes[start:end]`` a pause belongs to: the last mark that pauses, else the first space."""
    marks = [i for i in range(start, end) if phonemes[i] in phones.PUNCTUATION]
    return marks[-1] if marks else start
