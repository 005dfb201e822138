"""How French says numbers, dates, money and signs."""

from __future__ import annotations

from ..words import words
from .grammar import Grammar, counting, forms, ranking

_FEMININE_WORDS = words(
    "heure minute seconde page personne fois semaine année femme fille chose ville ligne tonne table tasse "
    "cuillère cuillerée étape part pièce voiture maison étoile chambre place tranche pomme carotte gousse image "
    "phrase lettre note vie voix main porte règle clé clef partie équipe course carte couche feuille boîte "
    "bouteille goutte noix journée nuit boucle classe idée méthode ligne livraison raison saison leçon façon "
    "couleur fleur valeur erreur couronne livre rupie roupie copie entreprise machine marche plante poire tomate "
    "banane orange salade fourchette"
)
_FEMININE = ("tion", "sion", "té", "ure", "ance", "ence", "esse", "ette", "ière", "ie", "ude", "euse", "elle", "ée")
_UNITS = """
km kilomètre|kilomètres
m mètre|mètres
cm centimètre|centimètres
mm millimètre|millimètres
km/s kilomètre par seconde|kilomètres par seconde
km/h kilomètre heure|kilomètres heure
m/s mètre par seconde|mètres par seconde
m² mètre carré|mètres carrés
m2 mètre carré|mètres carrés
km² kilomètre carré|kilomètres carrés
m³ mètre cube|mètres cubes
kg kilo|kilos
g gramme|grammes
mg milligramme|milligrammes
t tonne|tonnes
l litre|litres
L litre|litres
ml millilitre|millilitres
cl centilitre|centilitres
h heure|heures
min minute|minutes
s seconde|secondes
ms milliseconde|millisecondes
°C degré Celsius|degrés Celsius
°F degré Fahrenheit|degrés Fahrenheit
° degré|degrés
ha hectare|hectares
W watt|watts
kW kilowatt|kilowatts
kWh kilowattheure|kilowattheures
V volt|volts
Hz hertz|hertz
GHz gigahertz
MHz mégahertz
Ko kilooctet|kilooctets
Mo mégaoctet|mégaoctets
Go gigaoctet|gigaoctets
To téraoctet|téraoctets
MB mégaoctet|mégaoctets
GB gigaoctet|gigaoctets
kcal kilocalorie|kilocalories
"""
_cardinal = counting("fr")
_ranked = ranking("fr")


def _agree(words: str, noun: str) -> str:
    """``vingt et un``, ``heures`` → vingt et une."""
    if not noun or not (words.endswith(" un") or words in ("un", "un demi")):
        return words
    single = noun.lower().removesuffix("s")
    feminine = single in _FEMININE_WORDS or noun.lower() in _FEMININE_WORDS or single.endswith(_FEMININE)
    return words.replace("un", "une") if feminine and words == "un demi" else words + "e" if feminine else words


def _ordinal(number: int, ending: str) -> str:
    if number == 1:
        return "première" if ending in ("re", "ère", "ere") else "premier"
    if ending in ("nd", "nde") and number == 2:
        return "second" if ending == "nd" else "seconde"
    return _ranked(number) + ("s" if ending == "es" else "")


def _regnal(number: int) -> str:
    return "premier" if number == 1 else _cardinal(number)


def _clock(hours: int, minutes: int) -> str:
    said = f"{_agree(_cardinal(hours), 'heure')} heure{'s' if hours > 1 else ''}"
    return f"{said} {_cardinal(minutes)}" if minutes else said


