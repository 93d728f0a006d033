"""Words that name minerals, countries, bodies, roles and exchanges in English news."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from oreline.reference import countries
from oreline.watch._words import first_words

MINERALS: Final[dict[str, tuple[str, ...]]] = {
    "antimony": ("antimony", "stibnite"),
    "copper": ("copper", "chalcopyrite"),
    "rare earths": (
        "rare earths", "rare earth elements", "rare-earth elements", "rare earth element",
        "rare earth oxides", "rare earth oxide", "rare earth", "rare-earth", "rare-earths",
        "ree", "rees", "treo", "tree", "monazite", "bastnaesite", "bastnäsite", "bastnasite",
        "xenotime", "lanthanides",
    ),
    "heavy rare earths": ("heavy rare earths", "heavy rare earth elements", "hree", "hrees"),
    "light rare earths": ("light rare earths", "light rare earth elements", "lree", "lrees"),
    "neodymium": ("neodymium", "ndpr", "ndfeb"), "praseodymium": ("praseodymium",),
    "dysprosium": ("dysprosium",), "terbium": ("terbium",), "samarium": ("samarium",),
    "gadolinium": ("gadolinium",), "lutetium": ("lutetium",), "yttrium": ("yttrium",),
    "scandium": ("scandium",), "cerium": ("cerium",), "lanthanum": ("lanthanum",),
    "europium": ("europium",), "erbium": ("erbium",), "holmium": ("holmium",),
    "ytterbium": ("ytterbium",), "thulium": ("thulium",),
    "lithium": ("lithium", "spodumene", "lepidolite", "petalite"), "cobalt": ("cobalt",),
    "nickel": ("nickel", "laterite"), "graphite": ("graphite",), "manganese": ("manganese",),
    "tungsten": ("tungsten", "wolfram", "wolframite", "scheelite", "ammonium paratungstate"),
    "tin": ("tin", "cassiterite"), "tantalum": ("tantalum", "coltan", "tantalite"),
    "niobium": ("niobium", "pyrochlore", "ferroniobium"), "gallium": ("gallium",),
    "germanium": ("germanium",), "indium": ("indium",), "tellurium": ("tellurium",),
    "bismuth": ("bismuth",), "titanium": ("titanium", "ilmenite", "rutile"),
    "zirconium": ("zirconium", "zircon"), "hafnium": ("hafnium",), "vanadium": ("vanadium",),
    "uranium": ("uranium", "yellowcake"), "molybdenum": ("molybdenum",), "rhenium": ("rhenium",),
    "platinum": ("platinum",), "palladium": ("palladium",), "rhodium": ("rhodium",),
    "platinum group metals": ("platinum group metals", "pgms", "pgm"),
    "chromium": ("chromium", "chromite", "chrome ore", "ferrochrome"),
    "beryllium": ("beryllium",), "magnesium": ("magnesium", "magnesite"),
    "boron": ("boron", "borates", "boron carbide"),
    "fluorspar": ("fluorspar", "fluorite"), "barite": ("barite", "baryte"),
    "potash": ("potash",), "phosphate rock": ("phosphate", "phosphate rock"),
    "silicon": ("silicon", "silicon metal", "polysilicon"), "silver": ("silver",),
    "gold": ("gold",), "zinc": ("zinc",), "lead": ("lead",), "iron ore": ("iron ore",),
    "bauxite": ("bauxite",), "aluminum": ("aluminium", "aluminum", "alumina"),
    "arsenic": ("arsenic",), "cesium": ("caesium", "cesium"), "rubidium": ("rubidium",),
    "strontium": ("strontium",), "helium": ("helium",),
    "coking coal": ("metallurgical coal", "coking coal"),
    "permanent magnets": ("magnets", "magnet", "permanent magnets", "ndfeb magnets"),
    "critical minerals": ("critical minerals", "critical mineral"),
}  # fmt: skip
"""The words for each mineral; a word that is the name of one is its first."""

_AMBIGUOUS: Final = re.compile(
    r"\s(?:and zinc|concentrates?|ores?|ingots?|bullion|metal|mines?|smelters?|prices?)\b"
)
"""What must follow ``lead`` to be the metal."""

FORMS: Final = (
    "concentrate", "concentrates", "ore", "ores", "oxide", "oxides", "carbonate", "hydroxide",
    "sulphate", "sulfate", "metal", "ingot", "ingots", "alloy", "alloys", "powder", "cathode",
    "residue", "foil", "wafers", "chloride", "matte", "doré",
)  # fmt: skip

DEMONYMS: Final[dict[str, str]] = {
    "American": "US", "U.S.": "US", "US": "US", "U.S": "US", "USA": "US", "British": "GB",
    "UK": "GB", "U.K.": "GB", "Britain": "GB", "Chinese": "CN", "Pakistani": "PK",
    "Indian": "IN", "Australian": "AU", "Canadian": "CA", "Japanese": "JP", "German": "DE",
    "French": "FR", "Korean": "KR", "South Korean": "KR", "Indonesian": "ID",
    "Malaysian": "MY", "Vietnamese": "VN", "Thai": "TH", "Philippine": "PH", "Filipino": "PH",
    "Burmese": "MM", "Russian": "RU", "Ukrainian": "UA", "Kazakh": "KZ", "Uzbek": "UZ",
    "Tajik": "TJ", "Kyrgyz": "KG", "Turkish": "TR", "Turkiye": "TR", "Saudi": "SA",
    "Emirati": "AE", "Iranian": "IR", "Iraqi": "IQ", "Israeli": "IL", "Egyptian": "EG",
    "Moroccan": "MA", "Algerian": "DZ", "Nigerian": "NG", "Ghanaian": "GH", "Kenyan": "KE",
    "Tanzanian": "TZ", "Zambian": "ZM", "Zimbabwean": "ZW", "Namibian": "NA",
    "South African": "ZA", "Congolese": "CD", "DRC": "CD", "Rwandan": "RW", "Malagasy": "MG",
    "Mozambican": "MZ", "Angolan": "AO", "Brazilian": "BR", "Chilean": "CL", "Peruvian": "PE",
    "Bolivian": "BO", "Argentine": "AR", "Argentinian": "AR", "Mexican": "MX", "Cuban": "CU",
    "Colombian": "CO", "Norwegian": "NO", "Swedish": "SE", "Finnish": "FI", "Danish": "DK",
    "Dutch": "NL", "Belgian": "BE", "Spanish": "ES", "Portuguese": "PT", "Italian": "IT",
    "Swiss": "CH", "Austrian": "AT", "Polish": "PL", "Czech": "CZ", "Slovak": "SK",
    "Hungarian": "HU", "Romanian": "RO", "Serbian": "RS", "Bulgarian": "BG", "Greek": "GR",
    "Estonian": "EE", "Latvian": "LV", "Lithuanian": "LT", "Irish": "IE", "Icelandic": "IS",
    "Greenlandic": "GL", "Mongolian": "MN", "Afghan": "AF", "Bangladeshi": "BD",
    "Sri Lankan": "LK", "Nepalese": "NP", "Laotian": "LA", "Lao": "LA", "Cambodian": "KH",
    "Singaporean": "SG", "Taiwanese": "TW", "New Caledonian": "NC", "Papuan": "PG",
}  # fmt: skip

PRESS_NAMES: Final = frozenset({"Georgia", "Jersey", "Guernsey", "Chad", "Jordan", "Martinique"})
"""Names of countries that are as often the name of a state, a person or a thing."""

LEGAL: Final = (
    "Inc", "Incorporated", "Corp", "Corporation", "Ltd", "Limited", "LLC", "LLP", "LP", "plc",
    "PLC", "Plc", "GmbH", "AG", "AB", "ASA", "AS", "Oy", "Oyj", "SA", "NV", "N.V", "BV", "B.V",
    "S.A", "S.A.C", "S.A.B", "S.p.A", "SpA", "SE", "Pty", "Co", "Company", "Bhd", "Berhad",
    "Tbk", "KK", "JSC", "PJSC", "OJSC", "LLP", "Pvt", "Holdings", "Holding",
)  # fmt: skip
"""Legal forms at the end of a company's name, without their full stop."""

