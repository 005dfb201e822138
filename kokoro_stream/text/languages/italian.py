"""How Italian says numbers, dates, money and signs."""

from __future__ import annotations

from ..words import words
from .grammar import Grammar, counting, forms, ranking

_FUNCTION_WORDS = words(
    "a ad al alla che con da dal del della di e ed è era fa gli ha i il in la le lo ma nel nella no non o per più "
    "però può se si sono sta su sul tra un una sarà come quando dove"
)
_FEMININE = ("a", "ione", "tà", "tù", "ice", "udine")
_MASCULINE = ("ma", "ista", "eta")
_IMPURE = ("z", "gn", "ps", "pn", "x", "y")
_UNITS = """
km chilometro|chilometri
m metro|metri
cm centimetro|centimetri
mm millimetro|millimetri
km/s chilometro al secondo|chilometri al secondo
km/h chilometro orario|chilometri orari
m/s metro al secondo|metri al secondo
m² metro quadrato|metri quadrati
m2 metro quadrato|metri quadrati
mq metro quadrato|metri quadrati
km² chilometro quadrato|chilometri quadrati
m³ metro cubo|metri cubi
kg chilo|chili
g grammo|grammi
gr grammo|grammi
mg milligrammo|milligrammi
t tonnellata|tonnellate
l litro|litri
L litro|litri
ml millilitro|millilitri
cl centilitro|centilitri
dl decilitro|decilitri
h ora|ore
min minuto|minuti
s secondo|secondi
ms millisecondo|millisecondi
°C grado Celsius|gradi Celsius
°F grado Fahrenheit|gradi Fahrenheit
° grado|gradi
ha ettaro|ettari
W watt
kW chilowatt
kWh chilowattora
V volt
Hz hertz
GHz gigahertz
MHz megahertz
KB kilobyte
MB megabyte
GB gigabyte
TB terabyte
kcal chilocaloria|chilocalorie
"""
_cardinal = counting("it")
_ranked = ranking("it")


def _agree(words: str, noun: str) -> str:
    """``uno``, ``libro`` → un; ``uno``, ``casa`` → una. Other numbers never change."""
    if words == "mezzo" and noun.endswith("a"):
        return "mezza"
    if words != "uno" or not noun or noun.lower() in _FUNCTION_WORDS:
        return words
    lower = noun.lower()
    if lower[0] in "aeiouàèéìòù":
        return "un"  # un amico, un'amica: they sound alike
    if lower.endswith(_FEMININE) and not lower.endswith(_MASCULINE):
        return "una"
    impure = lower.startswith(_IMPURE) or (lower[0] == "s" and lower[1:2] not in tuple("aeiouàèéìòù"))
    return "uno" if impure else "un"


def _ordinal(number: int, ending: str) -> str:
    words = _ranked(number)
    if ending.endswith(("a", "ª")):
        return words[:-1] + "a"
    return words[:-1] + "i" if ending == "i" else words


def _clock(hours: int, minutes: int) -> str:
    said = "una" if hours == 1 else _cardinal(hours)
    return f"{said} e {_cardinal(minutes)}" if minutes else said


