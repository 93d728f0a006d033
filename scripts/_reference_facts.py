"""The hand-kept part of the reference tables: sources, aliases, quoted figures, disputed lines.

Read by `build_reference.py`; the rest of the tables comes from collected files.
"""

from __future__ import annotations

from dataclasses import dataclass

RETRIEVED = "2026-11-22"
NEAR_KM = 25.0
"""A point this close to its country may be outside for want of precision in either."""

LICENCES = {
    "public-domain": "public domain",
    "CC-BY-4.0": "Creative Commons Attribution 4.0 International",
    "ODC-PDDL-1.0": "Open Data Commons Public Domain Dedication and Licence 1.0",
    "Apache-2.0": "Apache License 2.0, as oreline itself",
    "CC0-1.0": "Creative Commons Zero 1.0, public domain dedication",
    "etalab-2.0": "Etalab Open Licence 2.0",
    "attribution": "free use with attribution, as the publisher says; no named licence",
    "facts": "single facts or official lists, cited; no copyright in the facts",
}


@dataclass(frozen=True)
class SourceRow:
    """One row of sources.csv, less the tables, which are collected from the rows themselves."""

    id: str
    title: str
    publisher: str
    vintage: str
    licence: str
    citation: str
    attribution: str
    trap: str


USGS = "U.S. Geological Survey"
USGS_CREDIT = "Data courtesy of the U.S. Geological Survey."
OWN = "the oreline developers"
OWN_CREDIT = "Compiled by the oreline developers."


def usgs(key: str, title: str, vintage: str, citation: str, trap: str = "") -> SourceRow:
    """Describe a publication of the U.S. Geological Survey, a work of the federal government."""
    return SourceRow(key, title, USGS, vintage, "public-domain", citation, USGS_CREDIT, trap)


def mcs(year: int, doi: str, trap: str) -> SourceRow:
    """Describe one edition of the Mineral Commodity Summaries."""
    return usgs(f"usgs-mcs-{year}", f"Mineral Commodity Summaries {year}", str(year), doi, trap)


def quoted(
    key: str, title: str, publisher: str, vintage: str, citation: str, trap: str
) -> SourceRow:
    """Describe a work of which single figures are quoted; none of its tables is passed on."""
    credit = f"Single figures quoted from {publisher}, {title}."
    return SourceRow(key, title, publisher, vintage, "facts", citation, credit, trap)


def mrdata(name: str, title: str, vintage: str, trap: str = "") -> SourceRow:
    """Describe a deposit database of the U.S. Geological Survey."""
    key = f"usgs-{name.replace('_', '-')}"
    return usgs(key, title, vintage, f"https://mrdata.usgs.gov/{name.replace('_', '-')}", trap)


