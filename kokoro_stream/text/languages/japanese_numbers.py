"""Japanese numbers and counters as katakana, with the sound changes between them (ippon, nihon, sanbon)."""

from __future__ import annotations

from functools import lru_cache

DIGITS = ("ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー")
_SPELLED = ("ゼロ", "イチ", "ニー", "サン", "ヨン", "ゴー", "ロク", "ナナ", "ハチ", "キュー")
_MYRIADS = ("", "マン", "オク", "チョー", "ケー")
_HUNDREDS = {3: "サンビャク", 6: "ロッピャク", 8: "ハッピャク"}
_THOUSANDS = {3: "サンゼン", 8: "ハッセン"}
LONGEST_QUANTITY = 16  # digits

# Counter, reading, how it begins (k s t h p change what is before them, K less so), what that becomes behind ン.
_COUNTERS = """
本 ホン h b
匹 ヒキ h b
杯 ハイ h b
百 ヒャク h b
分 フン h p
泊 ハク h p
発 ハツ h p
階 カイ k g
軒 ケン k g
回 カイ k
回目 カイメ k
個 コ k
件 ケン k
曲 キョク k
校 コー k
巻 カン k
か月 カゲツ k
ヶ月 カゲツ k
ヵ月 カゲツ k
カ月 カゲツ k
か国 カコク k
カ国 カコク k
ヶ国 カコク k
か所 カショ k
ヶ所 カショ k
箇所 カショ k
冊 サツ s
歳 サイ s
才 サイ s
週間 シューカン s
世紀 セーキ s
章 ショー s
席 セキ s
種類 シュルイ s
社 シャ s
周年 シューネン s
足 ソク s
センチ センチ s
頭 トー t
点 テン t
通 ツー t
着 チャク t
丁目 チョーメ t
トン トン t
パーセント パーセント p
ページ ページ p
ポイント ポイント p
人前 ニンマエ -
秒 ビョー -
秒間 ビョーカン -
分間 フンカン h p
日間 ニチカン -
枚 マイ -
台 ダイ -
代 ダイ -
番 バン -
番目 バンメ -
号 ゴー -
号室 ゴーシツ -
度 ド -
倍 バイ -
名 メー -
行 ギョー -
段 ダン -
位 イ -
文字 モジ -
万人 マンニン -
ドル ドル -
ユーロ ユーロ -
ポンド ポンド -
キロ キロ K
キロメートル キロメートル K
キログラム キログラム K
キロバイト キロバイト K
センチメートル センチメートル s
ミリ ミリ -
ミリメートル ミリメートル -
ミリリットル ミリリットル -
平方メートル ヘーホーメートル -
ギガバイト ギガバイト -
メガバイト メガバイト -
テラバイト テラバイト -
メートル メートル -
グラム グラム -
リットル リットル -
"""
COUNTERS = {line.split()[0]: tuple(line.split()[1:]) for line in _COUNTERS.strip().splitlines()}
_GEMINATING = {"k": ("イチ", "ロク", "ハチ", "ジュー", "ヒャク"), "s": ("イチ", "ハチ", "ジュー"),
               "t": ("イチ", "ハチ", "ジュー"), "h": ("イチ", "ロク", "ハチ", "ジュー", "ヒャク"),
               "p": ("イチ", "ハチ", "ジュー"),
               "K": ("ロク", "ジュー", "ヒャク")}  # fmt: skip
