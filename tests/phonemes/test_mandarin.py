from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.phonemes.languages import phonemizer
from kokoro_stream.phonemes.utterance import Utterance
from kokoro_stream.phonemes.vocabulary import VOCABULARY
from kokoro_stream.text.directions import Say
from kokoro_stream.text.source import SourceText
from tests.phonemes.sentences import SENTENCES
from tests.phonemes.utterances import assert_sound


def said(text: str, *says: Say) -> Utterance:
    mandarin = phonemizer("zh")
    return mandarin.phonemize(mandarin.normalize(SourceText.of(text)), says)


def by_word(text: str, *says: Say) -> list[tuple[str, str]]:
    return [(text[word.start : word.end], word.phonemes) for word in said(text, *says).words]


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("今天我们去公园散步，天气非常好。",
         "ʨi→ntʰjɛ→n wo↓mən ʨʰy↘ kʊ→ŋɥɛ↗n sa↘npu↘, tʰjɛ→nʨʰi↘ fei→ꭧʰa↗ŋ xau↓."),
        ("《红楼梦》是名著！", "“xʊ↗ŋlou↗mə↘ŋ” ʂɨ↘ mi↗ŋꭧu↘!"),
    ],
)  # fmt: skip
def test_it_is_read_as_it_is_spoken(text: str, phonemes: str) -> None:
    assert said(text).phonemes == phonemes


def test_words_are_where_they_are_written() -> None:
    assert by_word("他买了2个苹果") == [
        ("他", "tʰa→"), ("买", "mai↓"), ("了", "lɤ"), ("2个", "lja↓ŋkɤ↘"), ("苹果", "pʰi↗ŋkwo↓"),
    ]  # fmt: skip


def test_words_are_pronounced_as_misaki_does() -> None:
    from misaki.zh import ZHG2P

    misaki = ZHG2P()
    for sentence in SENTENCES["zh"]:
        expected = "".join(symbol for symbol in misaki(sentence)[0] if symbol in VOCABULARY)
        assert said(sentence).phonemes.replace(" ", "") == expected.replace(" ", "")


def test_latin_letters_are_english() -> None:
    english = phonemizer("en-us")
    words = by_word("我用ChatGPT写code")
    assert words[1] == ("ChatGPT", english.phonemize(english.normalize(SourceText.of("ChatGPT"))).phonemes)
    assert words[-1] == ("code", english.phonemize(SourceText.of("code")).phonemes)


def test_the_callers_phonemes_win() -> None:
    assert by_word("行不行", Say(0, 1, "xa↗ŋ"))[0] == ("行", "xa↗ŋ")


def test_what_cannot_be_said_is_reported() -> None:
    text = "猫😀很好☃ привет"
    assert [text[start:end] for start, end in said(text).unspoken] == ["😀", "☃", "привет"]


def test_every_sound_is_in_the_vocabulary() -> None:
    assert len(SENTENCES["zh"]) >= 200
    for sentence in SENTENCES["zh"]:
        utterance = said(sentence)
        assert_sound(utterance, sentence)
        assert not utterance.unspoken


def test_threads_do_not_disturb_each_other() -> None:
    alone = [said(sentence) for sentence in SENTENCES["zh"]]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(said, SENTENCES["zh"] * 2)) == alone * 2


@given(st.text(max_size=60) | st.text("汉字嗯呣𠀀〇々０1３,.％¥年个第 A-\x00\u3000", max_size=60))
def test_any_text_can_be_said(text: str) -> None:
    assert_sound(said(text), text)


@pytest.mark.parametrize("part", ["汉", "的", "1", "1个", "1,", "A", "3-", "１", "々", "、", "你好 ", "¥1 "])
def test_a_long_line_takes_no_longer_than_its_parts(part: str) -> None:
    text = part * (20_000 // len(part))
    assert_sound(said(text), text)