BODIES: Final = (
    "Ministry", "Department", "Agency", "Commission", "Authority", "Organization", "Organisation",
    "Office", "Council", "Board", "Bureau", "Administration", "Survey", "Committee", "Service",
    "Parliament", "Congress", "Senate", "Pentagon", "House", "Treasury", "Embassy", "Government",
    "Bank", "Union", "Institute", "University", "Laboratory", "Court", "Regulator", "Fund",
    "Facility", "Programme", "Program", "Exchange", "Republic", "Kingdom",
)  # fmt: skip
"""Words that make a capitalised name a public or common body."""

TRADE: Final = (
    "Resources", "Metals", "Metal", "Minerals", "Mineral", "Mining", "Mines", "Exploration",
    "Lithium", "Graphite", "Cobalt", "Copper", "Gold", "Silver", "Nickel", "Tin", "Zinc",
    "Tungsten", "Antimony", "Vanadium", "Uranium", "Titanium", "Silicon", "Boron", "Magnesium",
    "Manganese", "Earth", "Earths", "Materials", "Magnetics", "Magnets", "Magnet", "Recycling",
    "Trading", "Energy", "Industries", "Partners", "Capital", "Group", "Engineering", "Alloys",
    "Devices", "Cells", "Chemie", "Chemicals", "Chemical", "Strategic", "Technologies", "Battery",
    "Smelting", "Refining", "Cathode", "Motors", "Steel", "Power", "Logistics", "Shipping",
    "Ventures", "Investments", "Royalty", "Royalties", "Works", "Petroleum", "Electric",
    "Newswire", "Wire", "Enterprises", "Separation", "Pegmatites", "Conglomerate", "Systems",
)  # fmt: skip
"""Words that make a capitalised name a company of the trade."""

