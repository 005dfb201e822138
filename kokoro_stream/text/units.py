"""Units: how they are written, and their names for one and for many."""

from __future__ import annotations

from .words import words

# Regular names: many are one with an "s".
_NAMES = {
    "km": "kilometer", "cm": "centimeter", "mm": "millimeter", "µm": "micrometer", "μm": "micrometer",
    "nm": "nanometer", "m": "meter", "dm": "decimeter", "mi": "mile", "yd": "yard", "yds": "yard", "ha": "hectare",
    "nmi": "nautical mile", "ly": "light year", "AU": "astronomical unit",
    "kg": "kilogram", "g": "gram", "gr": "gram", "mg": "milligram", "µg": "microgram", "μg": "microgram",
    "mcg": "microgram", "ng": "nanogram", "lb": "pound", "lbs": "pound", "oz": "ounce", "fl oz": "fluid ounce",
    "l": "liter", "L": "liter", "ml": "milliliter", "mL": "milliliter", "cl": "centiliter", "cL": "centiliter",
    "dl": "deciliter", "dL": "deciliter", "µL": "microliter", "μL": "microliter", "cc": "cubic centimeter",
    "gal": "gallon", "gals": "gallon", "qt": "quart", "qts": "quart", "tsp": "teaspoon", "tsps": "teaspoon",
    "tbsp": "tablespoon", "Tbsp": "tablespoon", "tbsps": "tablespoon", "ozs": "ounce",
    "B": "byte", "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte",
    "PB": "petabyte", "KiB": "kibibyte", "MiB": "mebibyte", "GiB": "gibibyte", "TiB": "tebibyte",
    "kb": "kilobit", "Kb": "kilobit", "Mb": "megabit", "Gb": "gigabit", "Mbit": "megabit", "Gbit": "gigabit",
    "ns": "nanosecond", "µs": "microsecond", "μs": "microsecond", "us": "microsecond", "ms": "millisecond",
    "s": "second", "sec": "second", "secs": "second", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour",
    "hrs": "hour", "d": "day", "wk": "week", "wks": "week", "mo": "month", "mos": "month", "yr": "year", "yrs": "year",
    "mW": "milliwatt", "W": "watt", "kW": "kilowatt", "MW": "megawatt", "GW": "gigawatt", "TW": "terawatt",
    "Wh": "watt hour", "kWh": "kilowatt hour", "MWh": "megawatt hour", "GWh": "gigawatt hour", "TWh": "terawatt hour",
    "mAh": "milliamp hour", "Ah": "amp hour", "mA": "milliamp", "µA": "microamp", "μA": "microamp",
    "mV": "millivolt", "V": "volt", "kV": "kilovolt", "Ω": "ohm", "\u2126": "ohm", "kΩ": "kiloohm", "MΩ": "megaohm",
    "µF": "microfarad", "μF": "microfarad", "nF": "nanofarad", "pF": "picofarad",
    "cal": "calorie", "kcal": "kilocalorie", "J": "joule", "kJ": "kilojoule", "MJ": "megajoule", "N": "newton",
    "kN": "kilonewton", "Nm": "newton meter", "eV": "electron volt", "keV": "kiloelectron volt",
    "MeV": "megaelectron volt", "GeV": "gigaelectron volt", "Pa": "pascal", "kPa": "kilopascal",
    "hPa": "hectopascal", "MPa": "megapascal", "mbar": "millibar", "atm": "atmosphere", "px": "pixel",
    "MP": "megapixel", "dB": "decibel", "dBA": "decibel", "lm": "lumen", "mol": "mole", "mmol": "millimole",
    "mSv": "millisievert", "μSv": "microsievert", "µSv": "microsievert", "rad": "radian", "req": "request",
    "tok": "token", "BTU": "B T U", "IU": "international unit", "°": "degree", "pt": "point", "pts": "point",
}  # fmt: skip
# unit → one, many
UNITS: dict[str, tuple[str, str]] = {
    **{unit: (name, name + "s") for unit, name in _NAMES.items()},
    "%": ("percent", "percent"),
    "‰": ("per mille", "per mille"),
    "pp": ("percentage point", "percentage points"),
    "bps": ("basis point", "basis points"),
    "ft": ("foot", "feet"),
    "inch": ("inch", "inches"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "THz": ("terahertz", "terahertz"),
    "lx": ("lux", "lux"),
    "hp": ("horsepower", "horsepower"),
    "bhp": ("brake horsepower", "brake horsepower"),
    "ppm": ("part per million", "parts per million"),
    "ppb": ("part per billion", "parts per billion"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "℃": ("degree Celsius", "degrees Celsius"),
    "ºC": ("degree Celsius", "degrees Celsius"),
    "° C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "℉": ("degree Fahrenheit", "degrees Fahrenheit"),
    "ºF": ("degree Fahrenheit", "degrees Fahrenheit"),
    "° F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "mph": ("mile per hour", "miles per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "kmh": ("kilometer per hour", "kilometers per hour"),
    "mpg": ("mile per gallon", "miles per gallon"),
    "fps": ("frame per second", "frames per second"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "RPM": ("revolution per minute", "revolutions per minute"),
    "bpm": ("beat per minute", "beats per minute"),
    "BPM": ("beat per minute", "beats per minute"),
    "wpm": ("word per minute", "words per minute"),
    "dpi": ("dot per inch", "dots per inch"),
    "DPI": ("dot per inch", "dots per inch"),
    "ppi": ("pixel per inch", "pixels per inch"),
    "psi": ("pound per square inch", "pounds per square inch"),
    "mmHg": ("millimeter of mercury", "millimeters of mercury"),
    "kbps": ("kilobit per second", "kilobits per second"),
    "Kbps": ("kilobit per second", "kilobits per second"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "kbit": ("kilobit", "kilobits"),
    "MBps": ("megabyte per second", "megabytes per second"),
}
# After a space these are as often a word, a name or a variable; touching a number they are units.
TOUCHING = words("d l N J us")
# Touching a number these mean something else: "7B" is seven billion, "5pp" no page.
SPACED = frozenset({"B"})
# Said as units even without a number in front.
ALONE = words(
    "km/h m/s m/s² km/s kWh mph kHz MHz GHz Mbps Gbps kg/m³ mg/dL mg/kg kcal mmHg ft/s MB/s GB/s L/min g/mol W/m²"
)
# Said as units behind one of these: "in GB", "per kg".
ALONE_BEHIND = words("in of many few more")
# Nothing else is written so, whatever stands in front.
NO_WORDS = words(
    "km cm mm nm mi kg mg mcg lb lbs oz gal ml mL kB KB MB GB TB ms hr hrs mph kph kW MW GW kWh MWh mV kV Hz kHz MHz "
    "GHz kJ MJ eV Pa kPa MPa psi ft yd"
)
ALSO_ALONE = words("GB MB TB KB km kg cm mm mL ms")
POWERS = {"²": "square", "2": "square", "^2": "square", "³": "cubic", "3": "cubic", "^3": "cubic"}
SHAPES = {"sq": "square", "cu": "cubic"}
