"""Everything that keeps a network from being reconciled, at its place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from oreline.balance._network import (
    DRY,
    Measurement,
    Network,
    Quantity,
    Stream,
    StreamKind,
    is_absent,
    is_number,
)
from oreline.model import Finding, Severity


def check_network(network: Network) -> tuple[Finding, ...]:
    """Return every problem of a network; with any of them it is not reconciled."""
    return (
        *check_streams(network),
        *_node_findings(network),
        *_mass_findings(network),
        *_sum_findings(network),
        *_shared_findings(network),
    )


def check_streams(network: Network) -> tuple[Finding, ...]:
    """Return every problem of single streams, which can be told though others are missing."""
    return (*_stream_findings(network), *_measurement_findings(network))


def _fatal(code: str, where: str, message: str, fix: str) -> Finding:
    return Finding(code, Severity.FATAL, where, message, fix)


def _place(stream: Stream) -> str:
    return stream.where or f"stream {stream.name}"


def _stream_findings(network: Network) -> Iterator[Finding]:
    times = Counter(stream.name for stream in network.streams)
    for stream in network.streams:
        where = _place(stream)
        if times[stream.name] > 1:
            message = f"the stream {stream.name} is given {times[stream.name]} times"
            fix = "give each stream a name of its own"
            yield _fatal("ORL-0521", where, message, fix)
        origin, destination = stream.origin, stream.destination
        if origin == destination:
            told = "comes from nowhere and goes nowhere" if origin is None else "returns at once"
            fix = "name the node that it leaves, or the one that it enters; leave one blank only"
            yield _fatal("ORL-0520", where, f"the stream {stream.name} {told}", fix)
        elif stream.kind is StreamKind.OPENING and origin is not None:
            message = f"the opening stock {stream.name} leaves the node {origin}"
            fix = "an opening stock has no from_node; its node is to_node"
            yield _fatal("ORL-0520", where, message, fix)
        elif stream.kind is StreamKind.CLOSING and destination is not None:
            message = f"the closing stock {stream.name} enters the node {destination}"
            fix = "a closing stock has no to_node; its node is from_node"
            yield _fatal("ORL-0520", where, message, fix)


def _measurement_findings(network: Network) -> Iterator[Finding]:
    for quantity, measurement, stream in network.measured():
        place = f"{_place(stream)} {quantity.what}"
        yield from _value_findings(quantity, measurement, place)


def _value_findings(quantity: Quantity, measurement: Measurement, where: str) -> Iterator[Finding]:
    value, u = measurement.value, measurement.u
    if not is_number(value) or value < 0:
        message = f"{value:g} {quantity.unit} is no measured amount"
        yield _fatal("ORL-0523", where, message, "correct it, or leave it blank if it is not known")
    elif quantity.what != DRY and value > 100:
        message = f"a grade of {value:g} % is over 100 %"
        yield _fatal("ORL-0523", where, message, "write the grade in % of the dry mass")
    if is_absent(quantity, measurement):
        return
    if not is_number(u) or u <= 0:
        message = f"a standard uncertainty of {u:g} {quantity.unit} cannot be weighed"
        fix = (
            "write the standard uncertainty (one sigma) above 0, in the unit of the value; only "
            "a grade of 0 that is known to be absent may have 0"
        )
        yield _fatal("ORL-0524", where, message, fix)


def _node_findings(network: Network) -> Iterator[Finding]:
    sides: dict[str, list[list[str]]] = defaultdict(lambda: [[], []])
    for stream in network.streams:
        if stream.destination is not None:
            sides[stream.destination][0].append(stream.name)
        if stream.origin is not None:
            sides[stream.origin][1].append(stream.name)
    for node, (entering, leaving) in sides.items():
        if not entering or not leaving:
            told = "nothing leaves" if entering else "nothing enters"
            known = ", ".join((entering or leaving)[:3])
            message = f"{told} the node {node}, only {known} is known of it"
            fix = "add the missing stream or stock, or let these streams end outside"
            yield _fatal("ORL-0525", f"node {node}", message, fix)


def _mass_findings(network: Network) -> Iterator[Finding]:
    part: dict[str, str] = {}

    def root(node: str) -> str:
        while part.setdefault(node, node) != node:
            node = part[node]
        return node

    for stream in network.streams:
        if stream.origin is not None and stream.destination is not None:
            part[root(stream.origin)] = root(stream.destination)
    weighed: dict[str, bool] = {}
    for stream in network.streams:
        end = stream.origin if stream.origin is not None else stream.destination
        if end is not None:
            at = root(end)
            weighed[at] = weighed.get(at, False) or stream.dry_t is not None
    for node, is_weighed in weighed.items():
        if not is_weighed:
            message = f"no dry mass is measured of any stream that is joined to {node}"
            fix = "give at least one dry mass; for shares of the feed write 100 t for it"
            yield _fatal("ORL-0527", f"node {node}", message, fix)


def _sum_findings(network: Network) -> Iterator[Finding]:
    totals = set(network.sums)
    for total, parts in network.sums.items():
        missing = [name for name in (total, *parts) if name not in network.analytes]
        problem = ""
        if missing:
            problem = f"{', '.join(missing)} is not among the analytes"
        elif len(parts) < 2 or len(set(parts)) < len(parts):
            problem = "it needs at least two different parts"
        elif totals & set(parts):
            problem = "a part of it is a sum itself"
        if problem:
            fix = "write the sum as TREO=La2O3+CeO2+Nd2O3 with analytes that have a column"
            yield _fatal("ORL-0528", f"sum {total}", problem, fix)


def _shared_findings(network: Network) -> Iterator[Finding]:
    measured = {quantity: measurement for quantity, measurement, _ in network.measured()}
    total: dict[Quantity, float] = defaultdict(float)
    last: dict[Quantity, str] = {}
    for error in network.shared:
        where = error.where or f"shared error {error.source}"
        for quantity, part in error.parts.items():
            if quantity not in measured:
                message = f"{quantity} is no measurement of these streams"
                fix = "name a stream and a quantity that has a value: dry_t or an analyte"
                yield _fatal("ORL-0526", where, message, fix)
            elif not is_number(part):
                message = f"the part of {quantity} is no number"
                yield _fatal("ORL-0526", where, message, "write it in the unit of the value")
            else:
                total[quantity] += part**2
                last[quantity] = where
    for quantity, square in total.items():
        u = measured[quantity].u
        if square > u**2 * (1 + 1e-9):
            message = (
                f"errors in common give {quantity} an uncertainty of {square**0.5:g} "
                f"{quantity.unit}, more than its own of {u:g}"
            )
            fix = "the uncertainty of a measurement includes what it shares: raise it, or lower it"
            yield _fatal("ORL-0526", last[quantity], message, fix)
