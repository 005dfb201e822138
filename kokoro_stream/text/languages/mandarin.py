"""Numbers, dates, money, units and signs → Chinese words. What is written in Latin letters is English's business."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from ..source import SourceText
from ..words import words
from .rules import DIGITS, Rule, apply, one_of, rule

_DIGIT = "零一二三四五六七八九"
_TELEPHONE_DIGIT = "零幺二三四五六七八九"  # 一 is mistaken for 七
_PLACES = ("", "十", "百", "千")
_MYRIADS = ("", "万", "亿", "万亿", "亿亿")
LONGEST_QUANTITY = 16  # digits
# Words that are counted: before them and alone, two is 两.
MEASURES = words(
    "个 位 名 只 条 张 本 件 块 杯 瓶 次 种 辆 台 支 家 间 "
    "座 栋 双 对 套 岁 天 年 周 星期 小时 分钟 秒 秒钟 点 米 公里 公斤 "
    "克 升 人 元 美元 欧元 英镑 万 亿 千 倍 层 页 句 首 部 篇 份 "
    "片 颗 棵 头 匹 碗 盘 遍 趟 步 门 道 盒 袋 斤 里 吨 毫升 "
    "千克 千米 厘米"
)
CURRENCIES = {"¥": "元", "￥": "元", "$": "美元", "US$": "美元", "€": "欧元", "£": "英镑", "HK$": "港元", "₩": "韩元"}
UNITS = {
    "km/h": "公里每小时", "m/s": "米每秒", "km": "公里", "m": "米", "cm": "厘米", "mm": "毫米", "kg": "公斤", "g": "克",
    "mg": "毫克", "t": "吨", "L": "升", "l": "升", "ml": "毫升", "mL": "毫升", "m²": "平方米", "m2": "平方米",
    "㎡": "平方米", "km²": "平方公里", "m³": "立方米", "°C": "摄氏度", "℃": "摄氏度", "°F": "华氏度", "°": "度",
    "W": "瓦", "kW": "千瓦", "kWh": "千瓦时", "V": "伏", "Hz": "赫兹", "MHz": "兆赫", "GHz": "吉赫", "KB": "千字节",
    "MB": "兆", "GB": "吉字节", "TB": "太字节", "kcal": "千卡", "ha": "公顷", "h": "小时", "min": "分钟", "s": "秒",
}  # fmt: skip
SIGNS = {
    "&": "和", "+": "加", "=": "等于", "×": "乘", "÷": "除以", "−": "负", "±": "正负", "≈": "约等于", "≠": "不等于",
    "<": "小于", ">": "大于", "≤": "小于等于", "≥": "大于等于", "@": "艾特", "#": "井号", "→": "到", "℃": "摄氏度",
    "‰": "千分之",
}  # fmt: skip

_ALONE = r"(?<![A-Za-z\d])(?<!\d[.,:/-])(?<![A-Za-z]-)"
_NUMBER = r"(?>(?:\d{1,3}(?:,\d{3}){1,5}+(?!\d)|\d++)(?:\.\d++)?+)"
_MINUS = r"(?P<minus>(?<![A-Za-z\d)])[-−])?"
_SCALE = r"(?P<scale>[百千万亿]{0,2})"
_WIDE = frozenset(map(chr, (*range(0xFF01, 0xFFE6), 0x3000, *range(0x3380, 0x33E0), *range(0x2460, 0x2474))))
_YEAR, _MONTH, _DAY = r"(?P<year>[12]\d{3})", r"(?P<month>1[0-2]|0?[1-9])", r"(?P<day>3[01]|[12]\d|0?[1-9])"


def spelled(digits: str, names: str = _DIGIT) -> str:
    """``2024`` → 二零二四."""
    return "".join(names[int(digit)] for digit in digits)


@lru_cache(maxsize=4096)
def cardinal(digits: str) -> str:
    """``10203`` → 一万零二百零三."""
    if len(digits) > LONGEST_QUANTITY or (len(digits) > 1 and int(digits[0]) == 0):
        return spelled(digits)
    value, groups = int(digits), list[tuple[int, int]]()
    for place in range(len(_MYRIADS)):
        value, group = divmod(value, 10_000)
        groups.append((group, place))
    said, gap = "", False
    for group, place in reversed(groups):
        if group:
            said += ("零" if said and (gap or group < 1000) else "") + _below_myriad(group) + _MYRIADS[place]
        gap = not group
    if said.startswith(("二千", "二万", "二亿")):
        return "两" + said[1:]
    return (said.removeprefix("一") if said.startswith("一十") else said) or "零"


def _below_myriad(value: int) -> str:
    said, gap = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            said += ("零" if said and gap else "") + _DIGIT[digit] + _PLACES[place]
        gap = not digit
    return said


def say(written: str, counted: str = "") -> str:
    """A number as it is written, before what is ``counted``: ``2``, ``个`` → 两."""
    whole, _, part = written.replace(",", "").partition(".")
    if part:
        return f"{cardinal(whole)}点{spelled(part)}"
    return "两" if whole == "2" and counted else cardinal(whole)


def _minus(match: re.Match[str]) -> str:
    return "负" if match["minus"] else ""


def _plain(match: re.Match[str]) -> str:
    counted = match["scale"] if match["scale"] != "百" else ""
    return f"{_minus(match)}{say(match['number'], counted or match['measure'] or '')}"


def _measured(match: re.Match[str]) -> str:
    unit = UNITS[match["unit"]]
    minus = "零下" if match["minus"] and unit.endswith("度") else _minus(match)
    return f"{minus}{say(match['number'], '' if unit.endswith('度') else unit)}{unit}"


def _date(match: re.Match[str]) -> str:
    return f"{spelled(match['year'])}年{cardinal(str(int(match['month'])))}月{cardinal(str(int(match['day'])))}日"


def _clock(match: re.Match[str]) -> str:
    hours, minutes = str(int(match["hours"])), int(match["minutes"])
    zero = "零" if 0 < minutes < 10 else ""
    return f"{say(hours, '点')}点" + (f"{zero}{cardinal(str(minutes))}分" if minutes else "")


def _telephone(match: re.Match[str]) -> str:
    return "，".join(spelled(group, _TELEPHONE_DIGIT) for group in re.findall(r"\d+", match[0]))


def _called(match: re.Match[str]) -> str:
    return spelled(match["part"], _TELEPHONE_DIGIT)


def _money(match: re.Match[str]) -> str:
    scale = match["scale"]
    return f"{_minus(match)}{say(match['number'], scale or '元')}{scale}{CURRENCIES[match['sign']]}"


@cache
def _rules() -> tuple[Rule, ...]:
    return (*_calendar(), *_codes(), *_quantities(), *_numbers())


def _calendar() -> tuple[Rule, ...]:
    return (
        rule(
            r"[！-～￥　㎏-㏟①-⑳]",
            lambda m: unicodedata.normalize("NFKC", m[0]),
            needs=[_WIDE],
        ),
        rule(rf"{_ALONE}{_YEAR}[/.-]{_MONTH}[/.-]{_DAY}(?![\d/-])", _date, needs=[DIGITS, "/.-"]),
        rule(rf"{_ALONE}(?P<part>[12]\d{{3}})\s?年(?!级)", lambda m: spelled(m["part"]), needs=[DIGITS, "年"]),
        rule(rf"{_ALONE}(?P<hours>2[0-4]|[01]?\d):(?P<minutes>[0-5]\d)(?::00)?(?![\d:])", _clock, needs=[DIGITS, ":"]),
    )


def _codes() -> tuple[Rule, ...]:
    """Numbers that are read digit by digit."""
    return (
        rule(
            rf"{_ALONE}(?P<low>(?:1[5-9]|20)\d\d)\s?[-–—~]\s?(?P<high>(?:1[5-9]|20)\d\d)(?![\d-])",
            lambda m: f"{spelled(m['low'])}到{spelled(m['high'])}",
            needs=[DIGITS, "-–—~"],
        ),
        rule(
            rf"{_ALONE}\d{{1,4}}(?:\.\d{{1,4}}){{2,4}}(?![.\d])",
            lambda m: "点".join(cardinal(part) for part in m[0].split(".")),
            needs=[DIGITS, "."],
        ),
        rule(r"(?<=元)/(?=[月年天次人个斤])", lambda m: "每", needs=["/"]),
        rule(
            rf"{_ALONE}(?:1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}|0\d{{2,3}}-\d{{7,8}}|[48]00-\d{{3}}-\d{{4}})(?![\d-])",
            _telephone,
            needs=[DIGITS],
        ),
        rule(
            r"(?:(?<=电话)|(?<=号码)|(?<=热线)|(?<=拨打)|(?<=验证码))(?P<before>[是为：:]?\s?)(?P<part>\d{3,12})(?![\d.,:])",
            _called,
            needs=[DIGITS],
        ),
    )


def _quantities() -> tuple[Rule, ...]:
    return (
        rule(
            rf"{_MINUS}(?P<sign>{one_of(CURRENCIES)})\s?(?P<number>{_NUMBER}){_SCALE}",
            _money,
            needs=[DIGITS, "¥￥$€£₩"],
        ),
        rule(
            rf"{_MINUS}{_ALONE}(?P<number>{_NUMBER})(?:\s?[-–—~～至到]\s?(?P<until>{_NUMBER}))?\s?%",
            lambda m: f"{_minus(m)}百分之{say(m['number'])}" + (f"到百分之{say(m['until'])}" if m["until"] else ""),
            needs=[DIGITS, "%"],
        ),
        rule(
            rf"{_MINUS}{_ALONE}(?P<number>{_NUMBER})\s?(?P<unit>{one_of(UNITS)})(?![A-Za-z\d²³])",
            _measured,
            needs=[DIGITS],
        ),
    )


def _numbers() -> tuple[Rule, ...]:
    return (
        rule(
            rf"{_ALONE}(?P<top>\d{{1,4}})/(?P<bottom>\d{{1,4}})(?![\d/])",
            lambda m: f"{cardinal(m['bottom'])}分之{cardinal(m['top'])}",
            needs=[DIGITS, "/"],
        ),
        rule(
            rf"{_ALONE}(?P<top>\d{{1,3}}):(?P<bottom>\d{{1,3}})(?![\d:])",
            lambda m: f"{cardinal(m['top'])}比{cardinal(m['bottom'])}",
            needs=[DIGITS, ":"],
        ),
        rule(
            rf"{_ALONE}(?P<low>{_NUMBER})\s?[-–—~～]\s?(?P<high>{_NUMBER})(?![\d-])",
            lambda m: f"{say(m['low'])}到{say(m['high'])}",
            needs=[DIGITS, "-–—~～"],
        ),
        rule(
            rf"第(?P<part>{_NUMBER})",
            lambda m: cardinal(m["part"].replace(",", "")) if "." not in m["part"] else m["part"],
            needs=[DIGITS, "第"],
        ),
        rule(
            rf"{_MINUS}{_ALONE}(?P<number>{_NUMBER})(?=\s?(?P<scale>[百千万亿]?)(?P<measure>{one_of(MEASURES)})?)(?![A-Za-z])",
            _plain,
            needs=[DIGITS],
        ),
        # Further members of a list without spaces: 1,2,3
        rule(r"(?<=[,:/-])(?<![A-Za-z]-)\d++(?![A-Za-z\d])", lambda m: cardinal(m[0]), needs=[DIGITS]),
        rule(one_of(SIGNS), lambda m: SIGNS[m[0]], needs=["".join(SIGNS)]),
    )


def normalize(text: SourceText) -> SourceText:
    """The text in words. Each word keeps the source span of what was written."""
    return apply(_rules(), text)
