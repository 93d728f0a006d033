"""The hand-kept part of the tables on supply risk: sources, and the lists of the United States.

Read by `build_reference.py` by way of `_reference_risk.py`.
"""

from __future__ import annotations

from _reference_facts import SourceRow, usgs

EC = "European Commission"
BEA = "U.S. Bureau of Economic Analysis"
WORLD_BANK = "World Bank"
INTERIOR = "U.S. Department of the Interior"


def study(year: str, citation: str, trap: str) -> SourceRow:
    """Describe one study of the European Commission on critical raw materials."""
    title = f"Study on the critical raw materials for the EU {year}"
    return SourceRow(
        f"eu-crm-{year}", title, EC, year, "CC-BY-4.0", citation,
        f"© European Union, {title}, CC BY 4.0; tables transcribed.", trap,
    )  # fmt: skip


def listing(key: str, title: str, year: str, citation: str, trap: str) -> SourceRow:
    """Describe one list of the Department of the Interior, a work of the federal government."""
    credit = "Lists of critical minerals of the U.S. Department of the Interior."
    return SourceRow(key, title, INTERIOR, year, "public-domain", citation, credit, trap)


def accounts(key: str, title: str, year: str, trap: str) -> SourceRow:
    """Describe input-output accounts of the Bureau of Economic Analysis."""
    credit = "Input-output accounts: U.S. Bureau of Economic Analysis."
    return SourceRow(
        key, title, BEA, year, "public-domain",
        "https://www.bea.gov/industry/input-output-accounts-data", credit, trap,
    )  # fmt: skip


def baci(edition: str, trap: str) -> SourceRow:
    """Describe one edition of the trade database of CEPII."""
    title = f"BACI, bilateral trade by product, {edition}"
    return SourceRow(
        f"baci-{edition.lower()}", title, "CEPII", "2026", "etalab-2.0",
        "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
        f"Trade flows: BACI ({edition}), CEPII, Etalab Open Licence 2.0; a selection of codes.",
        trap,
    )  # fmt: skip


RISK_SOURCES = (
    SourceRow("wmd-2024", "World Mining Data, production by country 2018 to 2024",
        "Austrian Federal Ministry of Finance", "", "attribution",
        "https://www.world-mining-data.info",
        "Mine production: World Mining Data, Austrian Federal Ministry of Finance.",
        "Free with attribution, says the publisher's page; there is no named licence. The edition "
        "is not stated in the copy at hand. The sum that the file lists as a country named Total "
        "has the scope world. Empty cells are not known. Some figures are metal, some oxide: see "
        "content. The status r is reported, e estimated, p provisional."),
    baci("HS92", "Flows of 5,000 dollars and more of 23 codes. Taiwan stands in the publisher's "
        "table as Other Asia, not elsewhere specified. Quantities are estimated by the publisher "
        "in part and poor for unit values; an empty quantity is not known. Codes of 1992 do not "
        "tell antimony metal from its articles, nor magnets by kind."),
    baci("HS17", "Flows of 50,000 dollars and more of ten codes, five years, values only: no "
        "quantity is given. The code of gallium is a basket with germanium and other metals."),
    SourceRow("wgi-pv", "Worldwide Governance Indicators, political stability", WORLD_BANK, "2025",
        "CC-BY-4.0", "https://www.worldbank.org/en/publication/worldwide-governance-indicators",
        "Worldwide Governance Indicators: World Bank, CC BY 4.0.",
        "The copy has two rows named Guyana: the first is kept without a country. Its Europe EFTA, "
        "nes is in all likelihood Kosovo. Territories that the publisher does not rate are empty."),
    SourceRow("wgi-mean6", "Worldwide Governance Indicators, mean of the six estimates",
        WORLD_BANK, "", "CC-BY-4.0",
        "https://www.worldbank.org/en/publication/worldwide-governance-indicators",
        "Worldwide Governance Indicators: World Bank, CC BY 4.0; mean of six, rounded.",
        "Latest year of each country, which the copy does not state. Taiwan is missing."),
    SourceRow("worldbank-gdp", "GDP (current US$), NY.GDP.MKTP.CD", WORLD_BANK, "2025",
        "CC-BY-4.0", "https://data.worldbank.org/indicator/NY.GDP.MKTP.CD",
        "Gross domestic product: World Bank, CC BY 4.0, by way of the Datasets project.",
        "Current dollars, 2018 to 2023. Taiwan is missing. Rows of the scope group are sums of "
        "countries: never add them to countries."),
    study("2017", "https://data.europa.eu/doi/10.2873/876644",
        "Results are printed to one decimal, and so are most inputs: a recomputation can only meet "
        "the interval that rounding leaves. A zero beside `GS only` stands for no figure."),
    study("2023", "https://data.europa.eu/doi/10.2873/725585",
        "Shares are means of 2016 to 2020 in whole or tenths of a percent and often sum to less "
        "than one. The end-of-life rates come from another transcription than the shares; copper's "
        "differs between studies (55 and 17 percent). One use of magnesium stands twice in the "
        "copy and once here."),
    SourceRow("eu-crm-results", "Studies on critical raw materials for the EU, results 2011 to "
        "2023", EC, "2023", "CC-BY-4.0", "https://data.europa.eu/doi/10.2873/725585",
        "© European Union, studies on critical raw materials 2011 to 2023, CC BY 4.0; results "
        "transcribed.",
        "The method changed in 2017: results of 2011 and 2014 do not compare with later ones."),
    usgs("usgs-ofr-2025-1047", "Methodology and technical input for the 2025 list of critical "
        "minerals (OFR 2025-1047), effects on gross domestic product", "2025",
        "https://doi.org/10.3133/ofr20251047",
        "From a transcription by a third party, in whole million dollars; six values above one "
        "billion and fifty above two million agree with what was reported of it. The implied "
        "probability is the ratio of the two columns and an upper bound of the largest "
        "scenario's."),
    listing("us-list-2018", "Final list of critical minerals 2018 (83 FR 23295)", "2018",
        "83 FR 23295", "Written from memory: 35 entries, two of them groups (rare earths, platinum "
        "group metals), here set against each of the metals that later lists name."),
    listing("us-list-2022", "2022 final list of critical minerals (87 FR 10381)", "2022",
        "87 FR 10381", "Derived: the list of 2025 less the ten additions reported of it."),
    listing("us-list-2025-draft", "Draft list of critical minerals, August 2025 (90 FR 41591)",
        "2025", "90 FR 41591", "Ranks from a transcription by a third party."),
    listing("us-list-2025", "Final 2025 list of critical minerals", "2025",
        "Federal Register, 7 November 2025", "Membership as quoted by the trade press from the "
        "notice; why the four last entries came in is from memory."),
    SourceRow("geopolrisk-codes", "Trade codes and names of materials of the GeoPolRisk method",
        "A. Koyamparambath and others", "2025", "facts",
        "https://doi.org/10.1016/j.resconrec.2024.107801",
        "Trade codes after the GeoPolRisk method of A. Koyamparambath and others.",
        "Codes of the Harmonized System of 1992; where none is given, the method has no result."),
    SourceRow("doe-magnets-2022", "Rare earth permanent magnets, supply chain deep dive assessment",
        "U.S. Department of Energy", "2022", "public-domain",
        "https://www.energy.gov/policy/securing-americas-clean-energy-supply-chain",
        "Shares of metal and magnet production after the U.S. Department of Energy, 2022.",
        "Two figures of 2020, written from memory; who makes the rest is not stated."),
    accounts("bea-detail-2017", "Make and use tables after redefinitions, 402 industries", "2017",
        "Million dollars at producers' prices. Pairs that are not listed are zero. Taken from a "
        "copy of the useeior project (MIT licence)."),
    accounts("bea-summary-2023", "Make, use and import tables after redefinitions, 71 industries",
        "2023",
        "Million dollars at producers' prices; zero entries are left out. Taken from a copy of the "
        "useeior project (MIT licence)."),
)  # fmt: skip

