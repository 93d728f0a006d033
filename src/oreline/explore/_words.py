"""What drill hole tables call their columns, and how a header names an analyte and its unit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oreline.model import AGGREGATES, RARE_EARTH_OXIDES, UnitError

PERCENT_PER_UNIT: dict[str, float] = {
    "%": 1.0,
    "fraction": 100.0,
    "kg/t": 0.1,
    "ppm": 1e-4,
    "g/t": 1e-4,
    "mg/kg": 1e-4,
    "ppb": 1e-7,
    "mg/t": 1e-7,
    "lb/st": 0.05,
    "oz/st": 100.0 * 31.1034768 / 907184.74,
    "oz/t": 100.0 * 31.1034768 / 1e6,
}
"""Per cent by mass in one unit of grade. Ounces are troy ounces; ``oz/st`` is per short ton,
``oz/t`` per metric tonne."""

METRES_PER_UNIT: dict[str, float] = {"m": 1.0, "ft": 0.3048, "us ft": 1200.0 / 3937.0}
"""Metres in one unit of length: the international foot, and the US survey foot of older maps."""

COLUMN_WORDS: dict[str, tuple[str, ...]] = {
    "hole": (
        "hole", "holeid", "bhid", "dhid", "dhno", "holeno", "holenumber", "holename", "drillhole",
        "drillholeid", "drillholeno", "ddh", "bore", "borehole", "boreholeid", "boring", "wellid",
        "well", "holeidentifier", "siteid",
        "hid", "dh", "drillholename", "drillholenumber", "bohrung", "bohrloch",
        "sondage", "forage", "sondeo", "sondaje", "taladro", "barreno", "pozo", "furo", "скважина",
    ),
    "x": (
        "x", "xcollar", "collarx", "east", "easting", "eastings", "xm", "midx", "utme", "eastingm",
        "localeast", "mgaeast", "natgrideast", "xutm", "xcoord", "utmeast", "eastm", "utmx", "xc",
        "locationx", "xlocation", "rechtswert", "ostwert", "este", "leste", "coordx", "eastcoord",
        "me", "meast", "coordeste", "utmeste", "esteutm", "xutmm", "collareast", "collareasting",
    ),
    "y": (
        "y", "ycollar", "collary", "north", "northing", "northings", "ym", "utmn", "northingm",
        "localnorth", "mganorth", "natgridnorth", "yutm", "ycoord", "utmnorth", "northm", "utmy",
        "yc",
        "locationy", "ylocation", "hochwert", "nordwert", "norte", "nord", "coordy", "northcoord",
        "mn", "mnorth", "coordnorte", "utmnorte", "norteutm", "yutmm", "collarnorth",
        "collarnorthing",
    ),
    "z": (
        "z", "zcollar", "collarz", "elev", "elevation", "rl", "zm", "altitude", "elevationm",
        "localrl", "mgarl", "natrl", "zcoord", "collarrl", "collarelevation", "elevm",
        "utmrl", "utmz", "utmelevation", "elevcollar", "dtm", "midz", "zmid", "zc",
        "locationz", "zlocation", "höhe", "hoehe", "cota", "elevación", "elevacion", "coordz",
        "altitud", "level", "mrl", "collarelev", "rlm", "cotacollar",
    ),
    "depth": (
        "depth", "maxdepth", "totaldepth", "holedepth", "eoh", "eohdepth", "td", "length",
        "enddepth", "finaldepth", "depthm", "totaldepthm", "lengthm", "holelength", "depthmax",
        "endofhole", "eohm", "totallength", "tdm",
        "proffinal", "profundidadfinal", "profundidadtotal", "proftotal", "largo", "longitud",
        "profundidadefinal", "depthtotal", "maxdepthm", "depthend", "holelengthm",
        "endteufe", "bohrtiefe", "profundidad", "profundidade", "profondeur", "maxtiefe",
    ),
    "survey_depth": (
        "at", "depth", "surveydepth", "depthm", "distance", "md", "measureddepth", "depthat",
        "surveyat", "surveydepthm", "survdepth", "depthft", "depthsurvey",
        "teufe", "tiefe", "profundidad", "profundidade", "profondeur",
    ),
    "azimuth": (
        "az", "azi", "azim", "azimuth", "bearing", "brg", "azm", "azimuthdeg", "azimuthtrue",
        "azimuthgrid", "azimuthmag", "surveyazimuth", "natgridazimuth", "azimuthmga", "trueazimuth",
        "utmazimuth", "gridazimuth", "magazimuth", "dhazimuth", "azimut",
        "azimutgrad", "rumbo", "richtung", "azimuts",
    ),
    "dip": (
        "dip", "inclination", "incl", "inc", "plunge", "dipdeg", "surveydip", "dipm", "dipangle",
        "neigung", "inclinacion", "inclinación", "buzamiento", "mergulho",
        "plongement", "pendage", "inclinação", "inclinacao",
    ),
    "from": (
        "from", "depthfrom", "fromdepth", "mfrom", "fromm", "start", "top", "samplefrom",
        "startdepth", "fromft", "depthfromm", "geolfrom", "sampfrom", "intervalfrom", "begin",
        "von", "desde", "de", "от",
    ),
    "to": (
        "to", "depthto", "todepth", "mto", "tom", "end", "bottom", "base", "sampleto", "enddepth",
        "toft", "depthtom", "geolto", "sampto", "intervalto",
        "bis", "hasta", "até", "ate", "à", "до",
    ),
    "length": (
        "length", "lengthm", "intervallength", "len", "samplelength", "width", "thickness",
        "lengthft", "länge", "laenge", "longitud",
    ),
    "code": (
        "code", "lith", "lithology", "lithocode", "lithcode", "litho", "lith1", "rock", "rockcode",
        "rocktype", "geology", "geol", "unit", "domain", "zone", "lith1code", "formation",
        "primarylithology", "oretype", "lito", "litologia", "litho1", "lithology1", "rockunit",
        "geologycode", "lithname",
        "gestein", "litología", "roca", "rocha", "roche",
    ),
    "density": (
        "density", "sg", "specificgravity", "bulkdensity", "bd", "dbd", "drybulkdensity", "dichte",
        "densidad", "densidade", "densité", "insitudensity", "dens",
    ),
}  # fmt: skip
"""The names of each column, the most telling first, in the folded form of :func:`folded`."""

_ELEMENTS = (
    "Ag", "Al", "As", "Au", "B", "Ba", "Be", "Bi", "Br", "C", "Ca", "Cd", "Ce", "Cl", "Co", "Cr",
    "Cs", "Cu", "Dy", "Er", "Eu", "F", "Fe", "Ga", "Gd", "Ge", "Hf", "Hg", "Ho", "I", "In", "Ir",
    "K", "La", "Li", "Lu", "Mg", "Mn", "Mo", "N", "Na", "Nb", "Nd", "Ni", "O", "Os", "P", "Pb",
    "Pd", "Pr", "Pt", "Rb", "Re", "Rh", "Ru", "S", "Sb", "Sc", "Se", "Si", "Sm", "Sn", "Sr", "Ta",
    "Tb", "Te", "Th", "Ti", "Tl", "Tm", "U", "V", "W", "Y", "Yb", "Zn", "Zr",
)  # fmt: skip
_OXIDES = (
    *RARE_EARTH_OXIDES,
    "SiO2", "Al2O3", "Fe2O3", "FeO", "MgO", "CaO", "Na2O", "K2O", "TiO2", "P2O5", "MnO", "Cr2O3",
    "V2O5", "BaO", "SrO", "ZrO2", "HfO2", "Nb2O5", "Ta2O5", "ThO2", "U3O8", "WO3", "SnO2", "Li2O",
    "Rb2O", "Cs2O", "BeO", "CO2", "SO3", "Sb2O3", "Sb2S3", "Co3O4", "NiO", "CuO", "ZnO", "PbO",
    "MoS2", "MoO3", "CaF2", "BaSO4", "Sc2O3", "Ga2O3", "Pr2O3", "Tb2O3", "Ce2O3",
)  # fmt: skip
ANALYTES: dict[str, str] = {
    name.casefold(): name for name in (*AGGREGATES, *_OXIDES, *_ELEMENTS)
} | {
    "treoy": "TREO-Y", "reo": "TREO", "cut": "Cu", "cutot": "Cu", "cutotal": "Cu", "fet": "Fe",
    "fetot": "Fe", "fetotal": "Fe", "stot": "S", "stotal": "S",
}  # fmt: skip
"""What a header may name, in the spelling of oreline."""

_UNIT_WORDS: dict[str, str] = {
    "%": "%", "pct": "%", "percent": "%", "perc": "%", "wt%": "%", "wtpct": "%", "per": "%",
    "ppm": "ppm", "mgkg": "mg/kg", "mg/kg": "mg/kg", "gt": "g/t", "g/t": "g/t", "gpt": "g/t",
    "gmt": "g/t", "ppb": "ppb", "kgt": "kg/t", "kg/t": "kg/t", "ozt": "oz/t", "oz/t": "oz/t",
    "opt": "oz/st", "oz/st": "oz/st", "ozst": "oz/st", "oz/ton": "oz/st", "fraction": "fraction",
    "lb/st": "lb/st", "lb/ton": "lb/st",
}  # fmt: skip
_TOKENS = re.compile(r"[^\W_]+(?:[%/][^\W_]+)?|%")


@dataclass(frozen=True, slots=True)
class HeaderAnalyte:
    """What the header of a column of grades says; ``unit`` is None where it says nothing."""

    symbol: str
    unit: str | None


def folded(header: str) -> str:
    """Return a header as it is looked up: letters and digits in lower case.

    >>> folded("Hole_ID"), folded("Depth From (m)")
    ('holeid', 'depthfromm')
    """
    return "".join(letter for letter in header.casefold() if letter.isalnum())


_UNITS_OF_LENGTH = frozenset(
    {"m", "metre", "metres", "meter", "meters", "ft", "feet", "foot", "deg", "degrees", "degree"}
)


def without_unit(header: str) -> str:
    """Return a header folded, without the unit that stands apart in it.

    >>> without_unit("East (ft)"), without_unit("Depth_From_m"), without_unit("From")
    ('east', 'depthfrom', 'from')
    """
    tokens = [token.casefold() for token in _TOKENS.findall(header)]
    kept = [token for token in tokens if token not in _UNITS_OF_LENGTH]
    return "".join(kept or tokens)


_ASIDE = _UNITS_OF_LENGTH | frozenset(
    {"utm", "mga", "mga94", "mga2020", "wgs84", "nad27", "nad83", "gda94", "local", "grid", "mine",
     "collar", "coord", "coordinate", "coordinates", "location", "loc", "hole", "drillhole", "dh",
     "drill", "survey", "sample", "interval", "downhole", "value", "t/m3", "t/m³", "g/cm3", "g/cc",
     "g/cm³", "metros", "meters"}
)  # fmt: skip
"""What headers say beside the meaning of a column: units, grids, the kind of table."""


def without_asides(header: str) -> str:
    """Return a header folded, without units, names of grids and kinds of table.

    >>> without_asides("Easting_UTM"), without_asides("Collar North (m)"), without_asides("Zone 55")
    ('easting', 'north', 'zone')
    """
    tokens = [token.casefold() for token in _TOKENS.findall(header)]
    return "".join(token for token in tokens if token not in _ASIDE and not token.isdigit())


def header_analyte(header: str) -> HeaderAnalyte | None:
    """Return what the header of a column names as analyte and unit; None if it names none.

    >>> header_analyte("Cu_ppm")
    HeaderAnalyte(symbol='Cu', unit='ppm')
    >>> header_analyte("ND2O3 (%)")
    HeaderAnalyte(symbol='Nd2O3', unit='%')
    >>> header_analyte("sample_no") is None
    True
    """
    tokens = [token.casefold() for token in _TOKENS.findall(header)]
    if not tokens:
        return None
    first = tokens[0]
    if first not in ANALYTES and first.endswith("%"):
        first, tokens = first[:-1], [first[:-1], "%", *tokens[1:]]
    symbol = ANALYTES.get(first)
    if symbol is None:
        return _joined(first)
    units = [_UNIT_WORDS[token] for token in tokens[1:] if token in _UNIT_WORDS]
    if not units and len(tokens) > 1 and first in {"as", "in", "to", "no", "at", "i", "be"}:
        return None
    return HeaderAnalyte(symbol, units[0] if units else None)


def _joined(token: str) -> HeaderAnalyte | None:
    """Read a header without a separator, such as ``cuppm``."""
    for word, unit in _UNIT_WORDS.items():
        symbol = ANALYTES.get(token.removesuffix(word))
        if token.endswith(word) and symbol is not None:
            return HeaderAnalyte(symbol, unit)
    return None


def length_unit_of(header: str) -> str | None:
    """Return the unit of length that a header states, m or ft.

    >>> length_unit_of("Depth_ft"), length_unit_of("FROM (m)"), length_unit_of("FROM")
    ('ft', 'm', None)
    """
    tokens = [token.casefold() for token in _TOKENS.findall(header)]
    for token in tokens[1:]:
        if token in _UNITS_OF_LENGTH - {"deg", "degrees", "degree"}:
            return "ft" if token.startswith("f") else "m"
    return None


_LENGTH = re.compile(r"([0-9]*\.?[0-9]+)\s*(m|ft|us ft)?")


def length_of_text(text: str) -> float:
    """Return a written length in metres; without a unit it is in metres.

    Raises
    ------
    UnitError
        If it is no length.

    >>> length_of_text("10 ft"), length_of_text("2")
    (3.048, 2.0)
    """
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise UnitError(f"{text!r} is no length; write 2, '2 m' or '10 ft'")
    return float(match[1]) * METRES_PER_UNIT[match[2] or "m"]
