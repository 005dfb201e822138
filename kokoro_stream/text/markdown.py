"""The Markdown that assistants write, as tables of patterns.

The patterns are for `regex`'s partial matching: one that would need more text to be decided says so. Each is bounded,
so that an unclosed construct never holds text back for long.
"""

from __future__ import annotations

from typing import Literal

import regex

from .emoji import BEGINS_EMOJI
from .paths import UNIX_REST, UNIX_START, WINDOWS_REST, WINDOWS_START

_LINE_END = r"(?=[\n\u2028\u2029]|\Z)"
_TITLE = r"""(?:"[^"\n]{0,256}"|'[^'\n]{0,256}'|\([^()\n]{0,256}\))"""

# At a line's beginning, tried in this order; markers may follow one another ("> - [ ] task").
BLOCKS = {
    "space": regex.compile(r"[ \t]+|>[ \t]?"),
    "rule": regex.compile(rf"[-=_*+|: \t]{{1,256}}{_LINE_END}"),
    "fence": regex.compile(r"(?P<fence>`{3,64})[^`\n]{0,256}(?:\n|\Z)|(?P<fence>~{3,64})[^\n]{0,256}(?:\n|\Z)"),
    "drawing": regex.compile(rf"[-=_*+|~#^<>/\\.:'(){{}} \t]{{3,256}}{_LINE_END}"),
    "heading": regex.compile(r"#{1,6}[ \t]+"),
    "branch": regex.compile(r"(?:\|[ \t]{0,8}){0,16}[+`|\\]-{2,4}[ \t]+"),  # of a tree that was drawn
    "bullet": regex.compile(r"[-*+:•‣◦·∙▪▫●○■□◆◇►→⇒➜➤–—][ \t]+"),
    "checkbox": regex.compile(r"\[[ xX]\][ \t]+"),
    "number": regex.compile(r"(?P<number>\d{1,3})[.)](?=[ \t])"),
    "row": regex.compile(r"\|[ \t]*"),
    "footnote": regex.compile(r"\[\^[^\[\]\s]{1,40}\]:[ \t]*"),
    "alert": regex.compile(rf"\[!(?P<alert>[A-Z]{{3,12}})\][ \t]*{_LINE_END}"),
    "definition": regex.compile(
        r"\[[^\[\]\n]{1,100}\]:[ \t]{1,16}(?:<[^<>\n]{1,2048}>|(?:https?://|www\.|mailto:|\.{0,2}/|\#)\S{0,2048})"
        rf"(?:[ \t]{{1,16}}{_TITLE})?[ \t]{{0,16}}{_LINE_END}"
    ),
}
# Those that are complete with their last character; of the others, more may follow.
CLOSED_BLOCKS = frozenset(("space", "row"))
CLOSING_FENCE = regex.compile(r"[ \t>]{0,64}(?P<fence>`{3,64}|~{3,64})[ \t]{0,64}(?:\n|\Z)")

# Where plain text stops: at a markup character or an emoji, or at an address or a path that begins a word.
_ADDRESS_START = r"(?<!\w)(?i:https?://|ftp://|www\.)"
_PATH_START = rf"(?<![\w.~/\\:*<-])(?:{UNIX_START}|{WINDOWS_START})"
SPECIAL = regex.compile(rf"[\n\u2028\u2029\\`*_~=\[\]!<&#|$【{BEGINS_EMOJI}]|{_ADDRESS_START}|{_PATH_START}")
SPECIAL_IN_CODE = regex.compile(rf"[\n\u2028\u2029`_<{BEGINS_EMOJI}]|{_ADDRESS_START}|{_PATH_START}")

# Of open end: complete once something else follows.
RUN = regex.compile(r"(?P<mark>[`*_~#=])(?P=mark){0,63}")
ADDRESS = regex.compile(r"(?i:https?://|ftp://|www\.)[^\s<>\[\]\"`|{}\\^*“”]{0,2048}")
AFTER_ADDRESS = ".,;:!?_~'’…"
PATH = regex.compile(rf"(?:{UNIX_START}){UNIX_REST}|(?:{WINDOWS_START}){WINDOWS_REST}")

# Complete with their last character.
LINK_TAIL = regex.compile(
    r"\]\([ \t]{0,16}(?:<[^<>\n]{0,2048}>|(?:[^\s()]|\([^\s()]{0,256}\)){0,2048})"
    rf"(?:\s{{1,4}}{_TITLE})?[ \t]{{0,16}}\)"
)
REFERENCE_TAIL = regex.compile(r"\]\[[^\[\]\n]{0,100}\]")
FOOTNOTE = regex.compile(r"\[\^[^\[\]\s]{1,40}\]")
NUMBERED = regex.compile(r"\[\d{1,3}(?:[,–-] ?\d{1,3}){0,8}\]")
NUMBERED_TWICE = regex.compile(r"\[\d{1,3}\]\[\d{1,3}\]")  # no link is labelled so
CITATION = regex.compile(r"【\d{1,4}(?:[:†][^【】\n]{0,64})?】")
PHONEMES = regex.compile(r"\[(?P<label>[^\[\]\n]{1,100})\]\(/(?P<phonemes>[^/\n]{1,200})/\)")
_OPERATORS = "<>!+-*/:%&|^"
ESCAPABLE = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def fate_of_run(run: str, before: str, after: str) -> Literal["said", "space", "markup"]:
    """What a run of ``*``, ``_``, ``~`` or ``=`` is, by the characters at its sides ("" where the text ends).

    Stars are arithmetic between spaces or next to digits; underscores within words part them; a single tilde may mean
    "about"; two equals signs highlight where they touch the text at one side only. Everything else is emphasis.
    """
    within_word = before.isalnum() and after.isalnum()
    open_left, open_right = before.isspace(), not after or after.isspace()
    if run[0] == "*":
        lone = len(run) == 1 and open_left and open_right
        return "said" if lone or (within_word and (before.isdigit() or after.isdigit())) else "markup"
    if run[0] == "_":
        return "space" if within_word else "markup"
    if run[0] == "=":
        operator = before in _OPERATORS or (after != "" and after in _OPERATORS)
        return "markup" if len(run) == 2 and open_left != open_right and not operator else "said"
    return "said" if len(run) == 1 else "markup"
