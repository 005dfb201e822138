"""Names of programmers, taken apart into words: ``getUserName`` → ``get user name``."""

from __future__ import annotations

import re

from .words import words

# Names that are words in spite of a capital within; which of them is said how is a lexicon's business.
NAMES = words(
    "GitHub GitLab JavaScript TypeScript YouTube LinkedIn PayPal PowerPoint FedEx WhatsApp TikTok WordPress "
    "PlayStation MacBook AirPods AirTag PostgreSQL MySQL SQLite NoSQL MongoDB GraphQL NumPy SciPy PyTorch PyPI LaTeX "
    "BibTeX TeX "
    "WiFi HiFi SciFi DevOps BitTorrent BitCoin JetBrains IntelliJ CoffeeScript QuickTime FaceTime HomePod CarPlay "
    "ChatGPT DeepSeek DeepMind OpenAI LangChain YouGov MasterCard SoundCloud BuzzFeed AccuWeather HarperCollins "
    "macOS tvOS watchOS iPadOS visionOS webOS tvOS iOS iPhone iPad iMac iCloud iTunes iPod eBay eBook eBooks LLaMA "
    "InDesign OneDrive OneNote SharePoint OnlyFans SpaceX HubSpot DoorDash GoPro AutoCAD UiPath "
    "PhD PhDs MSc BSc BTech MTech "
    "kHz MHz GHz THz kWh MWh GWh TWh mAh kPa hPa MPa GPa dBm kBit MBit GBit eV keV MeV GeV TeV mRNA tRNA rRNA siRNA"
)
# "McDonald", "DiCaprio", "LeBron": a name's first part, when one capitalised part follows.
_NAME = re.compile(r"(?:Mc|Mac|Di|De|Du|La|Le|Lo|Van|Von|Fitz|St|El|Al|Ma|Da|Del|Ja|Ke|La|Sha|Ra|Ta)[A-Z][a-z]+")
_PLURAL = re.compile(r"[A-Z]{2,}s")  # CPUs
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z](?!s(?![a-z]))[a-z])")
_PART = re.compile(r"[A-Z][a-z]+")


def apart(word: str) -> str | None:
    """The words of an identifier; None for any other word. The first letter stays."""
    if word in NAMES or word[0].isdigit() or word.lower() == word or not _HUMP.search(word):
        return None
    if _NAME.fullmatch(word) or _PLURAL.fullmatch(word) or len(word) < 4:
        return None
    parts = _HUMP.split(word)
    # iPhone, eBay, xAI: a brand's letter, not a variable's name.
    if len(parts) == 2 and len(parts[0]) == 1 and parts[0].islower():
        return None
    if parts[-1] == "s":
        return None
    first, *rest = parts
    if first[0].islower() or len(parts) > 2:
        rest = [part.lower() if _PART.fullmatch(part) else part for part in rest]
    return " ".join([first, *rest])