FRENCH = Grammar(
    cardinal=_cardinal,
    ordinal=_ordinal,
    endings=("er", "ère", "ere", "re", "nd", "nde", "e", "es", "ème", "eme", "ᵉ"),
    roman_endings=("e", "er", "re", "es", "ème", "ère", "ᵉ"),
    agree=_agree,
    alone_after=words(
        "article chapitre cas code exercice phase figure groupe leçon niveau numéro option page partie étape "
        "question porte point règle section table tableau thème tome unité version"
    ),
    groups=" .",
    marks={",": "virgule", ".": "point"},
    minus="moins",
    plus="plus",
    percent="pour cent",
    number="numéro",
    to="à",
    over="sur",
    fractions=forms(
        "3 tiers|tiers\n4 quart|quarts\n5 cinquième|cinquièmes\n6 sixième|sixièmes\n7 septième|septièmes\n"
        "8 huitième|huitièmes\n9 neuvième|neuvièmes\n10 dixième|dixièmes\n100 centième|centièmes"
    ),
    known_fractions={(1, 2): "un demi", (24, 7): "vingt quatre sept"},
    half_more="et",
    currencies={
        "€": ("euro", "euros", "centime", "centimes"),
        "$": ("dollar", "dollars", "cent", "cents"),
        "£": ("livre", "livres", "penny", "pence"),
        "¥": ("yen", "yens", "sen", "sens"),
        "₹": ("roupie", "roupies", "paisa", "paisas"),
        "CHF": ("franc suisse", "francs suisses", "centime", "centimes"),
        "EUR": ("euro", "euros", "centime", "centimes"),
        "USD": ("dollar", "dollars", "cent", "cents"),
    },
    per="par",
    coins=" et ",
    scales=forms(
        "K mille\nk mille\nmille mille\nM million|millions\nmillion million|millions\nmillions million|millions\n"
        "Md milliard|milliards\nMds milliard|milliards\nmilliard milliard|milliards\nmilliards milliard|milliards"
    ),
    of=" de ",
    elided_of=" d'",
    counted_with_of=frozenset({"million", "millions", "milliard", "milliards"}),
    units=forms(_UNITS),
    months=(
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
        "novembre", "décembre",
    ),
    short_months={
        "janv": "janvier", "févr": "février", "avr": "avril", "juil": "juillet", "sept": "septembre",
        "oct": "octobre", "nov": "novembre", "déc": "décembre",
    },
    date="{day} {month}",
    in_year=" {year}",
    month_joint=r"(?:er)?\s",
    first="premier",
    clock=_clock,
    hour_signs="hH",
    hour_words=("h", "min", "mn"),
    halves=("du matin", "de l'après-midi", "du soir"),
    after_numerals=words(
        "chapitre tome volume acte partie titre phase type classe livre article"
    ),
    ranked=("siècle", "république", "arrondissement"),
    ranked_ending="e",
    regnal=_regnal,
    rulers=words(
        "Louis Charles Henri François Philippe Napoléon Élisabeth Elizabeth Jean Paul Pie Benoît Georges Édouard "
        "Guillaume Catherine Pierre Nicolas Alexandre Léon Grégoire Clément Jacques Richard"
    ),
    abbreviations={
        "M.": "monsieur", "MM.": "messieurs", "Mme": "madame", "Mmes": "mesdames", "Mlle": "mademoiselle",
        "Dr": "docteur", "Dr.": "docteur", "Pr": "professeur", "Me": "maître", "etc.": "et cetera",
        "p. ex.": "par exemple", "p.ex.": "par exemple", "c.-à-d.": "c'est-à-dire", "n°": "numéro",
        "N°": "numéro", "nº": "numéro", "av.": "avenue", "bd": "boulevard", "Bd": "boulevard", "St": "saint",
        "Ste": "sainte", "tél.": "téléphone", "Tél.": "téléphone", "env.": "environ", "max.": "maximum",
        "min.": "minimum", "vs": "contre", "vs.": "contre", "J.-C.": "Jésus-Christ", "cf.": "confer",
        "art.": "article", "chap.": "chapitre", "éd.": "édition", "svp": "s'il vous plaît",
        "et/ou": "et ou", "km/h": "kilomètres heure",
    },
    misread={"vas-y": "vazi", "allons-y": "allonzi", "allez-y": "allézi"},
    signs={
        "~": "environ",
        "&": "et", "+": "plus", "=": "égale", "×": "fois", "÷": "divisé par", "−": "moins", "±": "plus ou moins",
        "≈": "environ", "≠": "différent de", "≤": "inférieur ou égal à", "≥": "supérieur ou égal à",
        "<": "inférieur à", ">": "supérieur à", "#": "dièse", "@": "arobase", "%": "pour cent", "€": "euros",
        "$": "dollars", "£": "livres", "°": "degrés", "→": "vers", "√": "racine de", "²": "au carré",
        "³": "au cube",
    },
    dot="point",
    at="arobase",
    slash="slash",
    telephone_pairs=True,
)  # fmt: skip
