from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.phonemes.languages import phonemizer
from kokoro_stream.phonemes.utterance import Utterance
from kokoro_stream.text.directions import Say
from kokoro_stream.text.source import SourceText
from tests.phonemes.sentences import SENTENCES
from tests.phonemes.utterances import assert_sound


def said(text: str, *says: Say) -> Utterance:
    japanese = phonemizer("ja")
    return japanese.phonemize(japanese.normalize(SourceText.of(text)), says)


def by_word(text: str, *says: Say) -> list[tuple[str, str]]:
    return [(text[word.start : word.end], word.phonemes) for word in said(text, *says).words]


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("私は毎朝七時に起きて、コーヒーを飲みます。",
         "βatakɯɕi βa maiasa ɕiʨiʥi ɲi okʲite, koːçiː o nomʲi masɨ."),
        ("「すごい」と彼女は言った！", "“sɨɡoi” to kanoʥo βa iʔta!"),
        ("ラーメン・カレー", "ɾaːmeɴ kaɾeː"),
        ("ﾊﾟﾝを食べる", "paɴ o tabeɾɯ"),
    ],
)  # fmt: skip
def test_it_is_read_as_it_is_spoken(text: str, phonemes: str) -> None:
    assert said(text).phonemes == phonemes


def test_words_are_where_they_are_written() -> None:
    assert by_word("彼は本を3冊買った。") == [
        ("彼", "kaɾe"), ("は", "βa"), ("本", "hoɴ"), ("を", "o"), ("3冊", "saɴsaʦɨ"), ("買った", "kaʔta"),
    ]  # fmt: skip


def test_words_are_pronounced_as_misaki_does() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from misaki.cutlet import Cutlet
    misaki = Cutlet()
    for sentence in SENTENCES["ja"]:
        assert said(sentence).phonemes == misaki(sentence.replace(" ", ""))[0].strip()


def test_latin_letters_are_english() -> None:
    english = phonemizer("en-us")
    text = "ChatGPTでcodeを書く"
    (name, phonemes), *_, (code, code_phonemes), _, _ = by_word(text)
    assert (name, code) == ("ChatGPT", "code")
    assert phonemes == english.phonemize(english.normalize(SourceText.of("ChatGPT"))).phonemes
    assert code_phonemes == english.phonemize(SourceText.of("code")).phonemes


def test_the_callers_phonemes_win() -> None:
    assert by_word("橘さんです", Say(0, 1, "taʨibana"))[0] == ("橘", "taʨibana")


def test_what_cannot_be_said_is_reported() -> None:
    text = "猫😀です☃ привет"
    assert [text[start:end] for start, end in said(text).unspoken] == ["😀", "☃", "привет"]


def test_every_sound_is_in_the_vocabulary() -> None:
    assert len(SENTENCES["ja"]) >= 200
    for sentence in SENTENCES["ja"]:
        utterance = said(sentence)
        assert_sound(utterance, sentence)
        assert not utterance.unspoken


def test_threads_do_not_disturb_each_other() -> None:
    alone = [said(sentence) for sentence in SENTENCES["ja"]]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(said, SENTENCES["ja"] * 2)) == alone * 2


@given(st.text(max_size=60) | st.text("あアっんー々漢字ゝ゛ﾊﾟ０1３,.％¥年人 A-\x00\u3000", max_size=60))
def test_any_text_can_be_said(text: str) -> None:
    assert_sound(said(text), text)


@pytest.mark.parametrize("part", ["漢", "あ", "ア", "っ", "1", "1人", "1,", "A", "3〜", "ﾊﾟ", "々", "、", "日本語 "])
def test_a_long_line_takes_no_longer_than_its_parts(part: str) -> None:
    text = part * (20_000 // len(part))
    assert_sound(said(text), text)
