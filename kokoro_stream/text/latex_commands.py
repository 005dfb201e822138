"""The commands and signs of LaTeX formulas, and what is said for them."""

from __future__ import annotations

from .words import words

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi "
    "psi omega"
)
SYMBOLS = {
    **{name: name for name in _GREEK.split()},
    **{name.capitalize(): f"capital {name}" for name in _GREEK.split()},
    **{f"var{name}": name for name in _GREEK.split()},
    "infty": "infinity", "partial": "partial", "nabla": "nabla", "hbar": "h bar", "ell": "l", "Re": "the real part of",
    "Im": "the imaginary part of", "aleph": "aleph", "emptyset": "the empty set", "varnothing": "the empty set",
    "degree": "degrees", "circ": "of", "cdot": "times", "times": "times", "ast": "times", "div": "divided by",
    "pm": "plus or minus", "mp": "minus or plus", "oplus": "plus", "otimes": "tensor", "bullet": "times",
    "leq": "is less than or equal to", "le": "is less than or equal to", "leqslant": "is less than or equal to",
    "geq": "is greater than or equal to", "ge": "is greater than or equal to",
    "geqslant": "is greater than or equal to",
    "lt": "is less than", "gt": "is greater than", "ll": "is much less than", "gg": "is much greater than",
    "neq": "is not equal to", "ne": "is not equal to", "approx": "is approximately", "equiv": "is equivalent to",
    "sim": "is similar to", "simeq": "is approximately", "cong": "is congruent to", "propto": "is proportional to",
    "mid": "given", "parallel": "is parallel to", "perp": "is perpendicular to", "colon": ":",
    "in": "in", "notin": "not in", "ni": "contains", "subset": "is a subset of", "subseteq": "is a subset of",
    "supset": "is a superset of", "supseteq": "is a superset of", "cup": "union", "cap": "intersect",
    "setminus": "minus", "forall": "for all", "exists": "there exists", "nexists": "there is no", "neg": "not",
    "lnot": "not", "land": "and", "wedge": "and", "lor": "or", "vee": "or", "therefore": "therefore",
    "because": "because", "implies": "implies", "Rightarrow": "implies", "Longrightarrow": "implies",
    "iff": "if and only if", "Leftrightarrow": "if and only if", "to": "to", "rightarrow": "to",
    "longrightarrow": "to", "mapsto": "maps to", "leftarrow": "from", "gets": "from", "leftrightarrow": "to and from",
    "uparrow": "up", "downarrow": "down", "ldots": "…", "cdots": "…", "dots": "…", "vdots": "…", "ddots": "…",
    "bmod": "modulo", "mod": "modulo", "pmod": "modulo", "angle": "angle", "triangle": "triangle", "prime": "prime",
    "dagger": "dagger", "square": "", "blacksquare": "", "qed": "", "boxed": "", "newline": ",",
}  # fmt: skip
FUNCTIONS = {
    "sin": "sine", "cos": "cosine", "tan": "tangent", "cot": "cotangent", "sec": "secant", "csc": "cosecant",
    "arcsin": "arc sine", "arccos": "arc cosine", "arctan": "arc tangent", "sinh": "hyperbolic sine",
    "cosh": "hyperbolic cosine", "tanh": "hyperbolic tangent", "log": "log", "ln": "natural log", "lg": "log",
    "exp": "exponential", "lim": "the limit", "max": "the maximum", "min": "the minimum", "sup": "the supremum",
    "inf": "the infimum", "argmax": "arg max", "argmin": "arg min", "det": "the determinant", "dim": "the dimension",
    "ker": "the kernel", "gcd": "the greatest common divisor", "deg": "the degree", "Pr": "the probability",
}  # fmt: skip
LARGE = {
    "sum": "the sum", "prod": "the product", "int": "the integral", "iint": "the double integral",
    "iiint": "the triple integral", "oint": "the contour integral", "bigcup": "the union",
    "bigcap": "the intersection", "coprod": "the coproduct",
}  # fmt: skip
ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "vec": "vector", "overrightarrow": "vector", "dot": "dot", "ddot": "double dot", "underline": "", "underbrace": "",
    "overbrace": "", "boxed": "",
}  # fmt: skip
TEXT = words("text textbf textit textrm texttt mathrm mathit mbox operatorname mathsf mathtt")
# They say how a formula looks.
SILENT = words(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr quad qquad displaystyle textstyle limits nolimits "
    "mathbb mathbf mathcal mathfrak boldsymbol bm begin end label tag nonumber notag hline cancel phantom"
)
STRUCTURES = words("frac dfrac tfrac cfrac binom dbinom tbinom sqrt overset stackrel underset textcolor color")
SIGNS = {
    "=": "equals", "+": "plus", "-": "minus", "−": "minus", "*": "times", "·": "times", "×": "times", "÷": "divided by",
    "/": "over", "<": "is less than", ">": "is greater than", "<=": "is less than or equal to",
    ">=": "is greater than or equal to", "!=": "is not equal to", "->": "to", "=>": "implies", "!": "factorial",
    "≤": "is less than or equal to", "≥": "is greater than or equal to", "≠": "is not equal to",
    "≈": "is approximately", "±": "plus or minus", "→": "to", "∞": "infinity", "√": "the square root of",
    "∑": "the sum of", "∫": "the integral of", "π": "pi", "θ": "theta", "Δ": "delta", "∈": "in", "|": "", "&": "",
    "~": "", "{": "", "}": "", "[": "(", "]": ")", "\\{": "", "\\}": "", "\\|": "", "\\\\": ",", "\\,": "", "\\;": "",
    "\\:": "", "\\!": "", "\\ ": "", "\\%": "%", "\\$": "$", "\\&": "and", "\\#": "number", "\\_": " ", "$": "",
    "^": "", "_": "", "`": "", "\\(": "", "\\)": "", "\\[": "", "\\]": "", ";": ",",
}  # fmt: skip
COMMANDS = SYMBOLS.keys() | FUNCTIONS.keys() | LARGE.keys() | ACCENTS.keys() | TEXT | SILENT | STRUCTURES
