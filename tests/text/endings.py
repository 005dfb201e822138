"""Texts made of what segmentation looks at: stops, closers, openers, abbreviations."""

from __future__ import annotations

from hypothesis import strategies as st

ENDS = (
    ".", ". ", "...", " . ", "!", "? ", "?!", "…", ",", ", ", " — ", "—", "\n", " ", "  ", "\u00a0", "”", "“", '"',
    "» ", "« ", ")", "(", "[1]", "¹", ":)", " ;-) ", "1", "2. ", "J. ", "I ", "A", "Dr. ", "U.S. ", "etc. ",
    "At 5 a.m. ", "No. ", "z. B. ", "der ", "Mai ", "ft. ", "John ", "said ", "she ", "iPhone", "home. ", "Paris. ",
    "and ", "Then ", "Yahoo! ", "¿", "Dolly! ", "word ", "longer ", "x",
    "。", "」", "“好。”", "他说", "，", "と", "डॉ. ", "।", "؟", "د. ",
)  # fmt: skip
endings = st.lists(st.sampled_from(ENDS), max_size=30).map("".join)
