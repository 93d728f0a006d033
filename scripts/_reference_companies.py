"""The tables of who is who: companies, their listings and numbers, exchanges, renamed agencies.

Read by `build_reference.py`. Stages and second listings are compiled by hand; each row says so.
"""

from __future__ import annotations

import re

from _reference_cells import Facts, Row
from _reference_facts import SourceRow

GLEIF, SEC, OWN = "gleif-lei", "sec-company-tickers", "oreline-curated"
COMPANY_SOURCES = (
    SourceRow(
        GLEIF, "Global LEI Index, a selection", "Global Legal Entity Identifier Foundation",
        "2025", "CC0-1.0", "https://www.gleif.org/en/lei-data/global-lei-index",
        "Legal entity identifiers: GLEIF, CC0.",
        "Found by the exact name and the country in a part of the index; no LEI here does not "
        "mean that a company has none.",
    ),
    SourceRow(
        SEC, "Company tickers with CIK", "U.S. Securities and Exchange Commission", "2026",
        "public-domain", "https://www.sec.gov/file/company-tickers",
        "Tickers and CIK numbers: U.S. Securities and Exchange Commission.",
        "It writes NYSE for NYSE American as well. A company has one line for each of its papers.",
    ),
)  # fmt: skip
STAGES = {
    "USAR": "explorer metal magnet", "MP": "miner separator metal magnet",
    "UUUU": "separator miner", "PPTA": "explorer", "UAMY": "metal miner", "LTUM": "explorer",
    "NB": "explorer", "CRML": "explorer", "IDR": "miner explorer", "UURAF": "separator",
    "REEMF": "explorer separator", "TMRC": "explorer", "AREC": "separator", "TMC": "explorer",
    "NVA": "explorer", "USAU": "explorer", "ABAT": "separator", "FCX": "miner metal",
    "SCCO": "miner metal", "B": "miner", "RIO": "miner metal", "BHP": "miner", "VALE": "miner",
    "TECK": "miner metal", "ALB": "separator miner", "LAC": "explorer", "SGML": "miner",
    "ATLX": "explorer", "MTRN": "metal", "METC": "explorer", "WWR": "explorer", "GSM": "metal",
    "CCJ": "miner", "ELBM": "separator", "XPL": "explorer", "LYC.AX": "miner separator",
    "ILU.AX": "miner separator", "ARU.AX": "explorer", "IXR.AX": "explorer separator",
    "LRV.AX": "explorer", "ALM": "miner", "NEO.TO": "separator metal magnet",
    "600111.SS": "miner separator", "000831.SZ": "miner separator",
    "600392.SS": "separator metal", "601899.SS": "miner metal", "002155.SZ": "miner metal",
    "US Strategic Metals": "separator", "Frontier Works Organization": "miner",
    "Pakistan Mineral Development": "miner", "Oil & Gas Development Company": "explorer",
    "Pakistan Petroleum": "explorer", "Noveon Magnetics": "magnet", "eVAC Magnetics": "magnet",
    "Less Common Metals": "metal", "Vacuumschmelze": "magnet", "Solvay": "separator",
    "Aclara Resources": "explorer", "Vulcan Elements": "magnet", "Niron Magnetics": "magnet",
}  # fmt: skip
"""The stages at which each company of the list works, the main one first."""
MARKETS = {
    "Nasdaq": "XNAS", "NYSE": "XNYS", "NYSE American": "XASE", "OTC": "OTCM", "OTC/TSXV": "OTCM",
    "ASX": "XASX", "TSX": "XTSE", "SSE": "XSHG", "SZSE": "XSHE", "PSX": "XKAR",
}  # fmt: skip
REMEMBERED = (
    ("UURAF", "XTSX", "UCU"), ("UUUU", "XTSE", "EFR"),
    ("PPTA", "XTSE", "PPTA"), ("LAC", "XTSE", "LAC"), ("SGML", "XTSX", "SGML"),
    ("CCJ", "XTSE", "CCO"), ("B", "XTSE", "ABX"), ("RIO", "XLON", "RIO"), ("RIO", "XASX", "RIO"),
    ("BHP", "XASX", "BHP"), ("BHP", "XLON", "BHP"), ("Solvay", "XBRU", "SOLB"),
    ("Aclara Resources", "XTSE", "ARA"), ("LYC.AX", "OTCM", "LYSDY"),
)  # fmt: skip
"""Listings beside those of the collected files: from memory, and marked so."""
MORE = (
    ("TMQ", "Trilogy Metals", "CAN", "NYSE American", "copper-zinc (Ambler AK)", "explorer",
     "0001543418", (("XTSE", "TMQ"),)),
)  # fmt: skip
EXCHANGES = (
    ("XNYS", "New York Stock Exchange", "USA", "USD", "", "NYSE", "N US"),
    ("XNAS", "Nasdaq", "USA", "USD", "", "NASDAQ|NASDAQGS|NASDAQCM|NASDAQGM|NGS|NCM", "O OQ US"),
    ("XASE", "NYSE American", "USA", "USD", "",
     "NYSE AMERICAN|NYSEAMERICAN|NYSE-AMERICAN|AMEX|NYSE MKT|NYSEMKT", "A US"),
    ("OTCM", "OTC Markets", "USA", "USD", "", "OTC|OTC MARKETS|OTCMKTS|OTC US", "PK OB OTC US"),
    ("OTCQ", "OTCQX", "USA", "USD", "OTCM", "OTCQX", ""),
    ("OTCB", "OTCQB", "USA", "USD", "OTCM", "OTCQB|OTCBB", ""),
    ("PINX", "OTC Pink", "USA", "USD", "OTCM", "OTCPK|OTC PINK|PINK|OTCPINK|OTCID", ""),
    ("XTSE", "Toronto Stock Exchange", "CAN", "CAD", "", "TSX|TSE|TOR", "TO"),
    ("XTSX", "TSX Venture Exchange", "CAN", "CAD", "", "TSX-V|TSXV|TSX.V|TSX VENTURE|CVE", "V"),
    ("XCNQ", "Canadian Securities Exchange", "CAN", "CAD", "", "CSE|CNSX", "CN"),
    ("XASX", "ASX", "AUS", "AUD", "", "ASX", "AX"),
    ("XLON", "London Stock Exchange", "GBR", "GBP", "", "LSE|LON|LONDON", "L UK"),
    ("AIMX", "AIM", "GBR", "GBP", "XLON", "AIM", ""),
    ("XBRU", "Euronext Brussels", "BEL", "EUR", "", "EURONEXT BRUSSELS|EBR", "BR"),
    ("XPAR", "Euronext Paris", "FRA", "EUR", "", "EURONEXT PARIS|EPA", "PA"),
    ("XAMS", "Euronext Amsterdam", "NLD", "EUR", "", "EURONEXT AMSTERDAM|AMS", "AS"),
    ("XETR", "Xetra", "DEU", "EUR", "", "XETRA|ETR", "DE"),
    ("XFRA", "Frankfurt Stock Exchange", "DEU", "EUR", "", "FSE|FRA|FWB", "F"),
    ("XSHG", "Shanghai Stock Exchange", "CHN", "CNY", "", "SSE|SHA|SHSE", "SS SH"),
    ("XSHE", "Shenzhen Stock Exchange", "CHN", "CNY", "", "SZSE|SHE", "SZ"),
    ("XHKG", "Hong Kong Exchanges", "HKG", "HKD", "", "HKEX|SEHK|HKG", "HK"),
    ("XKAR", "Pakistan Stock Exchange", "PAK", "PKR", "", "PSX|KSE", "KA"),
    ("XNSE", "National Stock Exchange of India", "IND", "INR", "", "NSE", "NS"),
    ("XBOM", "BSE", "IND", "INR", "", "BSE|BOM", "BO"),
    ("XJSE", "Johannesburg Stock Exchange", "ZAF", "ZAR", "", "JSE", "JO"),
    ("XTKS", "Tokyo Stock Exchange", "JPN", "JPY", "", "TSE|TYO", "T"),
    ("XKRX", "Korea Exchange", "KOR", "KRW", "", "KRX|KOSPI", "KS"),
    ("XKLS", "Bursa Malaysia", "MYS", "MYR", "", "KLSE|BURSA", "KL"),
    ("XOSL", "Oslo Stock Exchange", "NOR", "NOK", "", "OSE|OSL", "OL"),
    ("XSTO", "Nasdaq Stockholm", "SWE", "SEK", "", "STO", "ST"),
    ("XSGO", "Santiago Stock Exchange", "CHL", "CLP", "", "BCS", "SN"),
)  # fmt: skip
"""MIC (ISO 10383), name, country, currency, the market it is a tier of, prefixes, suffixes."""
AGENCIES = (
    ("us-defense", "Department of Defense", "1949-08-10", "",
     "DoD|US Department of Defense|Pentagon|Defense Department|The Pentagon",
     "the name in statute"),
    ("us-defense", "Department of War", "2025-09-05", "",
     "DoW|US Department of War|War Department|Department of War (DoW)",
     "secondary title by Executive Order 14347"),
    ("us-interior", "Department of the Interior", "1849-03-03", "",
     "DOI|US Department of the Interior|Interior Department|Department of Interior", ""),
    ("us-energy", "Department of Energy", "1977-08-04", "",
     "DOE|US Department of Energy|Energy Department", ""),
    ("us-usgs", "United States Geological Survey", "1879-03-03", "",
     "USGS|US Geological Survey|Geological Survey", ""),
    ("us-dla", "Defense Logistics Agency", "1977-01-01", "", "DLA|US Defense Logistics Agency", ""),
    ("us-dfc", "International Development Finance Corporation", "2019-12-20", "",
     "DFC|US International Development Finance Corporation", ""),
    ("us-dfc", "Overseas Private Investment Corporation", "1971-01-01", "2019-12-20", "OPIC",
     "became part of the DFC"),
    ("us-exim", "Export-Import Bank of the United States", "1934-02-02", "",
     "EXIM|EXIM Bank|US Export-Import Bank|Export-Import Bank", ""),
    ("us-sec", "Securities and Exchange Commission", "1934-06-06", "",
     "US Securities and Exchange Commission", ""),
    ("us-commerce", "Department of Commerce", "1913-03-04", "",
     "US Department of Commerce|Commerce Department", ""),
    ("us-state", "Department of State", "1789-09-15", "",
     "US Department of State|State Department", ""),
    ("cn-mofcom", "Ministry of Commerce of China", "2003-03-10", "",
     "MOFCOM|China's Ministry of Commerce|Chinese Ministry of Commerce", ""),
    ("eu-commission", "European Commission", "1958-01-01", "", "EC", ""),
    ("pk-sifc", "Special Investment Facilitation Council", "2023-06-17", "", "SIFC", ""),
    ("pk-gsp", "Geological Survey of Pakistan", "1947-08-14", "", "GSP", ""),
    ("jp-jogmec", "Japan Organization for Metals and Energy Security", "2022-11-14", "",
     "JOGMEC", ""),
    ("jp-jogmec", "Japan Oil, Gas and Metals National Corporation", "2004-02-29", "2022-11-14",
     "", "renamed in 2022"),
)  # fmt: skip
"""Agency, a name of it, from when, until when, other spellings, note; days from memory."""


