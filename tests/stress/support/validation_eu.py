"""The European Commission's results beside ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stress_validation import Section

from oreline.reference import table
from oreline.stress import (
    Bounds,
    EuMaterial,
    eu_materials,
    rounded_to,
    supply_risk,
    supply_risk_bounds,
)

WHY_OUTSIDE = {
    "Copper": "rests on a recycling rate of 17 %; the study of 2017 prints 55 %, with which 0.1 is "
    "in the range",
    "Germanium": "the printed shares alone, 83 % of China on both sides, give 2.9 or more: the "
    "result cannot be had from them",
    "Titanium metal": "rests on the rate of titanium in all forms, 19 %; with 8 % or less of the "
    "metal 1.6 is in the range",
}
"""Why a printed result lies outside what the printed inputs allow."""
SUBSTITUTION_RANGE = (0.65, 1.06)


def sections(facts: Path) -> list[Section]:
    """Give the sections on the studies of the European Commission."""
    assert facts.is_dir()
    return [supply_risk_2017(), supply_risk_2023(), importance_2023()]


def inputs_2017(row: dict[str, Any]) -> tuple[list[float | None], list[Bounds | None]]:
    """Give the inputs of a line as printed, and what rounding leaves open of each."""
    unused = {"GS only": "hhi_eu", "EUS only": "hhi_gs"}.get(row["supply_used"])
    steps = (("hhi_gs", 1, 0.1), ("hhi_eu", 1, 0.1), ("ir_pct", 100, 0.01),
             ("eol_rir_pct", 100, 0.01), ("si_sr", 1, 0.1))  # fmt: skip
    printed: list[float | None] = []
    bounds: list[Bounds | None] = []
    for name, scale, step in steps:
        value = None if name == unused or row[name] is None else row[name] / scale
        printed.append(value)
        most = 1.0 if scale == 100 else float("inf")
        bounds.append(None if value is None else rounded_to(value, step, most=most))
    return printed, bounds


def supply_risk_2017() -> Section:
    """Compute the supply risk of 2017 of each material from the printed inputs."""
    rows, met = [], 0
    for row in table("eu_2017_inputs").iter_rows(named=True):
        printed, bounds = inputs_2017(row)
        point = supply_risk(*(float("nan") if one is None else one for one in printed)).item()
        *open_inputs, substitution = bounds
        assert substitution is not None
        found = supply_risk_bounds(*open_inputs, substitution)
        assert found is not None
        assert found.high is not None
        theirs = rounded_to(row["sr"], 0.1)
        assert theirs.high is not None
        is_met = found.low <= theirs.high and theirs.low <= found.high
        met += is_met
        rows.append(
            (row["material"], f"{row['sr']:.1f}", f"{point:.3f}", f"{point - row['sr']:+.3f}",
             f"{found.low:.3f} to {found.high:.3f}", "yes" if is_met else "no")
        )  # fmt: skip
    return Section(
        title="European Union 2017: supply risk",
        note="The weighted indices, import reliance, recycling and substitution are those that the "
        "study prints (tables 3, 18 and 19), each rounded; the interval is what that rounding "
        "leaves open, and the printed result is rounded too.",
        result=f"{met} of {len(rows)} materials within the interval of rounding",
        test="tests/stress/test_eu.py::test_supply_risk_of_2017_is_within_rounding",
        header=("material", "printed", "ours", "error", "ours, with its rounding", "met"),
        rows=tuple(rows),
    )


def with_known_rate() -> list[EuMaterial]:
    """Give the materials of 2023 with shares, a recycling rate and a result of their own."""
    return [
        row
        for row in eu_materials(2023).rows
        if row.risk and row.eol_rir is not None and row.printed_risk and not row.printed_for
    ]


def supply_risk_2023() -> Section:
    """Hold the results of 2023 against what the printed shares allow."""
    rows, met = [], 0
    for one in with_known_rate():
        assert one.risk is not None
        assert one.risk.high is not None
        assert one.printed_risk is not None
        printed = one.printed_risk
        above, below = printed - 0.05 - one.risk.high, one.risk.low - (printed + 0.05)
        off = max(above, below, 0.0)
        met += off <= 0
        why = "yes" if off <= 0 else f"no, by {off:.2f}: {WHY_OUTSIDE.get(one.material, '')}"
        rows.append(
            (one.material, f"{printed:.1f}", f"{one.risk.low:.2f} to {one.risk.high:.2f}",
             one.bottleneck, "yes" if one.bottleneck_is_sure else "open", why)
        )  # fmt: skip
    return Section(
        title="European Union 2023: range of supply risk",
        note="The study prints shares, trade parameters and results, but neither import reliance, "
        "nor substitution (0.8 to 1.0 is taken, as all are in 2017), nor which side of supply was "
        "used: of these a range follows. Governance is of a later year than the study's. Materials "
        "are those with a recycling rate at hand.",
        result=f"{met} of {len(rows)} printed results within the range",
        test="tests/stress/test_eu_materials.py::test_results_of_2023_lie_within_the_range",
        header=("material", "printed", "range", "higher stage", "in every reading", "met"),
        rows=tuple(rows),
    )


def importance_2023() -> Section:
    """Find the index of substitution that each printed importance implies."""
    rows, met = [], 0
    low, high = SUBSTITUTION_RANGE
    for one in eu_materials(2023).rows:
        found = one.importance
        if found is None or one.substitution is None or one.printed_importance is None:
            continue
        assert found.high is not None
        if found.high - found.low >= 1.0:
            continue  # more than a tenth of the uses is not listed or has no sector
        implied = one.printed_importance / found.low
        is_met = low <= implied <= high
        met += is_met
        rows.append(
            (one.material, f"{one.printed_importance:.1f}", f"{found.low:.3f}",
             f"{one.printed_importance - found.low:+.3f}", f"{implied:.3f}",
             "yes" if is_met else "no")
        )  # fmt: skip
    return Section(
        title="European Union 2023: economic importance",
        note="Shares of end uses times value added of their sectors, over the largest (machinery, "
        "204,200 million euros), before substitution. The printed result over ours is the index of "
        "substitution that the study must have used; it prints none. It cannot exceed one: what "
        "lies above is the rounding of shares and of the result. Materials with nine tenths of "
        "their uses listed.",
        result=f"{met} of {len(rows)} implied indices within {low} to {high}",
        test="tests/stress/test_eu_materials.py::test_importance_of_2023_implies_an_index_near_one",
        header=(
            "material",
            "printed",
            "ours, before substitution",
            "error",
            "implied index",
            "met",
        ),
        rows=tuple(rows),
    )
