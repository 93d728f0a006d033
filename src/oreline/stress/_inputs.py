"""From a scenario to arrays: its numbers as given, or drawn from their ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final
from zlib import crc32

import numpy as np

from oreline.stress._model_arrays import PURPOSE_INPUT, Flags, Floats, ModelArrays
from oreline.stress._plain import uniforms
from oreline.stress._scenario import Domain, Event, EventKind, Given, Scenario

_Z80: Final = 1.2815515655446004
"""Half the width of a normal interval that holds 80 %, in standard deviations."""
_DAYS: Final = 365.0
_EDGE: Final = 1e-9
"""A part this near to 0 or 1 is moved here before its logit is taken."""
Values = Mapping[str, float]


def as_given(scenario: Scenario) -> dict[str, float]:
    """Return every number of a scenario as it is written."""
    return {key: one.value for key, one, _ in scenario.numbers()}


def drawn_inputs(scenario: Scenario, seed: int, number: int) -> dict[str, float]:
    """Return every number of a scenario, those with a range drawn from it.

    A positive number is lognormal on either side of its value, a part the same in its logit, with
    80 % between low and high. A number is drawn by its place in the file and ``number`` alone, so
    that two scenarios with the same place share the draw.
    """
    from scipy.special import ndtri

    found = {}
    for key, one, domain in scenario.numbers():
        found[key] = one.value
        if one.is_ranged:
            at = np.array([number], np.uint64)
            word = crc32(key.encode())
            score = float(ndtri(uniforms(at, word, PURPOSE_INPUT, seed)[0]))
            found[key] = _at_score(one, domain, score)
    return found


def _at_score(one: Given, domain: Domain, score: float) -> float:
    assert one.low is not None, "only ranged numbers are drawn"
    assert one.high is not None, "only ranged numbers are drawn"
    end = one.high if score > 0 else one.low
    if domain is Domain.PART:
        middle, end = _logit(one.value), _logit(end)
        return 1 / (1 + math.exp(-(middle + abs(score) / _Z80 * (end - middle))))
    if min(one.value, end) <= 0:
        return max(0.0, one.value + abs(score) / _Z80 * (end - one.value))
    return float(one.value * (end / one.value) ** (abs(score) / _Z80))


def _logit(part: float) -> float:
    inside = min(max(part, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))


def country_word(code: str) -> int:
    """Return the word that stands for a country in counters: the same in every scenario."""
    return crc32(code.encode())


def event_word(mineral: str, event: Event) -> int:
    """Return the word that stands for an event of a mineral in counters.

    An event that minerals share has the same word in each of them.
    """
    if event.shared:
        return crc32(f"shared|{event.factor_country}|{event.shared}".encode())
    return crc32(f"{mineral}|{event.country}|{event.plant}|{event.kind}|{event.id}".encode())


def producer_names(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """Return stage and producer of each row of the arrays; recycling comes last of a stage."""
    return tuple(
        (stage.id, name)
        for stage in scenario.stages
        for name in (*(one.id for one in stage.producers), "recycling")
    )


def arrays_of(scenario: Scenario, values: Values) -> ModelArrays:
    """Return a scenario as the arrays that both ways of computing take."""
    from scipy.special import ndtri

    shares, capacities, stage_of, is_local = _producers(scenario, values)
    events = scenario.events
    countries = sorted({one.factor_country for one in events})
    hits, start = _hits(scenario)
    # Drawn shares of use are made to sum to 1 again.
    demand = np.array([values[f"blocs.{one.id}.demand_share"] for one in scenario.blocs])
    return ModelArrays(
        share=shares,
        capacity=capacities,
        stage_of=stage_of,
        is_local=is_local,
        eta=np.array([values[f"stages.{one.id}.supply_elasticity"] for one in scenario.stages]),
        theta=np.array([one.theta.value for one in scenario.stages]),
        lag_months=np.array(
            [values[f"stages.{one.id}.qualification_months"] for one in scenario.stages]
        ),
        host=np.array([values[f"stages.{one.id}.host_output"] for one in scenario.stages]),
        eps=values["market.demand_elasticity"],
        ln_choke=math.log(max(values["market.choke_price_ratio"], 1.0001)),
        demand=demand / demand.sum(),
        stock=_stocks(scenario, values),
        focal=[one.id for one in scenario.blocs].index(scenario.focal),
        diversion=values["market.diversion"],
        rho=values["market.rho"],
        country_id=np.array([country_word(one) for one in countries], np.uint32),
        event_id=np.array([event_word(scenario.mineral, one) for one in events], np.uint32),
        event_country=np.array([countries.index(one.factor_country) for one in events], np.int64),
        threshold=ndtri(np.array([values[f"events.{one.id}.probability"] for one in events])),
        is_restriction=np.array([one.kind is EventKind.RESTRICTION for one in events], np.bool_),
        targets=_targets(scenario),
        leakage=np.array([values[f"events.{one.id}.leakage"] for one in events]),
        severity_fixed=np.array(
            [np.nan if one.severity.fixed is None else one.severity.fixed for one in events]
        ),
        severity_a=np.array([one.severity.a for one in events]),
        severity_b=np.array([one.severity.b for one in events]),
        ln_months=np.log(np.array([one.duration.median_months for one in events])),
        ln_months_sd=np.log(np.array([one.duration.gsd for one in events])),
        hit_start=start,
        hits=hits,
        producer_eta=_producer_eta(scenario, values),
    )


def _producer_eta(scenario: Scenario, values: Values) -> Floats:
    """Return the elasticity of each producer, empty where none has its own."""
    if all(one.eta is None for stage in scenario.stages for one in stage.producers):
        return np.zeros(0)
    found = []
    for stage in scenario.stages:
        common = values[f"stages.{stage.id}.supply_elasticity"]
        for one in stage.producers:
            place = f"stages.{stage.id}.producers.{one.id}.supply_elasticity"
            found.append(values.get(place, common))
        found.append(common)
    return np.array(found)


def _producers(
    scenario: Scenario, values: Values
) -> tuple[Floats, Floats, np.ndarray[tuple[int], np.dtype[np.int64]], Flags]:
    share, capacity, stage_of, is_local = [], [], [], []
    for number, stage in enumerate(scenario.stages):
        primary = 1 - stage.recycling.value
        for one in stage.producers:
            share.append(one.share.value * primary)
            spare = 1 + values[f"stages.{stage.id}.spare_capacity"]
            room = one.share.value * spare if one.capacity is None else one.capacity.value
            capacity.append(room * primary)
            stage_of.append(number)
            is_local.append(False)
        share.append(stage.recycling.value)
        capacity.append(stage.recycling.value)
        stage_of.append(number)
        is_local.append(True)
    return (
        np.array(share), np.array(capacity), np.array(stage_of, np.int64),
        np.array(is_local, np.bool_),
    )  # fmt: skip


def _hits(
    scenario: Scenario,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return the producers that each event strikes, and where those of each event begin."""
    hits: list[int] = []
    start = [0]
    for event in scenario.events:
        row = 0
        for stage in scenario.stages:
            for one in stage.producers:
                if (
                    one.country == event.country
                    and event.plant in ("", one.plant)
                    and (not event.stages or stage.id in event.stages)
                ):
                    hits.append(row)
                row += 1
            row += 1
        start.append(len(hits))
    return np.array(hits, np.int64), np.array(start, np.int64)


def _targets(scenario: Scenario) -> Flags:
    return np.array(
        [[bloc.id in one.targets for bloc in scenario.blocs] for one in scenario.events], np.bool_
    ).reshape(len(scenario.events), len(scenario.blocs))


def _stocks(scenario: Scenario, values: Values) -> Floats:
    held = np.zeros((len(scenario.blocs), len(scenario.stages)))
    blocs = [one.id for one in scenario.blocs]
    stages = [one.id for one in scenario.stages]
    for one in scenario.stocks:
        days = values[f"stocks.{one.bloc}.{one.stage}.days"]
        held[blocs.index(one.bloc), stages.index(one.stage)] = days / _DAYS
    return held