def build_companies(facts: Facts) -> dict[str, list[Row]]:
    """Build companies, company_ids, listings, exchanges and agencies."""
    listed = facts.rows("companies/companies_critical_minerals.csv")
    tickers = facts.rows("companies/sec_company_tickers_cik.csv")
    companies, ids, listings = [], [], []
    keys: dict[str, str] = {}
    for raw in listed:
        handle = raw["name"] if raw["ticker"] == "-" else raw["ticker"]
        key = keys[handle] = _key(raw["name"])
        companies.append(
            {
                "id": key, "name": raw["name"], "iso3": facts.alpha3(raw["country"]),
                "stages": STAGES[handle], "role": raw["role"], "vintage": "2026",
                "basis": "compiled", "source": OWN,
            }
        )  # fmt: skip
        if raw["cik"]:
            ids.append(_number(key, "cik", raw["cik"], raw["sec_name"], "by ticker", SEC, "2026"))
        if raw["lei"]:
            ids.append(
                _number(key, "lei", raw["lei"], raw["lei_legal_name"], raw["lei_match"], GLEIF,
                        "2025")
            )  # fmt: skip
        listings += _listings(key, raw, tickers)
    for symbol, name, iso3, market, role, stages, cik, others in MORE:
        key = keys[symbol] = _key(name)
        companies.append(
            {
                "id": key, "name": name, "iso3": iso3, "stages": stages, "role": role,
                "vintage": "2026", "basis": "compiled", "source": OWN,
            }
        )  # fmt: skip
        there = next(row["name"] for row in tickers if row["cik"] == cik)
        ids.append(_number(key, "cik", cik, there, "by ticker", SEC, "2026"))
        listings.append(_listing(key, MARKETS[market], symbol, "true", "compiled", SEC))
        listings += [_listing(key, mic, one, "false", "from memory", OWN) for mic, one in others]
    listings += [
        _listing(keys[handle], mic, symbol, "false", "from memory", OWN)
        for handle, mic, symbol in REMEMBERED
    ]
    order = ("company", "mic", "symbol")
    return {
        "companies": sorted(companies, key=lambda row: row["id"]),
        "company_ids": sorted(ids, key=lambda row: (row["company"], row["scheme"])),
        "listings": sorted(listings, key=lambda row: tuple(row[name] for name in order)),
        "exchanges": [_exchange(*row) for row in EXCHANGES],
        "agencies": [_agency(*row) for row in AGENCIES],
    }


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def _number(
    key: str, scheme: str, value: str, name: str, match: str, source: str, vintage: str
) -> Row:
    return {
        "company": key, "scheme": scheme, "number": value, "name_there": name, "match": match,
        "vintage": vintage, "basis": "reported", "source": source,
    }  # fmt: skip


