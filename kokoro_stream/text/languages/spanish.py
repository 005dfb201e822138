"""How Spanish says numbers, dates, money and signs."""

from __future__ import annotations

from ..words import words
from .grammar import Grammar, counting, forms, ranking

_FUNCTION_WORDS = words(
    "a al ante con contra de del desde e el en entre es está fue ha hay hasta la las lo los más menos ni no o "
    "para pero por que se según ser si sin sobre son también tiene u un una y ya será era como cuando donde mil"
)
_FEMININE = ("a", "as", "ción", "ciones", "sión", "siones", "dad", "dades", "tud", "tudes", "umbre", "umbres")
_MASCULINE = ("ma", "mas", "día", "días", "mapa", "mapas", "planeta", "planetas", "ista", "istas", "cometa", "gramas")
_UNITS = """
km kilómetro|kilómetros
m metro|metros
cm centímetro|centímetros
mm milímetro|milímetros
km/s kilómetro por segundo|kilómetros por segundo
km/h kilómetro por hora|kilómetros por hora
m/s metro por segundo|metros por segundo
m² metro cuadrado|metros cuadrados
m2 metro cuadrado|metros cuadrados
km² kilómetro cuadrado|kilómetros cuadrados
m³ metro cúbico|metros cúbicos
kg kilo|kilos
g gramo|gramos
mg miligramo|miligramos
t tonelada|toneladas
l litro|litros
L litro|litros
ml mililitro|mililitros
cl centilitro|centilitros
h hora|horas
min minuto|minutos
s segundo|segundos
ms milisegundo|milisegundos
°C grado centígrado|grados centígrados
ºC grado centígrado|grados centígrados
°F grado Fahrenheit|grados Fahrenheit
° grado|grados
ha hectárea|hectáreas
W vatio|vatios
kW kilovatio|kilovatios
kWh kilovatio hora|kilovatios hora
V voltio|voltios
Hz hercio|hercios
GHz gigahercio|gigahercios
MHz megahercio|megahercios
KB kilobyte|kilobytes
MB mega|megas
GB giga|gigas
TB tera|teras
Mbps megabit por segundo|megabits por segundo
kcal kilocaloría|kilocalorías
€/kg euro por kilo|euros por kilo
"""
_cardinal = counting("es")
_ranked = ranking("es")


def _agree(words: str, noun: str) -> str:
    """``uno``, ``casa`` → una; ``doscientos``, ``páginas`` → doscientas; ``veintiuno``, ``libros`` → veintiún."""
    if not noun or noun.lower() in _FUNCTION_WORDS:
        return words
    feminine = noun.endswith(_FEMININE) and not noun.endswith(_MASCULINE)
    if feminine and words.endswith("medio"):
        return words[:-1] + "a"
    if feminine:
        words = words.replace("cientos", "cientas").replace("quinientos", "quinientas")
    if words.endswith("veintiuno"):
        return words[:-1] + "a" if feminine else words[:-3] + "ún"
    if words.endswith("uno"):
        return words[:-1] + "a" if feminine else words[:-1]
    return words


def _ordinal(number: int, ending: str) -> str:
    words = _ranked(number)
    if ending in ("er", "ᵉʳ"):
        return words[:-1] if words.endswith(("primero", "tercero")) else words
    if ending.endswith(("a", "ª")):
        return " ".join(word[:-1] + "a" if word.endswith("o") else word for word in words.split())
    return words


def _regnal(number: int) -> str:
    return _ranked(number) if number <= 10 else _cardinal(number)


def _clock(hours: int, minutes: int) -> str:
    said = _agree(_cardinal(hours), "hora")
    return f"{said} y {_cardinal(minutes)}" if minutes else said if hours <= 12 else f"{said} horas"


