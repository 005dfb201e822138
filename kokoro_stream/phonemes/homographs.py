"""Which "read", which "live": words whose pronunciation depends on their part of speech.

Rules over the neighbouring words, in tables of function words. They know no meanings, so "a bass" and "a bow" stay what
the lexicon has first.
"""

from __future__ import annotations

from collections.abc import Sequence


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


BE = _set(
    "am is are was were be been being isn't aren't wasn't weren't i'm you're he's she's it's we're they're that's "
    "there's who's what's"
)
ADJECTIVE_AFTER = BE | _set(
    "get gets got getting become becomes became seem seems look looks stay keep remain remains very so too quite really"
)
DETERMINERS = _set(
    "a an the my your his her its our their this these those some any no every each either neither another such what "
    "whose one two three four five six seven eight nine ten several many few both all more most less other own same "
    "first second third next last new"
)
PREPOSITIONS = _set(
    "of in on at by for with from into onto about as per than under over between during after before without within "
    "via through against like near across behind since until inside outside"
)
OBJECTS = _set("it them him me us you this that these those everything something anything nothing yourself")
_SUBJECTS = _set("i you we they he she it who people users developers everyone somebody")
_VERB_AFTER = _SUBJECTS | _set(
    "will would can could shall should may might must do does did don't doesn't didn't won't wouldn't can't cannot "
    "couldn't shouldn't let's please not i'll you'll he'll she'll it'll we'll they'll i'd you'd we'd they'd he'd she'd "
    "never always also just then often usually still sometimes rarely seldom only even now help us them me which"
)
_INVERTING = _set("do does did don't doesn't didn't can could will would shall should may might must")
_NOUN_TO = _set(  # "access to content": no infinitive follows
    "due close next thanks access according addition respect compared similar related prior contrary opposed response"
)
_ENDS_A_NOUN = BE | PREPOSITIONS | _INVERTING | _set("and or but to has have had that which who when if because")
_HAVE = _set("have has had having haven't hasn't hadn't i've you've we've they've who've could've should've would've")
_PAST = _set("yesterday ago last earlier once already previously")

# A particle that makes the word a verb wherever it stands.
_PHRASAL = {
    "bow": _set("down to out"),
    "close": _set("down out off"),
    "live": _set("in at on with without here there near alone together up"),
    "lives": _set("in at on with here there near alone together up"),
    "tear": _set("down up apart off out into"),
    "tears": _set("down up apart off into"),
    "wind": _set("up down back"),
    "winds": _set("up down back"),
    "wound": _set("up down back around"),
}
# Adjectives first of all, whatever else the lexicon has them for.
_ADJECTIVES = _set("close live invalid upset covert present perfect separate frequent content")
# What the word is where its neighbours decide nothing, if that is not what the lexicon has first.
_ELSE = {"content": "NN", "contents": "NN", "bass": "JJ", "proceeds": "VBZ", "uses": "VBZ", "lives": "VBZ"}

# Kinds the lexicon has the word for, but that are so rare that the first entry is the better guess.
_RARE = {"minute": "JJ", "learned": "JJ", "invalid": "NN"}
# Words in -ly that are no adverbs of manner: what follows is not a verb.
_NOT_MANNER = _set(
    "daily weekly monthly yearly hourly family only early likely friendly supply assembly july ally elderly"
)


def tag(words: Sequence[str], i: int, kinds: frozenset[str]) -> str:
    """The Penn tag of ``words[i]`` or "", given the ``kinds`` of tags its pronunciations are filed under.

    ``words`` are in lower case, with "" for marks that end a clause.
    """
    word = words[i]
    if word in ("read", "reread"):
        return _read(words, i)
    before = words[i - 1] if i else ""
    after = words[i + 1] if i + 1 < len(words) else ""
    if after in _PHRASAL.get(word, ()) and before not in DETERMINERS and before not in ADJECTIVE_AFTER:
        return "VBD" if word == "wound" else "VB"
    if word == "close" and after == "to":
        return "JJ"
    kind = _expected(words, i, before, after)
    if kind == "VB" and word in _ADJECTIVES and before in OBJECTS and not after:
        return "JJ"  # "keep them separate"
    if kind == "NN" and word != "content" and after and after not in _ENDS_A_NOUN:
        kind = "JJ" if word in _ADJECTIVES or "NOUN" not in kinds else "NN"
    if not kind and before and "ADJ" in kinds and after and after not in _ENDS_A_NOUN:
        kind = "JJ"  # "simple and elaborate plans"
    return _ELSE.get(word, "") if not kind or kind == _RARE.get(word) else kind


def _expected(words: Sequence[str], i: int, before: str, after: str) -> str:
    """VB, NN, JJ, or "" where the neighbours say nothing."""
    if before == "to":
        return "NN" if i > 1 and words[i - 2] in _NOUN_TO else "VB"
    if before in ("that", "who"):
        return "VB" if i > 1 and words[i - 2] else "NN"  # "tools that use …", "That use …"
    adverb_before = before.endswith("ly") and before not in _NOT_MANNER
    if adverb_before and i > 1 and words[i - 2] in ADJECTIVE_AFTER:
        return "JJ"
    if before in _VERB_AFTER or adverb_before:
        return "VB"
    if before in ADJECTIVE_AFTER:
        return "JJ"
    if before in DETERMINERS or before in PREPOSITIONS or before in _HAVE or before.endswith("'s"):
        return "VB" if before == "this" and words[i].endswith("s") else "NN"
    if before in ("", "and", "or", "but", "if", "when"):
        return "VB" if after in DETERMINERS or after in OBJECTS else ""
    return "VB" if _inverted(words, i) else _after_a_noun(words[i], before, after)


def _after_a_noun(word: str, before: str, after: str) -> str:
    """Subject and verb agree: "the app records …", "users record …", but "a voice record", "sales records"."""
    plural_before = before.endswith("s") and not before.endswith("ss")
    agree = plural_before != (word.endswith("s") and not word.endswith("ss"))
    if agree and (after in DETERMINERS or after in OBJECTS):
        return "VB"
    if agree and after and after not in _ENDS_A_NOUN and (plural_before or _ELSE.get(word) == "VBZ"):
        return "VB"
    return "NN"


def _inverted(words: Sequence[str], i: int) -> bool:
    """Whether the clause began with an auxiliary, as in "does the app use …"."""
    start = max((k + 1 for k in range(max(0, i - 5), i) if not words[k]), default=max(0, i - 5))
    return any(word in _INVERTING for word in words[start : start + 1])


def _read(words: Sequence[str], i: int) -> str:
    """/rɛd/ after "have" and "be" and for the past; /riːd/ after "to" and auxiliaries, and in requests."""
    left = words[max(0, i - 3) : i]
    before = left[-1] if left else ""
    if before in ("he", "she", "it", "who"):
        return "VBD"  # the present would be "reads"
    if before != "to" and before not in _INVERTING and any(word in _HAVE or word in BE for word in left):
        return "VBN"
    if before in _SUBJECTS and any(word in _PAST for word in words[max(0, i - 6) : i + 9]):
        return "VBD"
    return "VB"
