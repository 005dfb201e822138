"""How far guessed phonemes are from the right ones."""

from __future__ import annotations


def error_rate(pairs: list[tuple[str, str]]) -> float:
    """Edits needed to turn the first of each pair into the second, per symbol of the second."""
    return round(sum(_distance(a, b) for a, b in pairs) / sum(len(b) for _, b in pairs), 4)


def _distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return row[-1]


def unstressed(phonemes: str) -> str:
    return phonemes.replace("ˈ", "").replace("ˌ", "")
