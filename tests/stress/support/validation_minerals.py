"""Minerals: concentration, net import reliance, the list of 2025, GeoPolRisk, rank correlations."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from stress_validation import Section

from oreline.reference import table
from oreline.stress import (
    gdp_effects,
    geopolrisk,
    import_reliances,
    importers_named,
    memberships,
    rank_table,
    shipped_risk_tables,
    stage_supplies,
)

PUBLISHED_2025 = {
    ("gallium", "Primary production"): 9804, ("niobium", "Mine production"): 8709,
    ("magnesium metal", "Smelter production"): 7736, ("silicon", "Silicon metal"): 7622,
    ("bismuth", "Refinery production"): 7453, ("tellurium", "Refinery production"): 6761,
    ("graphite", "Mine production"): 6447, ("tungsten", "Mine production"): 6234,
    ("vanadium", "Mine production"): 5623, ("cobalt", "Mine production"): 5554,
    ("platinum", "Mine production: Platinum"): 5324,
    ("titanium sponge metal", "Titanium sponge metal production"): 5324,
    ("indium", "Refinery production"): 5181, ("rare earths", "Mine production"): 5072,
    ("nickel", "Mine production"): 4594, ("alumina", "Alumina, refinery production"): 4055,
    ("fluorspar", "Mine production"): 3889, ("aluminum", "Smelter production"): 3788,
    ("tantalum", "Mine production"): 3319, ("palladium", "Mine production: Palladium"): 3311,
}  # fmt: skip
"""Indices of 2025 that others computed from the Mineral Commodity Summaries of 2026."""
NEAR_POINTS = 2.0
COUNTRIES = {"USA": "USA", "Germany": "DEU", "Japan": "JPN", "Rep. of Korea": "KOR", "China": "CHN"}
HERE = "tests/stress/test_minerals.py::"


def sections(facts: Path) -> list[Section]:
    """Give the sections on minerals."""
    return [
        concentrations(), mining_indices(facts), reliances(), list_rule(), risk_indices(facts),
        correlations(),
    ]  # fmt: skip


def rows_of(facts: Path, name: str) -> list[dict[str, str]]:
    """Read one of the published tables."""
    with (facts / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def concentrations() -> Section:
    """Compare indices of production in 2025 with those that others computed."""
    found = {(one.mineral, one.product): one for one in stage_supplies(year=2025)}
    rows, met = [], 0
    for key, printed in PUBLISHED_2025.items():
        measured = found[key].concentration()
        assert measured is not None
        ours = measured.hhi_published
        is_met = round(ours) == printed
        met += is_met
        why = "" if is_met else "forms that countries report apart are one supply here"
        bounds = f"{measured.hhi.low:,.0f} to {measured.hhi.high:,.0f}"
        rows.append(
            (key[0], f"{printed:,}", f"{ours:,.0f}", f"{ours - printed:+,.0f}", bounds, why)
        )
    return Section(
        title="Concentration of production in 2025",
        note="Index of the plain numbers of the Mineral Commodity Summaries of 2026, other "
        "countries in the denominator only. The range is what withheld and unnamed rows allow.",
        result=f"{met} of {len(rows)} indices to the last printed digit",
        test=f"{HERE}test_published_indices_are_met_or_explained",
        header=("product", "printed", "ours", "error", "range", "why"),
        rows=tuple(rows),
    )


def mining_indices(facts: Path) -> Section:
    """Compare indices of world mining with a published table that counts the world's total."""
    ours, counted = {}, {}
    for (material, year), rows in table("world_mining").group_by("material", "year"):
        made = rows.filter(rows["scope"] == "country")["value"].fill_null(0.0).to_numpy()
        total = float(rows.filter(rows["scope"] == "world")["value"].sum())
        squares, whole = float(np.square(made).sum()), float(made.sum())
        ours[material, str(year)] = squares / whole**2 if whole else np.nan
        counted[material, str(year)] = (squares + total**2) / (whole + total) ** 2
    published = rows_of(facts, "hhi_wmd_2018_2024.csv")
    explained, shown = 0, []
    for row in published:
        printed, index = float(row["HHI01"]), ours[row["mineral"], row["year"]]
        with_total = counted[row["mineral"], row["year"]]
        explained += abs(with_total - printed) < 6e-6
        if row["year"] == "2024":
            shown.append(
                (row["mineral"], f"{printed:.5f}", f"{index:.5f}", f"{with_total:.5f}",
                 f"{with_total - printed:+.6f}")
            )  # fmt: skip
    return Section(
        title="Concentration of world mining, 2018 to 2024",
        note="The published table counts the row of the world's total as a producer beside all "
        "others. With that its numbers are met; the index itself is ours. The lines are those of "
        "2024.",
        result=f"{explained} of {len(published)} indices met once the world's total is counted in",
        test=f"{HERE}test_indices_of_world_mining_count_the_total_as_a_producer",
        header=("mineral", "printed", "ours", "with the total counted", "error"),
        rows=tuple(shown),
    )


def reliances() -> Section:
    """Compare net import reliance as printed with what the rows of the same table give."""
    plain = [one for one in import_reliances() if one.flag == "" and one.recomputed is not None]
    near = sum(abs(one.error_points or 0.0) <= NEAR_POINTS for one in plain)
    newest = [one for one in plain if one.year == 2025]
    far = [one for one in plain if abs(one.error_points or 0.0) > NEAR_POINTS and one.year != 2025]
    rows = tuple(
        (
            f"{one.mineral} {one.subject}".strip(), str(one.year), one.text,
            f"{one.recomputed.low:.1f}" if one.recomputed is not None else "",
            f"{one.error_points or 0.0:+.1f}",
            "" if abs(one.error_points or 0.0) <= NEAR_POINTS
            else "rounded to two figures, or stocks that no row has",
        )
        for one in (*newest, *far)
    )  # fmt: skip
    every = [one for one in import_reliances(year=2025) if one.text]
    return Section(
        title="United States: net import reliance",
        note=f"Percent of consumption. Of {len(every)} series of 2025 that print something, those "
        "with a plain number and rows that are not withheld are recomputed: one less domestic "
        "supply over consumption. The lines are those of 2025, and those of other years that are "
        "off by more than two points.",
        result=f"{near} of {len(plain)} values of 2021 to 2025 within two points",
        test=f"{HERE}test_published_reliances_are_recomputed_within_two_points",
        header=("series", "year", "printed", "ours", "error", "why"),
        rows=rows,
    )