SPANISH = Grammar(
    cardinal=_cardinal,
    ordinal=_ordinal,
    endings=("º", "ª", "er", "ero", "era", "ro", "ra", "do", "da", "to", "ta", "mo", "ma", "vo", "va", "no", "na"),
    roman_endings=("º", "ª"),
    agree=_agree,
    alone_after=words(
        "artículo capítulo caso código ejercicio fase figura grupo lección nivel número opción página parte paso "
        "pregunta puerta punto regla sección tabla tema tomo unidad versión"
    ),
    groups=". ",
    comma_groups=True,
    marks={",": "coma", ".": "punto"},
    minus="menos",
    plus="más",
    percent="por ciento",
    number="número",
    to="a",
    over="sobre",
    fractions=forms(
        "3 tercio|tercios\n4 cuarto|cuartos\n5 quinto|quintos\n6 sexto|sextos\n7 séptimo|séptimos\n"
        "8 octavo|octavos\n9 noveno|novenos\n10 décimo|décimos\n100 centésimo|centésimos"
    ),
    known_fractions={(1, 2): "medio", (24, 7): "veinticuatro siete"},
    half_more="y",
    currencies={
        "€": ("euro", "euros", "céntimo", "céntimos"),
        "$": ("dólar", "dólares", "centavo", "centavos"),
        "US$": ("dólar estadounidense", "dólares estadounidenses", "centavo", "centavos"),
        "£": ("libra", "libras", "penique", "peniques"),
        "¥": ("yen", "yenes", "sen", "sen"),
        "₹": ("rupia", "rupias", "paisa", "paisas"),
        "R$": ("real", "reales", "centavo", "centavos"),
        "S/": ("sol", "soles", "céntimo", "céntimos"),
        "EUR": ("euro", "euros", "céntimo", "céntimos"),
        "USD": ("dólar", "dólares", "centavo", "centavos"),
        "MXN": ("peso mexicano", "pesos mexicanos", "centavo", "centavos"),
    },
    per="por",
    coins=" con ",
    scales=forms(
        "K mil\nk mil\nmil mil\nM millón|millones\nmillón millón|millones\nmillones millón|millones\n"
        "mill. millón|millones\nbillones billón|billones\nbillón billón|billones"
    ),
    of=" de ",
    counted_with_of=frozenset({"millón", "millones", "billón", "billones"}),
    units=forms(_UNITS),
    months=(
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre",
    ),
    short_months={
        "ene": "enero", "feb": "febrero", "mar": "marzo", "abr": "abril", "jun": "junio", "jul": "julio",
        "ago": "agosto", "sep": "septiembre", "sept": "septiembre", "setiembre": "setiembre", "oct": "octubre",
        "nov": "noviembre", "dic": "diciembre",
    },
    date="{day} de {month}",
    in_year=" de {year}",
    month_joint=r"\s(?:del?\s)?",
    first="primero",
    clock=_clock,
    hour_signs="",
    halves=("de la mañana", "de la tarde", "de la noche"),
    after_numerals=words(
        "siglo siglos capítulo tomo volumen acto parte título fase tipo clase"
    ),
    ranked=("guerra", "república", "internacional", "congreso", "edición"),
    ranked_ending="ª",
    after_degrees=("de", "a", "y", "en", "o", "al", "con", "bajo", "sobre", "hoy", "pero", "para", "por", "es"),
    regnal=_regnal,
    rulers=words(
        "Felipe Carlos Alfonso Fernando Isabel Enrique Pedro Juan Pablo Jaime Sancho Pío Luis Jorge Benedicto "
        "Guillermo Eduardo Ricardo Ramiro Clemente León Gregorio Nicolás Alejandro Catalina Napoleón"
    ),
    queens=words("Isabel Catalina Juana María Cristina"),
    abbreviations={
        "Sr.": "señor", "Sra.": "señora", "Srta.": "señorita", "Sres.": "señores", "Dr.": "doctor",
        "Dra.": "doctora", "Prof.": "profesor", "Ud.": "usted", "Uds.": "ustedes", "Vd.": "usted", "D.": "don",
        "D.ª": "doña", "Lic.": "licenciado", "Ing.": "ingeniero", "etc.": "etcétera", "p. ej.": "por ejemplo",
        "p.ej.": "por ejemplo", "pág.": "página", "págs.": "páginas", "núm.": "número", "n.º": "número",
        "nº": "número", "Nº": "número", "N.º": "número", "art.": "artículo", "cap.": "capítulo", "tel.": "teléfono",
        "Tel.": "teléfono", "Av.": "avenida", "Avda.": "avenida", "aprox.": "aproximadamente", "máx.": "máximo",
        "mín.": "mínimo", "EE. UU.": "Estados Unidos", "EE.UU.": "Estados Unidos", "EEUU": "Estados Unidos",
        "a. C.": "antes de Cristo", "d. C.": "después de Cristo", "a.C.": "antes de Cristo",
        "d.C.": "después de Cristo", "vs.": "contra", "Cía.": "compañía", "c/u": "cada uno", "y/o": "y o",
    },
    misread={},
    signs={
        "~": "aproximadamente",
        "&": "y", "+": "más", "=": "igual a", "×": "por", "÷": "entre", "−": "menos", "±": "más o menos",
        "≈": "aproximadamente", "≠": "distinto de", "≤": "menor o igual que", "≥": "mayor o igual que",
        "<": "menor que", ">": "mayor que", "#": "almohadilla", "@": "arroba", "%": "por ciento", "€": "euros",
        "$": "dólares", "£": "libras", "°": "grados", "→": "a", "√": "raíz de", "²": "al cuadrado",
        "³": "al cubo", "½": "medio",
    },
    dot="punto",
    at="arroba",
    slash="barra",
)  # fmt: skip
