"""The front end that Kokoro v1.0 was made with. ``python -m benchmarks.quality.references`` is its side.

It runs where the meters do, in the environment of the dependency group ``quality``. It reads JSON lines ``[language,
text]`` from standard input and writes the phonemes of each as one. misaki's English needs spaCy and a model of it: it
is left out, and its phonemes are "".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ESPEAK = {"es": "es", "fr-fr": "fr-fr", "hi": "hi", "it": "it", "pt-br": "pt-br"}  # as Kokoro's own pipeline asks


def references(texts: Sequence[tuple[str, str]], python: str) -> list[str]:
    """misaki's phonemes of each (language, text), from the interpreter ``python``. RuntimeError when it fails."""
    asked = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in texts)
    command = [python, "-m", f"{__package__}.references"]
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, cwd=ROOT, encoding="utf-8", check=False)
    if done.returncode:
        raise RuntimeError(f"the reference front end ended with status {done.returncode}; see what it wrote above")
    return [str(json.loads(line)) for line in done.stdout.splitlines()]


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    warnings.simplefilter("ignore")
    with answers:
        for line in sys.stdin:
            language, text = json.loads(line)
            print(json.dumps(_reference(language)(text), ensure_ascii=False), file=answers)


@cache
def _reference(language: str) -> Callable[[str], str]:
    if language in ESPEAK:
        from misaki.espeak import EspeakG2P

        espeak = EspeakG2P(ESPEAK[language])
        return lambda text: str(espeak(text)[0])
    if language == "ja":
        return _japanese()
    if language == "zh":
        from misaki.zh import ZHG2P

        chinese = ZHG2P()  # that of v1.0; 1.1 writes bopomofo
        return lambda text: str(chinese(text)[0])
    return lambda text: ""


def _japanese() -> Callable[[str], str]:
    """What JAG2P calls by default; its own module would need pyopenjtalk beside it."""
    from misaki.cutlet import Cutlet

    cutlet = Cutlet()
    return lambda text: str(cutlet(text)[0])


if __name__ == "__main__":
    main()