_VOICED = dict(zip("カキクケコハヒフヘホ", "ガギグゲゴバビブベボ", strict=True))
_HALF_VOICED = dict(zip("ハヒフヘホ", "パピプペポ", strict=True))
# Counter → its reading, and what the last digit is before it where that is not its usual reading.
_SPECIAL = {
    "人": ("ニン", {4: "ヨ"}),
    "年": ("ネン", {4: "ヨ"}),
    "年間": ("ネンカン", {4: "ヨ"}),
    "年代": ("ネンダイ", {4: "ヨ"}),
    "年生": ("ネンセー", {4: "ヨ"}),
    "円": ("エン", {4: "ヨ"}),
    "時": ("ジ", {4: "ヨ", 7: "シチ", 9: "ク"}),
    "時間": ("ジカン", {4: "ヨ", 7: "シチ", 9: "ク"}),
    "月": ("ガツ", {4: "シ", 7: "シチ", 9: "ク"}),
    "日": ("ニチ", {}),
}
_WHOLE = {
    ("人", 1): "ヒトリ", ("人", 2): "フタリ", ("歳", 20): "ハタチ",
    ("日", 1): "ツイタチ", ("日", 2): "フツカ", ("日", 3): "ミッカ", ("日", 4): "ヨッカ", ("日", 5): "イツカ",
    ("日", 6): "ムイカ", ("日", 7): "ナノカ", ("日", 8): "ヨーカ", ("日", 9): "ココノカ", ("日", 10): "トーカ",
    ("日", 14): "ジューヨッカ", ("日", 20): "ハツカ", ("日", 24): "ニジューヨッカ",
    ("つ", 1): "ヒトツ", ("つ", 2): "フタツ", ("つ", 3): "ミッツ", ("つ", 4): "ヨッツ", ("つ", 5): "イツツ",
    ("つ", 6): "ムッツ", ("つ", 7): "ナナツ", ("つ", 8): "ヤッツ", ("つ", 9): "ココノツ",
}  # fmt: skip
WRITTEN = (*COUNTERS, *_SPECIAL, "つ")


def spelled(digits: str) -> str:
    """``090`` → ゼロキューゼロ."""
    return "".join(_SPELLED[int(digit)] for digit in digits)


@lru_cache(maxsize=4096)
def cardinal(digits: str) -> str:
    """``333`` → サンビャクサンジューサン."""
    if len(digits) > LONGEST_QUANTITY or (len(digits) > 1 and int(digits[0]) == 0):
        return spelled(digits)
    value, said = int(digits), ""
    if value == 0:
        return DIGITS[0]
    for place, name in enumerate(_MYRIADS):
        value, part = divmod(value, 10_000)
        if not part:
            continue
        words = _below_myriad(part)
        if name == "チョー":
            words = _geminated(words, "t")
        said = (("イチ" if part == 1 else words) if name == "マン" else words) + name + said if place else words
    return said


@lru_cache(maxsize=4096)
def counted(digits: str, counter: str) -> str:
    """``3``, ``本`` → サンボン."""
    value = int(digits) if len(digits) <= LONGEST_QUANTITY else -1
    if (counter, value) in _WHOLE:
        return _WHOLE[counter, value]
    number = cardinal(digits)
    if counter in _SPECIAL:
        reading, endings = _SPECIAL[counter]
        last = value % 10
        if last in endings and number.endswith(DIGITS[last]):
            number = number.removesuffix(DIGITS[last]) + endings[last]
        return number + reading
    if counter not in COUNTERS:
        return f"{number}{counter}"
    reading, kind, *voiced = COUNTERS[counter]
    short = _geminated(number, kind)
    if short != number:
        return short + (_changed(reading, _HALF_VOICED) if kind == "h" else reading)
    if voiced and number.endswith("ン") and not (number.endswith("ヨン") and voiced[0] != "p"):
        reading = _changed(reading, _HALF_VOICED if voiced[0] == "p" else _VOICED)
    return number + reading


def decimal(whole: str, part: str) -> str:
    """``1``, ``5`` → イッテンゴ."""
    before = {"0": "レー", "2": "ニー", "5": "ゴー"}.get(whole) or _geminated(cardinal(whole), "t")
    return f"{before}テン{spelled(part[:-1])}{DIGITS[int(part[-1])]}"


def _below_myriad(value: int) -> str:
    thousands, rest = divmod(value, 1000)
    hundreds, rest = divmod(rest, 100)
    tens, ones = divmod(rest, 10)
    said = _times(thousands, "セン", _THOUSANDS) + _times(hundreds, "ヒャク", _HUNDREDS) + _times(tens, "ジュー", {})
    return said + (DIGITS[ones] if ones else "")


def _times(many: int, name: str, irregular: dict[int, str]) -> str:
    if not many:
        return ""
    return irregular.get(many) or (DIGITS[many] if many > 1 else "") + name


def _geminated(number: str, kind: str) -> str:
    """Before such a counter: ``イチ`` → イッ, ``ジュー`` → ジュッ."""
    for ending in _GEMINATING.get(kind, ()):
        if number.endswith(ending):
            return number[:-1] + "ッ"
    return number


def _changed(reading: str, table: dict[str, str]) -> str:
    return table.get(reading[0], reading[0]) + reading[1:]
