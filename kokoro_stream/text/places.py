"""Streets, compass points, American states, postcodes → words."""

from __future__ import annotations

import re

from .dialect import Dialect
from .numbers import spelled
from .rules import DIGITS, number_rule, one_of, rule
from .stops import STARTERS
from .words import words

# After the name of a street.
STREETS = {
    "St": "Street", "Ave": "Avenue", "Av": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Dr": "Drive", "Ln": "Lane",
    "Hwy": "Highway", "Pkwy": "Parkway", "Sq": "Square", "Ct": "Court", "Pl": "Place", "Ter": "Terrace",
    "Cir": "Circle",
    "Cres": "Crescent", "Fwy": "Freeway", "Expy": "Expressway", "Tpke": "Turnpike", "Trl": "Trail",
}  # fmt: skip
COMPASS = {
    "N": "North", "S": "South", "E": "East", "W": "West", "NE": "Northeast", "NW": "Northwest", "SE": "Southeast",
    "SW": "Southwest",
}  # fmt: skip
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho",
    "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia",
    "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
ALSO_WORDS = words("HI IN ME OK OR PA MA OH MD ID CO AL DE")  # a state only before its ZIP code

_STREET = rf"(?:{one_of(STREETS)}|{one_of(STREETS.values())}|Way|Broadway)\b"


def _postcode(match: re.Match[str], english: Dialect) -> str:
    return " ".join(
        english.cardinal(part) if part.isdecimal() else " ".join(part)
        for part in re.findall(r"[A-Z]+|\d+", match.group())
    )


PLACES = (
    # 123 N. Main St. · 5th Ave. NW
    rule(
        rf"(?<=\d )(?P<part>(?:{one_of(COMPASS)})\b\.?)(?= (?:[A-Z]\w+|\d+(?:st|nd|rd|th))(?: [A-Z]\w+)? {_STREET})",
        lambda m, _: COMPASS[m["part"].rstrip(".")],
        needs=["NSEW", DIGITS],
    ),
    # US-101 N · I-95 South's short form
    rule(
        rf"\b(?:US|I|CA|SR|Hwy|Highway|Route|Rte|Interstate)\.?[- ]\d{{1,3}} (?P<part>{one_of(COMPASS)})\b(?!\.\w)",
        lambda m, _: COMPASS[m["part"]],
        needs=[DIGITS, "NSEW"],
    ),
    rule(rf"\b{_STREET}\.? (?P<part>{one_of(COMPASS)})\b", lambda m, _: COMPASS[m["part"]], needs=["NSEW"]),
    rule(
        rf"(?<= )(?P<state>{one_of(STATES)}|D\.?C\.?) (?P<zip>\d{{5}}(?:-\d{{4}})?)(?![\w-]|[.,]\d)",
        lambda m, _: f"{STATES.get(m['state'], m['state'])} {spelled(m['zip'])}",
        needs=[DIGITS],
    ),
    rule(
        rf", (?P<part>{one_of(STATES.keys() - ALSO_WORDS)})\b(?<=[a-z], ..)"
        r"(?=[.,;:)!?]|$| (?:and|or|is|was|in|on|at|to|for|has|with)\b)",
        lambda m, _: STATES[m["part"]],
        needs=["ACDFGHIKLMNOPRSTUVW"],
    ),
    # 123 Main St. Springfield · 42 Elm Dr, apartment 5
    rule(
        rf"\b\d{{1,5}}[A-Za-z]? (?:[A-Z][a-z]+\.? ){{1,3}}(?P<part>(?:{one_of(STREETS)})\b\.?)"
        rf"(?=,| (?!(?:{one_of(STARTERS)})\b)[A-Z])",
        lambda m, _: STREETS[m["part"].rstrip(".")],
        needs=[DIGITS],
    ),
    rule(
        r" (?P<part>Ave|Blvd|Rd|Ln|Hwy|Pkwy|St)(?=$|[,;:)]| [a-z])",
        lambda m, _: STREETS[m["part"]],
        needs=["ABRLHPS"],
    ),
    number_rule(
        rf"(?P<n>\d{{1,4}})(?P<letter>[A-D])(?= (?:[A-Z][a-z]+ ){{1,2}}{_STREET})",
        lambda m, e: f"{e.cardinal(m['n'])} {m['letter']}",
        needs=["ABCD"],
    ),
    rule(r"[A-Z](?<!\w.)[A-Z]?\d{1,2}[A-Z]? \d[A-Z]{2}\b", _postcode, needs=[DIGITS]),
)
