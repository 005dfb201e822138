"""Numbers, dates, money, units and signs → Japanese words. What is written in Latin letters is English's business."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from ..source import SourceText
from .japanese_numbers import WRITTEN, cardinal, counted, decimal, spelled
from .rules import DIGITS, Rule, apply, one_of, rule

# No digit, no Latin letter (GPT-4) and no other part of a number before it.
_ALONE = r"(?<![A-Za-z\d])(?<!\d[.,:/-])(?<![A-Za-z]-)"
_END = r"(?![A-Za-z\d])"
_NUMBER = r"(?>\d{1,3}(?:,\d{3}){1,5}+(?!\d)|\d++)"
_MYRIADS = "万億兆千百"
PLACES = {"": 0, "百": 2, "千": 3, "万": 4, "億": 8, "兆": 12}
SCALES = {"": "", "百": "ヒャク", "千": "セン", "万": "マン", "億": "オク", "兆": "チョー"}
LONGEST_SCALED = 4  # digits before 万 and the like
_MYRIADS_END = f"[{_MYRIADS}]"
CURRENCIES = {"¥": "円", "￥": "円", "$": "ドル", "€": "ユーロ", "£": "ポンド", "₩": "ウォン", "元": "元"}
UNITS = {
    "km": "キロメートル", "m": "メートル", "cm": "センチ", "mm": "ミリ", "kg": "キログラム", "g": "グラム",
    "mg": "ミリグラム", "L": "リットル", "l": "リットル", "ml": "ミリリットル", "mL": "ミリリットル", "t": "トン",
    "m²": "平方メートル", "m2": "平方メートル", "㎡": "平方メートル", "km²": "平方キロメートル", "m³": "立方メートル",
    "°C": "度", "℃": "度", "°": "度", "°F": "カ氏度", "W": "ワット", "kW": "キロワット", "kWh": "キロワット時",
    "V": "ボルト", "Hz": "ヘルツ", "kHz": "キロヘルツ", "MHz": "メガヘルツ", "GHz": "ギガヘルツ", "KB": "キロバイト",
    "MB": "メガバイト", "GB": "ギガバイト", "TB": "テラバイト", "Mbps": "メガビーピーエス", "kcal": "キロカロリー",
    "cal": "カロリー", "%": "パーセント", "‰": "パーミル", "ha": "ヘクタール",
    "cc": "シーシー",
}  # fmt: skip
SIGNS = {
    "&": "アンド", "+": "プラス", "=": "イコール", "×": "かける", "÷": "割る", "−": "マイナス", "±": "プラスマイナス",
    "≈": "約", "<": "小なり", ">": "大なり", "@": "アットマーク", "#": "シャープ", "→": "から",
    "〒": "郵便番号", "℃": "度",
}  # fmt: skip


def _clock(match: re.Match[str]) -> str:
    minutes = int(match["minutes"])
    return f"{int(match['hours'])}時" + (f"{minutes}分" if minutes else "")


def _date(match: re.Match[str]) -> str:
    return f"{match['year']}年{int(match['month'])}月{int(match['day'])}日"


def _money(match: re.Match[str]) -> str:
    return f"{match['amount']}{match['scale']}{CURRENCIES[match['sign']]}"


def _telephone(match: re.Match[str]) -> str:
    return "、".join(spelled(group) for group in re.findall(r"\d+", match[0]))


def _read(match: re.Match[str]) -> str:
    digits, part, counter = match["whole"].replace(",", ""), match["decimals"], match["counter"] or ""
    minus = "マイナス " if match["minus"] else ""
    if counter and len(digits) == 2:
        digits = digits.removeprefix("0")  # 10時05分
    if counter == "日" and digits == "1" and match.string[match.start() - 1 : match.start()] != "月":
        return " イチニチ "  # a day, not the first of a month
    scale = match["scale"]
    if part:
        unit = counted("0", counter).removeprefix("ゼロ") if counter else ""
        said = decimal(digits, part) + SCALES[scale] + unit
    elif scale and len(digits) > LONGEST_SCALED:
        said = cardinal(digits) + SCALES[scale]
    else:
        digits += "0" * PLACES[scale]
        said = counted(digits, counter) if counter else cardinal(digits)
    return f" {minus}{said} "


_WIDE = frozenset(map(chr, (*range(0xFF01, 0xFFE6), 0x3000, *range(0x3300, 0x33E0), *range(0x2460, 0x2474))))
_AMOUNT = rf"(?P<amount>{_NUMBER}(?:\.\d++)?+)(?P<scale>[{_MYRIADS}]?)"


@cache
def _rules() -> tuple[Rule, ...]:
    return (*_rewritten(), *_read_out())


def _rewritten() -> tuple[Rule, ...]:
    """What becomes a number with a counter, as Japanese writes it itself: 14:30 → 14時30分."""
    return (
        # Full and half width are one letter written twice; a mark that voices a half-width kana joins it.
        rule(
            r"[ｦ-ﾝ][ﾞﾟ]?|[！-～￥　㎏-㏟㌀-㍗㍉①-⑳]",
            lambda m: unicodedata.normalize("NFKC", m[0]),
            needs=[_WIDE],
        ),
        rule(
            rf"{_ALONE}(?P<year>[12]\d{{3}})[/-](?P<month>1[0-2]|0?[1-9])[/-](?P<day>3[01]|[12]\d|0?[1-9])(?![\d/-])",
            _date,
            needs=[DIGITS, "/-"],
        ),
        rule(rf"{_ALONE}(?P<hours>2[0-4]|[01]?\d):(?P<minutes>[0-5]\d)(?![\d:])", _clock, needs=[DIGITS, ":"]),
        rule(
            rf"{_ALONE}(?:0\d{{1,4}}-\d{{1,4}}-\d{{3,4}}|0120-\d{{3}}-\d{{3}}|\d{{3}}-\d{{4}})(?![\d-])",
            _telephone,
            needs=[DIGITS, "-"],
        ),
        rule(rf"(?P<sign>[¥$€£₩])\s?{_AMOUNT}", _money, needs=[DIGITS, "¥$€£₩"]),
        rule(rf"{_ALONE}{_AMOUNT}\s?(?P<sign>[€£$])", _money, needs=[DIGITS, "€£$"]),
        rule(rf"(?<=\d)\s?(?P<part>km/h|キロ/h){_END}", lambda m: "キロメートル毎時", needs=[DIGITS, "/"]),
        rule(rf"(?<=\d)\s?(?P<part>{one_of(UNITS)})(?![A-Za-z²³])", lambda m: UNITS[m["part"]], needs=[DIGITS]),
    )


def _read_out() -> tuple[Rule, ...]:
    return (
        rule(
            rf"{_ALONE}(?P<top>\d{{1,3}})/(?P<bottom>\d{{1,3}})(?![\d/])",
            lambda m: f"{cardinal(m['bottom'])}ブンノ{cardinal(m['top'])}",
            needs=[DIGITS, "/"],
        ),
        rule(
            r"(?<=[\d%円度時分日月年人個回本枚歳トルン])\s?(?:[〜～~–—]|(?<=\d)-)\s?(?=\d)",
            lambda m: "から",
            needs=[DIGITS, "〜～~–—-"],
        ),
        rule(
            rf"(?P<minus>(?<![A-Za-z\d)])[-−])?{_ALONE}(?P<whole>{_NUMBER})(?:\.(?P<decimals>\d++))?+(?P<scale>[{_MYRIADS}]?)"
            rf"(?:(?P<counter>{one_of(WRITTEN)})|(?<={_MYRIADS_END})|(?![A-Za-z\d]))",
            _read,
            needs=[DIGITS],
        ),
        # Further members of a list without spaces (1,2,3) and of a version (3.5.1)
        rule(
            r"(?:(?<=[,:/-])|(?<=\s\.))(?<![A-Za-z]-)\d++(?![A-Za-z\d])",
            lambda m: f" {cardinal(m[0])} ",
            needs=[DIGITS],
        ),
        rule(one_of(SIGNS), lambda m: SIGNS[m[0]], needs=["".join(SIGNS)]),
    )


def normalize(text: SourceText) -> SourceText:
    """The text in words. Each word keeps the source span of what was written."""
    return apply(_rules(), text)
