"""The reference tables of the European Commission's studies on critical raw materials.

Read by `build_reference.py`. Shares stand in the studies as text ("4%", "<0.1%"): the text is kept,
a bound gives no number, and the trade parameter is the one printed.
"""

from __future__ import annotations

from _reference_cells import Facts, Row
from _reference_risk import plain
from oreline.exchange._published_eu import AREAS
from oreline.reference._minerals import mineral_key

STAGES = {"E": "extraction", "P": "processing"}
INPUTS = {
    "ir_pct": "IR_pct", "eol_rir_pct": "EoL_RIR_pct", "supply_used": "supply_used",
    "si_ei": "SI_EI", "si_sr": "SI_SR", "hhi_gs": "HHI_WGIt_GS", "hhi_eu": "HHI_WGIt_EU",
    "sr": "SR", "ei": "EI", "sr_gs": "SR_GS", "sr_eu": "SR_EU", "sr_both": "SR_both",
}  # fmt: skip


def percent(text: str) -> Row:
    """Give the columns text, share and flag of a printed percentage; a bound has no share."""
    mark = text[0] if text[:1] in {"<", ">"} else ""
    number = text.removeprefix(mark).removesuffix("%")
    return {"text": text, "share": "" if mark else f"{float(number) / 100:.10g}", "flag": mark}


def build_eu_results(facts: Facts) -> dict[str, list[Row]]:
    """Build eu_results: supply risk and economic importance of five studies."""
    rows = [
        {
            "mineral": mineral_key(raw["Material"]), "material": raw["Material"],
            "year": raw["Year"], "sr": plain(raw["SR"]), "ei": plain(raw["EI"]),
            "vintage": raw["Year"], "basis": "reported", "source": "eu-crm-results",
        }
        for raw in facts.rows("risk/eu_crm_sr_ei_2011_2023.csv")
    ]  # fmt: skip
    return {"eu_results": sorted(rows, key=lambda row: (row["year"], row["material"]))}


def build_eu_2017_inputs(facts: Facts) -> dict[str, list[Row]]:
    """Build eu_2017_inputs: what the study of 2017 printed, without anybody's recomputation."""
    numbers = set(INPUTS) - {"supply_used"}
    rows = []
    for raw in facts.rows("risk/eu_crm_2017_full_inputs_and_results.csv"):
        held = {
            ours: plain(raw[theirs]) if ours in numbers else raw[theirs]
            for ours, theirs in INPUTS.items()
        }
        rows.append(
            {
                "mineral": mineral_key(raw["material"]), "material": raw["material"],
                "stage": raw["stage"].casefold(), **held, "vintage": "2017", "basis": "reported",
                "source": "eu-crm-2017",
            }
        )  # fmt: skip
    return {"eu_2017_inputs": rows}


def build_eu_supply(facts: Facts) -> dict[str, list[Row]]:
    """Build eu_supply: shares of countries in world and European supply, by material and stage."""
    files = (
        ("risk/eu_crm_2023_global_supply_shares_t.csv", "global"),
        ("risk/eu_crm_2023_eu_sourcing_shares_t.csv", "eu"),
    )
    rows = [
        {
            "mineral": mineral_key(raw["Material"]), "material": raw["Material"],
            "stage": STAGES[raw["Stage"]], "scope": scope,
            "iso3": AREAS.get(raw["Country"]) or facts.located(file, raw["Country"]),
            "area": raw["Country"], **percent(raw["Share"]), "trade_parameter": plain(raw["t"]),
            "vintage": "2023", "basis": "reported", "source": "eu-crm-2023",
        }
        for file, scope in files
        for raw in facts.rows(file)
    ]  # fmt: skip
    keys = ("material", "stage", "scope", "area")
    return {"eu_supply": sorted(rows, key=lambda row: tuple(row[key] for key in keys))}


def build_eu_uses(facts: Facts) -> dict[str, list[Row]]:
    """Build eu_uses: shares of end uses, with the sector that makes them and its value added."""
    rows = []
    seen: set[tuple[str, ...]] = set()
    for line, raw in enumerate(facts.rows("risk/eu_crm_2023_use_shares_va.csv"), start=2):
        if tuple(raw.values()) in seen:
            continue  # magnesium in construction stands twice, and with both its uses sum to 113 %
        seen.add(tuple(raw.values()))
        code, _, name = raw["nace2"].partition(" - ")
        rows.append(
            {
                "mineral": mineral_key(raw["material"]), "material": raw["material"],
                "application": raw["application"], "nace2": code, "nace2_name": name,
                **percent(raw["share"]), "value_added_meur": plain(raw["va_meur"]),
                "vintage": "2023", "basis": "reported", "source": "eu-crm-2023", "line": str(line),
            }
        )  # fmt: skip
    return {"eu_uses": rows}
