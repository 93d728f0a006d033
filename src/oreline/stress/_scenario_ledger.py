"""The outcome of a scenario as the events of a ledger, which every other verb answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from oreline.model import canonical_json
from oreline.plan import Plan, in_years
from oreline.stress._own_chain import OwnChain
from oreline.stress._own_events import ChainEvent


def scenario_inputs(
    chain: OwnChain, events: Sequence[ChainEvent], *, replanned: bool
) -> dict[str, Any]:
    """Return all that a scenario's outcome was made of, for the header of its ledger."""
    return {
        "plan_sha256": chain.annual.certificate.input_sha256,
        "plan_scenario": chain.annual.scenario,
        "goals": [goal for goal, _, _ in chain.annual.goals],
        "builds": [
            [one.unit, one.size, str(one.begun), f"{one.part:.12g}"]
            for one in chain.annual.schedule.built
        ],
        "events": [_texts(one.to_json()) for one in events],
        "answer": "replanned" if replanned else "as planned",
        "solver_seed": str(chain.annual.certificate.settings.seed),
    }


def _texts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return numbers as text: what is hashed holds no floating-point number."""
    return {
        key: f"{value:.12g}" if isinstance(value, float) else value for key, value in row.items()
    }


def scenario_plan(
    chain: OwnChain, events: Sequence[ChainEvent], name: str, *, replanned: bool
) -> Plan:
    """Return what runs in a scenario as a plan in years, by which a ledger is written."""
    inputs = scenario_inputs(chain, events, replanned=replanned)
    digest = hashlib.sha256(canonical_json(inputs)).hexdigest()
    running = chain.stressed(events, replanned=replanned)
    return in_years(running, chain.annual, name, digest)
