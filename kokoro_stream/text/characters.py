"""Which characters are never spoken: controls, lone surrogates, emoji. Ranges follow Unicode 15."""

from __future__ import annotations

import re

CONTROLS = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff"  # a lone surrogate; Python strings have no pairs
)
EMOJI = (
    "\u203c\u2049\u20e3\u2139\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u24c2\u25aa-\u25ff"
    "\u2600-\u266c\u2670-\u27bf"  # without the musical signs ♭♮♯
    "\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299"
    "\ufe00-\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f"
)
LINE_ENDS = "\n\u2028\u2029"

# Runs of what is said as it stands, runs of white space, and what is dropped. The joiner stays between letters that
# need it (Indic scripts, Persian) and goes when it glues emoji together.
PIECES = re.compile(
    rf"(?P<said>(?:[^\s\u200d{CONTROLS}{EMOJI}]|(?<![\u200d{CONTROLS}{EMOJI}])\u200d)+)|(?P<space>\s+)|[\u200d{CONTROLS}{EMOJI}]+"
)
