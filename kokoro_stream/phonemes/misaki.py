"""The one place that touches misaki, whose English module is loaded without its heavy imports.

``misaki.en`` imports spaCy (and, in development versions, torch) for a tokenizer and a tagger that this package
replaces by its own. Its source is therefore read from the installed package, those imports are cut out of the syntax
tree, and the rest is executed unchanged in a private module. Nothing is vendored and no foreign name enters
``sys.modules``.

Misaki's link syntax, ``[text](/phonemes/)``, is never interpreted: in text written by strangers it would let them put
any phonemes into anybody's mouth.
"""

from __future__ import annotations

import ast
import importlib.resources
import importlib.util
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from .dictionary import Dictionary
from .tokens import Token
from .variants import WithVariants

_HEAVY = frozenset({"spacy", "torch", "transformers"})
_MODULE = "kokoro_stream.phonemes._misaki_en"
_loading = threading.Lock()

Fallback = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What misaki makes of one or several tokens written without a space between them.

    ``start``/``end`` is the half-open range of the text, ``space`` whether white space follows.
    """

    phonemes: str
    start: int
    end: int
    space: bool


class _Flags(SimpleNamespace):
    """Misaki's notes on a token; its own class for them takes most of the time that a token takes."""

    def __getattr__(self, name: str) -> None:
        """What has not been noted is None, as in misaki's."""


class Misaki:
    """Misaki's English lexicon and rules, US or British. Safe to call from several threads."""

    def __init__(self, *, british: bool = False) -> None:
        self.en = misaki_en()
        self.lexicon = self.en.Lexicon.__new__(self.en.Lexicon)  # its __init__ would parse and double both dictionaries
        self.lexicon.british = british
        self.lexicon.cap_stresses = (0.5, 2)  # of Capitalised and of UPPER-CASE words, as Lexicon.__init__ sets them
        region = "gb" if british else "us"
        self.lexicon.golds = WithVariants(_dictionary(f"{region}_gold.json"), british=british)
        self.lexicon.silvers = _dictionary(f"{region}_silver.json")

    def variants(self, word: str) -> frozenset[str]:
        """The tags by which the lexicon tells the pronunciations of ``word`` apart; empty when it has at most one."""
        entry = self.lexicon.golds.get(word)
        return frozenset(entry) if isinstance(entry, dict) else frozenset()

    def knows(self, word: str) -> bool:
        """Whether ``word`` itself, not only its stem, is in the lexicon."""
        return word in self.lexicon.golds or word in self.lexicon.silvers

    def pronounce(self, word: str, tag: str = "") -> str | None:
        """The lexicon's phonemes for one word out of context, its endings (-s, -ed, -ing) included."""
        token = self.token(word, tag)
        phonemes, _rating = self.lexicon(token, self.en.TokenContext())
        return kokoro_notation(phonemes) if phonemes else None

    def with_s(self, phonemes: str) -> str:
        """``phonemes`` with the plural or possessive ending that follows their last sound."""
        ended: str | None = self.lexicon._s(phonemes)
        return ended or phonemes

    def speak(
        self, tokens: Sequence[Token], tags: Sequence[str], preset: Sequence[str | None], fallback: Fallback
    ) -> list[Spoken]:
        """Phonemes of a tagged text, token by token, linking included ("the apple", "used to").

        ``preset`` phonemes win over the lexicon; ``fallback(word, tag)`` is asked for words no lexicon knows and may
        answer "".
        """
        mtokens = [
            self.token(token.text, tag, token.space, phonemes, (token.start, token.end))
            for token, tag, phonemes in zip(tokens, tags, preset, strict=True)
        ]
        g2p = self.en.G2P.__new__(self.en.G2P)  # its __init__ would load spaCy
        g2p.version, g2p.unk, g2p.lexicon = None, "", self.lexicon
        g2p.tokenize = lambda *_: mtokens  # instead of spaCy's
        g2p.fallback = lambda mtoken: (fallback(mtoken.text, mtoken.tag), 1)
        _, spoken = g2p("", preprocess=False)
        return [Spoken(t.phonemes or "", int(t.start_ts), int(t.end_ts), bool(t.whitespace)) for t in spoken]

    def token(
        self, text: str, tag: str, space: bool = False, phonemes: str | None = None, span: tuple[int, int] = (0, 0)
    ) -> Any:
        # Misaki carries the time stamps through every split and merge without looking at them: room for our offsets.
        flags = _Flags(is_head=True, num_flags="", prespace=False, rating=None if phonemes is None else 5)
        start, end = span
        return self.en.MToken(text, tag, " " if space else "", phonemes, start, end, flags)


def _dictionary(name: str) -> Dictionary:
    return Dictionary((importlib.resources.files("misaki.data") / name).read_bytes())


def kokoro_notation(phonemes: str) -> str:
    return phonemes.replace("ɾ", "T").replace("ʔ", "t")  # Kokoro v1's notation, as misaki's G2P writes it


def misaki_en() -> ModuleType:
    """The module ``misaki.en``, the same one at every call. Raises ImportError when misaki lacks it."""
    with _loading:
        if _MODULE not in sys.modules:
            _load()
        return sys.modules[_MODULE]


def _load() -> None:
    spec = importlib.util.find_spec("misaki.en")
    if spec is None or spec.origin is None:
        raise ImportError("misaki is installed without its English module; install misaki>=0.9.4,<0.10")
    source = Path(spec.origin).read_text(encoding="utf-8")
    tree = _WithoutHeavyImports().visit(ast.parse(source, spec.origin))
    module = ModuleType(_MODULE)
    module.__package__ = "misaki"
    sys.modules[_MODULE] = module  # dataclasses look up the module that defines them
    try:
        exec(compile(tree, spec.origin, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[_MODULE]
        raise


class _WithoutHeavyImports(ast.NodeTransformer):
    """Cuts the imports that are executed with the module; nobody calls the functions that have others."""

    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        node.names = [name for name in node.names if name.name.partition(".")[0] not in _HEAVY]
        return node if node.names else None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if node.level == 0 and (node.module or "").partition(".")[0] in _HEAVY else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        return node
