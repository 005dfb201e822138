"""The Markdown and HTML that assistants write, as tables of patterns.

The patterns are for `regex`'s partial matching: one that would need more text to be decided says so. Each is bounded,
so that an unclosed construct never holds text back for long.
"""

from __future__ import annotations

from typing import Literal

import regex

from .words import words

# At a line's beginning, tried in this order; markers may follow one another ("> - [ ] task").
BLOCKS = {
    "space": regex.compile(r"[ \t]+|>[ \t]?"),
    "rule": regex.compile(r"[-=_*+|: \t]{1,256}(?=[\n\u2028\u2029]|\Z)"),
    "fence": regex.compile(r"(?P<fence>`{3,64})[^`\n]{0,256}(?:\n|\Z)|(?P<fence>~{3,64})[^\n]{0,256}(?:\n|\Z)"),
    "heading": regex.compile(r"#{1,6}[ \t]+"),
    "bullet": regex.compile(r"[-*+•‣◦][ \t]+"),
    "checkbox": regex.compile(r"\[[ xX]\][ \t]+"),
    "number": regex.compile(r"(?P<number>\d{1,3})[.)](?=[ \t])"),
    "row": regex.compile(r"\|[ \t]*"),
}
CLOSING_FENCE = regex.compile(r"[ \t>]{0,64}(?P<fence>`{3,64}|~{3,64})[ \t]{0,64}(?:\n|\Z)")

# Where plain text stops: at a markup character, or at an address that begins a word.
_ADDRESS_START = r"(?<!\w)(?i:https?://|ftp://|www\.)"
SPECIAL = regex.compile(rf"[\n\u2028\u2029\\`*_~\[\]!<&#|]|{_ADDRESS_START}")
SPECIAL_IN_CODE = regex.compile(rf"[\n\u2028\u2029`_]|{_ADDRESS_START}")

# Of open end: complete once something else follows.
RUN = regex.compile(r"(?P<mark>[`*_~#])(?P=mark){0,63}")
ADDRESS = regex.compile(r"(?i:https?://|ftp://|www\.)[^\s<>\[\]\"`|{}\\^*“”]{0,2048}")
AFTER_ADDRESS = ".,;:!?_~'’…"

# Complete with their last character.
LINK_TAIL = regex.compile(
    r"\]\([ \t]{0,16}(?:<[^<>\n]{0,2048}>|(?:[^\s()]|\([^\s()]{0,256}\)){0,2048})"
    r"""(?:\s{1,4}(?:"[^"\n]{0,256}"|'[^'\n]{0,256}'|\([^()\n]{0,256}\)))?[ \t]{0,16}\)"""
)
REFERENCE_TAIL = regex.compile(r"\]\[[^\[\]\n]{0,100}\]")
FOOTNOTE = regex.compile(r"\[\^[^\[\]\s]{1,40}\]")
ENTITY = regex.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
COMMENT = regex.compile(r"<!--(?:[^-<]|-(?!->)|<(?!!--)){0,1024}-->")
AUTOLINK = regex.compile(r"<(?P<link>(?i:https?://|ftp://)[^\s<>]{1,2048}|[\w.+-]{1,64}@[\w.-]{1,253})>")
TAG = regex.compile(
    r"<(?:/?(?P<name>[A-Za-z][A-Za-z0-9-]{0,31})"
    r"""(?:\s{1,8}[\w:.@-]{1,40}=(?:"[^"<]{0,256}"|'[^'<]{0,256}'|[^\s"'<>=]{1,256})){0,16}\s{0,8}/?>"""
    r"|!(?i:doctype)[^<>\n]{0,200}>)"
)
HTML_BLOCKS = words("br p div li ul ol tr table h1 h2 h3 h4 h5 h6 hr blockquote pre section article")
HTML_NAMES = HTML_BLOCKS | words(
    "a abbr b body cite code del details dd dl dt em font head html i img input ins kbd mark q s samp small span "
    "strong sub summary sup tbody td tfoot th thead time tt u var"
)
ESCAPABLE = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def fate_of_run(run: str, before: str, after: str) -> Literal["said", "space", "markup"]:
    """What a run of ``*``, ``_`` or ``~`` is, by the characters at its sides ("" where the text ends).

    Stars are arithmetic between spaces or next to digits; underscores within words part them; a single tilde may mean
    "about". Everything else is emphasis.
    """
    within_word = before.isalnum() and after.isalnum()
    if run[0] == "*":
        lone = len(run) == 1 and before.isspace() and (not after or after.isspace())
        return "said" if lone or (within_word and (before.isdigit() or after.isdigit())) else "markup"
    if run[0] == "_":
        return "space" if within_word else "markup"
    return "said" if len(run) == 1 else "markup"