ITALIAN = Grammar(
    cardinal=_cardinal,
    ordinal=_ordinal,
    endings=("º", "ª", "o", "a", "mo", "ma", "esimo", "esima"),
    roman_endings=("º", "ª"),
    agree=_agree,
    alone_after=words(
        "articolo capitolo caso codice esercizio fase figura gruppo lezione livello numero opzione pagina parte "
        "passo domanda porta punto regola sezione tabella tema tomo unità versione"
    ),
    groups=". ",
    marks={",": "virgola", ".": "punto"},
    minus="meno",
    plus="più",
    percent="per cento",
    number="numero",
    to="a",
    over="su",
    fractions=forms(
        "3 terzo|terzi\n4 quarto|quarti\n5 quinto|quinti\n6 sesto|sesti\n7 settimo|settimi\n8 ottavo|ottavi\n"
        "9 nono|noni\n10 decimo|decimi\n100 centesimo|centesimi"
    ),
    known_fractions={(1, 2): "mezzo", (24, 7): "ventiquattro sette"},
    half_more="e",
    currencies={
        "€": ("euro", "euro", "centesimo", "centesimi"),
        "$": ("dollaro", "dollari", "centesimo", "centesimi"),
        "£": ("sterlina", "sterline", "penny", "pence"),
        "¥": ("yen", "yen", "sen", "sen"),
        "₹": ("rupia", "rupie", "paisa", "paise"),
        "CHF": ("franco svizzero", "franchi svizzeri", "centesimo", "centesimi"),
        "EUR": ("euro", "euro", "centesimo", "centesimi"),
        "USD": ("dollaro", "dollari", "centesimo", "centesimi"),
    },
    per="al",
    coins=" e ",
    scales=forms(
        "K mila\nk mila\nmila mila\nM milione|milioni\nmilione milione|milioni\nmilioni milione|milioni\n"
        "mln milione|milioni\nmld miliardo|miliardi\nmiliardo miliardo|miliardi\nmiliardi miliardo|miliardi"
    ),
    of=" di ",
    counted_with_of=frozenset({"milione", "milioni", "miliardo", "miliardi"}),
    units=forms(_UNITS),
    months=(
        "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
        "novembre", "dicembre",
    ),
    short_months={
        "gen": "gennaio", "feb": "febbraio", "mar": "marzo", "apr": "aprile", "mag": "maggio", "giu": "giugno",
        "lug": "luglio", "ago": "agosto", "set": "settembre", "sett": "settembre", "ott": "ottobre",
        "nov": "novembre", "dic": "dicembre",
    },
    date="{day} {month}",
    in_year=" {year}",
    month_joint=r"[º°]?\s",
    first="primo",
    clock=_clock,
    hour_signs="",
    halves=("di mattina", "di pomeriggio", "di sera"),
    after_numerals=words(
        "capitolo tomo volume atto parte titolo fase tipo classe"
    ),
    ranked=("secolo", "guerra", "repubblica", "edizione"),
    ranked_ending="o",
    after_degrees=("di", "a", "e", "in", "o", "al", "alla", "all", "con", "sotto", "sopra", "la", "il", "ma", "per"),
    regnal=_ranked,
    rulers=words(
        "Luigi Carlo Enrico Filippo Vittorio Emanuele Umberto Giovanni Paolo Pio Benedetto Giorgio Edoardo "
        "Guglielmo Caterina Pietro Nicola Alessandro Leone Gregorio Clemente Napoleone Elisabetta Ferdinando"
    ),
    queens=words("Elisabetta Caterina Maria Cristina"),
    abbreviations={
        "Sig.": "signor", "sig.": "signor", "Sig.ra": "signora", "sig.ra": "signora", "Sigg.": "signori",
        "Dott.": "dottor", "dott.": "dottor", "Dott.ssa": "dottoressa", "Prof.": "professor", "prof.": "professor",
        "Prof.ssa": "professoressa", "Avv.": "avvocato", "Ing.": "ingegner", "ecc.": "eccetera",
        "es.": "esempio", "p. es.": "per esempio", "pag.": "pagina", "pagg.": "pagine", "n.": "numero",
        "n°": "numero", "N°": "numero", "nº": "numero", "art.": "articolo", "cap.": "capitolo",
        "tel.": "telefono", "Tel.": "telefono", "max.": "massimo", "min.": "minimo", "ca.": "circa",
        "a.C.": "avanti Cristo", "d.C.": "dopo Cristo", "vs.": "contro", "e/o": "e o", "S.p.A.": "società per azioni",
    },
    misread={},
    signs={
        "~": "circa",
        "&": "e", "+": "più", "=": "uguale a", "×": "per", "÷": "diviso", "−": "meno", "±": "più o meno",
        "≈": "circa", "≠": "diverso da", "≤": "minore o uguale a", "≥": "maggiore o uguale a",
        "<": "minore di", ">": "maggiore di", "#": "cancelletto", "@": "chiocciola", "%": "per cento",
        "€": "euro", "$": "dollari", "£": "sterline", "°": "gradi", "→": "a", "√": "radice di",
        "²": "al quadrato", "³": "al cubo",
    },
    dot="punto",
    at="chiocciola",
    slash="barra",
)  # fmt: skip