SOURCES = (
    mcs(2022, "https://doi.org/10.3133/mcs2022",
        "No antimony world table, and no reserves of copper or rare earths, in the files at hand."),
    mcs(2023, "https://doi.org/10.3133/mcs2023",
        "Zero stands where the printed edition has a dash. Some world reserves stand in the "
        "notes."),
    mcs(2024, "https://doi.org/10.3133/mcs2024",
        "A footnote number is joined to the label of the world total; units of the net import "
        "reliance columns are mislabelled as tons. Both are read as what they are."),
    mcs(2025, "https://doi.org/10.3133/mcs2025",
        "World tables only. Empty cells may be zero, not available or withheld: they stay "
        "unknown."),
    mcs(2026, "https://doi.org/10.3133/mcs2026",
        "Figures of past years are revised, some by more than half: keep the vintage with each. "
        "Cells printed NA are empty in the copy at hand. The legend defines the dash as zero. "
        "Mica: "
        "two headings carry the same words, told apart only by the line number."),
    usgs("usgs-myb-2022-rare-earths", "Minerals Yearbook 2022, Rare earths, table 2", "2022",
        "https://www.usgs.gov/centers/national-minerals-information-center/"
        "rare-earths-statistics-and-information",
        "Percent of total rare-earth oxide by source mineral; typical assays, not a deposit's "
        "mean. "
        "Some location labels are cut off."),
    mrdata("ree", "Rare earth element mines, deposits and occurrences (OFR 02-189)", "2002"),
    mrdata("porcu", "Porphyry copper deposits of the world (OFR 2008-1155)", "2008"),
    mrdata("sir20105090z", "Global copper assessment, deposits (SIR 2010-5090-Z)", ""),
    mrdata("sedcu", "Sediment-hosted copper deposits of the world (OFR 03-107)", "2003"),
    mrdata("vms", "Volcanogenic massive sulfide deposits of the world (OFR 2009-1034)", "2009"),
    mrdata("major_deposits", "Major mineral deposits of the world (OFR 2005-1294)", "2005",
        "Two Moroccan antimony deposits, Timerhdoudine and Tourtite, have a longitude of the "
        "wrong sign. They are flagged, not moved."),
    mrdata("pp1802", "Critical mineral resources, deposits (Professional Paper 1802)", "2017"),
    mrdata("deposit", "Significant deposits of the United States (Data Series 908)", ""),
    mrdata("carbonatite", "Carbonatite and alkaline deposits of the world (OFR 2009-1139)", "2009"),
    usgs("usgs-earth-mri", "Earth MRI focus areas and deposits", "",
        "https://doi.org/10.5066/P9K1HBNT"),
    SourceRow("nga-wpi", "World Port Index (Pub. 150)", "National Geospatial-Intelligence Agency",
        "2025", "public-domain", "https://msi.nga.mil/Publications/WPI",
        "Port data: World Port Index, National Geospatial-Intelligence Agency.",
        "A depth of 0 means not stated and is left empty. Positions are rounded to the minute. "
        "Index numbers 400 and 49460 and some UN/LOCODEs occur twice."),
    SourceRow("worldbank-pink-sheet", "Commodity Price Data (The Pink Sheet), monthly", "World "
    "Bank",
        "2025", "CC-BY-4.0", "https://www.worldbank.org/en/research/commodity-markets",
        "World Bank Commodity Price Data (The Pink Sheet), CC BY 4.0; the copper column was "
        "extracted.",
        "Nominal US dollars per metric ton, monthly means; ends 2025-11."),
    SourceRow("datahub-country-codes", "Country codes", "Datasets project (datahub.io)", "2026",
        "ODC-PDDL-1.0", "https://github.com/datasets/country-codes",
        "Country codes: Datasets project, PDDL.",
        "No currency for Türkiye: TRY was added. Short display names such as US were spelt out. "
        "Code NA is Namibia, not a missing value."),
    SourceRow("datahub-harmonized-system", "Harmonized System 2022", "Datasets project "
    "(datahub.io)",
        "2022", "ODC-PDDL-1.0", "https://github.com/datasets/harmonized-system",
        "Harmonized System codes: Datasets project, PDDL.",
        "Chapters of metals and minerals only; six digits at most."),
    SourceRow("jrc-rmis-2024", "Raw Materials Information System, trade code baskets",
        "European Commission, Joint Research Centre", "2024", "facts",
        "https://rmis.jrc.ec.europa.eu",
        "Trade code baskets after the Raw Materials Information System of the JRC.",
        "Rare-earth compounds are sorted as primary; the codes hold all rare earths together."),
    SourceRow("natural-earth", "Admin 0 countries, 1:110 million, version 4.1", "Natural Earth",
        "2018", "public-domain", "https://www.naturalearthdata.com",
        "Made with Natural Earth, by way of world-atlas (ISC licence, Michael Bostock).",
        "De-facto boundaries only; Kosovo, Northern Cyprus and Somaliland have no ISO code."),
    SourceRow("critical-lists", "Critical mineral lists of governments",
        "the governments and offices named in each row", "2025", "facts",
        "named in the basis_note of each row", "Lists of the governments named in each row.",
        "Rows with basis `from memory` were not checked against the official text."),
    SourceRow("geonames", "GeoNames gazetteer", "GeoNames", "2025", "CC-BY-4.0",
        "https://www.geonames.org", "Town coordinates: GeoNames, CC BY 4.0.",
        "Coordinates of the town, not of the plant."),
    SourceRow("oreline-curated", "Sites, plants, names and boundary notes compiled for "
    "oreline", OWN,
        "2026", "Apache-2.0", "scripts/_reference_facts.py", OWN_CREDIT,
        "Status and approximate positions are from general knowledge: see precision and basis."),
    SourceRow("oreline-hs-reading", "Reading of the Harmonized System 2022 by mineral", OWN, "2026",
        "Apache-2.0", "scripts/_reference_facts.py", OWN_CREDIT,
        "Headings chosen by reading their text; rare-earth codes are baskets."),
    SourceRow("oreline-searoute", "Sea routes computed with searoute 1.6.0", OWN, "2026",
        "Apache-2.0", "https://pypi.org/project/searoute/", OWN_CREDIT,
        "A network model: not compared with a published distance table; 13 knots, no port time."),
    SourceRow("oreline-sources", "The list of sources itself", OWN, "2026", "Apache-2.0", "this "
    "file",
        OWN_CREDIT, ""),
    quoted("quoted-bgs-wms", "World Mineral Statistics data", "British Geological Survey", "2023",
        "https://www.bgs.ac.uk/mineralsuk/statistics/world-statistics/",
        "Quoted for contrast. The table is not passed on: see the publisher's terms. Its copper "
        "mine and smelter figures for Pakistan are one number, not two."),
    quoted("quoted-balochistan-profile", "Mineral Profile of Balochistan", "Government of "
    "Balochistan",
        "2009", "December 2009, citing Hussain 1974",
        "26,000 t of ore; USGS prints the same 26,000 as contained antimony."),
    quoted("quoted-gsp-chitral", "Antimony of Chitral (Krinj, Partsan, Awireth)",
        "Geological Survey of Pakistan", "", "as reported by Associated Press of "
        "Pakistan",
        "A claim in the press; its year is not known and no resource statement was seen."),
    SourceRow("doe-keim-naumann-2019",
        "Production of salable rare earths products from coal and coal byproducts in the U.S. "
        "using advanced separation processes, final technical report, table 4-28",
        "S. A. Keim and H. Naumann for the U.S. Department of Energy", "2019", "facts",
        "https://doi.org/10.2172/1569277",
        "Costs of equipment after S. A. Keim and H. Naumann, report to the U.S. Department of "
        "Energy, 2019.",
        "Bare erected costs of equipment in 2016 dollars, keyed again from a public copy of the "
        "table, in which costs of like pieces are averaged and some exponents worked out from two "
        "of them. Some exponents lie above 1, where a larger piece costs more for each unit of "
        "size, and some far below 0.3."),
)  # fmt: skip

