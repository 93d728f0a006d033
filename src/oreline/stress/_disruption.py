"""The answer to a disruption question: ranges, tails, whom they come from, what would help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from oreline.model import Basis, InputError, OrderedMap
from oreline.reference import UnknownCountryError, country
from oreline.stress._blocks import Progress, in_threads
from oreline.stress._calibration import LABEL
from oreline.stress._contributions import Contributions, contributions
from oreline.stress._decisions import Decisions, decisions
from oreline.stress._gdp_terms import BOUNDS
from oreline.stress._industries import industry_names
from oreline.stress._risk import FAN
from oreline.stress._routing import Touched, touched
from oreline.stress._run import BAND, Disruption, Range, RunSettings, disrupt, others_risk
from oreline.stress._scenario import Duration, Event, EventKind, Given, Scenario, Severity

_MARKET: Final = (
    ("price_mean", "of the base price", "mean price"),
    ("price_p50", "of the base price", "median price"),
    ("price_p95", "of the base price", "price that 95 % of scenarios stay below"),
    ("shortfall_mean", "of base demand", "mean shortfall"),
    ("shortfall_probability", "1", "probability of a shortfall above 10 %"),
)
_LOSSES: Final = (("mean", "expected loss"), ("var95", "VaR 95"), ("cvar95", "CVaR 95"))


def banned(
    scenario: Scenario, country_name: str, months: float = 12.0, targets: Sequence[str] = ()
) -> Scenario:
    """Return a scenario in which a country sends nothing to some blocs for some months, for sure.

    It takes the place of the country's other export restrictions.

    Parameters
    ----------
    targets
        Ids of blocs; by default the one looked at.

    Raises
    ------
    InputError
        If the country is unknown or makes nothing in the chain, or a target is its own bloc.
    """
    try:
        code = country(country_name).alpha3
    except UnknownCountryError as error:
        raise InputError(str(error)) from None
    if not any(one.country == code for stage in scenario.stages for one in stage.producers):
        raise InputError(f"{code} makes nothing in {scenario.name}: it cannot be banned")
    if not 0 < months <= 1200:
        raise InputError(f"a ban of {months:g} months: write more than 0, 1200 at most")
    known = [one.id for one in scenario.blocs]
    aimed = tuple(targets) or (scenario.focal,)
    wrong = [one for one in aimed if one not in known]
    if wrong:
        raise InputError(f"there is no bloc {', '.join(wrong)}; there are {', '.join(known)}")
    own = next((one.id for one in scenario.blocs if code in one.countries), "")
    if own in aimed:
        raise InputError(f"{code} belongs to {own}: it cannot be kept from its own exports")
    told = "asked for: a ban that is sure"
    event = Event(
        f"{code}-ban", code, EventKind.RESTRICTION, Given(1.0, Basis.PLANNED, told),
        Severity(1.0), Duration(months), aimed, (), "",
        next((one.leakage for one in scenario.events if one.country == code
              and one.kind is EventKind.RESTRICTION),
             Given(0.1, Basis.ASSUMED, "oreline's default", 0.02, 0.3)),
    )  # fmt: skip
    others = tuple(
        one
        for one in scenario.events
        if one.country != code or one.kind is not EventKind.RESTRICTION
    )
    return replace(scenario, events=(event, *others), sha256=f"{scenario.sha256}+{event.id}")


@dataclass(frozen=True, slots=True, eq=False)
class DisruptionReport:
    """A run with whom its tail comes from and what would help."""

    found: Disruption
    contributions: Contributions
    decisions: Decisions | None
    notes: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Return each measure with its range; losses by the way that industries are counted."""
        found = []
        for name, unit, told in _MARKET:
            found.append(_row(told, "", unit, self.found.ranged(name)))
        for bound in BOUNDS:
            for name, told in _LOSSES:
                ranged = self.found.ranged(f"{bound}.{name}")
                if ranged is not None:
                    found.append(_row(f"{told}, US product", bound, "million USD a year", ranged))
        return found

    def to_frame(self) -> pl.DataFrame:
        """Return each measure with its range."""
        return pl.DataFrame(self.rows())

    @property
    def china_touched(self) -> Touched:
        """Return the part of the product that China touches at some stage."""
        return touched(self.found.scenario)

    @property
    def is_calibrated(self) -> bool:
        """Return whether losses rest on what the USGS published."""
        economy = self.found.scenario.economy
        return economy is not None and economy.psi.source.startswith(LABEL)

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the sources of all numbers, each once."""
        scenario = self.found.scenario
        said = [one.source for _, one, _ in scenario.numbers()]
        said += [one.share.source for stage in scenario.stages for one in stage.producers]
        said += [one.source for one in scenario.routes]
        if self.found.curve is not None:
            said.append(self.found.curve.source)
        return tuple(dict.fromkeys(said))

    @property
    def source_line(self) -> str:
        """Return where the chain's numbers come from, in a line for a picture."""
        stages = self.found.scenario.stages
        shares = dict.fromkeys(one.share.source for s in stages for one in s.producers)
        told = [*shares, *([self.found.curve.source] if self.found.curve else [])]
        if self.is_calibrated:
            told.append(LABEL)
        return f"{'; '.join(told)}. Model: oreline; assumed inputs are listed beside it."

    def to_json(self) -> dict[str, Any]:
        """Return the whole answer as plain values."""
        run = self.found
        names = industry_names()
        return {
            "name": run.scenario.name,
            "mineral": run.scenario.mineral,
            "year": run.scenario.year,
            "bloc": run.scenario.focal,
            "scenarios": len(run.outcomes),
            "input_sets": len(run.drawn),
            "seed": run.settings.seed,
            "is_stopped": run.is_stopped,
            "measures": self.rows(),
            "market": run.central.market.to_json(),
            "others": dict(zip(("quantity_mean", "price_mean"), others_risk(run), strict=True)),
            "price_fans": _fans(run),
            "terms_musd": dict(run.mean_terms()),
            "industries_musd": {}
            if run.curve is None
            else {
                f"{code} {names.get(code, '')}".strip(): value
                for code, value in run.curve.by_industry.items()
            },
            "industries": [
                {
                    "code": one.code,
                    "name": names.get(one.code, ""),
                    "direct_musd": one.direct_musd.to_json(),
                    "qp_musd": one.qp_musd.to_json(),
                }
                for one in run.industries()
            ],
            "damage_curve": None if run.curve is None else run.curve.to_json(),
            "contributions": self.contributions.to_json(),
            "decisions": None if self.decisions is None else self.decisions.to_json(),
            "china_touched": self.china_touched.to_json(),
            "is_calibrated": self.is_calibrated,
            "assumed": dict(run.assumed),
            "notes": list(self.notes),
            "sources": list(self.sources),
            "source_line": self.source_line,
            "input_sha256": run.scenario.sha256,
        }


