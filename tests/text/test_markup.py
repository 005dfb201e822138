"""Markup of the caller's is obeyed when he asks for it; in any other text nothing is a command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.phonemes.vocabulary import VOCABULARY
from kokoro_stream.text.directions import Break, Direction, Dropped, Rate, Say
from kokoro_stream.text.ipa import from_ipa
from kokoro_stream.text.markup import MOST_OPEN
from kokoro_stream.text.speakable import Speakable, SpeakableSettings

from .cuts import all_texts, cut, read

MARKUP = SpeakableSettings(markup=True)
settings = st.builds(
    SpeakableSettings,
    code=st.sampled_from(["announce", "skip", "read"]),
    emoji=st.sampled_from(["drop", "name"]),
    markup=st.booleans(),
)

# written: said, and what is asked for
OBEYED: dict[str, tuple[str, str, list[Direction]]] = {
    "phonemes": ("a [word](/wˈɜɹd/) b", "a word b", [Say(3, 7, "wˈɜɹd")]),
    "phonemes of two words": ("[New York](/nˌu jˈɔɹk/)", "New York", [Say(1, 9, "nˌu jˈɔɹk")]),
    "phoneme": ('<phoneme ph="təˈmeɪtoʊ">tomato</phoneme>', "tomato", [Say(24, 30, "təmˈAtO")]),
    "phoneme in Kokoro's alphabet": ("<phoneme alphabet='kokoro' ph='kˈAT'>K8</phoneme>", "K8", [Say(37, 39, "kˈAT")]),
    "break": ('Hi <break time="300ms"/> you', "Hi\nyou", [Break(3, 300)]),
    "break in seconds": ("Hi.<break time='1.5s'/>You", "Hi.\nYou", [Break(3, 1500)]),
    "break by strength": ("Hi <break strength='weak'/> you", "Hi\nyou", [Break(3, 200)]),
    "no break": ("Hi <break strength='none'/> you", "Hi you", []),
    "break with an end": ("Hi <break time='1s'></break> you", "Hi\nyou", [Break(3, 1000)]),
    "rate": (
        'One. <prosody rate="slow">Two.</prosody> Three.',
        "One. \nTwo.\nThree.",
        [Break(5, 350), Rate(5, 0.8), Break(30, 350), Rate(30, 1.0)],
    ),
    "rate within a sentence": (
        "so <prosody rate='150%'>fast</prosody>",
        "so\nfast\n",
        [Break(3, 120), Rate(3, 1.5), Break(28, 120), Rate(28, 1.0)],
    ),
    "rates multiply": (
        "<prosody rate='+25%'><prosody rate='1.5'>a</prosody>",
        "a\n",
        [Rate(0, 1.25), Rate(21, 1.875), Break(42, 120), Rate(42, 1.25)],
    ),
    "alias": ("the <sub alias='World Wide Web'>WWW</sub>", "the World Wide Web", []),
    "sub of HTML": ("H<sub>2</sub>O", "H2O", []),
    "characters": ("<say-as interpret-as='characters'>ab1</say-as>", "A B 1", []),
    "telephone": ("<say-as interpret-as='telephone'>+1 (555) 010</say-as>", "plus, 1, 5 5 5, 0 1 0", []),
    "cardinal": ("<say-as interpret-as='cardinal'>1984</say-as>", "1,984", []),
    "ordinal": ("<say-as interpret-as='ordinal'>22</say-as>", "22nd", []),
    "date": ("<say-as interpret-as='date' format='dmy'>3/4/2025</say-as>", "2025-04-03", []),
    "currency": ("<say-as interpret-as='currency'>USD 45.30</say-as>", "$45.30", []),
    "structure": (
        "<speak><p>One.</p><s>Two.</s> <emphasis level='strong'>Three</emphasis></speak>",
        "One.\nTwo.\nThree\n",
        [],
    ),
    "Markdown beside": ("**a** <break time='1s'/> `b`", "a\nb", [Break(6, 1000)]),
}


@pytest.mark.parametrize(("written", "said", "directions"), OBEYED.values(), ids=OBEYED)
def test_the_callers_markup_is_obeyed(written: str, said: str, directions: list[Direction]) -> None:
    found = read([written], MARKUP)
    assert (found.said.text, found.directions) == (said, directions)
    assert not [dropped for dropped in found.dropped if dropped.code == "invalid_markup"]


# written: said, the characters complained of, a word of the complaint
REFUSED = {
    "no phonemes": ("a [word](/w3rd!#/) b", "a word b", "](/w3rd!#/)", "'#' '3'"),
    "phonemes of an element": ("<phoneme ph='≠'>x</phoneme>", "x", "<phoneme ph='≠'>", "vocabulary"),
    "unknown alphabet": ("<phoneme alphabet='x' ph='a'>x</phoneme>", "x", "<phoneme alphabet='x' ph='a'>", "ipa"),
    "a long break": ("a <break time='11s'/> b", "a b", "<break time='11s'/>", "10s"),
    "no time": ("a <break time='soon'/> b", "a b", "<break time='soon'/>", "soon"),
    "no strength": ("a <break strength='mild'/> b", "a b", "<break strength='mild'/>", "medium"),
    "too fast": ("<prosody rate='300%'>a</prosody>", "a\n", "<prosody rate='300%'>", "50%"),
    "pitch": ("<prosody pitch='high'>a</prosody>", "a\n", "<prosody pitch='high'>", "only rate"),
    "an end alone": ("a</prosody> b", "a b", "</prosody>", "without its beginning"),
    "unknown interpretation": (
        "<say-as interpret-as='song'>la</say-as>", "la", "<say-as interpret-as='song'>", "song",
    ),
    "tags within": ("<sub alias='x'>a <b>c</b></sub>", "a c", "<sub alias='x'>", "no other tags"),
    "unsupported": ("<voice name='x'>a</voice>", "a", "<voice name='x'>", "not supported"),
    "incomplete tag": ("a <break time= b", "a time= b", "<break", "not complete"),
}  # fmt: skip


@pytest.mark.parametrize(("written", "said", "place", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_obeyed_is_reported_and_its_text_said(written: str, said: str, place: str, why: str) -> None:
    found = read([written], MARKUP)
    assert found.said.text == said
    complaints = [dropped for dropped in found.dropped if dropped.code == "invalid_markup"]
    assert written[complaints[0].start : complaints[0].end] == place
    assert why in complaints[0].why


@pytest.mark.parametrize("written", [written for written, _, _ in OBEYED.values()], ids=OBEYED)
def test_without_being_asked_for_markup_is_inert(written: str) -> None:
    assert read([written]).directions == []


SMUGGLED = (
    "&lt;break time='300ms'/&gt;",
    "&#60;break time='300ms'/>",
    "`<break time='300ms'/>`",
    "`[w](/wˈɜd/)`",
    "```\n<break time='300ms'/>\n[w](/wˈɜd/)\n```",
    r"\<break time='300ms'/>",
    r"\[w](/wˈɜd/)",
    "&#91;w](/wˈɜd/)",
    "<!-- <break time='300ms'/> -->",
    "<sub alias=\"<break time='300ms'/>\">x</sub>",
    "<say-as interpret-as='text'>&lt;break/&gt;</say-as>",
)


@pytest.mark.parametrize("written", SMUGGLED)
def test_what_is_escaped_stays_text(written: str) -> None:
    directions = read([written], MARKUP).directions
    assert [one for one in directions if not isinstance(one, Break)] == []
    assert directions == [] or "alias" in written  # a tag in an attribute ends the attribute's tag, in plain sight


@pytest.mark.parametrize("hidden", ["<br\u200beak time='300ms'/>", "[w](/\u200bwˈɜd/)", "<bre\u00adak/>", "＜break/＞"])
def test_hidden_characters_command_nothing_in_a_models_text(hidden: str) -> None:
    assert read(hidden).directions == []


def test_only_so_many_rates_are_open_at_once() -> None:
    found = read(["<prosody rate='1.0'>" * (MOST_OPEN + 1) + "a"], MARKUP)
    assert len(found.directions) == MOST_OPEN
    assert "within one another" in found.dropped[0].why


@given(cut(all_texts), settings)
def test_nothing_depends_on_cuts(case: tuple[str, list[str]], chosen: SpeakableSettings) -> None:
    text, pieces = case
    assert read(pieces, chosen) == read([text], chosen)


@given(all_texts, settings)
def test_directions_lie_within_the_text_and_no_text_behind_them_is_earlier(
    text: str, chosen: SpeakableSettings
) -> None:
    speakable, seen = Speakable(chosen), 0
    for character in text:
        for part in speakable.feed(character):
            seen = max(seen, part.starts[-1])
        for direction in speakable.take_directions():
            at = direction.start if isinstance(direction, Say) else direction.at
            assert seen <= at < len(text)


@given(all_texts, settings)
def test_output_is_in_order_and_single_spaced(text: str, chosen: SpeakableSettings) -> None:
    said = read([text], chosen).said
    assert list(said.starts) == sorted(said.starts)
    assert list(said.ends) == sorted(said.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(said.starts, said.ends, strict=True))
    assert "  " not in said.text
    assert "\n\n" not in said.text


def test_what_is_left_out_is_reported_with_its_place() -> None:
    text = "a 🎉 b [c](http://d) e[^1] <!-- f --> g\n```py\nh = 1\n```\n"
    dropped = read([text]).dropped
    assert [(text[one.start : one.end], one.why) for one in dropped] == [
        ("🎉", "an emoji"),
        ("](http://d)", "the address of a link"),
        ("[^1]", "the mark of a footnote"),
        ("<!-- f -->", "a comment"),
        ("```py\nh = 1\n```\n", "a block of code"),
    ]


@pytest.mark.parametrize(
    ("code", "said", "dropped"),
    [
        ("announce", "a\nCode block.\nb", [Dropped(2, 19, "a block of code")]),
        ("skip", "a\nb", [Dropped(2, 19, "a block of code")]),
        ("read", "a\nmy var = 1\nb", []),
    ],
)
def test_code_is_announced_skipped_or_read(code: str, said: str, dropped: list[Dropped]) -> None:
    found = read(["a\n```\nmy_var = 1\n```\nb"], SpeakableSettings(code=code))  # type: ignore[arg-type]
    assert found.said.text == said
    assert found.dropped == [Dropped(2, 21, "a block of code")] if dropped else not found.dropped


NAMED = {
    "👍🏽": "thumbs up",
    "❤️": "red heart",
    "🇩🇪": "flag of Germany",
    "👨‍👩‍👧": "family",
    "👩‍💻": "woman technologist",
    "🤷‍♀️": "shrug",
    "🏳️‍🌈": "rainbow flag",
    "😂😂😂": "tears of joy",
    "🥑": "avocado",
    "1️⃣": "1",
    ":D": "grin",
}


@pytest.mark.parametrize(("emoji", "name"), NAMED.items())
def test_emoji_are_named_once_when_asked_for(emoji: str, name: str) -> None:
    assert read([f"a {emoji} b"], SpeakableSettings(emoji="name")).said.text == f"a {name} b"


@pytest.mark.parametrize(
    ("ipa", "phonemes"),
    [("ˈhɛloʊ", "hˈɛlO"), ("tʃɝtʃ", "ʧɜɹʧ"), ("ˈstreɪnʒɚ", "stɹˈAnʒəɹ"), ("ˈbʌtn̩", "bˈʌtᵊn"), ("ʒy.ʁa", "ʒyʁa")],
)
def test_ipa_becomes_symbols_of_the_vocabulary(ipa: str, phonemes: str) -> None:
    assert from_ipa(ipa) == phonemes
    assert set(phonemes) <= VOCABULARY.keys()