ROLES: Final = (
    "chief executive officer", "chief operating officer", "chief financial officer",
    "chief executive", "managing director", "executive director", "executive chairman",
    "prime minister", "deputy minister", "vice president", "foreign minister", "ceo", "coo",
    "cfo", "chairman", "chairwoman", "chair", "president", "director", "minister", "secretary",
    "chargé d’affaires", "chargé d'affaires", "charge d'affaires", "charge d’affaires",
    "vp", "co-founder", "economist", "fellow", "strategist", "lawyer", "head of research",
    "deputy chief of mission", "treasurer", "chancellor", "commerce secretary", "undersecretary",
    "spokesman", "spokeswoman", "spokesperson", "governor", "ambassador", "analyst", "manager",
    "aide", "founder", "premier", "senator", "commissioner", "geologist", "engineer",
)  # fmt: skip

CALLED: Final = (
    "firm", "company", "miner", "explorer", "maker", "producer", "developer", "operator", "owner",
    "trader", "exporter", "importer", "buyer", "group", "refiner", "smelter", "automaker",
    "carmaker", "startup", "supplier", "contractor", "processor", "recycler", "bank", "giant",
)  # fmt: skip
"""Nouns before a name that say it is a company's."""

EXCHANGES: Final[dict[str, str]] = {
    "NYSE": "XNYS", "NASDAQ": "XNAS", "NYSE AMERICAN": "XASE", "NYSEAMERICAN": "XASE",
    "AMEX": "XASE", "ASX": "XASX", "TSX": "XTSE", "TSX-V": "XTSX", "TSXV": "XTSX",
    "TSX.V": "XTSX", "CSE": "XCNQ", "LSE": "XLON", "LON": "XLON", "AIM": "XLON", "OTC": "OTCM",
    "OTCQB": "OTCM", "OTCQX": "OTCM", "OTCPK": "OTCM", "HKEX": "XHKG", "SEHK": "XHKG",
    "HKG": "XHKG", "SSE": "XSHG", "SZSE": "XSHE", "JSE": "XJSE", "FSE": "XFRA", "FRA": "XFRA",
    "NSE": "XNSE", "BSE": "XBOM", "PSX": "XKAR", "TSE": "XTKS", "KLSE": "XKLS", "OSE": "XOSL",
}  # fmt: skip
"""Exchanges as they are written before a symbol, and their market identifier (ISO 10383)."""

