"""English function words by what they say of the word behind them: the tables of the tagger."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of ``text``."""
    return frozenset(text.split())


BE = words(
    "am is are was were be been being isn't aren't wasn't weren't i'm you're he's she's it's we're they're that's "
    "there's who's what's here's everything's"
)
HAVE = words(
    "have has had having haven't hasn't hadn't i've you've we've they've who've could've should've would've might've"
)
DO = words("do does did don't doesn't didn't")
MODALS = words(
    "will would can could may might shall should must won't wouldn't can't cannot couldn't shouldn't mustn't "
    "i'll you'll he'll she'll it'll we'll they'll that'll who'll i'd you'd we'd they'd he'd she'd gonna wanna gotta"
)
DETERMINERS = words(
    "a an the my your his her its our their this these those some any no every each either neither another such what "
    "whose whatever both all several many few various other own same certain enough"
)
NUMBERS = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion"
)
ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth last next previous following current latest"
)
PREPOSITIONS = words(
    "of in on at by for with from into onto about as per than under over between during after before without within "
    "via through against like near across behind since until till inside outside toward towards upon among beyond "
    "despite except plus unlike versus"
)
PARTICLES = words("up down out off away back apart together along around aside forward")
SUBJECTS = words("i we they he she who people users developers everyone everybody somebody someone nobody folks")
OBJECTS = words(
    "it them him me us you this that these those everything something anything nothing yourself itself themselves "
    "himself herself myself ourselves"
)
CONJUNCTIONS = words("and or but nor & /")
CLAUSES = words("if when while because where why how whether although though unless once so which whenever wherever")
DEGREES = words("very too quite really more most less least rather pretty fairly extremely somewhat almost nearly even")
FREQUENCIES = words(
    "never always also just then often usually still sometimes rarely seldom only now already ever soon"
)
REQUESTS = words("please let's lets help helps let make makes made")

_CLASSES = (  # the first that has the word is its class
    ("be", BE),
    ("have", HAVE),
    ("do", DO),
    ("can", MODALS),
    ("the", DETERMINERS),
    ("#", NUMBERS),
    ("1st", ORDINALS),
    ("it", words("it you")),
    ("that", words("that")),
    ("he", SUBJECTS),
    ("him", OBJECTS),
    ("and", CONJUNCTIONS),
    ("if", CLAUSES),
    ("of", PREPOSITIONS),
    ("up", PARTICLES),
    ("very", DEGREES),
    ("then", FREQUENCIES),
    ("let", REQUESTS),
    ("to", words("to")),
    ("not", words("not")),
)
CLASS = {word: name for name, members in reversed(_CLASSES) for word in members}