def _listings(key: str, raw: Row, tickers: list[Row]) -> list[Row]:
    """Give the listings of a company: the one of the list, then its others with the SEC."""
    found = []
    market, _, inside = raw["exchange"].partition(":")
    symbol = inside if raw["ticker"] == "-" else raw["ticker"].partition(".")[0]
    if market in MARKETS and symbol and symbol != "-":
        source = SEC if raw["cik"] else OWN
        found.append(_listing(key, MARKETS[market], symbol, "true", "compiled", source))
    for row in tickers:
        # Warrants and second classes are other papers than the share that is meant.
        if row["cik"] != raw["cik"] or row["exchange"] != "OTC" or row["ticker"] == symbol:
            continue
        found.append(_listing(key, "OTCM", row["ticker"], "false", "reported", SEC))
    return found


def _listing(key: str, mic: str, symbol: str, main: str, basis: str, source: str) -> Row:
    return {
        "company": key, "mic": mic, "symbol": symbol, "is_main": main, "vintage": "2026",
        "basis": basis, "source": source,
    }  # fmt: skip


def _exchange(
    mic: str, name: str, iso3: str, currency: str, tier_of: str, prefixes: str, suffixes: str
) -> Row:
    return {
        "mic": mic, "name": name, "iso3": iso3, "currency": currency, "tier_of": tier_of,
        "prefixes": prefixes, "suffixes": suffixes, "basis": "from memory", "source": OWN,
    }  # fmt: skip


def _agency(key: str, name: str, since: str, until: str, spellings: str, note: str) -> Row:
    country = {"us": "USA", "cn": "CHN", "pk": "PAK", "jp": "JPN"}.get(key[:2], "")
    return {
        "agency": key, "name": name, "iso3": country, "valid_from": since, "valid_to": until,
        "spellings": spellings, "note": note, "basis": "from memory", "source": OWN,
    }  # fmt: skip
