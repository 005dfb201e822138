"""How Brazilian Portuguese says numbers, dates, money and signs."""

from __future__ import annotations

from ..words import words
from .grammar import Grammar, counting, forms, ranking

_FUNCTION_WORDS = words(
    "a ao as até com como da das de do dos e é em era está foi há mais mas mil na nas no nos não o os ou para "
    "pela pelo por que se sem ser será sobre são tem um uma"
)
_FEMININE = (
    "a",
    "as",
    "ção",
    "ções",
    "são",
    "sões",
    "dade",
    "dades",
    "agem",
    "agens",
    "tude",
    "tudes",
    "vez",
    "vezes",
    "ã",
    "ãs",
)
_MASCULINE = ("ma", "mas", "dia", "dias", "mapa", "mapas", "planeta", "planetas", "ista", "istas", "cometa")
_UNITS = """
km quilômetro|quilômetros
m metro|metros
cm centímetro|centímetros
mm milímetro|milímetros
km/s quilômetro por segundo|quilômetros por segundo
km/h quilômetro por hora|quilômetros por hora
m/s metro por segundo|metros por segundo
m² metro quadrado|metros quadrados
m2 metro quadrado|metros quadrados
km² quilômetro quadrado|quilômetros quadrados
m³ metro cúbico|metros cúbicos
kg quilo|quilos
g grama|gramas
mg miligrama|miligramas
t tonelada|toneladas
l litro|litros
L litro|litros
ml mililitro|mililitros
h hora|horas
min minuto|minutos
s segundo|segundos
ms milissegundo|milissegundos
°C grau Celsius|graus Celsius
ºC grau Celsius|graus Celsius
°F grau Fahrenheit|graus Fahrenheit
° grau|graus
ha hectare|hectares
W watt|watts
kW quilowatt|quilowatts
kWh quilowatt-hora|quilowatts-hora
V volt|volts
Hz hertz
GHz gigahertz
MHz megahertz
KB kilobyte|kilobytes
MB megabyte|megabytes
GB gigabyte|gigabytes
TB terabyte|terabytes
Mbps megabit por segundo|megabits por segundo
kcal quilocaloria|quilocalorias
"""
_cardinal = counting("pt_BR")
_ranked = ranking("pt_BR")


def _agree(words: str, noun: str) -> str:
    """``dois``, ``horas`` → duas; ``duzentos``, ``páginas`` → duzentas."""
    feminine = noun.endswith(_FEMININE) and not noun.endswith(_MASCULINE)
    if not feminine or noun.lower() in _FUNCTION_WORDS:
        return words
    if words.endswith("meio"):
        return words[:-1] + "a"
    said = words.replace("entos", "entas").split()
    if said[-1] in ("um", "dois"):
        said[-1] = "uma" if said[-1] == "um" else "duas"
    return " ".join(said)


def _ordinal(number: int, ending: str) -> str:
    words = _ranked(number)
    if ending.endswith(("a", "ª")):
        return " ".join(word[:-1] + "a" if word.endswith("o") else word for word in words.split())
    return words


def _regnal(number: int) -> str:
    return _ranked(number) if number <= 10 else _cardinal(number)


def _clock(hours: int, minutes: int) -> str:
    said = _agree(_cardinal(hours), "horas")
    return f"{said} e {_cardinal(minutes)}" if minutes else f"{said} hora{'s' if hours > 1 else ''}"