def list_rule() -> Section:
    """Compare membership in the list of 2025 with the rule over the printed effects."""
    rows, met, by_effect = [], 0, 0
    for name, one in sorted(
        gdp_effects().items(), key=lambda pair: -(pair[1].weighted_musd or 0.0)
    ):
        standing = {each.list_name: each for each in memberships().get(name, ())}
        draft = standing.get("draft 2025")
        listed = draft is not None and draft.member
        rule = one.is_listed_by_effect
        by_effect += bool(rule)
        met += rule == listed
        why = "" if rule == listed else (draft.reason if draft is not None else "")
        effect = "not modelled" if one.weighted_musd is None else f"{one.weighted_musd:,.0f}"
        rule_told = "UNKNOWN" if rule is None else "yes" if rule else "no"
        rows.append((name, effect, rule_told, "yes" if listed else "no", why))
    return Section(
        title="United States: the list of 2025 by its effects",
        note="Probability-weighted net decrease of gross domestic product, million dollars a year. "
        "On the draft list is what costs more than 2; a few others are there for reasons of their "
        "own.",
        result=f"{by_effect} minerals are listed by the effect; {met} of {len(rows)} as ruled",
        test=f"{HERE}test_the_rule_of_the_list_of_2025_gives_its_fifty_minerals",
        header=("mineral", "effect", "listed by the rule", "on the draft list", "why not as ruled"),
        rows=tuple(rows),
    )


def risk_indices(facts: Path) -> Section:
    """Compare GeoPolRisk with the results of its reference tool."""
    found = geopolrisk(shipped_risk_tables(), importers_named(list(COUNTRIES.values())))
    materials = [one.name for one in found.materials]
    published = rows_of(facts, "geopolrisk_py_2.0.1_oracle_given.csv")
    indices, risks, shown = 0, [], []
    for row in published:
        place = (
            materials.index(row["raw_material"]),
            list(COUNTRIES).index(row["economic_unit"]),
            found.years.index(int(row["year"])),
        )
        indices += abs(found.hhi[place] - float(row["HHI"])) < 1e-9
        ours, theirs = float(found.import_risk[place]), float(row["import_risk"])
        if not np.isfinite(ours):
            continue
        risks.append(abs(ours - theirs))
        if abs(ours - theirs) > 1e-3:
            why = "Guyana" if row["raw_material"] in {"Bauxite", "Manganese"} else "small flows"
            shown.append(
                (row["raw_material"], row["economic_unit"], row["year"], f"{theirs:.6f}",
                 f"{ours:.6f}", f"{ours - theirs:+.6f}", why)
            )  # fmt: skip
    near = sum(error <= 1e-3 for error in risks)
    return Section(
        title="GeoPolRisk",
        note="The reference tool computes from 74 codes and every flow; shipped are 24 codes and "
        "flows from 5,000 dollars, so import risks differ by what small flows make. With the whole "
        "table of trade, imported from its publisher's files, 317 of these 327 import risks and "
        "all 326 prices are met to 1e-9; the other 10 import from Guyana, which stands twice in "
        "the reference tool's table of governance: it takes the first row, which is French "
        "Guiana's by its place, oreline the second. The three worked cases of the tool's authors "
        "are met to 1e-9 with an instability of zero for partners without an estimate, as they "
        "have it; oreline's default is 0.5, as their documentation says. The lines are the import "
        "risks that are off by more than 0.001.",
        result=f"{indices} of {len(published)} indices to 1e-9; {near} of {len(risks)} import "
        "risks from the shipped flows within 0.001",
        test="tests/stress/test_geopolrisk.py::test_concentration_of_mining_is_that_of_the_reference_tool",
        header=("material", "importer", "year", "printed", "ours", "error", "why"),
        rows=tuple(shown),
    )


KNOWN = (
    ("us_gdp", "eu_sr", 54, 0.36),
    ("us_gdp", "eu_sr_ei", 54, 0.40),
    ("us_gdp", "hhi", 34, 0.46),
)
"""Rank correlations that others computed: two methods, how many minerals, Spearman's rho."""


def correlations() -> Section:
    """Compare rank correlations between methods with those that others computed."""
    pairs = {(one.first, one.second): one for one in rank_table().pairs}
    rows, met = [], 0
    for first, second, n, rho in KNOWN:
        ours = pairs[first, second]
        assert ours.spearman is not None
        is_met = ours.n == n and abs(ours.spearman - rho) < 0.006
        met += is_met
        why = "" if is_met else "which stage they took of each mineral is not said"
        rows.append(
            (first, second, f"{rho:.2f} (n = {n})", f"{ours.spearman:.3f} (n = {ours.n})", why)
        )
    return Section(
        title="Rank correlations between methods",
        note="Spearman's rho over the minerals of the final list of 2025 that both methods cover.",
        result=f"{met} of {len(rows)} correlations met",
        test=f"{HERE}test_rank_correlations_with_the_effect_on_gdp_are_those_that_are_known",
        header=("method", "and method", "printed", "ours", "why"),
        rows=tuple(rows),
    )
