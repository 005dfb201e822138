"""Sentences and clauses leave as soon as they are certain, whole, once, and wherever the text is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.config import Latency
from kokoro_stream.text.segments import Segmenter
from kokoro_stream.text.source import SourceText

from .cuts import any_texts, cut, lines_run, segmented
from .endings import endings

# "|" marks where one segment ends and the next begins.
SENTENCES = {
    "stop": "One two.| Three four.",
    "question": "Really?| Yes!| Fine.",
    "stops in a row": "What?!| No!!| So... we said.| Done.",
    "ellipsis within": "Wait... what is that?| Oh… nothing.",
    "ellipsis at the end": "I wonder...| The end.",
    "lower case goes on": "approx. five and so on.",
    "title": "Dr. Smith and Mrs. Jones met Prof. Lee.| They talked.",
    "initials": "J. R. R. Tolkien and George W. Bush.",
    "I at the end": "So do I.| The rest is silence.",
    "latin": "Use fruit, e.g. Apples, i.e. Food.| Good.",
    "etc": "Bring pens, paper, etc.| We start now.",
    "etc within": "Pens, etc. are here.",
    "months": "On Jan. 5 and Dec. 25 we met.| In Dec.| We did not.",
    "number abbreviation": "See Fig. 2 and No. 5.| Good.",
    "no as an answer": "No.| I will not.",
    "clock": "At 3 p.m. Eastern we met.| At 5 p.m.| Then we left.",
    "tight clock": "At 3p.m. Eastern we met.| OK.",
    "clock before a dash": "It's 10 a.m. — late!",
    "country": "The U.S. President came.| He likes the U.S.| The end.",
    "initials of a name": "We met Mr. J. P. Morgan.| P. D. James wrote it.",
    "paragraph": "Read para. 2 of it.| Good.",
    "era that opens": "In 44 B.C. Caesar died.| Rome changed.",
    "number behind a colon": "No. of users: 300.| No. 5 is alive.",
    "letters with brackets": "a) The First.| b) The second.",
    "street": "He lives on Main St. in town.| I live on Oak St.| The house is big.",
    "saint": "We saw St. Louis.| It was warm.",
    "company": "Acme Inc. builds things.| I like Acme Inc.| They pay well.",
    "decimals": "Pi is 3.14 and e is 2.72.| Good.",
    "year at the end": "That was in 2019.| The next year came.",
    "version": "Take v2.0.1 of it.| Go.",
    "money": "It costs $1,249.99.| OK.",
    "time": "It is 10:05.| OK.",
    "host": "See example.com/a.b?c=d.e for more.| OK.",
    "file": "Edit config.yaml.| Save it.",
    "list numbers": "1. Open it.| 2. Close it.",
    "list numbers in a line": "Steps: 1. Open it.| 2. Close it.",
    "list letters": "A. The first one.| B. The second one.",
    "quotes": "He said \"Go.\"| \"Why?\" she asked.| “Because.”| Then they went.",
    "brackets": "He left.| (He was tired.)| Then (really?) and so on.",
    "name with an exclamation mark": "Yahoo! is a company.",
    "lines": "No stop here\n|Next line\n|Third",
    "blank lines": "One.\n\n|Two",
    "chinese": "你好。|今天怎么样？|很好！",
    "chinese quotes": "他说：“好。”|然后走了。",
    "hindi": "यह एक है। |यह दो है।",
    "arabic": "كيف حالك؟ |بخير.",
    "stray stops": ". . . Well.| OK.",
    "ordinal date": "On the 5. of May.",
    "dialogue": "“Go!” he said.| “Where?” Aunt May asked.| “Away.”| John left.",
    "dialogue with dashes": "—¿Vienes? —preguntó él.| — Tu viens ?| — Oui.",
    "exclamation mark in a name": "We saw Hello, Dolly! last night.| Thanks, John!| Bye.",
    "fragments": "Who?| Me?| Yes.",
    "a small letter begins": "It costs more. |iPhone sales fell.| We like Paris.| eBay said so.| that was it.",
    "temperature": "It is 72° F.| Humidity is 40%.| Lows of 40° F. tonight.",
    "initial or label": "I met J. Smith.| We need Plan B.| Paul said so.| You and I.| Did you see Albert I. Jones?",
    "an initial is no article": "J. A. Smith came to the U.S.| A man waited.",
    "number or answer": "See No. 5.| No.| I won't.| See Vol. II here.",
    "time opens the sentence": "At 7 a.m. I came.| At 5 p.m.| But we left at 7 a.m.| Bob drove.| It is 3 p.m. Monday.",
    "units": "He is 6 ft. 2 in. tall.| It is 5 ft.| She is in.| Come in.| Good.",
    "degrees": "She is a Ph.D. in law.| He has a Ph.D.| She does not.",
    "stop within brackets": "He teaches (He was an engineer.) at school.| What (?) is that.",
    "remarks on items": "1.) Open it.| 2.) Close it.",
    "spaced ellipsis": "The thing is . . . I forgot . . . what.| Good.",
    "emoticon": "Nice to see you :) |How are you?",
    "reference": "It boils.[1] |Then it cools.² |Good.",
    "file names": "Run setup.py.| Then read README.md.| It says v2.0.| Use Node.js here.",
    "german": "Am 1. Mai, z. B. im 3. Stock, traf Dr. Weber ca. 5 Mio. Leute.| „Ja!“, rief er.| Das 19. Jahrhundert.",
    "german number at the end": "Ich bin 25.| Sie ist 30.| I am 25.| She is 30.",
    "french": "M. Dupont, cf. p. 12, est là.| « Partons ! » dit-il.| Tu viens ?| Oui.",
    "spanish": "El Sr. García vive en EE. UU. desde hace años.| ¿Son las 3 p. m.?| Véase la pág. 12.",
    "italian": "Il sig. Rossi e l'avv. Verdi, ecc. non ci sono.| Perché?",
    "portuguese": "A Dra. Costa mora na Av. Paulista, n.º 5.| Que bom!",
    "hindi titles": "डॉ. शर्मा और ए. पी. जे. कलाम आए। |यह रु. 500 का है।",
    "arabic title": "د. أحمد هنا. |كيف حالك؟",
    "chinese dialogue": "“走吧！”他说。|“好。”|问题很多。|真的吗?|不!",
    "japanese dialogue": "「行こう。」と彼は言った。|「はい。」|本当？",
    "armenian and ethiopic": "Բարեւ։ |Այո։ |ሰላም። |አዎ።",
}  # fmt: skip


@pytest.mark.parametrize("marked", SENTENCES.values(), ids=SENTENCES)
def test_whole_sentences(marked: str) -> None:
    segments = segmented([marked.replace("|", "")])
    assert [segment.text.text for segment in segments] == [part.strip() for part in marked.split("|")]


@pytest.mark.parametrize("marked", SENTENCES.values(), ids=SENTENCES)
def test_whole_sentences_character_by_character(marked: str) -> None:
    text = marked.replace("|", "")
    assert segmented(text) == segmented([text])


# What was fed when the first segment left, and that segment's ending.
FIRST = {
    "low: a clause": ("low", "Well then, |my friend, this is it.", "clause"),
    "low: not a single word": ("low", "Well, my friend, |this is it.", "clause"),
    "low: before a conjunction": ("low", "I went to the market early and |then home.", "clause"),
    "low: a short sentence": ("low", "Sure! |Here it is.", "sentence"),
    "balanced: a sentence": ("balanced", "Well then, my friend, this is it. |See?", "sentence"),
    "balanced: a long clause": (
        "balanced",
        "If you would really like to know what I think about all of this, |then let me tell you.",
        "clause",
    ),
    "balanced: a dash": (
        "balanced",
        "There is one thing that I would really like to tell you about it — |namely this.",
        "clause",
    ),
    "quality: no clause": (
        "quality",
        "If you would like to know what I think about all of this, then let me tell you. |Now.",
        "sentence",
    ),
}


@pytest.mark.parametrize(("latency", "marked", "ending"), FIRST.values(), ids=FIRST)
def test_the_first_segment_leaves_as_soon_as_it_is_certain(latency: Latency, marked: str, ending: str) -> None:
    until, rest = marked.split("|")
    segmenter = Segmenter(latency)
    assert segmenter.feed(SourceText.of(until[:-1])) == []
    (segment,) = segmenter.feed(SourceText.of(until[-1] + rest[:1], len(until) - 1))[:1]
    assert segment.ends == ending
    assert until.startswith(segment.text.text)


@pytest.mark.parametrize("stop", ["? ", "! ", "?! ", "\n", ". ", "."])
def test_sure_stops_leave_with_the_space_behind_them(stop: str) -> None:
    segments = Segmenter().feed(SourceText.of(f"Really now{stop}"))
    assert len(segments) == (stop != ".")


@pytest.mark.parametrize("latency", ["low", "balanced", "quality"])
def test_later_segments_are_whole_sentences(latency: Latency) -> None:
    clauses = "If you ask me what I think about it, which you do not, I would say that it is fine."
    segments = segmented([f"Sure! {clauses} {clauses}"], latency=latency)
    assert [segment.text.text for segment in segments] == ["Sure!", clauses, clauses]


def test_after_a_flush_the_first_segments_policy_holds_again() -> None:
    segmenter = Segmenter("low")
    segmenter.feed(SourceText.of("Sure! "))
    segmenter.flush()
    (segment,) = segmenter.feed(SourceText.of("On the other hand, not.", 6))
    assert (segment.text.text, segment.ends) == ("On the other hand,", "clause")


def test_flush_speaks_what_is_there_and_says_how_it_ended() -> None:
    segmenter = Segmenter()
    assert segmenter.feed(SourceText.of("It is done. And so")) != []
    assert [(segment.text.text, segment.ends) for segment in segmenter.flush()] == [("And so", "flush")]
    segmenter.feed(SourceText.of("All of it.", 18))
    assert [(segment.text.text, segment.ends) for segment in segmenter.flush()] == [("All of it.", "sentence")]
    assert segmenter.flush() == []


def test_waiting_counts_held_characters() -> None:
    segmenter = Segmenter()
    segmenter.feed(SourceText.of("Go. Then we"))
    assert segmenter.waiting == len("Then we")
    segmenter.flush()
    assert segmenter.waiting == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one two three four", ["one two", "three four"]),
        ("one, two three four", ["one,", "two three", "four"]),
        ("abcdefghijklmnopqrstuv", ["abcdefghij", "klmnopqrst", "uv"]),
        ("abcdefghi" + "e\u0301" + "fg", ["abcdefghi", "e\u0301fg"]),
        ("你好你好你，好你好你好", ["你好你好你，", "好你好你好"]),
    ],
    ids=["between words", "after a clause", "within a long word", "not before an accent", "chinese"],
)
def test_text_without_stops_is_cut_at_the_best_place(text: str, parts: list[str]) -> None:
    assert [segment.text.text for segment in segmented([text], cap=10)] == parts


@given(cut(), st.sampled_from(["low", "balanced", "quality"]), st.integers(1, 80))
def test_segments_do_not_depend_on_cuts(case: tuple[str, list[str]], latency: Latency, cap: int) -> None:
    text, pieces = case
    assert segmented(pieces, latency=latency, cap=cap) == segmented([text], latency=latency, cap=cap)


@given(cut(endings), st.sampled_from(["low", "balanced", "quality"]), st.integers(1, 80))
def test_segments_do_not_depend_on_cuts_near_their_ends(
    case: tuple[str, list[str]], latency: Latency, cap: int
) -> None:
    text, pieces = case
    assert segmented(pieces, latency=latency, cap=cap) == segmented(text, latency=latency, cap=cap)


@given(any_texts | endings, st.sampled_from(["low", "balanced", "quality"]), st.integers(1, 80))
def test_all_text_comes_out_once_in_order_and_in_bounds(text: str, latency: Latency, cap: int) -> None:
    segments = segmented([text], latency=latency, cap=cap)
    at = 0
    for segment in segments:
        source = segment.text
        assert source.text == text[source.start : source.end] == source.text.strip()
        assert 0 < len(source) <= cap
        assert not text[at : source.start].strip()
        at = source.end
    assert not text[at:].strip()


@given(st.text("ab ,.", max_size=80))
def test_no_cut_falls_within_a_word_that_fits(text: str) -> None:
    for segment in segmented([text], cap=20):
        if segment.ends == "cap":
            follows = text[segment.text.end : segment.text.end + 1]
            assert not (segment.text.text[-1].isalpha() and follows.isalpha()) or " " not in segment.text.text


@pytest.mark.parametrize(("latency", "most"), [("low", 120), ("balanced", 200), ("quality", 300)])
def test_a_first_segment_without_stops_does_not_wait_for_the_cap(latency: Latency, most: int) -> None:
    segments = segmented(["we went on to see it there " * 40], latency=latency)
    assert most // 2 < len(segments[0].text) <= most
    assert len(segments[1].text) > 150


def test_a_cap_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="cap"):
        Segmenter(cap=0)


@pytest.mark.parametrize(
    "text", ["x", " ", "a. ", "a ", ".", "\u0301", "x, ", '")', "J. ", "—", "and ", "“Go!” John ", "« ! ", ":) "]
)
def test_odd_text_costs_linear_work(text: str) -> None:
    def cost(size: int) -> int:
        return lines_run(lambda: segmented([(text * size)[:size]]))

    # Quadratic work would be a factor of 16.
    assert cost(4_000) < 6 * cost(1_000)