PORTUGUESE = Grammar(
    cardinal=_cardinal,
    ordinal=_ordinal,
    endings=("º", "ª", "o", "a"),
    roman_endings=("º", "ª"),
    agree=_agree,
    alone_after=words(
        "artigo capítulo caso código exercício fase figura grupo lição nível número opção página parte passo "
        "pergunta porta ponto regra seção tabela tema tomo unidade versão"
    ),
    groups=". ",
    marks={",": "vírgula", ".": "ponto"},
    minus="menos",
    plus="mais",
    percent="por cento",
    number="número",
    to="a",
    over="sobre",
    fractions=forms(
        "3 terço|terços\n4 quarto|quartos\n5 quinto|quintos\n6 sexto|sextos\n7 sétimo|sétimos\n8 oitavo|oitavos\n"
        "9 nono|nonos\n10 décimo|décimos\n100 centésimo|centésimos"
    ),
    known_fractions={(1, 2): "meio", (24, 7): "vinte e quatro por sete"},
    half_more="e",
    currencies={
        "R$": ("real", "reais", "centavo", "centavos"),
        "€": ("euro", "euros", "cêntimo", "cêntimos"),
        "$": ("dólar", "dólares", "centavo", "centavos"),
        "US$": ("dólar", "dólares", "centavo", "centavos"),
        "£": ("libra", "libras", "centavo", "centavos"),
        "¥": ("iene", "ienes", "sen", "sen"),
        "₹": ("rupia", "rupias", "paisa", "paisas"),
        "EUR": ("euro", "euros", "cêntimo", "cêntimos"),
        "USD": ("dólar", "dólares", "centavo", "centavos"),
    },
    per="por",
    coins=" e ",
    scales=forms(
        "K mil\nk mil\nmil mil\nmi milhão|milhões\nM milhão|milhões\nmilhão milhão|milhões\nmilhões milhão|milhões\n"
        "bi bilhão|bilhões\nbilhão bilhão|bilhões\nbilhões bilhão|bilhões\ntrilhões trilhão|trilhões"
    ),
    of=" de ",
    counted_with_of=frozenset({"milhão", "milhões", "bilhão", "bilhões", "trilhão", "trilhões"}),
    units=forms(_UNITS),
    months=(
        "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
        "novembro", "dezembro",
    ),
    short_months={
        "jan": "janeiro", "fev": "fevereiro", "mar": "março", "abr": "abril", "mai": "maio", "jun": "junho",
        "jul": "julho", "ago": "agosto", "set": "setembro", "out": "outubro", "nov": "novembro", "dez": "dezembro",
    },
    date="{day} de {month}",
    in_year=" de {year}",
    month_joint=r"[º°]?\s(?:de\s)?",
    first="primeiro",
    clock=_clock,
    hour_signs="hH",
    hour_words=("h", "hs", "min"),
    halves=("da manhã", "da tarde", "da noite"),
    after_numerals=words(
        "século séculos capítulo tomo volume ato parte título fase tipo classe"
    ),
    ranked=("guerra", "república", "edição", "conferência"),
    ranked_ending="ª",
    after_degrees=("de", "a", "e", "em", "ou", "ao", "à", "com", "abaixo", "acima", "no", "na", "mas", "para", "hoje"),
    regnal=_regnal,
    rulers=words(
        "Pedro João Paulo Luís Carlos Henrique Felipe Filipe Afonso Manuel Sebastião Pio Bento Jorge Eduardo "
        "Guilherme Catarina Nicolau Alexandre Leão Gregório Clemente Napoleão Elizabeth Fernando Maria"
    ),
    queens=words("Isabel Catarina Maria Elizabeth"),
    abbreviations={
        "Sr.": "senhor", "Sra.": "senhora", "Srta.": "senhorita", "Srs.": "senhores", "Dr.": "doutor",
        "Dra.": "doutora", "Prof.": "professor", "Profa.": "professora", "D.": "dom", "etc.": "et cétera",
        "p. ex.": "por exemplo", "p.ex.": "por exemplo", "ex.": "exemplo", "pág.": "página", "págs.": "páginas",
        "n.º": "número", "nº": "número", "Nº": "número", "art.": "artigo", "cap.": "capítulo", "tel.": "telefone",
        "Tel.": "telefone", "Av.": "avenida", "R.": "rua", "aprox.": "aproximadamente", "máx.": "máximo",
        "mín.": "mínimo", "a.C.": "antes de Cristo", "d.C.": "depois de Cristo", "vs.": "contra",
        "EUA": "Estados Unidos", "Ltda.": "limitada", "e/ou": "e ou", "vc": "você",
    },
    misread={},
    signs={
        "~": "aproximadamente",
        "&": "e", "+": "mais", "=": "igual a", "×": "vezes", "÷": "dividido por", "−": "menos",
        "±": "mais ou menos", "≈": "aproximadamente", "≠": "diferente de", "≤": "menor ou igual a",
        "≥": "maior ou igual a", "<": "menor que", ">": "maior que", "#": "hashtag", "@": "arroba",
        "%": "por cento", "€": "euros", "R$": "reais", "$": "dólares", "£": "libras", "°": "graus", "→": "para",
        "√": "raiz de", "²": "ao quadrado", "³": "ao cubo",
    },
    dot="ponto",
    at="arroba",
    slash="barra",
)  # fmt: skip
