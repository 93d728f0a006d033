"""The reference tables on supply risk that are one row a country, a flow or a mineral.

Read by `build_reference.py`: world mining, trade flows, governance, gross domestic product, the
trade codes of the GeoPolRisk method, recycling, and what the United States published of effects
and lists. A cell that is empty stays empty; a label that is no country keeps its row.
"""

from __future__ import annotations

import re

from _reference_cells import Facts, Row, truth
from _reference_risk_sources import CUT_OFF_MUSD, ECONOMY, LIST_2018, LIST_REASONS, LISTS
from oreline.reference._minerals import mineral_key

WMD_UNITS = {
    "metr. t": "metric tons", "kg": "kilograms", "Mio m3": "million cubic meters", "ct": "carats",
}  # fmt: skip
HS17_CODES = {
    "magnets": "850511", "antimony": "811010", "gallium": "811292", "germanium": "811292",
    "tungsten": "810194", "magnesium": "810411", "titanium": "810820", "silicon": "280469",
    "copper": "740311", "nickel": "750210",
}  # fmt: skip
"""The collected file names a material where the publisher has a code of the HS of 2017."""


def plain(text: str) -> str:
    """Give a number without needless digits; what is printed nan or None is not known, so empty."""
    return "" if text in {"", "nan", "None"} else f"{float(text):.10g}"


def build_world_mining(facts: Facts) -> dict[str, list[Row]]:
    """Build world_mining; the sum that the file gives under "Total" is marked as the world's."""
    file = "risk/wmd_production_by_country_2018_2024.csv"
    rows = []
    for raw in facts.rows(file):
        total = raw["Country"] == "Total"
        form = re.search(r"\(([^()]*)\)", raw["mineral"])
        place = {
            "mineral": mineral_key(raw["mineral"]), "material": raw["mineral"],
            "content": form.group(1) if form and form.group(1)[-1].isalnum() else "",
            "area": "world" if total else raw["Country"],
            "scope": "world" if total else "country",
            "iso3": "" if total else facts.located(file, raw["Country"], raw["Country_ISO"]),
        }  # fmt: skip
        rows += [
            {
                **place, "year": str(year), "value": plain(raw[str(year)]),
                "flag": "" if raw[str(year)] else "blank", "unit": WMD_UNITS[raw["unit"]],
                "estimated": {"e": "true", "r": "false"}.get(raw["data_source"], ""),
                "status": raw["data_source"].replace("nan", ""), "vintage": "",
                "basis": "reported", "source": "wmd-2024",
            }
            for year in range(2018, 2025)
        ]  # fmt: skip
    rows.sort(key=lambda row: (row["material"], row["year"], row["scope"], row["area"]))
    return {"world_mining": rows}


def flow(year: str, ends: tuple[str, str], code: str, edition: str, amounts: Row) -> Row:
    """Give one row of trade_flows."""
    return {
        "year": year, "exporter": ends[0], "importer": ends[1], "hs": code, "edition": edition,
        **amounts, "vintage": "2026", "basis": "reported", "source": f"baci-{edition.lower()}",
    }  # fmt: skip


def build_trade_flows(facts: Facts) -> dict[str, list[Row]]:
    """Build trade_flows from two editions of the Harmonized System."""
    rows = []
    file = "risk/baci_hs92_minerals_2018_2024.csv.gz"
    for raw in facts.rows(file):
        # The publisher's "Other Asia, not elsewhere specified" (S19) is in practice Taiwan.
        ends = [
            facts.located(file, {"S19": "TWN"}.get(raw[end], raw[end])) or raw[end]
            for end in ("exporter", "importer")
        ]
        amounts = {"value_kusd": plain(raw["value_kUSD"]), "quantity_t": plain(raw["quantity_t"])}
        rows.append(flow(raw["year"], (ends[0], ends[1]), raw["hs6_92"], "HS92", amounts))
    file = "risk/baci_hs17_v202601_refined_and_magnets_flows.csv.gz"
    for raw in facts.rows(file):
        if raw["material"] == "germanium":
            continue  # the same code, and the same rows, as gallium
        ends = [
            facts.located(file, raw[f"{end}_iso2"]) or raw[f"{end}_iso2"]
            for end in ("exporter", "importer")
        ]
        amounts = {
            "value_kusd": f"{int(raw['value_USD']) / 1000:.10g}",
            "quantity_t": plain(raw["quantity_t"]),
        }
        code = HS17_CODES[raw["material"]]
        rows.append(flow(raw["year"], (ends[0], ends[1]), code, "HS17", amounts))
    rows.sort(key=lambda row: tuple(row[key] for key in ("edition", "hs", "year", "exporter")))
    return {"trade_flows": rows}


def build_governance(facts: Facts) -> dict[str, list[Row]]:
    """Build governance: political stability by year, and the mean of the six indicators."""
    rows = []
    file = "risk/wgi_political_stability_estimate_2015_2024.csv"
    copied = facts.rows(file)
    names = [raw["Country/Territory"] for raw in copied]
    for number, raw in enumerate(copied):
        area = raw["Country/Territory"]
        # Two rows are named Guyana; the first lies where the publisher has French Guiana.
        if area in names[number + 1 :]:
            area, alpha3 = f"{area} (first of two rows)", ""
            facts.unresolved.add((file, area))
        else:
            alpha3 = facts.located(file, area, raw["Code"])
        rows += [
            {
                "iso3": alpha3, "area": area, "year": str(year),
                "indicator": "pv", "estimate": plain(raw[str(year)]), "vintage": "2025",
                "basis": "reported", "source": "wgi-pv",
            }
            for year in range(2015, 2025)
        ]  # fmt: skip
    file = "risk/wgi_mean_of_six_latest.csv"
    rows += [
        {
            "iso3": facts.located(file, raw["iso2"]), "area": raw["iso2"], "year": "",
            "indicator": "mean6", "estimate": plain(raw["wgi_mean6_latest"]), "vintage": "",
            "basis": "derived", "source": "wgi-mean6",
        }
        for raw in facts.rows(file)
    ]  # fmt: skip
    return {"governance": rows}


