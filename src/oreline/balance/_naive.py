"""What others do instead, for comparison only: these methods do not conserve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from oreline.balance._network import Network
from oreline.balance._network_check import check_network
from oreline.balance._reconciliation import number_text
from oreline.model import InputError, is_fatal

LABEL = "not conserving"


@dataclass(frozen=True, slots=True)
class NaiveComparison:
    """Dry masses by a method that does not conserve, and what it leaves open.

    Attributes
    ----------
    masses_t
        The dry mass of every stream; None where the method cannot be used, for which see ``why``.
    imbalances_t
        In less out of every node that is left, in t.
    """

    method: str
    label: str
    masses_t: Mapping[str, float] | None
    imbalances_t: Mapping[str, float]
    why: str

    def to_json(self) -> dict[str, Any]:
        """Return it with numbers as decimal text."""
        masses = self.masses_t
        return {
            "method": self.method,
            "label": self.label,
            "masses_t": None
            if masses is None
            else {name: number_text(mass) for name, mass in masses.items()},
            "imbalances_t": {name: number_text(left) for name, left in self.imbalances_t.items()},
            "why": self.why,
        }


def scale_to(parts: Sequence[float], total: float) -> tuple[float, ...]:
    """Scale all parts by one factor so that they add up, whatever their uncertainties.

    >>> [round(part, 8) for part in scale_to([0.30, 0.68, 0.05], 1.0)]
    [0.29126214, 0.66019417, 0.04854369]
    """
    whole = sum(parts)
    if whole == 0:
        raise InputError("parts that add up to zero cannot be scaled")
    return tuple(part * total / whole for part in parts)


def compare_naive(network: Network) -> tuple[NaiveComparison, ...]:
    """Return the masses of a network by proportional scaling and by node imbalance.

    Raises
    ------
    InputError
        With every finding, if the network cannot be used.
    """
    findings = check_network(network)
    if is_fatal(findings):
        raise InputError("these streams cannot be compared", findings)
    return _scaled(network), _least_imbalance(network)


def _scaled(network: Network) -> NaiveComparison:
    """Scale what leaves a node to what enters it, node after node."""
    method = "proportional scaling"
    masses = {s.name: s.dry_t.value for s in network.streams if s.dry_t is not None}
    missing = [s.name for s in network.streams if s.name not in masses]
    if missing:
        why = f"it needs every mass; {missing[0]} is not measured"
        return NaiveComparison(method, LABEL, None, {}, why)
    for node in network.nodes():
        entering = sum(masses[s.name] for s in network.streams if s.destination == node)
        leaving = [s.name for s in network.streams if s.origin == node]
        whole = sum(masses[name] for name in leaving)
        if whole > 0:
            for name in leaving:
                masses[name] *= entering / whole
    return NaiveComparison(method, LABEL, masses, _left(network, masses), "")


def _left(network: Network, masses: Mapping[str, float]) -> dict[str, float]:
    left = dict.fromkeys(network.nodes(), 0.0)
    for stream in network.streams:
        if stream.destination is not None:
            left[stream.destination] += masses[stream.name]
        if stream.origin is not None:
            left[stream.origin] -= masses[stream.name]
    return left


def _least_imbalance(network: Network) -> NaiveComparison:
    """Minimise the sum of squared imbalances at the grades as measured, one mass taken as it is.

    After Wills and Finch, Mineral Processing Technology (2016), section 3.6: imbalances of mass and
    of each analyte, weighted by the spread that the errors of the measurements give them.
    """
    method = "node imbalance"
    streams = network.streams
    weighed = [(s, s.dry_t) for s in streams if s.dry_t is not None and s.dry_t.value > 0]
    if not weighed:
        return NaiveComparison(method, LABEL, None, {}, "it needs one mass above zero")
    reference, mass = min(weighed, key=lambda one: one[1].u / one[1].value)
    fixed = streams.index(reference)
    rows = [row for node in network.nodes() for row in _node_rows(network, node)]
    matrix = np.array(rows)
    others = [at for at in range(len(streams)) if at != fixed]
    if np.linalg.matrix_rank(matrix[:, others]) < len(others):
        return NaiveComparison(method, LABEL, None, {}, "too few grades are measured for it")
    right = -matrix[:, fixed] * mass.value
    found = np.linalg.lstsq(matrix[:, others], right, rcond=None)[0]
    masses = {reference.name: mass.value}
    masses |= {streams[at].name: float(mass) for at, mass in zip(others, found, strict=True)}
    masses = {s.name: masses[s.name] for s in streams}
    return NaiveComparison(method, LABEL, masses, _left(network, masses), "")


def _node_rows(network: Network, node: str) -> list[list[float]]:
    """Return the equations of a node, weighted: its mass, and what has a grade in every leg."""
    signs = [(s.destination == node) * 1.0 - (s.origin == node) * 1.0 for s in network.streams]
    rows = [signs]
    for analyte in network.analytes:
        grades = [s.grades_pct.get(analyte) for s in network.streams]
        legs = [grade for sign, grade in zip(signs, grades, strict=True) if sign]
        if any(grade is None for grade in legs):
            continue
        spread = max((grade.u for grade in legs if grade is not None), default=0.0) or 1.0
        rows.append(
            [
                0.0 if grade is None else sign * grade.value / spread
                for sign, grade in zip(signs, grades, strict=True)
            ]
        )
    return rows