WIRES: Final[dict[str, str]] = {
    "PRNewswire": "PR Newswire", "PR Newswire": "PR Newswire", "BUSINESS WIRE": "Business Wire",
    "Business Wire": "Business Wire", "GLOBE NEWSWIRE": "GlobeNewswire",
    "GlobeNewswire": "GlobeNewswire", "Newsfile": "Newsfile", "ACCESSWIRE": "Accesswire",
    "ACCESS Newswire": "Accesswire", "EQS": "EQS", "Reuters": "Reuters", "AFP": "AFP",
    "Xinhua": "Xinhua", "Bloomberg": "Bloomberg", "Associated Press": "AP", "APP": "APP",
    "PTI": "PTI", "Interfax": "Interfax", "TASS": "TASS", "Kyodo": "Kyodo", "dpa": "dpa",
}  # fmt: skip
RELEASE_WIRES: Final = frozenset(
    {"PR Newswire", "Business Wire", "GlobeNewswire", "Newsfile", "Accesswire", "EQS"}
)
"""Wires that distribute what an issuer wrote; the others have reporters."""


def _word(name: str) -> str:
    return re.escape(name).replace(r"\ ", r"[\s\-]")


@cache
def mineral_words() -> tuple[re.Pattern[str], dict[str, str], frozenset[str]]:
    """Give the pattern of words that name a mineral, the mineral of each, and their first words."""
    keys = {word: key for key, words in MINERALS.items() for word in words}
    names = "|".join(_word(word) for word in sorted(keys, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{names})(?![\w])", re.IGNORECASE), keys, first_words(keys)


def mineral_of(words: str) -> str:
    """Give the mineral that words name, as the reference tables call it."""
    return mineral_words()[1][re.sub(r"[\s-]+", " ", words.lower())] if (
        re.sub(r"[\s-]+", " ", words.lower()) in mineral_words()[1]
    ) else mineral_words()[1][words.lower()]  # fmt: skip


def is_metal(word: str, after: str, *, is_first: bool) -> bool:
    """Return whether a word that also means something else is the metal here."""
    if word.lower() == "tree":
        return word == "TREE"
    if word.lower() == "lead":
        return word == "lead" and bool(_AMBIGUOUS.match(after))
    if word.lower() in ("tin", "silver", "gold") and word[0].isupper() and not word.isupper():
        return is_first and bool(
            re.match(
                r"\s(?:prices?|ores?|was|rose|fell|concentrates?|slipped|gained|output|"
                r"exports?|and)\b",
                after,
            )
        )
    return True


@cache
def country_words() -> tuple[re.Pattern[str], dict[str, str]]:
    """Give the pattern of words that name a country, and the alpha-2 code of each."""
    codes: dict[str, str] = dict(DEMONYMS)
    for one in countries():
        for name in (one.name, one.official_name, *one.aliases):
            if len(name) > 3 and name not in PRESS_NAMES and name[0].isupper():
                codes.setdefault(name, one.alpha2)
    names = "|".join(re.escape(name) for name in sorted(codes, key=len, reverse=True))
    return re.compile(rf"(?<![\w.])(?=[A-ZÅÇÔ])(?:{names})(?![\w])"), codes


@cache
def country_names() -> dict[str, str]:
    """Give the name of each country by its alpha-2 code."""
    return {one.alpha2: one.name for one in countries()}
