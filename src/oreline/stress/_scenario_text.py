"""A scenario written as the file that would be read as the same scenario."""

from __future__ import annotations

from collections.abc import Iterator

from oreline.stress._scenario import (
    Event,
    Given,
    Measure,
    Route,
    Scenario,
    Severity,
    Stage,
    StageTrade,
)


def _said(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _plain(value: float) -> str:
    text = f"{value:.9g}"
    return text if any(mark in text for mark in ".en") else f"{text}.0"


def _number(one: Given) -> str:
    parts = [f"value = {_plain(one.value)}"]
    if one.low is not None and one.high is not None:
        parts += [f"low = {_plain(one.low)}", f"high = {_plain(one.high)}"]
    parts += [f'basis = "{one.basis}"', f"source = {_said(one.source)}"]
    return "{ " + ", ".join(parts) + " }"


def _names(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(_said(one) for one in names) + "]"


def scenario_text(scenario: Scenario) -> str:
    """Return a scenario as the text of its file, every number with its basis and source."""
    return "\n".join(_lines(scenario)) + "\n"


def _lines(scenario: Scenario) -> Iterator[str]:
    yield f"name = {_said(scenario.name)}"
    yield f"mineral = {_said(scenario.mineral)}"
    yield f"year = {scenario.year}"
    yield f'focal = "{scenario.focal}"'
    yield "\n[market]"
    yield f"demand_elasticity = {_number(scenario.eps)}"
    yield f"choke_price_ratio = {_number(scenario.choke)}"
    yield f"diversion = {_number(scenario.diversion)}"
    yield f"rho = {_number(scenario.rho)}"
    for bloc in scenario.blocs:
        yield f'\n[[blocs]]\nid = "{bloc.id}"\ncountries = {_names(bloc.countries)}'
        yield f"demand_share = {_number(bloc.demand)}"
    for stage in scenario.stages:
        yield from _stage(stage)
    for event in scenario.events:
        yield from _event(event)
    for stock in scenario.stocks:
        yield f'\n[[stocks]]\nbloc = "{stock.bloc}"\nstage = "{stock.stage}"'
        yield f"days = {_number(stock.days)}"
    for one in scenario.measures:
        yield from _measure(one)
    for route in scenario.routes:
        yield from _route(route)
    for row in scenario.trade:
        yield from _trade(row)
    economy = scenario.economy
    if economy is None:
        return
    yield "\n[economy]"
    for key, given in (("use_t", economy.use_t), ("domestic_t", economy.domestic_t),
                       ("price_usd_per_t", economy.price_usd_per_t)):  # fmt: skip
        if given is not None:
            yield f"{key} = {_number(given)}"
    yield f"domestic_elasticity = {_number(economy.domestic_eta)}"
    yield f"psi = {_number(economy.psi)}"
    for use in economy.uses:
        yield f'[[economy.uses]]\nindustry = "{use.industry}"\nshare = {_number(use.share)}'


def _stage(stage: Stage) -> Iterator[str]:
    yield f'\n[[stages]]\nid = "{stage.id}"'
    yield f"supply_elasticity = {_number(stage.eta)}"
    yield f"price_share = {_number(stage.theta)}"
    yield f"qualification_months = {_number(stage.lag_months)}"
    yield f"recycling_share = {_number(stage.recycling)}"
    yield f"spare_capacity = {_number(stage.spare)}"
    if stage.host_metal:
        yield f"host_metal = {_said(stage.host_metal)}"
    yield f"host_output = {_number(stage.host)}"
    for one in stage.producers:
        yield f'[[stages.producers]]\ncountry = "{one.country}"'
        if one.plant:
            yield f'plant = "{one.plant}"'
        yield f"share = {_number(one.share)}"
        if one.capacity is not None:
            yield f"capacity = {_number(one.capacity)}"
        if one.eta is not None:
            yield f"supply_elasticity = {_number(one.eta)}"


def _measure(one: Measure) -> Iterator[str]:
    yield f'\n[[measures]]\nid = "{one.id}"\nkind = "{one.kind}"'
    yield f"amount = {_number(one.amount)}"
    if one.stage:
        yield f'stage = "{one.stage}"'
    if one.country:
        yield f'country = "{one.country}"'
    if one.cost_usd is not None:
        yield f"cost_usd_per_year = {_number(one.cost_usd)}"


def _route(one: Route) -> Iterator[str]:
    yield f'\n[[routes]]\nstage = "{one.stage}"\ncountry = "{one.country}"'
    parts = ", ".join(f"{code} = {_plain(part)}" for code, part in one.to)
    yield f'to = {{ {parts} }}\nbasis = "{one.basis}"\nsource = {_said(one.source)}'


def _trade(one: StageTrade) -> Iterator[str]:
    yield f'\n[[trade]]\nstage = "{one.stage}"\ncode = "{one.code}"'
    yield f"content = {_number(one.content)}"
    if one.world_t is not None:
        yield f"world_t = {_number(one.world_t)}"
    if one.file:
        yield f"file = {_said(one.file)}"
    if one.year is not None:
        yield f"year = {one.year}"


def _event(event: Event) -> Iterator[str]:
    yield f'\n[[events]]\nid = "{event.id}"\ncountry = "{event.country}"\ntype = "{event.kind}"'
    yield f"probability = {_number(event.probability)}"
    yield f"severity = {_severity(event.severity)}"
    length = event.duration
    yield (
        f"duration_months = {_plain(length.median_months)}"
        if length.gsd == 1
        else f"duration_months = {{ median = {_plain(length.median_months)}, "
        f"gsd = {_plain(length.gsd)} }}"
    )
    if event.targets:
        yield f"targets = {_names(event.targets)}"
    if event.stages:
        yield f"stages = {_names(event.stages)}"
    if event.plant:
        yield f'plant = "{event.plant}"'
    yield f"leakage = {_number(event.leakage)}"
    if event.shared:
        yield f'shared = "{event.shared}"\nshared_country = "{event.factor_country}"'


def _severity(one: Severity) -> str:
    if one.fixed is not None:
        return _plain(one.fixed)
    return f"{{ a = {_plain(one.a)}, b = {_plain(one.b)} }}"
