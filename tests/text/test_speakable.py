"""Markdown, HTML, links, code and emoji become words to say, however the text is cut."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, given

from kokoro_stream.text.source import SourceText
from kokoro_stream.text.speakable import Speakable

from .cuts import cut, lines_run, markdown_texts, spoken

SAID = {
    "plain": ("Hello there, friend.", "Hello there, friend."),
    "heading": ("# Title\nText", "Title\nText"),
    "closed heading": ("## Title ##\nText", "Title\nText"),
    "underlined heading": ("Title\n=====\nText", "Title\nText"),
    "hash in text": ("C# and F#", "C# and F#"),
    "strong": ("a **bold** word", "a bold word"),
    "emphasis": ("an *important* word", "an important word"),
    "both": ("***very***", "very"),
    "underscored emphasis": ("an _important_ and __strong__ word", "an important and strong word"),
    "emphasis within a word": ("un*believ*able", "unbelievable"),
    "strike": ("~~old~~ new", "old new"),
    "about": ("~5 minutes", "~5 minutes"),
    "unclosed emphasis": ("*note: nothing closes", "note: nothing closes"),
    "product": ("5 * 3", "5 * 3"),
    "tight product": ("2*3*4", "2*3*4"),
    "power": ("2**10", "2**10"),
    "snake case": ("my_long_name", "my long name"),
    "dunder": ("__init__", "init"),
    "blank to fill in": ("name: ____ here", "name: here"),
    "bullets": ("- one\n* two\n+ three\n• four", "one\ntwo\nthree\nfour"),
    "tasks": ("- [ ] open\n- [x] done", "open\ndone"),
    "nested bullets": ("- one\n  - two\n", "one\ntwo\n"),
    "numbered": ("1. one\n2) two", "1. one\n2. two"),
    "minus at a line's beginning": ("-5 degrees", "-5 degrees"),
    "quote": ("> wise\n> - words", "wise\nwords"),
    "rules": ("one\n\n---\n\ntwo\n\n***\n\nthree", "one\ntwo\nthree"),
    "table": ("| A | B |\n|---|:-:|\n| 1 | 2 |\n", "A, B\n1, 2\n"),
    "table with empty cells": ("| A | | C |\n", "A, C\n"),
    "table without outer borders": ("A | B\n--- | ---\n1 | 2", "A, B\n1, 2"),
    "pipe in a word": ("a|b", "a|b"),
    "link": ("see [the docs](https://x.com/a_b) now", "see the docs now"),
    "link with title": ('[docs](</a b> "The title")!', "docs!"),
    "link with brackets in its address": ("[w](https://x.org/a_(b)) x", "w x"),
    "reference link": ("[docs][1] and [more][]", "docs and more"),
    "bracketed words": ("he [the king] left", "he the king left"),
    "brackets that are no link": ("[a](not a link, see)", "a(not a link, see)"),
    "parenthesis after a stray bracket": ("a](b) c", "a(b) c"),
    "index": ("a[0] is", "a 0 is"),
    "footnote": ("a fact[^12].", "a fact."),
    "image": ("![a cat](cat.png)", "a cat"),
    "exclamation before a bracket": ("Wow![a]", "Wow!a"),
    "misaki's markup": ("[word](/wɜːd/) and [x](+2)", "word and x"),
    "address": ("see https://www.example.com/a?b=1. Then", "see example dot com. Then"),
    "address in parentheses": ("(https://x.org/a_(b))", "(x dot org)"),
    "address with port": ("http://localhost:8080/x", "localhost port 8080"),
    "address without scheme": ("www.example.co.uk/x", "example dot co dot UK"),
    "address in stars": ("**https://x.com**", "x dot com"),
    "automatic links": ("<https://x.com/y> <bob@x.com>", "x dot com bob@x.com"),
    "a word that begins like an address": ("h ht http https", "h ht http https"),
    "code": ("call `foo_bar(x)` now", "call foo bar(x) now"),
    "markup in code": ("`a *b* [c](d) <e>`", "a *b* [c](d) <e>"),
    "unclosed code": ("a ` tick\nand **more**", "a tick\nand more"),
    "code block": ("Look:\n```python\nx = 1\n```\nDone", "Look:\nCode block.\nDone"),
    "code block in tildes": ("~~~\n```\n~~~\nDone", "Code block.\nDone"),
    "longer fences": ("````\n```\n````\nDone", "Code block.\nDone"),
    "unclosed code block": ("```\nx = 1", "Code block.\n"),
    "fence in a line": ("```x = 1``` is code", "x = 1 is code"),
    "tags": ('<b>bold</b> and <a href="x">a</a>', "bold and a"),
    "line break": ("one<br>two<br/>three", "one\ntwo\nthree"),
    "comment": ("a <!-- secret --> b", "a b"),
    "less than": ("x < y and <3", "x < y and <3"),
    "type parameters": ("List<String>", "List<String>"),
    "entities": ("R&amp;D &lt;b&gt; &#39;x&#39; a&nbsp;b", "R&D <b> 'x' a b"),
    "no entities": ("AT&T; R&D &foo;", "AT&T; R&D &foo;"),
    "escapes": (r"\*not\* a\dir", r"*not* a\dir"),
    "superscripts": ("10<sup>6</sup> E=mc<sup>2</sup> note<sup>3</sup> 1<sup>st</sup>", "10^6 E=mc^2 note3 1st"),
    "subscripts": ("H<sub>2</sub>O", "H2O"),
    "folded HTML": ("<details><summary>More</summary>Text</details>", "More\nText\n"),
    "table of HTML": ("<table><tr><td>A</td><td>B</td></tr></table>", "A, B\n"),
    "line break in a table": ("| a<br>b | c |", "a b, c"),
    "what to fill in": ("Dear <your-name>, hi", "Dear your name, hi"),
    "a wrapper that is no HTML": ("<answer>Yes.</answer>", "Yes."),
    "code of HTML": ("a<pre>x = 1</pre>b", "a\nCode block.\nb"),
    "scripts": ("a<script>alert(1)</script>b", "a\nCode block.\nb"),
    "highlight": ("==marked== and a == b", "marked and a == b"),
    "alert": ("> [!NOTE]\n> Be careful.", "Note.\nBe careful."),
    "footnote below": ("Fact[^1].\n\n[^1]: The source.", "Fact.\nThe source."),
    "definition of a link": ("[docs]: https://x.com 'Title'\nNext", "Next"),
    "a speaker's name in brackets": ("[Bob]: Hello", "Bob: Hello"),
    "citation": ("It is so【12†source】.", "It is so."),
    "citations by number": ("It is **so**.[1][2, 3] See [4].", "It is so. See 4."),
    "citations within a sentence": ("It is cited [1][2] here.", "It is cited here."),
    "formula of indices": ("so $a_1, a_2$ are", "so a sub 1, a sub 2 are"),
    "comparison": ("if z != 0 !", "if z != 0 !"),
    "placeholder in a path": ("at /api/users/{id}/x", "at slash api slash users slash id slash x"),
    "comma behind a formula": ("$$x$$, where", "x, where"),
    "definition": ("Term\n: what it means", "Term\nwhat it means"),
    "drawn table": ("┌───┬───┐\n│ A │ B │\n├───┼───┤\n│ 1 │ 2 │\n└───┴───┘", "A, B\n1, 2\n"),
    "drawn tree": ("src\n├── main.py\n│   └── app.py", "src\nmain.py\napp.py"),
    "drawing": (" /\\_/\\\n Cat\n", "Cat\n"),
    "rule within a line": ("one ======== two", "one two"),
    "arrows": ("a --> b <== c <-> d", "a → b ← c ↔ d"),
    "verdicts in a table": ("| fast | ✅ |\n| cheap | ❌ |", "fast, yes\ncheap, no"),
    "smileys": ("Hi :) there ;-)", "Hi there "),
    "no smileys": ("note: (a) x:D", "note: (a) x:D"),
    "formula": ("so $x^2 + y_1 = \\frac{a}{b}$ holds", "so x squared plus y sub 1 equals a over b holds"),
    "formula in LaTeX's brackets": (r"where \(E = mc^2\) is", "where E equals m c squared is"),
    "displayed formula": ("As\n$$\n\\sqrt{2}\n$$\nshows", "As\nthe square root of 2\nshows"),
    "commands alone": (r"an angle \alpha of 2\pi", "an angle alpha of 2 pi"),
    "environment": (r"\begin{align} a &= b \\ c &= d \end{align}", "a equals b, c equals d"),
    "prices": ("It costs $5 and $6, or $10-$12 (US$9).", "It costs $5 and $6, or $10-$12 (US$9)."),
    "variables of a shell": ("set $HOME and ${name}", "set $HOME and ${name}"),
    "escaped brackets": (r"\[not a formula\] \(nor this\)", "[not a formula] (nor this)"),
    "path": ("in /usr/local/bin, ~/.bashrc.", "in slash usr slash local slash bin, tilde slash dot bashrc."),
    "relative path": ("run ./a_b/run.sh", "run dot slash a b slash run dot sh"),
    "path of Windows": (r"in C:\Users\bob now", "in C colon backslash Users backslash bob now"),
    "slashes that are no path": ("and/or 1/2 km/h he/she", "and/or 1/2 km/h he/she"),
    "camel case": ("call getUserName() or parseJSON", "call get user name or parse JSON"),
    "Pascal case": ("a UserProfileView of DataFrame", "a User profile view of Data Frame"),
    "acronym in camel case": ("XMLHttpRequest myURLs", "XML http request my URLs"),
    "names with capitals": ("iPhone macOS GitHub McDonald eBay PhD CPUs", "iPhone macOS GitHub McDonald eBay PhD CPUs"),
    "numbers with capitals": ("$100K 4GB 3D", "$100K 4GB 3D"),
    "namespace": ("use std::vector", "use std vector"),
    "repeated marks": ("What?!?!?! No!!! Well...... so,, yes", "What?! No! Well... so, yes"),
    "laughter": ("hahahaha! Mwahaha. Hehe", "ha ha ha! Mwa ha ha. He he"),
    "stretched words": ("sooooo goooood, NOOOOO, hmmmm", "so good, NO, hmm"),
    "no stretched words": ("AAA III www bookkeeper", "AAA III www bookkeeper"),
    "stage directions": ("*sighs* Well.", "sighs Well."),
    "elisions": ("‘Tis rock ’n’ roll, ‘90s ‘quote’", "’Tis rock 'n' roll, ’90s ‘quote’"),
    "other quotes": ("«Oui» „Ja“", "“Oui” “Ja“"),
    "full width": ("Ｈｅｌｌｏ １２３", "Hello 123"),
    "mathematical letters": ("𝗯𝗼𝗹𝗱 𝓈𝒸𝓇𝒾𝓅𝓉 ℝ", "bold script R"),
    "crossed out with accents": ("s\u0336t\u0336", "st"),
    "ligatures and circles": ("ﬁne ①x Ⅷ", "fine 1 x VIII"),
    "decomposed": ("cafe\u0301 \u1112\u1161\u11ab", "café 한"),
    "other hyphens": ("state‑of‑the‑art", "state-of-the-art"),
    "soft hyphen": ("hy\u00adphen", "hyphen"),
    "emoji": ("Great 🎉! Bye 👋🏽", "Great! Bye"),
    "emoji in a row of joiners": ("a 👨\u200d👩\u200d👧 b", "a b"),
    "emoji between sentences": ("Great! 🎉 Next", "Great! Next"),
    "keycap": ("1\ufe0f\u20e3 first", "1 first"),
    "flag": ("🇩🇪 Berlin", "Berlin"),
    "signs that are no emoji": ("© ™ ♭ → ∞", "© ™ ♭ → ∞"),
    "joiner between letters": ("क्\u200dष", "क्\u200dष"),
    "controls": ("a\x00b\u200bc\ufeff\x07", "abc"),
    "lone surrogates": ("a\ud800b\udfff", "ab"),
    "white space": ("a  \t b\r\nc", "a b\nc"),
    "blank lines": ("a\n\n\n\nb", "a\nb"),
    "verse": ("Roses are red,\nviolets are blue", "Roses are red,\nviolets are blue"),
    "wrapped lines": (
        "This paragraph was wrapped by somebody's editor at some\ncolumn and goes on.\n",
        "This paragraph was wrapped by somebody's editor at some column and goes on.\n",
    ),
    "hard line break": (
        "This line is long enough to have been wrapped but two spaces  \nend it",
        "This line is long enough to have been wrapped but two spaces\nend it",
    ),
    "list after a long line": (
        "This line is long enough to have been wrapped but a list\n- follows",
        "This line is long enough to have been wrapped but a list\nfollows",
    ),
}


@pytest.mark.parametrize(("written", "said"), SAID.values(), ids=SAID)
def test_says(written: str, said: str) -> None:
    assert spoken([written]).text == said


@pytest.mark.parametrize(("written", "said"), SAID.values(), ids=SAID)
def test_says_the_same_character_by_character(written: str, said: str) -> None:
    assert spoken(written) == spoken([written])


@given(cut())
def test_output_does_not_depend_on_cuts(text_and_pieces: tuple[str, list[str]]) -> None:
    text, pieces = text_and_pieces
    assert spoken(pieces) == spoken([text])


@given(markdown_texts)
def test_offsets_ascend_within_the_source(text: str) -> None:
    said = spoken([text])
    assert list(said.starts) == sorted(said.starts)
    assert list(said.ends) == sorted(said.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(said.starts, said.ends, strict=True))


@given(markdown_texts)
def test_what_stands_for_itself_points_at_itself(text: str) -> None:
    said = spoken([text])
    for character, start, end in zip(said.text, said.starts, said.ends, strict=True):
        if end - start == 1 and character.isalnum() and text[start].isalnum():
            assert text[start:end] == character


@given(markdown_texts.map(lambda text: "".join(c for c in text if c not in "`~:<>&()[]|/\\\n\u2028" and c != "w")))
def test_letters_and_digits_outside_constructs_survive_in_order(text: str) -> None:
    # Checkboxes, addresses, tags, entities and code blocks need characters that are left out here.
    composed = unicodedata.normalize("NFC", text)
    written = "".join(c for c in composed.lower() if c.isalnum())
    assume(re.search(r"(\w)\1\1", written) is None)  # stretched words are shortened
    assert "".join(c for c in spoken([text]).text.lower() if c.isalnum()) == written


@given(markdown_texts)
def test_white_space_is_single_and_controls_are_gone(text: str) -> None:
    said = spoken([text]).text
    assert "  " not in said
    assert "\n\n" not in said
    assert not any(0xD800 <= ord(c) <= 0xDFFF or (ord(c) < 32 and c != "\n") for c in said)


@pytest.mark.parametrize("opened", ["*", "**", "_", "`", "[", "[a", "![", "~~", "(", "x < ", "<a b", "& "])
def test_an_unclosed_construct_holds_nothing_back(opened: str) -> None:
    speakable = Speakable()
    said = "".join(part.text for part in speakable.feed(f"Say {opened}this now, please going"))
    assert said.endswith("please g")  # the rest of the last word may yet be written otherwise


@pytest.mark.parametrize(
    "opened",
    ["<!-- ", "[a](", '<a href="', "https://", "\\(", "$$", "\\[", "\\begin{a}", "/usr/", "[a]: http://", "【1†"],
)
def test_what_a_construct_holds_is_bounded(opened: str) -> None:
    speakable = Speakable()
    for character in (opened + "xy" * 3000)[:6000]:
        speakable.feed(character)
        assert speakable.held < 2200


def test_a_sentence_end_leaves_with_the_space_after_it() -> None:
    assert "".join(part.text for part in Speakable().feed("Really? ")) == "Really? "


def test_flush_says_what_is_held_and_goes_on() -> None:
    speakable = Speakable()
    first = "".join(part.text for part in speakable.feed("See https://exam"))
    flushed = "".join(part.text for part in speakable.flush())
    rest = SourceText.join([*speakable.feed("and *more* text."), *speakable.flush()])
    assert first + flushed == "See exam"
    assert rest.text == "and more text."
    assert (rest.start, rest.end) == (16, 32)


ODD = (
    "x", " ", "[a](x", "](", "<a b=", "*", "&a", "<!--", "`", "[", "|", "-", "```\n", "h", "http://", "\n", "😀", "1. ",
    "# ", "> ", "_", "$", "$$", "\\(", "\\frac{", "\\begin{a}", "{", "/a", "C:\\", "a\u0301", "\u0301", "’", ":)", "!",
    "=", "aB", "haha", "<pre>", "【", "[a]: http://", "👨\u200d", "🇩", "|-- ",
    "[1]", "[1][2] ", "$a_1$ ",
)  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_text_costs_linear_work(text: str) -> None:
    def cost(size: int) -> int:
        return lines_run(lambda: spoken([(text * size)[:size]]))

    cost(4_000)  # fills the caches
    # Quadratic work would be a factor of 16.
    assert cost(4_000) < 6 * cost(1_000)