DEPOSIT_SOURCES = {
    "umn/earth_mri_usa": "usgs-earth-mri",
    **{
        f"umn/mrdata_{name}": f"usgs-{name.replace('_', '-')}"
        for name in (
            "ree", "porcu", "sir20105090z", "sedcu", "vms", "major_deposits", "pp1802", "deposit",
            "carbonatite",
        )
    },
}  # fmt: skip

# --------------------------------------------------------------------------- hand-kept facts

ALIASES = {
    "AFG": "Afganistan", "ARE": "UAE", "BHS": "Bahamas", "BIH": "Bosnia|Bosnia and Herz.",
    "CIV": "Côte d'Ivoire|Cote d'Ivoire", "CAF": "Central African Rep.", "CHN": "PRC|Mainland "
    "China",
    "COD": "Congo (Kinshasa)|Congo, Democratic Republic of the|Congo (Zaire)|Zaire|DRC|DR Congo|"
           "Democratic Republic of Congo|Dem. Rep. Congo",
    "COG": "Congo (Brazzaville)|Congo Brazzaville|Republic of Congo|Congo, Republic of the",
    "CPV": "Cabo Verde", "CUW": "Curacao", "CZE": "Czech Republic", "DOM": "Dominican Rep.",
    "ESH": "W. Sahara", "FLK": "Falkland Islands (Islas Malvinas)|Falkland Is.",
    "FSM": "Federated States of Micronesia", "GBR": "Great Britain|Britain|U.K.|England|Scotland|"
           "Wales|Northern Ireland", "GMB": "Gambia", "GNQ": "Eq. Guinea",
    "GRL": "Kalaallit Nunaat (Greenland)", "HKG": "Hong Kong SAR", "KAZ": "Kazakstan",
    "KGZ": "Kyrghyzstan|Kyrgyz Republic|Kirghizstan", "KOR": "Korea, Republic of|Korea, South",
    "LAO": "Lao PDR", "MAC": "Macau", "MKD": "Macedonia|FYROM|Republic of North Macedonia",
    "MMR": "Burma|Burma (Myanmar)|Myanmar (Burma)", "NLD": "Holland",
    "PRK": "Korea, North|DPRK|Dem. Rep. Korea", "PSE": "Palestinian Territories", "REU": "Reunion",
    "ROU": "Rumania", "SGS": "South Georgia and South Sandwich Islands",
    "SHN": "Saint Helena, Ascension, and Tristan da Cunha", "SJM": "Svalbard", "SLB": "Solomon Is.",
    "SSD": "S. Sudan", "SUR": "Surinam", "SVK": "Slovak Republic", "SWZ": "Swaziland",
    "TJK": "Tadzhikistan", "TLS": "East Timor", "TUR": "Turkey|Turkiye", "TWN": "Chinese Taipei",
    "UMI": "Johnson Atoll|Midway Islands|Wake Island",
    "USA": "U.S.|U.S.A.|United States of America|America", "VAT": "Vatican",
    "VCT": "Saint Vincent and the Grenadines (Windward Islands)", "VNM": "Viet Nam",
}  # fmt: skip

