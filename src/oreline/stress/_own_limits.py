"""What events leave of the things of a plan, and what they make of its prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from oreline.plan import Problem
from oreline.stress._own_events import ChainEvent

Key = tuple[str, ...]
Left = dict[Key, dict[int, float]]
"""What is left of a unit, a way, a leg of a way, a market or a supply in a period."""


def things_of(event: ChainEvent, problem: Problem) -> tuple[Key, ...]:
    """Return what an event limits: units, ways, legs, markets and supplies of the plan.

    The outage of a site takes what stands there, what is bought and sold there and the ways to and
    from it; a closed port takes its ways. A ban takes what crosses the border of the country that
    bans, outwards, to the countries it is meant for.
    """
    if event.kind == "route":
        return tuple(("way", one.id) for one in problem.ways if one.id == event.of)
    if event.kind == "ban":
        return tuple(_banned(event, problem))
    if event.kind == "price":
        return ()
    ways = [("way", one.id) for one in problem.ways if event.of in (one.origin, one.destination)]
    if event.kind == "port":
        return tuple(ways)
    units = [("unit", one.id) for one in problem.units if one.site == event.of]
    markets = [("market", one.id) for one in problem.markets if one.site == event.of]
    supplies = [("supply", one.id) for one in problem.supplies if one.site == event.of]
    return (*units, *ways, *markets, *supplies)


def _banned(event: ChainEvent, problem: Problem) -> Iterable[Key]:
    for way in problem.ways:
        origin, target = problem.country(way.origin), problem.country(way.destination)
        if origin != event.of or target == origin or (event.to and target not in event.to):
            continue
        for material in way.materials:
            holds = [problem.grade(material, one) > 0 for one in event.elements]
            if not event.elements or any(holds):
                yield "leg", way.id, material


def crossing(problem: Problem, code: str) -> tuple[Key, ...]:
    """Return the ways over a country's border, and what is bought in it."""
    ways = [
        ("way", one.id)
        for one in problem.ways
        if (problem.country(one.origin) == code) != (problem.country(one.destination) == code)
    ]
    supplies = [("supply", one.id) for one in problem.supplies if problem.country(one.site) == code]
    return (*ways, *supplies)


def left_of(events: Sequence[ChainEvent], problem: Problem) -> Left:
    """Return what is left of everything that events limit, by period.

    Where several events limit one thing at one time, each leaves its part of what the others leave.
    """
    periods = problem.terms.periods
    left: Left = {}
    for event in events:
        for key in things_of(event, problem):
            rows = left.setdefault(key, {})
            for period in problem.years:
                part = event.overlap(period, periods)
                if part > 0:
                    rows[period] = rows.get(period, 1.0) * (1.0 - event.severity * part)
    return left


def touched_prices(event: ChainEvent, problem: Problem) -> tuple[str, ...]:
    """Return the price decks that an event moves."""
    if event.kind != "price":
        return ()
    if event.of in problem.prices:
        return (event.of,)
    paid = {
        pay.price
        for market in problem.markets
        for pay in market.pays
        if event.of in ("all", pay.element)
    }
    return tuple(sorted(paid))


def shocked(problem: Problem, events: Sequence[ChainEvent]) -> Problem:
    """Return the problem at the prices that events make; the same one where they make none."""
    periods = problem.terms.periods
    prices = dict(problem.prices)
    for event in events:
        for name in touched_prices(event, problem):
            assert event.factor is not None
            values = tuple(
                replace(
                    one,
                    value=one.value * (1.0 + (event.factor - 1.0) * event.overlap(period, periods)),
                    low=None,
                    high=None,
                )
                for period, one in zip(problem.years, prices[name].values, strict=True)
            )
            prices[name] = replace(prices[name], values=values)
    return problem if prices == dict(problem.prices) else replace(problem, prices=prices)


def touches(event: ChainEvent, problem: Problem) -> bool:
    """Return whether an event limits anything of a plan or moves a price of it."""
    return bool(things_of(event, problem) or touched_prices(event, problem))
