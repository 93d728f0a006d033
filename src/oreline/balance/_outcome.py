"""From tests and estimates to the answer: what is offered, what is refused, what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from oreline.balance._classify import class_of
from oreline.balance._gross_errors import (
    Outcome,
    left_out,
    node_tests,
    outcome_of,
    search,
    values_of,
)
from oreline.balance._layout import Layout, layout_of
from oreline.balance._network import Network, Quantity
from oreline.balance._reconciliation import (
    ReconciledQuantity,
    Reconciliation,
    Status,
    Suspect,
)
from oreline.model import Finding, InputError, Severity

_NAMED = 12


def answer(network: Network, confidence: float, exclude: Sequence[Quantity]) -> Reconciliation:
    """Reconcile a network that was checked."""
    layout = layout_of(network)
    values = values_of(network, layout)
    excluded = _numbers(layout, exclude)
    layout, values = left_out(layout, values, excluded)
    now = outcome_of(layout, values, confidence)
    suspects: tuple[Suspect, ...] = ()
    if now.found is None:
        status = Status.NOT_FOUND
    elif now.is_failed:
        status = Status.GROSS_ERROR
        suspects = search(now, values, confidence)
    else:
        status = Status.RECONCILED if now.overall.freedom else Status.NOT_REDUNDANT
    quantities = _quantities(network, now, status, suspects, excluded)
    return Reconciliation(
        status=status,
        network=network,
        quantities=quantities,
        confidence=confidence,
        overall=now.overall,
        critical=now.critical,
        nodes=node_tests(layout, values, confidence),
        suspects=suspects,
        excluded=tuple(layout.quantity(number) for number in excluded),
        findings=tuple(_findings(now, status, quantities, suspects)),
        rounds=0 if now.found is None else now.found.rounds,
        imbalance=0.0 if now.found is None else now.found.imbalance,
    )


def _numbers(layout: Layout, exclude: Sequence[Quantity]) -> list[int]:
    numbers = []
    for quantity in exclude:
        is_known = quantity.stream in layout.streams
        number = -1
        if is_known and quantity.unit == "t":
            number = layout.streams.index(quantity.stream)
        elif is_known and quantity.what in layout.analytes:
            number = layout.number(quantity)
        if number < 0 or not layout.measured[number]:
            message = f"{quantity} cannot be left out: it is no measurement of these streams"
            raise InputError(message)
        numbers.append(number)
    return sorted(set(numbers))


def _quantities(
    network: Network,
    now: Outcome,
    status: Status,
    suspects: Sequence[Suspect],
    excluded: Sequence[int],
) -> tuple[ReconciledQuantity, ...]:
    layout, found = now.layout, now.found
    given = {quantity: measurement for quantity, measurement, _ in network.measured()}
    named = {suspect.quantity for suspect in suspects}
    is_offered = status in (Status.RECONCILED, Status.NOT_REDUNDANT)
    held = set() if found is None else set(found.at_zero.tolist())
    quantities = []
    for stream in range(layout.n_streams):
        for block in range(1 + len(layout.analytes)):
            number = block * layout.n_streams + stream
            quantity = layout.quantity(number)
            measurement = given.get(quantity)
            is_measured = bool(layout.measured[number] or layout.absent[number])
            # Of a stream that is held at nothing no grade is told that was not measured.
            is_still = block > 0 and stream in held and not is_measured
            value, value_u = (None, None) if is_still or not is_offered else _value(now, number)
            if is_measured and value is not None and not now.classes.redundant[number]:
                assert measurement is not None
                value_u = measurement.u
            quantities.append(
                ReconciledQuantity(
                    quantity=quantity,
                    known=class_of(now.classes, measured=is_measured, number=number),
                    measured=None if measurement is None else measurement.value,
                    u=None if measurement is None else measurement.u,
                    basis="derived" if measurement is None else measurement.basis,
                    source="" if measurement is None else measurement.source,
                    value=value,
                    value_u=value_u,
                    statistic=_statistic(now, number),
                    is_suspect=quantity in named,
                    is_excluded=number in excluded,
                    at_zero=number in held,
                )
            )
    return tuple(quantities)


def _value(now: Outcome, number: int) -> tuple[float | None, float | None]:
    """Return value and uncertainty of an unknown that is measured or can be computed."""
    layout = now.layout
    is_known = layout.measured[number] or layout.absent[number] or now.classes.observable[number]
    if now.found is None or not is_known:
        return None, None
    return float(now.found.x[number]), float(np.sqrt(now.found.variance[number]))


def _statistic(now: Outcome, number: int) -> float | None:
    if now.found is None or not now.classes.redundant[number]:
        return None
    return float(now.found.statistic[number])


def _findings(
    now: Outcome,
    status: Status,
    quantities: Sequence[ReconciledQuantity],
    suspects: Sequence[Suspect],
) -> Iterator[Finding]:
    if status is Status.NOT_FOUND:
        message = "no masses and grades that conserve were found near the measured ones"
        fix = "look for a wrong unit, a stream that runs the wrong way, or a missing mass"
        yield Finding("ORL-0530", Severity.FATAL, "reconciliation", message, fix)
    for suspect in suspects[:1]:
        yield _gross(now, suspect)
    if status is Status.GROSS_ERROR and not suspects:
        message = f"chi-square is {now.overall.chi2:.4g}, above {now.overall.critical:.4g}"
        yield Finding("ORL-0529", Severity.FATAL, "reconciliation", message, _GROSS_FIX)
    at_zero = [str(item.quantity) for item in quantities if item.at_zero]
    if at_zero:
        message = f"held at zero, because less would be negative: {_few(at_zero)}"
        fix = "look at these measurements: is the stream there, does it run the other way?"
        yield Finding("ORL-0531", Severity.WARNING, "reconciliation", message, fix)
    dark = [str(item.quantity) for item in quantities if item.known == "unobservable"]
    if dark:
        message = f"{len(dark)} quantities are not measured and nothing gives them: {_few(dark)}"
        fix = "measure them, or enough around them"
        yield Finding("ORL-0532", Severity.NOTE, "reconciliation", message, fix)
    left = [str(item.quantity) for item in quantities if item.is_excluded]
    if left:
        message = f"left out as you asked: {_few(left)}"
        fix = "put right what was wrong with them, so that they count again"
        yield Finding("ORL-0533", Severity.NOTE, "reconciliation", message, fix)


_GROSS_FIX = (
    "check the measurement at its source; when you know that it is wrong, correct it or leave it "
    "out by name"
)


def _gross(now: Outcome, suspect: Suspect) -> Finding:
    unit = suspect.quantity.unit
    told = (
        f"the measurements contradict each other (chi-square {now.overall.chi2:.4g}, allowed "
        f"{now.overall.critical:.4g} with {now.overall.freedom} degrees of freedom); most suspect "
        f"is {suspect.quantity} = {suspect.measured:g} {unit}, statistic {suspect.statistic:.3g}, "
        f"allowed {suspect.critical:.3g}"
    )
    if suspect.value is not None:
        told += f"; the others give {suspect.value:g} {unit}"
    if suspect.alternatives:
        others = [str(quantity) for quantity, _ in suspect.alternatives]
        told += f"; it may as well be {_few(others, ' or ')}"
    return Finding(
        "ORL-0529", Severity.FATAL, f"stream {suspect.quantity.stream}", told, _GROSS_FIX
    )


def _few(names: Sequence[str], joint: str = ", ") -> str:
    shown = joint.join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"
