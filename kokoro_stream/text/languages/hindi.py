"""How Hindi says numbers, dates, money and signs. num2words has no Hindi, and below a hundred no number is regular."""

from __future__ import annotations

from functools import lru_cache

from .grammar import Grammar, forms, listed

_BELOW_HUNDRED = listed(
    "शून्य एक दो तीन चार पाँच छह सात आठ नौ "
    "दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस "
    "बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस "
    "तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस "
    "चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास "
    "पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ "
    "साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर "
    "सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी "
    "अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी "
    "नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे"
)
_SCALES = ((10**11, "खरब"), (10**9, "अरब"), (10**7, "करोड़"), (10**5, "लाख"), (1000, "हज़ार"), (100, "सौ"))
_FIRST = ("पहला", "दूसरा", "तीसरा", "चौथा", "पाँचवाँ", "छठा")
_UNITS = """
km किलोमीटर
किमी किलोमीटर
कि.मी. किलोमीटर
m मीटर
मी. मीटर
cm सेंटीमीटर
सेमी सेंटीमीटर
mm मिलीमीटर
km/s किलोमीटर प्रति सेकंड
km/h किलोमीटर प्रति घंटा
किमी/घंटा किलोमीटर प्रति घंटा
m² वर्ग मीटर
m2 वर्ग मीटर
km² वर्ग किलोमीटर
kg किलोग्राम
किग्रा किलोग्राम
कि.ग्रा. किलोग्राम
g ग्राम
mg मिलीग्राम
t टन
l लीटर
L लीटर
ml मिलीलीटर
मिली मिलीलीटर
h घंटा|घंटे
min मिनट
s सेकंड
ms मिलीसेकंड
°C डिग्री सेल्सियस
°F डिग्री फ़ारेनहाइट
° डिग्री
W वॉट
kW किलोवॉट
V वोल्ट
Hz हर्ट्ज़
GHz गीगाहर्ट्ज़
KB किलोबाइट
MB मेगाबाइट
GB गीगाबाइट
TB टेराबाइट
"""


@lru_cache(maxsize=4096)
def _cardinal(number: int) -> str:
    if number < 100:
        return _BELOW_HUNDRED[number]
    scale, name = next((scale, name) for scale, name in _SCALES if number >= scale)
    if 1100 <= number < 2000:  # as years are read, and prices often
        scale, name = 100, "सौ"
    many, rest = divmod(number, scale)
    return f"{_cardinal(many)} {name}" + (f" {_cardinal(rest)}" if rest else "")


def _ordinal(number: int, ending: str) -> str:
    """``3``, ``री`` → तीसरी: the first six are irregular, and all end as their noun wants."""
    vowel = {"ी": "ी", "ं": "ें", "े": "े"}.get(ending[-1], "")
    if ending.endswith("वें"):
        vowel = "ें"
    elif ending.endswith("वीं"):
        vowel = "ीं"
    if 1 <= number <= len(_FIRST):
        word = _FIRST[number - 1]
        if not vowel:
            return word
        return word.removesuffix("ाँ").removesuffix("ा") + (vowel if word.endswith("ाँ") else vowel.removesuffix("ं"))
    return _cardinal(number) + "व" + (vowel or "ाँ")


def _clock(hours: int, minutes: int) -> str:
    named = {15: f"सवा {_cardinal(hours)} बजे", 30: f"साढ़े {_cardinal(hours)} बजे"}
    if minutes in named and 3 <= hours <= 12:
        return named[minutes]
    return f"{_cardinal(hours)} बजकर {_cardinal(minutes)} मिनट" if minutes else f"{_cardinal(hours)} बजे"


HINDI = Grammar(
    cardinal=_cardinal,
    ordinal=_ordinal,
    endings=("ला", "ली", "ले", "रा", "री", "रे", "था", "थी", "थे", "वां", "वाँ", "वीं", "वें", "ठा", "ठी", "ठे"),
    roman_endings=("वां", "वाँ", "वीं", "वें"),
    agree=lambda words, noun: words,
    alone_after=frozenset(),
    groups=",",
    group=r"\d{2,3}",
    marks={".": "दशमलव", ",": "दशमलव"},
    pairs=False,
    minus="ऋण",
    plus="प्लस",
    percent="प्रतिशत",
    number="नंबर",
    to="से",
    over="बटा",
    fractions=forms("3 तिहाई\n4 चौथाई"),
    known_fractions={(1, 2): "आधा", (1, 4): "चौथाई", (3, 4): "तीन चौथाई", (24, 7): "चौबीस सात"},
    half_more="और",
    currencies={
        "₹": ("रुपया", "रुपये", "पैसा", "पैसे"),
        "रु.": ("रुपया", "रुपये", "पैसा", "पैसे"),
        "Rs.": ("रुपया", "रुपये", "पैसा", "पैसे"),
        "Rs": ("रुपया", "रुपये", "पैसा", "पैसे"),
        "$": ("डॉलर", "डॉलर", "सेंट", "सेंट"),
        "€": ("यूरो", "यूरो", "सेंट", "सेंट"),
        "£": ("पाउंड", "पाउंड", "पेंस", "पेंस"),
        "¥": ("येन", "येन", "सेन", "सेन"),
    },
    per="प्रति",
    coins=" ",
    scales=forms("हज़ार हज़ार\nहजार हज़ार\nलाख लाख\nकरोड़ करोड़\nअरब अरब\nK हज़ार\nM मिलियन\nमिलियन मिलियन\nCr करोड़"),
    of=" ",
    counted_with_of=frozenset({"हज़ार", "लाख", "करोड़", "अरब", "मिलियन"}),
    units=forms(_UNITS),
    months=(
        "जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर",
    ),
    short_months={"फरवरी": "फ़रवरी", "सितम्बर": "सितंबर", "अक्तूबर": "अक्टूबर", "नवम्बर": "नवंबर", "दिसम्बर": "दिसंबर"},
    date="{day} {month}",
    in_year=" {year}",
    month_joint=r"\s",
    first="एक",
    clock=_clock,
    hour_signs="",
    hour_words=("बजे",),
    halves=("सुबह", "दोपहर", "रात"),
    halves_first=True,
    after_numerals=frozenset(),
    ranked=(),
    ranked_ending="वाँ",
    regnal=_cardinal,
    rulers=frozenset(),
    abbreviations={
        "डॉ.": "डॉक्टर", "डा.": "डॉक्टर", "श्री.": "श्री", "प्रो.": "प्रोफ़ेसर", "आदि.": "आदि", "उदा.": "उदाहरण",
        "कि.मी.": "किलोमीटर", "पृ.": "पृष्ठ", "सं.": "संख्या", "ई.पू.": "ईसा पूर्व", "ई.": "ईस्वी",
    },
    misread={},
    signs={
        "~": "लगभग",
        "&": "और", "+": "जमा", "=": "बराबर", "×": "गुणा", "÷": "भागा", "−": "ऋण", "±": "जमा या ऋण",
        "≈": "लगभग", "<": "से कम", ">": "से ज़्यादा", "@": "ऐट", "%": "प्रतिशत", "₹": "रुपये", "$": "डॉलर",
        "€": "यूरो", "£": "पाउंड", "°": "डिग्री", "#": "हैशटैग", "→": "से",
    },
    dot="डॉट",
    at="ऐट",
    slash="स्लैश",
)  # fmt: skip
