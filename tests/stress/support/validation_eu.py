"""The European Commission's results beside ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stress_validation import Section

from oreline.reference import table
from oreline.stress import Bounds, rounded_to, supply_risk, supply_risk_bounds


def sections(facts: Path) -> list[Section]:
    """Give the sections on the studies of the European Commission."""
    assert facts.is_dir()
    return [supply_risk_2017()]


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
