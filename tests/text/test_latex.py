"""Formulas are read out as a teacher would."""

from __future__ import annotations

import pytest

from kokoro_stream.text.latex import spoken_formula

SAID = {
    r"x^2": "x squared",
    r"x^{-1}": "x to the minus 1",
    r"2^{10}": "2 to the 10",
    r"\frac{1}{2}": "one half",
    r"\frac12": "one half",
    r"\frac{dy}{dx}": "d y over d x",
    r"\sqrt[3]{8}": "the cube root of 8",
    r"\sum_{i=1}^{n} i": "the sum from i equals 1 to n of i",
    r"\int_0^\infty e^{-x} \, dx": "the integral from 0 to infinity of e to the minus x d x",
    r"\lim_{x \to 0} f(x)": "the limit as x approaches 0 of f of (x)",
    r"\log_2 8": "log base 2 of 8",
    r"\sin^2 \theta": "sine squared of theta",
    r"f'(x)": "f prime of (x)",
    r"90^\circ": "90 degrees",
    r"A^T": "A transpose",
    r"\text{speed} = \frac{\text{distance}}{\text{time}}": "speed equals distance over time",
    r"a \leq b \neq c": "a is less than or equal to b is not equal to c",
    r"\mathbb{R}^n": "R to the n",
    r"\binom{n}{k}": "n choose k",
    r"\vec{v}": "v vector",
    r"\begin{cases} x & y \\ z \end{cases}": "x y, z",
    r"n!": "n factorial",
    r"\Delta x": "capital delta x",
    r"": "",
    r"\unknown{x}": "unknown x",
}


@pytest.mark.parametrize(("tex", "said"), SAID.items())
def test_formulas_are_read_out(tex: str, said: str) -> None:
    assert spoken_formula(tex) == said


@pytest.mark.parametrize("part", ["{", "\\frac", "^", "_", "\\sqrt[", "\\sum_", "\\text{", "\\", "'", "\\begin"])
def test_odd_formulas_end(part: str) -> None:
    assert isinstance(spoken_formula(part * 2000), str)