NAMES = {
    "ATG": "Antigua and Barbuda", "BIH": "Bosnia and Herzegovina", "COD": "Congo (Kinshasa)",
    "COG": "Congo (Brazzaville)", "GBR": "United Kingdom", "USA": "United States",
}  # fmt: skip
CURRENCIES = {"TUR": "TRY"}

HS_BASKET = "basket of all rare earths; says nothing of one element"
HS_OWN = (
    ("antimony", "scrap", "811020", "", "reported"),
    ("antimony", "refined", "811090", "articles and other forms", "reported"),
    ("rare earths", "primary", "253090", "residual heading, bastnaesite in it", "from memory"),
    ("rare earths", "primary", "261220", "thorium ores; monazite among them", "from memory"),
    ("rare earths", "magnet", "850511", "all metal permanent magnets, not NdFeB only", "reported"),
    *((element, stage, code, HS_BASKET, "reported")
      for element in ("dysprosium", "neodymium", "praseodymium", "terbium")
      for stage, code in (("refined", "280530"), ("refined", "284690"), ("magnet", "850511"))),
    ("aluminum", "primary", "260600", "bauxite", "reported"),
    ("aluminum", "refined", "281820", "alumina", "reported"),
    ("aluminum", "refined", "760110", "", "reported"),
    ("aluminum", "refined", "760120", "", "reported"),
    ("chromium", "primary", "261000", "", "reported"),
    ("chromium", "refined", "720241", "", "reported"),
    ("chromium", "refined", "720249", "", "reported"),
    ("tin", "primary", "260900", "", "reported"),
    ("tin", "refined", "800110", "", "reported"),
    ("tin", "refined", "800120", "", "reported"),
    ("zinc", "primary", "260800", "", "reported"),
    ("lead", "primary", "260700", "", "reported"),
)  # fmt: skip
HS_MINERALS = {"ree": "rare earths", "pgm": "platinum group metals"}
HS_NOTES = {
    "284690": HS_BASKET, "280530": HS_BASKET, "284610": "cerium only",
    "811292": "basket with other minor metals", "282560": "basket with zirconium dioxide",
}  # fmt: skip

