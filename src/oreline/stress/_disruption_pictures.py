"""Pictures of a disruption for a brief: ranges over what is assumed, the source line inside."""

from __future__ import annotations

from typing import Final

from oreline.model import InputError
from oreline.stress._disruption import DisruptionReport
from oreline.stress._gdp_terms import BOUNDS
from oreline.stress._picture import BarPicture, RangeBar
from oreline.stress._risk import FAN

DISRUPTION_CHARTS: Final = ("price", "loss", "stages", "countries")
"""What there are pictures of."""
_COUNTRIES: Final = 12


def disruption_picture(report: DisruptionReport, chart: str) -> BarPicture:
    """Return a picture of an answer, one of :data:`DISRUPTION_CHARTS`.

    Raises
    ------
    InputError
        If there is no such picture, or losses are not known in money.
    """
    makers = {"price": _price, "loss": _loss, "stages": _stages, "countries": _countries}
    if chart not in makers:
        raise InputError(f"{chart!r} is no picture here; there are {', '.join(makers)}")
    return makers[chart](report)


def _picture(
    report: DisruptionReport, title: str, subtitle: str, bars: tuple[RangeBar, ...], form: str
) -> BarPicture:
    ends = [one.high for one in bars if one.high is not None]
    end = max([*ends, 1e-9]) * 1.05
    return BarPicture(title, subtitle, bars, end, form, report.source_line)


def _price(report: DisruptionReport) -> BarPicture:
    bars = []
    for at, level in enumerate(FAN):
        drawn = sorted(one.market.price_fan[at] for one in report.found.drawn)
        given = report.found.central.market.price_fan[at]
        low, high = _band(drawn, given)
        told = f"{low:.2f} to {high:.2f}"
        bars.append(RangeBar(f"{100 * level:.0f} % of years stay below", low, high, told))
    title = f"{report.found.scenario.mineral}: price in a year of disruptions"
    subtitle = "times the base price; pale: 80 of 100 draws of what is assumed"
    return _picture(report, title, subtitle, tuple(bars), "{:.1f}")


def _band(drawn: list[float], given: float) -> tuple[float, float]:
    import numpy as np

    low, high = np.quantile(drawn, (0.1, 0.9)) if drawn else (given, given)
    return float(low), float(high)


def _loss(report: DisruptionReport) -> BarPicture:
    bars = []
    for bound in BOUNDS:
        for name, words in (("mean", "expected"), ("cvar95", "CVaR 95")):
            found = report.found.ranged(f"{bound}.{name}")
            if found is None:
                raise InputError("losses are not known in money: no table says who uses it")
            low, high = max(0.0, found.low), max(0.0, found.high)
            told = f"{found.low:,.0f} to {found.high:,.0f}"
            bars.append(RangeBar(f"{words}, {bound}", low, high, told))
    title = f"{report.found.scenario.mineral}: loss of US product"
    subtitle = "million USD a year, by three ways of counting industries"
    return _picture(report, title, subtitle, tuple(bars), "{:,.0f}")


def _stages(report: DisruptionReport) -> BarPicture:
    chances = report.found.central.market.bottleneck
    bars = tuple(RangeBar(name, one, one, f"{one:.0%}") for name, one in chances.items())
    title = f"{report.found.scenario.mineral}: the stage that falls short"
    return _picture(report, title, "probability that it is the bottleneck", bars, "{:.0%}")


def _countries(report: DisruptionReport) -> BarPicture:
    parts = sorted(report.contributions.by_country.items(), key=lambda one: (-one[1], one[0]))
    bars = tuple(
        RangeBar(name, one, one, f"{one:.0%}") for name, one in parts[:_COUNTRIES] if one > 0
    )
    title = f"{report.found.scenario.mineral}: whom the worst years come from"
    return _picture(report, title, "part of CVaR 95", bars, "{:.0%}")
