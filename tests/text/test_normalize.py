"""What is written in figures, signs and abbreviations is read out in words, in US English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.text.normalize import normalize
from kokoro_stream.text.source import SourceText

from .cuts import any_texts

CASES = {
    "cardinals": {
        "0": "zero",
        "7 apples": "seven apples",
        "12345": "twelve thousand three hundred forty five",
        "1,249": "one thousand two hundred forty nine",
        "3500": "three thousand five hundred",
        "1000000": "one million",
        "007": "zero zero seven",
        "-5 degrees": "minus five degrees",
        "(-5)": "(minus five)",
        "−5": "minus five",
        "+5": "plus five",
        "12345678901234567890": "one two three four five six seven eight nine zero "
        "one two three four five six seven eight nine zero",
        "٣ and ５": "three and five",
    },
    "decimals": {
        "3.14": "three point one four",
        "0.5": "zero point five",
        ".75": "point seven five",
        "1,234.56": "one thousand two hundred thirty four point five six",
        "6.02e23": "six point zero two times ten to the twenty third",
        "1e-5": "one times ten to the minus fifth",
    },
    "ordinals": {
        "1st": "first",
        "2nd and 3rd": "second and third",
        "22nd": "twenty second",
        "the 100th": "the one hundredth",
        "1,000th": "one thousandth",
    },
    "years": {
        "in 1905": "in nineteen oh five",
        "in 1999": "in nineteen ninety nine",
        "in 2005": "in two thousand five",
        "in 2024": "in twenty twenty four",
        "1900": "nineteen hundred",
        "1066": "one thousand sixty six",
        "the 1990s": "the nineteen nineties",
        "the '90s": "the nineties",
        "the 60s": "the sixties",
        "the 1800s": "the eighteen hundreds",
        "1990–1995": "nineteen ninety to nineteen ninety five",
        "1990-95": "nineteen ninety to ninety five",
        "in '69.": "in sixty nine.",
    },
    "dates": {
        "May 5, 2026": "May fifth, twenty twenty six",
        "5 May 2026": "the fifth of May, twenty twenty six",
        "the 5th of May": "the fifth of May",
        "July 4": "July fourth",
        "July 4th": "July fourth",
        "Dec. 25": "December twenty fifth",
        "June 3-5": "June third to fifth",
        "June 2024": "June twenty twenty four",
        "2026-05-17": "May seventeenth, twenty twenty six",
        "2026/07/04": "July fourth, twenty twenty six",
        "3/14/2026": "March fourteenth, twenty twenty six",
        "3/14/99": "March fourteenth, nineteen ninety nine",
        "Mon., Jan. 5": "Monday, January fifth",
        "2026-05-17T14:30:00Z": "May seventeenth, twenty twenty six at fourteen thirty",
        "may 5 people come": "may five people come",
    },
    "times": {
        "10:05": "ten oh five",
        "3:00": "three o'clock",
        "14:30": "fourteen thirty",
        "14:00": "fourteen hundred",
        "0:30": "zero thirty",
        "3:00 p.m.": "three p.m.",
        "7:05pm": "seven oh five p.m.",
        "10am": "ten a.m.",
        "9-5 pm": "nine to five p.m.",
        "9 am–5 pm": "nine a.m. to five p.m.",
        "9:00-17:00": "nine o'clock to seventeen hundred",
        "12:30:45": "twelve thirty and forty five seconds",
    },
    "money": {
        "$1,249.99": "one thousand two hundred forty nine dollars and ninety nine cents",
        "$1": "one dollar",
        "$5.00": "five dollars",
        "$0.99": "ninety nine cents",
        "$1.01": "one dollar and one cent",
        "-$5": "minus five dollars",
        "$100K": "one hundred thousand dollars",
        "$1.2bn": "one point two billion dollars",
        "$3.5 million": "three point five million dollars",
        "$0.0025": "zero point zero zero two five dollars",
        "US$5": "five U.S. dollars",
        "£3.50": "three pounds and fifty pence",
        "€1.2bn": "one point two billion euros",
        "3.50 €": "three euros and fifty cents",
        "¥500": "five hundred yen",
        "$10–$20": "ten to twenty dollars",
        "$10-15 a day": "ten to fifteen dollars a day",
        "$5/month": "five dollars per month",
        "50 EUR and USD 20": "fifty euros and twenty U.S. dollars",
        "$HOME": "HOME",
    },
    "percent": {
        "50%": "fifty percent",
        "3.5 %": "three point five percent",
        "10–15%": "ten to fifteen percent",
        "10%-15%": "ten to fifteen percent",
    },
    "units": {
        "5 km": "five kilometers",
        "1 km": "one kilometer",
        "5kg": "five kilograms",
        "16GB": "sixteen gigabytes",
        "20 ms": "twenty milliseconds",
        "60 mph": "sixty miles per hour",
        "100 km/h": "one hundred kilometers per hour",
        "5 GB/s": "five gigabytes per second",
        "20°C": "twenty degrees Celsius",
        "-3 °F": "minus three degrees Fahrenheit",
        "90°": "ninety degrees",
        "30 m²": "thirty square meters",
        "5 m3": "five cubic meters",
        "1.5 L": "one point five liters",
        "12V": "twelve volts",
        "10–15 kg": "ten to fifteen kilograms",
        "5'10\"": "five feet ten inches",
        "3.5 GHz": "three point five gigahertz",
        "5 in the morning": "five in the morning",
        "7B parameters": "seven billion parameters",
        "100K": "one hundred thousand",
        "4K": "four K",
        "1080p": "ten eighty p",
    },
    "ranges and ratios": {
        "10–15": "ten to fifteen",
        "10-15 people": "ten to fifteen people",
        "16:9": "sixteen to nine",
        "1920x1080": "one thousand nine hundred twenty by one thousand eighty",
        "a 10-year-old": "a ten year-old",
        "1-on-1": "one on one",
    },
    "fractions": {
        "1/2": "one half",
        "3/4 cup": "three quarters cup",
        "5/12": "five twelfths",
        "2 1/2": "two and a half",
        "1½": "one and a half",
        "⅔": "two thirds",
        "8/10": "eight out of ten",
        "24/7": "twenty four seven",
        "22/7": "twenty two over seven",
    },
    "versions and addresses": {
        "v2.0.1": "version two point zero point one",
        "2.0.1": "two point zero point one",
        "Python 3.12": "Python three point twelve",
        "192.168.0.1": "one hundred ninety two dot one hundred sixty eight dot zero dot one",
        "localhost:8080": "localhost port eight thousand eighty",
        "example.com": "example dot com",
        "https://x.com/a?b": "x dot com",
        "config.py": "config dot PY",
        "Node.js": "Node dot JS",
        "os.path.join": "os dot path dot join",
        ".NET": "dot NET",
        "bob.lee+x@example.com": "bob dot lee plus x at example dot com",
    },
    "telephone": {
        "555-123-4567": "five five five, one two three, four five six seven",
        "(555) 123-4567": "five five five, one two three, four five six seven",
        "+1 555 123 4567": "plus one, five five five, one two three, four five six seven",
        "1-800-555-1234": "one, eight hundred, five five five, one two three four",
        "555-1234": "five five five, one two three four",
        "+49 30 123456": "plus four nine, three zero, one two three four five six",
        "call 911.": "call nine one one.",
    },
    "roman": {
        "Chapter IV": "Chapter four",
        "World War II": "World War two",
        "Henry VIII's": "Henry the eighth's",
        "Louis XIV": "Louis the fourteenth",
        "Elizabeth I was": "Elizabeth the first was",
        "Act III": "Act three",
        "Rocky IV": "Rocky four",
        "Chapter IIII": "Chapter IIII",
        "I think": "I think",
        "a mix": "a mix",
    },
    "titles and places": {
        "Dr. Smith": "Doctor Smith",
        "Thanks, Mr. and Mrs. Lee": "Thanks, Mr. and Missus Lee",
        "Hello Prof. Lee": "Hello Professor Lee",
        "Mr Jones": "Mister Jones",
        "St. Louis": "Saint Louis",
        "5 Main St.": "five Main Street.",
        "5 Main St. is": "five Main Street is",
        "5th Ave.": "fifth Avenue.",
        "Elm Dr. is": "Elm Drive is",
        "Mt. Everest": "Mount Everest",
        "John Jr. said": "John Junior said",
        "Apple Inc. said": "Apple Incorporated said",
        "Gen Z": "Gen Z",
    },
    "abbreviations": {
        "e.g. this": "for example this",
        "E.g. this": "For example this",
        "i.e. that": "that is that",
        "pens, etc.": "pens, et cetera.",
        "pens, etc. are": "pens, et cetera are",
        "cats vs. dogs": "cats versus dogs",
        "cats vs dogs": "cats versus dogs",
        "approx. 5": "approximately five",
        "a.k.a. Bob": "also known as Bob",
        "Fig. 3": "Figure three",
        "No. 5": "Number five",
        "No. I won't": "No. I won't",
        "pp. 3-5": "pages three to five",
        "Vol. IV": "Volume four",
        "w/ and w/o it": "with and without it",
        "a Ph.D. in": "a PhD in",
        "the U.S. at 3 a.m.": "the U.S. at three a.m.",
    },
    "symbols": {
        "#1": "number one",
        "#fun": "hashtag fun",
        "C#": "C sharp",
        "C++": "C plus plus",
        "100+": "one hundred plus",
        "R&D": "R and D",
        "a = b": "a equals b",
        "y >= 3": "y is at least three",
        "2 + 2": "two plus two",
        "3 × 4": "three times four",
        "5 * 3": "five times three",
        "2*3*4": "two times three times four",
        "10 ÷ 2": "ten divided by two",
        "10 - 3": "ten minus three",
        "if x < y": "if x is less than y",
        ">5 and <3": "more than five and less than three",
        "~5 minutes": "about five minutes",
        "x²": "x squared",
        "10⁶": "ten to the sixth",
        "2^10": "two to the power of ten",
        "√16": "the square root of sixteen",
        "A → B": "A to B",
        "CO2 and CO₂": "C O two and C O two",
        "@bob": "at bob",
        "and/or": "and or",
        "TCP/IP": "TCP slash IP",
        "I/O": "I O",
        "Acme™ said": "Acme said",
        "a ** b": "a to the power of b",
        "* star": "star",
    },
    "letters and digits": {
        "GPT-4": "GPT four",
        "COVID-19": "COVID nineteen",
        "MP3": "MP three",
        "B12": "B twelve",
        "3D": "three D",
        "Q1 2024": "Q one twenty twenty four",
    },
    "capitals": {
        "YOU MUST NOT go": "you must not go",
        "IT IS so": "it is so",
        "the IT department": "the IT department",
        "NASA and the USA": "NASA and the USA",
        "I CAN'T": "I can't",
    },
    "nothing to do": {
        "Hello there, friend!": "Hello there, friend!",
        "“Well,” she said… ‘no’ — then (quietly): yes?": "“Well,” she said… ‘no’ — then (quietly): yes?",
        "state-of-the-art": "state-of-the-art",
        "don't we'll I'm": "don't we'll I'm",
        "你好，世界。": "你好，世界。",
        "": "",
    },
}
TABLE = [
    pytest.param(written, spoken, id=f"{category}: {written}")
    for category, cases in CASES.items()
    for written, spoken in cases.items()
]


def said(text: str) -> str:
    return normalize(SourceText.of(text)).text


@pytest.mark.parametrize(("written", "spoken"), TABLE)
def test_reads(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    # A full stop may be the abbreviation's or the sentence's: these cases mean different things at the end.
    [case for case in TABLE if not str(case.values[0]).endswith(".")],
)
def test_reads_the_same_within_a_sentence(written: str, spoken: str) -> None:
    assert said(f"so, {written}, then") == f"so, {spoken}, then"


def test_words_keep_the_span_of_what_was_written() -> None:
    spoken = normalize(SourceText.of("It costs $5, Dr. Lee.", 100))
    spans = {
        word: (spoken.starts[at], spoken.ends[at + len(word) - 1])
        for word in ("costs", "five", "dollars", "Doctor", "Lee")
        for at in [spoken.text.index(word)]
    }
    assert spans == {
        "costs": (103, 108),
        "five": (109, 111),
        "dollars": (109, 111),
        "Doctor": (113, 116),
        "Lee": (117, 120),
    }


def test_only_the_numeral_of_a_name_is_replaced() -> None:
    spoken = normalize(SourceText.of("Henry VIII"))
    assert (spoken.starts[0], spoken.ends[4]) == (0, 5)
    assert (spoken.starts[6], spoken.ends[-1]) == (6, 10)


@given(any_texts)
def test_no_ascii_digit_is_left_and_no_letter_or_digit_is_lost(text: str) -> None:
    spoken = normalize(SourceText.of(text))
    assert not any(character in "0123456789" for character in spoken.text)
    covered = {at for start, end in zip(spoken.starts, spoken.ends, strict=True) for at in range(start, end)}
    assert {at for at, character in enumerate(text) if character.isalnum()} <= covered


@given(any_texts)
def test_spans_ascend(text: str) -> None:
    spoken = normalize(SourceText.of(text))
    assert list(spoken.starts) == sorted(spoken.starts)
    assert list(spoken.ends) == sorted(spoken.ends)


@given(st.text("abdhlmnoru ,!?", max_size=60))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert said(text) == text


ODD = (
    "1", "$", " ", "(", "1,", "1.", "1-", "1/", "1:", "I", "A ", "a@", "a.b@", "#", "May ", "+1 ", "555-", "²", "x²",
    "₂", "St. ", "1 km ", "[]", "a/", "a.", "-", "=", "A&", "IV ", "YOU ",
)  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ODD)
def test_odd_text_is_read_without_hanging(text: str) -> None:
    # Nested backtracking would take hours here.
    spoken = normalize(SourceText.of((text * 20_000)[:20_000]))
    assert not any(character in "0123456789" for character in spoken.text)