QUOTED = (
    ("antimony", "PAK", "2023", "mine production", "antimony content", "40", "metric tons", "2023",
     "quoted-bgs-wms", "reported", "the USGS edition of 2025 prints 250 t for the same year"),
    ("copper", "PAK", "2023", "mine production", "copper content", "17,042", "metric tons", "2023",
     "quoted-bgs-wms", "reported", "the smelter figure is the same number: not independent"),
    ("antimony", "PAK", "2009", "reserves", "ore at 7 to 12 percent antimony, Qila Abdullah",
     "26,000", "metric tons of ore", "2009", "quoted-balochistan-profile", "reported",
     "about 1,820 to 3,120 t of antimony; USGS prints 26,000 t as antimony content: contested"),
    ("antimony", "PAK", "2009", "reserves", "antimony content, derived from ore and grade",
     "1,820-3,120", "metric tons", "2009", "quoted-balochistan-profile", "derived",
     "26,000 t of ore times 7 and 12 percent"),
    ("antimony", "PAK", "", "resources claimed", "ore, Krinj, Partsan and Awireth (Chitral)",
     "0.6", "million metric tons of ore", "", "quoted-gsp-chitral", "reported",
     "printed as about 0.6 million tons, with no grade"),
)  # fmt: skip

KASHMIR = (
    "The outlines, at 1:110 million, follow lines of control and are coarse; they imply no "
    "position on any boundary. "
)
DISPUTED = (
    ("IND-PAK", "India", "Pakistan", "Line of Control and boundary in the Jammu sector",
     (32.2, 36.0), (73.0, 78.5),
     KASHMIR + ("India and Pakistan have not agreed on the final status of Jammu and Kashmir. The "
      "line in the Jammu sector is called the International Border by India and the Working "
      "Boundary by Pakistan; near the Siachen glacier no line is agreed.")),
    ("CHN-IND-west", "India", "China", "Line of Actual Control, western and middle sectors",
     (30.0, 36.0), (77.0, 81.5),
     KASHMIR + ("China and India have not agreed on this one. Aksai Chin is administered by China "
      "and claimed by India.")),
    ("CHN-PAK", "Pakistan", "China", "Line in the Karakoram",
     (35.0, 37.5), (74.5, 78.5),
     KASHMIR + ("China and Pakistan made an agreement on this one in 1963, which provides for "
      "renegotiation once the Kashmir question is settled; India does not recognise the "
      "agreement and claims territory concerned by it.")),
    ("CHN-IND-east", "India", "China", "Line of Actual Control, eastern sector",
     (27.0, 30.0), (91.5, 98.0),
     ("China and India have not agreed on this boundary. The area to the south of the line "
      "is administered by India as Arunachal Pradesh; China claims most of it.")),
    ("ESH-MAR", "Morocco", "W. Sahara", "Morocco and Western Sahara",
     (20.0, 29.0), (-18.0, -8.0),
     ("Western Sahara is on the United Nations list of Non-Self-Governing Territories. "
      "Morocco administers most of it and holds it to be its own; the Frente Polisario "
      "claims independence for it. Its status is not settled.")),
    ("RUS-UKR-Crimea", "Russia", "Ukraine", "Isthmus of Crimea",
     (45.0, 46.5), (33.0, 36.0),
     ("Ukraine holds Crimea to be part of Ukraine, and General Assembly resolution 68/262 "
      "affirms this; the Russian Federation administers it and holds it to be its own. The "
      "outlines date from 2018, follow lines of control and imply no position.")),
    ("CYP-north", "Cyprus", "N. Cyprus", "Buffer zone in Cyprus",
     (34.5, 35.5), (32.0, 34.5),
     ("The line follows the United Nations buffer zone. North of it a state was declared in "
      "1983 that Türkiye alone recognises; Security Council resolution 541 (1983) calls the "
      "declaration legally invalid.")),
    ("KOS-SRB", "Kosovo", "Serbia", "Kosovo and Serbia",
     (41.5, 43.5), (19.5, 22.0),
     ("Kosovo declared independence in 2008. Some states recognise it; others, Serbia among "
      "them, do not. Security Council resolution 1244 (1999) stands.")),
    ("ISR-PSE", "Israel", "Palestine", "Armistice line of 1949, West Bank",
     (31.0, 33.0), (34.5, 36.0),
     ("Drawn near the armistice line of 1949. Israel and Palestine have not agreed on a "
      "boundary.")),
    ("SOM-Somaliland", "Somalia", "Somaliland", "Somalia and Somaliland",
     (7.5, 12.0), (47.0, 49.5),
     ("Somaliland declared independence in 1991. Somalia holds it to be part of Somalia, as "
      "most states do.")),
)  # fmt: skip