# --------------------------------------------------------------------------- lists

LISTS = (
    ("2018", "2018", "from memory", "us-list-2018"),
    ("2022", "2022", "derived", "us-list-2022"),
    ("draft 2025", "2025", "reported", "us-list-2025-draft"),
    ("final 2025", "2025", "reported", "us-list-2025"),
)
"""Title, year, basis and source of each list."""

PGM = "Iridium Palladium Platinum Rhodium Ruthenium"
REE = (
    "Cerium Dysprosium Erbium Europium Gadolinium Holmium Lanthanum Lutetium Neodymium "
    "Praseodymium Samarium Terbium Thulium Ytterbium Yttrium"
)
SINGLES = (
    "Aluminum Antimony Arsenic Barite Beryllium Bismuth Cesium Chromium Cobalt Fluorspar "
    "Gallium Germanium Graphite Hafnium Helium Indium Lithium Magnesium Manganese Niobium "
    "Potash Rhenium Rubidium Scandium Strontium Tantalum Tellurium Tin Titanium Tungsten "
    "Uranium Vanadium Zirconium"
)
LIST_2018 = {
    **{name: name for name in SINGLES.split()},
    **dict.fromkeys(PGM.split(), "Platinum group metals"),
    **dict.fromkeys(REE.split(), "Rare earth elements group"),
}
"""The 35 entries of the list of 2018, by the mineral that later lists name."""

ADDED_2022 = "added in 2022 (reason from memory: "
CUT_OFF_MUSD = 2.0
ECONOMY = "effect on gross domestic product of {} million dollars, cut-off 2"
FORMER_GROUP = "in the list of 2018 as part of a group; named by itself since 2022"
LIST_REASONS = {
    ("2022", "Nickel"): ADDED_2022 + "sole domestic mine, and growing demand of batteries)",
    ("2022", "Zinc"): ADDED_2022 + "few smelters left, supply risk above the threshold)",
    ("2022", "Uranium"): "removed in 2022: a fuel mineral, outside the definition (from memory)",
    **{
        ("2022", name): "removed in 2022: supply risk below the threshold (reason from memory)"
        for name in ("Helium", "Potash", "Rhenium", "Strontium")
    },
    **{("2022", name): FORMER_GROUP for name in f"{PGM} {REE}".split()},
    ("draft 2025", "Zirconium"): "a single domestic producer: a single point of failure",
    **{
        ("draft 2025", name): "kept on qualitative grounds: too few data for the model"
        for name in ("Cesium", "Rubidium", "Scandium")
    },
    **{
        ("draft 2025", name): "proposed for removal: the effect does not exceed the cut-off"
        for name in ("Arsenic", "Tellurium")
    },
    **{
        ("final 2025", name): "kept: on the list of 2022, though not in the draft"
        for name in ("Arsenic", "Tellurium")
    },
    **{
        ("final 2025", name): "added after the draft (from memory: on the advice of other agencies)"
        for name in ("Boron", "Metallurgical coal", "Phosphate", "Uranium")
    },
}
"""Why a list has a mineral or not, where that is more than the economic cut-off of 2025."""
