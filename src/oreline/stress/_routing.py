"""Which part of a product a country touches at some stage: with routes between stages, or without.

With pi the shares of the first stage, F_s the part of what a country makes at stage s that goes to
each country of the next, and m zero for the country asked after and one for all others,

    touched = 1 - pi' diag(m) F_1 diag(m) ... F_{S-1} diag(m) 1.

Where routes leave a part untold, it goes by the shares of the next stage in the middle value; the
ends are that all of it goes where least, or most, of what follows is touched. Without any route
stages are taken as independent, and no range says how far from it the world is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

from oreline.stress._scenario import Scenario, Stage

CHINA: Final = "CHN"
FAR: Final = 0.05
"""A stated share this far outside what routes allow is told of."""
_Parts = Mapping[str, float]
_Ends = tuple[float, float, float]
"""Least, middle, most."""


@dataclass(frozen=True, slots=True)
class Step:
    """From a stage to the next: how much is told, and what goes to the country asked after.

    Parameters
    ----------
    told
        The part of what the stage makes whose way is told.
    low, high
        The part that goes to the country, at least and at most.
    stated
        The country's share of the next stage, as the scenario has it.
    """

    stage: str
    following: str
    told: float
    low: float
    high: float
    stated: float

    @property
    def is_far(self) -> bool:
        """Return whether routes and shares cannot both be right."""
        return not self.low - FAR <= self.stated <= self.high + FAR

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "stage": self.stage, "next": self.following, "told": self.told, "low": self.low,
            "high": self.high, "stated": self.stated,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Touched:
    """The part of a product that a country touches at some stage.

    ``independent`` is that of stages that mix freely. ``given``, ``low`` and ``high`` follow the
    routes; None where the scenario has none.
    """

    country: str
    independent: float
    given: float | None
    low: float | None
    high: float | None
    steps: tuple[Step, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know of the number."""
        if self.given is None:
            told = (
                f"{self.country} touches {self.independent:.1%} of it if stages are independent: "
                "no routes are given, so where a country's ore goes is not in that number"
            )
            return (told,)
        found = [
            f"{one.stage} to {one.following}: the way of {one.told:.0%} is told"
            for one in self.steps
        ]
        found += [
            f"{one.stage} to {one.following}: routes send {self.country} {one.low:.0%} to "
            f"{one.high:.0%}, and its share of {one.following} is {one.stated:.0%}: one of them is "
            "wrong, or of another year"
            for one in self.steps
            if one.is_far
        ]
        return tuple(found)

    def to_text(self) -> str:
        """Return it as a sentence."""
        if self.given is None or self.low is None or self.high is None:
            return self.notes[0] + "."
        return (
            f"{self.country} touches {self.given:.1%} of it at some stage by its routes, "
            f"{self.low:.1%} at least and {self.high:.1%} at most; if stages were independent, "
            f"{self.independent:.1%}."
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "country": self.country,
            "independent": self.independent,
            "given": self.given,
            "low": self.low,
            "high": self.high,
            "basis": "routes" if self.steps else "independent stages",
            "steps": [one.to_json() for one in self.steps],
            "notes": list(self.notes),
        }


def independent_touch(shares: Sequence[float]) -> float:
    """Return the part that a country touches of stages that mix freely, from its share of each.

    Examples
    --------
    Rare-earth magnets, mine to magnet:

    >>> f"{independent_touch((0.69, 0.87, 0.91, 0.90)):.4%}"
    '99.9637%'
    """
    return 1 - prod(1 - one for one in shares)


def touched(scenario: Scenario, country: str = CHINA) -> Touched:
    """Return the part of a scenario's product that a country touches."""
    stages = [_by_country(one) for one in scenario.stages]
    independent = independent_touch([one.get(country, 0.0) for one in stages])
    if not scenario.routes:
        return Touched(country, independent, None, None, None, ())
    routes = _routes(scenario)
    # What is left untouched to the end of what a country makes: least, middle, most.
    clean: dict[str, _Ends] = {
        code: (0.0, 0.0, 0.0) if code == country else (1.0, 1.0, 1.0) for code in stages[-1]
    }
    steps = []
    for at in range(len(stages) - 2, -1, -1):
        name, following = scenario.stages[at].id, scenario.stages[at + 1].id
        parts = {code: routes.get((name, code), {}) for code in stages[at]}
        steps.append(_step(name, following, stages[at], stages[at + 1], parts, country))
        clean = {
            code: (0.0, 0.0, 0.0)
            if code == country
            else _passed(parts[code], clean, stages[at + 1])
            for code in stages[at]
        }
    least, middle, most = (
        sum(share * clean[code][end] for code, share in stages[0].items()) for end in range(3)
    )
    return Touched(country, independent, 1 - middle, 1 - most, 1 - least, tuple(reversed(steps)))


def _by_country(stage: Stage) -> dict[str, float]:
    """Return the shares of a stage, plants of a country together."""
    found: dict[str, float] = {}
    for one in stage.producers:
        found[one.country] = found.get(one.country, 0.0) + one.share.value
    return found


def _routes(scenario: Scenario) -> dict[tuple[str, str], dict[str, float]]:
    """Return the parts that are told; parts that rounding put above 1 are scaled."""
    found = {}
    for one in scenario.routes:
        total = max(1.0, sum(part for _, part in one.to))
        found[one.stage, one.country] = {code: part / total for code, part in one.to}
    return found


def _passed(parts: _Parts, clean: Mapping[str, _Ends], following: _Parts) -> _Ends:
    """Return the untouched part of what goes on to the next stage: least, middle, most."""
    untold = 1 - sum(parts.values())
    whole = sum(following.values())
    ends = (
        min(one[0] for one in clean.values()),
        sum(following[code] * one[1] for code, one in clean.items()) / whole,
        max(one[2] for one in clean.values()),
    )
    least, middle, most = (
        sum(part * clean[code][at] for code, part in parts.items()) + untold * ends[at]
        for at in range(3)
    )
    return least, middle, most


def _step(
    name: str,
    next_name: str,
    shares: _Parts,
    following: _Parts,
    parts: Mapping[str, _Parts],
    country: str,
) -> Step:
    told = sum(share * sum(parts[code].values()) for code, share in shares.items())
    sent = sum(share * parts[code].get(country, 0.0) for code, share in shares.items())
    stated = following.get(country, 0.0)
    room = 1 - told if country in following else 0.0
    return Step(name, next_name, told, sent, sent + room, stated)