def build_world_gdp(facts: Facts) -> dict[str, list[Row]]:
    """Build world_gdp; sums of countries keep their label and have no code."""
    file = "risk/worldbank_gdp_2018plus.csv"
    rows = []
    for raw in facts.rows(file):
        if int(raw["Year"]) < 2018:
            continue  # a few countries only
        alpha3 = facts.alpha3(raw["Country Code"])
        rows.append(
            {
                "iso3": alpha3, "area": raw["Country Name"],
                "scope": "country" if alpha3 else "group", "year": raw["Year"],
                "value_usd": f"{float(raw['Value']):.0f}", "vintage": "2025",
                "basis": "reported", "source": "worldbank-gdp",
            }
        )  # fmt: skip
        if not alpha3:
            facts.unresolved.add((file, raw["Country Name"]))
    return {"world_gdp": rows}


def build_geopolrisk_codes(facts: Facts) -> dict[str, list[Row]]:
    """Build geopolrisk_codes; a material without a code has an empty one."""
    rows = []
    for raw in facts.rows("risk/geopolrisk_hs_code_map.csv"):
        code = raw["HS Code"] if raw["HS Code"].isdigit() else ""
        rows.append(
            {
                "mineral": mineral_key(raw["Sheet_name"]), "material": raw["Reference ID"],
                "sheet": raw["Sheet_name"], "hs": code,
                "hs_extra": raw["HS Code - Complementary"].replace(";", " "),
                "stage": raw["Supply Chain Stage"].casefold(), "symbol": raw["Symbol"],
                "vintage": "2025", "basis": "reported", "source": "geopolrisk-codes",
            }
        )  # fmt: skip
    return {"geopolrisk_codes": rows}


def build_recycling(facts: Facts) -> dict[str, list[Row]]:
    """Build recycling: the end-of-life recycling input rates of two studies."""
    files = (
        ("risk/eu_crm_2017_full_inputs_and_results.csv", "EoL_RIR_pct", "2017"),
        ("risk/material_attributes_eol_rir_export_controls.csv", "eol_rir_2023_pct", "2023"),
    )
    rows = [
        {
            "mineral": mineral_key(raw["material"]), "material": raw["material"], "year": year,
            "eol_rir_pct": plain(raw[column]), "vintage": year, "basis": "reported",
            "source": f"eu-crm-{year}",
        }
        for file, column, year in files
        for raw in facts.rows(file)
    ]  # fmt: skip
    return {"recycling": sorted(rows, key=lambda row: (row["mineral"], row["year"]))}


def build_us_effects(facts: Facts) -> dict[str, list[Row]]:
    """Build us_gdp_effects: effects on gross domestic product as published, in million dollars."""
    rows = [
        {
            "mineral": mineral_key(raw["commodity"]), "commodity": raw["commodity"],
            "weighted_musd": plain(raw["prob_weighted_net_decrease_GDP_MUSD"]),
            "largest_musd": plain(raw["max_scenario_net_decrease_GDP_MUSD"]),
            "implied_probability": plain(raw["implied_probability"]), "vintage": "2025",
            "basis": "reported", "source": "usgs-ofr-2025-1047",
        }
        for raw in facts.rows("risk/usgs_ofr2025_1047_gdp_results.csv")
    ]  # fmt: skip
    return {"us_gdp_effects": rows}


def listed_because(title: str, name: str, held: Row) -> str:
    """Say why a list has a mineral or not; empty where nothing is known beyond the list itself."""
    reason = LIST_REASONS.get((title, name), "")
    effect = plain(held.get("prob_weighted_net_decrease_GDP_MUSD", ""))
    drafted = held.get("draft_2025_08") == "True"
    if not reason and title.endswith("2025") and drafted:
        by_effect = effect and float(effect) > CUT_OFF_MUSD
        reason = ECONOMY.format(effect) if by_effect else LIST_REASONS["draft 2025", name]
        if held["list_2022"] == "False":
            reason = f"added in {title.split()[1]}: {reason}"
    return reason


def build_us_lists(facts: Facts) -> dict[str, list[Row]]:
    """Build us_lists: for each of four lists and every mineral, whether it is a member and why."""
    printed = {
        raw["mineral"]: raw for raw in facts.rows("risk/us_critical_minerals_lists_2022_2025.csv")
    }
    columns = {"2022": "list_2022", "draft 2025": "draft_2025_08", "final 2025": "final_2025_11"}
    rows = []
    for name in sorted({*printed, *LIST_2018}):
        for title, year, basis, source in LISTS:
            entry = LIST_2018.get(name, "") if title == "2018" else name
            held = printed.get(name, {})
            member = bool(entry) if title == "2018" else held.get(columns[title]) == "True"
            rank = held.get("draft_rank", "") if title == "draft 2025" else ""
            rows.append(
                {
                    "mineral": mineral_key(name), "list": title, "year": year,
                    "member": truth(member), "entry": entry if member else "",
                    "reason": listed_because(title, name, held), "rank": plain(rank),
                    "vintage": year, "basis": basis, "source": source,
                }
            )  # fmt: skip
    return {"us_lists": rows}
