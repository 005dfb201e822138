"""Formulas as LaTeX has them → the words that a teacher reads them out with."""

from __future__ import annotations

import regex

from .latex_commands import ACCENTS, FUNCTIONS, LARGE, SIGNS, SILENT, SYMBOLS, TEXT

MOST_NESTED = 16  # braces within braces; deeper ones are read without their structure

_TOKEN = regex.compile(
    r"\s*+(?P<token>\\(?:[A-Za-z]{1,32}+\*?|.)|\d{1,64}+(?:[.,]\d{1,64}+)*+|'{1,4}+|[<>!]=|[-=]>|.)", regex.S
)
_ENVIRONMENT = regex.compile(r"\{[A-Za-z*]{0,32}+\}(?:\{[^{}]{0,32}+\})?")
_TIGHT = regex.compile(r" (?=([,):.…]))\1|(\() ")
_POWERS = {"2": "squared", "3": "cubed", "-1": "to the minus 1", "T": "transpose", "\\circ": "degrees", "*": "star",
           "\\top": "transpose", "\\prime": "prime", "'": "prime", "+": "plus", "-": "minus"}  # fmt: skip
_APPLIED = frozenset("fghFGHPE")  # letters that are mostly functions when a bracket follows
_BELOW = {"log": ["base"], "lim": ["as"]}
_COMMON = {("1", "2"): "one half", ("1", "3"): "one third", ("1", "4"): "one quarter", ("3", "4"): "three quarters",
           ("2", "3"): "two thirds"}  # fmt: skip


def spoken_formula(tex: str) -> str:
    """``\\frac{a}{b} = x^2`` → ``a over b equals x squared``. Takes any text; linear in its length."""
    words = _Formula(tex).row()
    return str(_TIGHT.sub(r"\1\2", " ".join(" ".join(words).split()))).strip(" ,")


class _Formula:
    """A formula being read from left to right."""

    def __init__(self, tex: str) -> None:
        self._tex = tex
        self._at = 0
        self._depth = 0

    def row(self, closing: str = "") -> list[str]:
        """The words up to ``closing``, which is read over, or to the end."""
        words: list[str] = []
        while (token := self._take()) is not None and token != closing:
            words += self._one(token)
        return words

    def _take(self) -> str | None:
        found = _TOKEN.match(self._tex, self._at)
        if found is None:
            self._at = len(self._tex)
            return None
        self._at = found.end()
        return str(found["token"])

    def _peek(self) -> str | None:
        found = _TOKEN.match(self._tex, self._at)
        return None if found is None else str(found["token"])

    def _nested(self, closing: str) -> list[str]:
        """The words of a group. In one that is too deep, each part is read where it stands, and its end is silent."""
        if self._depth >= MOST_NESTED:
            return []
        self._depth += 1
        words = self.row(closing)
        self._depth -= 1
        return words

    def _argument(self) -> list[str]:
        """What a command applies to: a group in braces, else a command, else one character."""
        token = self._take()
        if token is None or self._depth >= MOST_NESTED:
            return []
        if token[0].isdigit():
            self._at -= len(token) - 1
            return [token[0]]
        self._depth += 1
        words = self._one(token)
        self._depth -= 1
        return words

    def _one(self, token: str) -> list[str]:
        """The words of one token and of what belongs to it."""
        if token == "{":
            return self._nested("}")
        if token in ("^", "_"):
            return self._script(token)
        if token.startswith("\\") and token[1:2].isalpha():
            return self._command(token[1:].rstrip("*"))
        if token in _APPLIED and self._peek() == "(":
            return [token, "of"]
        if token.startswith("'"):
            return ["double prime" if len(token) == 2 else "prime", *(["of"] if self._peek() == "(" else [])]
        return [SIGNS.get(token, token.lstrip("\\"))]

    def _script(self, mark: str) -> list[str]:
        start = self._at
        words = self._argument()
        written = self._tex[start : self._at].strip().strip("{}").strip()
        if mark == "_":
            return ["sub", *words] if words else []
        if written in _POWERS:
            return [_POWERS[written]]
        return ["to the", *words] if words else []

    def _command(self, name: str) -> list[str]:
        if name in SYMBOLS:
            return [SYMBOLS[name]]
        if name in SILENT:
            if name in ("begin", "end") and (group := _ENVIRONMENT.match(self._tex, self._at)) is not None:
                self._at = group.end()
            return [","] if name == "end" else []
        if name in TEXT:
            return self._text()
        if name in ACCENTS:
            return [*self._argument(), ACCENTS[name]]
        if name in LARGE:
            return [LARGE[name], *self._bounds(), "of"]
        if name in FUNCTIONS:
            return self._function(name)
        return self._structure(name)

    def _structure(self, name: str) -> list[str]:
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            above, below = self._argument(), self._argument()
            common = _COMMON.get((" ".join(above), " ".join(below)))
            return [common] if common else [*above, "over", *below]
        if name in ("binom", "dbinom", "tbinom"):
            return [*self._argument(), "choose", *self._argument()]
        if name == "sqrt":
            return self._root()
        if name in ("overset", "stackrel", "underset", "textcolor", "color"):
            self._argument()  # what stands above, or a colour's name
            return self._argument() if name != "color" else []
        return [name]

    def _root(self) -> list[str]:
        order: list[str] = []
        if self._peek() == "[":
            self._take()
            order = self._nested("]")
        kind = {"": "square root", "3": "cube root"}.get(" ".join(order), f"{' '.join(order)} th root")
        return ["the", kind, "of", *self._argument()]

    def _bounds(self) -> list[str]:
        words: list[str] = []
        for _ in range(2):
            if (mark := self._peek()) not in ("_", "^"):
                break
            self._take()
            words += ["from" if mark == "_" else "to", *self._argument()]
        return words

    def _function(self, name: str) -> list[str]:
        words = [FUNCTIONS[name]]
        while (mark := self._peek()) in ("_", "^"):
            self._take()
            if mark == "^":
                words += self._script("^")
            else:
                words += _BELOW.get(name, ["over"])
                words += ["approaches" if name == "lim" and word == "to" else word for word in self._argument()]
        return [*words, "of"]

    def _text(self) -> list[str]:
        """What stands in braces is words, not letters."""
        if self._peek() != "{":
            return []
        self._take()
        end = self._tex.find("}", self._at)
        end = len(self._tex) if end < 0 else end
        words = self._tex[self._at : end].replace("\\", "").split()
        self._at = min(end + 1, len(self._tex))
        return words
