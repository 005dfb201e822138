"""Where English leaves no choice: what a word cannot be, by the words next to it.

Only what holds for nearly every word is here; likelihoods are the classifier's.
"""

from __future__ import annotations

from .function_words import BE, CLAUSES, CONJUNCTIONS, DO, HAVE, MODALS, SUBJECTS, words
from .neighbours import Neighbours

ANY = "NJVDP"
_BEFORE_NOUNS = BE | words(
    "a an the my your his its our their every no another whose of for with from into at by in on"
)
_DEGREES = words("very too quite extremely fairly")
_AUXILIARIES = (MODALS | DO) - {"do"}
_REQUESTS = words("let's please")
_ASKING = CLAUSES | CONJUNCTIONS | words("<s> what who , : “")  # "does content …" behind these may be a question
_OPENING = CONJUNCTIONS | words("<s> , : ; — - then please first next just simply now")
_BEHIND_VERBS = words("the a an my your his her its our their it them him me us these those some any all both")
_BEHIND = {  # what makes a verb of the word before it, wherever that stands
    "bow": words("down out"),
    "close": words("down off out"),
    "does": words("not the it he she this that"),
    "tear": words("down up apart off out into"),
    "tears": words("down up apart off into"),
    "wind": words("up down"),
    "winds": words("up down"),
    "wound": words("up down around"),
}
_BEFORE_READ = words("to let let's please help make makes")
_BETWEEN = SUBJECTS | words("you it me him her them us that not ever never also just already often always usually only")
_SINGULAR = words("he she")
_PAST = words("yesterday last earlier once ago")
_HABIT = words("every daily weekly regularly often")


def parts(near: Neighbours) -> str:
    """The parts of speech that the word can be here (as in variants.toml)."""
    before, after = near.before[0], near.after.lower()
    if after in _BEHIND.get(near.word, ()):
        return "VD"
    if before in _REQUESTS or (before in _AUXILIARIES and near.before[1] not in _ASKING):
        return "V"
    if before in _BEFORE_NOUNS or before.endswith("'s"):
        return "NJDP"
    if before in _DEGREES:
        return "JD"
    if before in _OPENING and after in _BEHIND_VERBS:
        return "V"
    return ANY


def tense(near: Neighbours) -> str:
    """V or D for "read", whose forms look alike: the auxiliary decides, or the subject; `ANY` where neither does."""
    alone = False  # whether "he" or "she" came without an auxiliary so far
    for word in near.before:
        if word.endswith("'d"):
            return ANY  # "had" or "would"
        if word in HAVE or word in BE:
            return "D"
        if word in MODALS or word in DO or word in _BEFORE_READ:
            return "V"
        if word not in _BETWEEN and not word.endswith("ly"):
            break
        alone = alone or word in _SINGULAR
    if alone:
        return "D"
    behind = {near.after.lower(), near.later.lower()}
    if near.before[0] in SUBJECTS or near.before[0] == "you":
        return "D" if behind & _PAST else "V" if behind & _HABIT else ANY
    return ANY