def _row(told: str, bound: str, unit: str, one: Range | None) -> dict[str, Any]:
    assert one is not None, "the measures of the market are always known"
    return {"measure": told, "bound": bound, "unit": unit, **one.to_json()}


def _fans(run: Disruption) -> list[dict[str, float]]:
    """Return the price at each quantile of scenarios, with its range over drawn inputs."""
    found = []
    for at, level in enumerate(FAN):
        given = run.central.market.price_fan[at]
        drawn = [one.market.price_fan[at] for one in run.drawn] or [given]
        low, middle, high = (float(one) for one in np.quantile(drawn, BAND))
        found.append({"quantile": level, "given": given, "low": low, "middle": middle,
                      "high": high})  # fmt: skip
    return found


def disruption(
    scenario: Scenario,
    settings: RunSettings | None = None,
    *,
    notes: tuple[str, ...] = (),
    each: OrderedMap = in_threads,
    progress: Progress | None = None,
    keep: Path | None = None,
) -> DisruptionReport:
    """Return the whole answer to a scenario; arguments as :func:`disrupt` takes them."""
    found = disrupt(scenario, settings, each=each, progress=progress, keep=keep)
    said = list(notes)
    assumed = len(found.assumed)
    said.append(f"{assumed} numbers are assumed: read the ranges, not the middle")
    if found.is_stopped:
        said.append(f"stopped: {len(found.outcomes):,} of {found.settings.scenarios:,} scenarios")
    if found.terms is not None and not found.terms.has_prices:
        said.append("what users pay more and own producers earn more is UNKNOWN and left out")
    return DisruptionReport(found, contributions(found), decisions(found), tuple(said))
