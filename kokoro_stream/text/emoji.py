"""Emoji: where one begins and ends, and what people call it."""

from __future__ import annotations

import unicodedata

import regex

from .flags import COUNTRIES, SUBDIVISIONS

_PICTURES = (
    "\u203c\u2049\u2139\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u24c2\u25a0-\u25ff"
    "\u2600-\u266c\u2670-\u27bf"  # without the musical signs ♭♮♯
    "\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f12f\U0001f14a-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
)
_LETTERS = "\U0001f1e6-\U0001f1ff"  # two of them are a flag
_MODIFIERS = "\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"  # keycap, variation, skin, tags
BEGINS_EMOJI = _PICTURES + _LETTERS + _MODIFIERS
MOST_JOINED = 8  # pictures in one; a family has four

# Of open end. A joiner that follows no letter belongs to emoji as well.
EMOJI = regex.compile(
    rf"[{_LETTERS}]{{2}}+|[{BEGINS_EMOJI}][{_MODIFIERS}]{{0,16}}+"
    rf"(?:\u200d[{_PICTURES}][{_MODIFIERS}]{{0,16}}+){{0,{MOST_JOINED}}}+\u200d?"
)

# What Unicode's own name does not say well. Without variation selectors, skin tones and signs of gender.
NAMES = {
    "❤": "red heart", "♥": "heart", "💔": "broken heart", "👍": "thumbs up", "👎": "thumbs down", "👌": "okay",
    "🙏": "folded hands", "👏": "clapping hands", "🤷": "shrug", "🤦": "facepalm", "🙌": "raised hands",
    "😂": "tears of joy", "🤣": "rolling with laughter", "😊": "smiling face", "🙂": "smiling face",
    "😀": "grinning face", "😃": "grinning face", "😄": "grinning face", "😁": "grinning face", "😅": "nervous laugh",
    "😆": "laughing face", "😉": "winking face", "😍": "heart eyes", "🥰": "smiling face with hearts",
    "😘": "blowing a kiss", "😭": "crying", "😢": "crying face", "😎": "cool face", "🤔": "thinking face",
    "😱": "screaming face", "😴": "sleeping face", "🤯": "mind blown", "🥳": "partying face", "😜": "silly face",
    "🙃": "upside-down face", "😏": "smirk", "😬": "grimace", "🙄": "rolling eyes", "😇": "angel face",
    "😡": "angry face", "😠": "angry face", "🤗": "hug", "🫡": "salute", "🫶": "heart hands", "🤝": "handshake",
    "💪": "flexed arm", "👀": "eyes", "👋": "waving hand", "✌": "victory hand", "🤞": "crossed fingers",
    "👉": "pointing right", "👈": "pointing left", "👆": "pointing up", "👇": "pointing down", "☝": "pointing up",
    "✅": "check mark", "✔": "check mark", "☑": "check mark", "✓": "check mark", "❌": "cross mark", "✖": "cross mark",
    "✗": "cross mark", "✘": "cross mark", "⚠": "warning", "❗": "exclamation mark", "❓": "question mark",
    "⭐": "star", "🌟": "glowing star", "★": "star", "☆": "star", "✨": "sparkles", "🔥": "fire", "🎉": "party popper",
    "💡": "light bulb", "💯": "one hundred", "🚀": "rocket", "📌": "pin", "📝": "memo", "💻": "laptop", "📱": "phone",
    "☀": "sun", "☁": "cloud", "☕": "coffee", "🍕": "pizza", "🐍": "snake", "🔗": "link", "🔒": "lock", "🔑": "key",
    "⏰": "alarm clock", "📅": "calendar", "📈": "rising chart", "📉": "falling chart", "📊": "bar chart",
    "🎯": "bullseye", "🏆": "trophy", "🤖": "robot", "💩": "poop", "👻": "ghost", "💀": "skull", "🌍": "globe",
    "🌎": "globe", "🌏": "globe", "➡": "right arrow", "⬅": "left arrow", "⬆": "up arrow", "⬇": "down arrow",
    "🆗": "okay", "🏁": "chequered flag", "🚩": "red flag", "🏳": "white flag", "🏴": "black flag",
    "🏳🌈": "rainbow flag", "🏳⚧": "transgender flag", "🏴☠": "pirate flag", "❤🔥": "heart on fire",
    "❤🩹": "mending heart", "🐻❄": "polar bear", "👁🗨": "eye in a speech bubble", "😮💨": "sigh", "😵💫": "dizzy face",
    "😶🌫": "face in clouds", "🐕🦺": "service dog", "🐈⬛": "black cat",
}  # fmt: skip
_PEOPLE = {"👨": "man", "👩": "woman", "🧑": "person", "👦": "boy", "👧": "girl", "👶": "baby"}
_TRADES = {
    "💻": "technologist", "🚀": "astronaut", "⚕": "health worker", "🍳": "cook", "🎓": "student", "🏫": "teacher",
    "🔬": "scientist", "🎨": "artist", "🚒": "firefighter", "✈": "pilot", "⚖": "judge", "🌾": "farmer",
    "🔧": "mechanic", "🏭": "factory worker", "💼": "office worker", "🎤": "singer", "🦽": "in a wheelchair",
    "🦯": "with a cane", "🍼": "feeding a baby", "🦰": "with red hair", "🦱": "with curly hair",
    "🦳": "with white hair", "🦲": "without hair",
}  # fmt: skip
_UNHEARD = regex.compile(rf"[\u200d♀♂\ufe0e\ufe0f{_MODIFIERS}]")
_PADDING = regex.compile(
    r"^(?:heavy |negative |squared |medium |large |small )*(?=\w)|(?: sign| symbol)$"
    r"|^(?:face |person )with (?=\w)|,.*"
)


def name_of(emoji: str) -> str:
    """What a match of `EMOJI` is called in English; "" for what is no picture (a stray modifier)."""
    if len(emoji) == 2 and all("\U0001f1e6" <= letter <= "\U0001f1ff" for letter in emoji):
        code = "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in emoji)
        return f"flag of {COUNTRIES[code]}" if code in COUNTRIES else " ".join(code)
    tags = "".join(chr(ord(tag) - 0xE0000) for tag in emoji if "\U000e0020" <= tag <= "\U000e007e")
    if tags in SUBDIVISIONS:
        return f"flag of {SUBDIVISIONS[tags]}"
    pictures = _UNHEARD.sub("", emoji)
    return NAMES.get(pictures) or _name_of_joined(pictures)


def _name_of_joined(pictures: str) -> str:
    if len(pictures) > 2 and _PEOPLE.keys() & set(pictures):
        return "couple" if "❤" in pictures else "family"
    if len(pictures) == 2 and pictures[0] in _PEOPLE and pictures[1] in _TRADES:
        return f"{_PEOPLE[pictures[0]]} {_TRADES[pictures[1]]}"
    if len(pictures) == 2 and set(pictures) <= _PEOPLE.keys():
        return "family"
    return " ".join(filter(None, map(_name_of_one, pictures)))


def _name_of_one(picture: str) -> str:
    if "\U0001f1e6" <= picture <= "\U0001f1ff":  # half a flag is a letter
        return chr(ord(picture) - 0x1F1E6 + ord("A"))
    name = NAMES.get(picture) or unicodedata.name(picture, "").lower()
    if picture in NAMES or len(name.split()) < 2:
        return name
    return str(_PADDING.sub("", _PADDING.sub("", name))).replace("-", " ").strip()
