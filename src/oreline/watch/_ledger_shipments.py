"""The shipments of a ledger: what was dispatched, received or seen on its way, joined by lots.

A shipment is every movement between parties that shares a lot with another of them, so that the
truck to the port, the ship and the receipt at the plant are one. Lots that were split or blended on
the way have other names and make other shipments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from oreline.model import UNBOUNDED_MG
from oreline.record import Ledger

DISPATCHED: Final = 1
DELIVERED: Final = 2
_OBSERVED: Final = {"dispatched": DISPATCHED, "in_transit": DISPATCHED, "delivered": DELIVERED}


@dataclass(frozen=True, slots=True)
class Move:
    """One movement: an event of the ledger, the days on which it happened, and how far it went."""

    event: str
    step: int
    first: date
    last: date
    sender: str | None
    receiver: str | None
    lots: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tonnes:
    """A mass between bounds."""

    low: float
    high: float
    state: str

    def __str__(self) -> str:
        """Return it as people read it."""
        if self.low == self.high:
            return f"{self.low:,.2f} t {self.state}"
        return f"{self.low:,.2f} to {self.high:,.2f} t {self.state}"


@dataclass(frozen=True, slots=True)
class Shipment:
    """Movements that share lots.

    Attributes
    ----------
    analytes
        What the ledger says of its materials: the symbols that they are tracked by.
    """

    moves: tuple[Move, ...]
    lots: tuple[str, ...]
    senders: frozenset[str]
    receivers: frozenset[str]
    analytes: frozenset[str]

    @property
    def step(self) -> int:
        """Return how far it went."""
        return max(one.step for one in self.moves)

    @property
    def first(self) -> date:
        """Return its first day."""
        return min(one.first for one in self.moves)

    @property
    def events(self) -> tuple[str, ...]:
        """Return the ids of its events."""
        return tuple(one.event for one in self.moves)

    def of_step(self, step: int) -> tuple[Move, ...]:
        """Return the movements of a step."""
        return tuple(one for one in self.moves if one.step == step)


def ledger_shipments(ledger: Ledger) -> tuple[Shipment, ...]:
    """Return the shipments of a ledger by their first day."""
    moves = [*_moved(ledger), *_observed(ledger)]
    analytes = _analytes(ledger)
    group: dict[str, int] = {}
    groups: list[list[Move]] = []
    for one in moves:
        hit = sorted({group[lot] for lot in one.lots if lot in group})
        target = hit[0] if hit else len(groups)
        if not hit:
            groups.append([])
        groups[target].append(one)
        for other in hit[1:]:
            groups[target] += groups[other]
            groups[other] = []
            group.update({lot: target for lot, at in group.items() if at == other})
        group.update(dict.fromkeys(one.lots, target))
    found = [_shipment(each, analytes) for each in groups if each]
    return tuple(sorted(found, key=lambda one: (one.first, one.lots)))


def _moved(ledger: Ledger) -> Iterator[Move]:
    columns = ledger.columns
    events, parties = columns.events, columns.parties.names
    names = {"dispatch": DISPATCHED, "receive": DELIVERED}
    kinds = {columns.kinds.index[kind]: step for kind, step in names.items()
             if kind in columns.kinds.index}  # fmt: skip
    lots: dict[int, list[str]] = {}
    for at, row in enumerate(columns.lines.event):
        if events.kind[row] in kinds and columns.lines.lot[at] >= 0:
            lots.setdefault(row, []).append(columns.lots.names[columns.lines.lot[at]])
    for row, named in lots.items():
        step = kinds[events.kind[row]]
        party = parties[events.party[row]] if events.party[row] >= 0 else None
        other = parties[events.to_party[row]] if events.to_party[row] >= 0 else None
        # Who dispatches is the sender; whoever enters a receipt may be either.
        sender = party if step == DISPATCHED else None
        end = _day(events.time_us[row])
        begin = _day(events.start_us[row]) if events.start_us[row] > 0 else end
        yield Move(
            events.id[row], step, min(begin, end), end, sender, other,
            tuple(dict.fromkeys(named)), _evidence(ledger.event(events.seq[row])),
        )  # fmt: skip


def _observed(ledger: Ledger) -> Iterator[Move]:
    for event in ledger.observed:
        step = _OBSERVED.get(event["body"]["status"])
        if step is None:
            continue
        end = date.fromisoformat(event["time"][:10])
        begin = date.fromisoformat((event.get("time_start") or event["time"])[:10])
        lots = tuple(dict.fromkeys(one["lot"] for one in event["body"]["lots"]))
        yield Move(
            event["id"], step, begin, end, event.get("party"), event.get("to_party"), lots,
            _evidence(event),
        )  # fmt: skip


def _evidence(event: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(event.get("evidence") or ())


def _day(moment_us: int) -> date:
    return datetime.fromtimestamp(moment_us // 1_000_000, tz=UTC).date()


def _analytes(ledger: Ledger) -> Mapping[str, frozenset[str]]:
    """Return by which symbols the material of each lot is tracked."""
    columns = ledger.columns
    materials = {
        name: frozenset(_symbols(version.data.get("tracked")))
        for name, version in ledger.current("material").items()
    }
    found: dict[str, frozenset[str]] = {}
    for lot, material in zip(columns.lines.lot, columns.lines.material, strict=True):
        if lot >= 0 and material >= 0:
            name = columns.lots.names[lot]
            tracked = materials.get(columns.materials.names[material], frozenset())
            found[name] = found.get(name, frozenset()) | tracked
    for event in ledger.observed:
        for seen in event["body"]["lots"]:
            tracked = materials.get(seen.get("material", ""), frozenset())
            found[seen["lot"]] = found.get(seen["lot"], frozenset()) | tracked
    return found


def _symbols(told: Any) -> Sequence[str]:
    return told.split() if isinstance(told, str) else tuple(told or ())


def _shipment(moves: Sequence[Move], analytes: Mapping[str, frozenset[str]]) -> Shipment:
    lots = tuple(dict.fromkeys(lot for one in moves for lot in one.lots))
    none: frozenset[str] = frozenset()
    return Shipment(
        tuple(sorted(moves, key=lambda one: (one.first, one.last, one.event))),
        lots,
        frozenset(one.sender for one in moves if one.sender is not None),
        frozenset(one.receiver for one in moves if one.receiver is not None),
        none.union(*(analytes.get(lot, none) for lot in lots)),
    )


def masses_of(lots: Sequence[str], ledger: Ledger) -> tuple[Tonnes, ...]:
    """Return the wet and the dry mass of lots as last stated of each; nothing where one is open."""
    lines = ledger.columns.lines
    numbers = {ledger.columns.lots.index[one] for one in lots if one in ledger.columns.lots.index}
    if len(numbers) < len(lots):
        return ()
    wet: dict[int, tuple[float, float]] = {}
    dry: dict[int, tuple[float, float]] = {}
    for at, lot in enumerate(lines.lot):
        if lot not in numbers or not lines.mass_given[at]:
            continue
        for found, low, high, u in (
            (wet, lines.wet_low[at], lines.wet_high[at], lines.wet_u[at]),
            (dry, lines.dry_low[at], lines.dry_high[at], lines.dry_u[at]),
        ):
            if 0 < high < UNBOUNDED_MG:
                wide = 2 * u if u == u else 0.0  # NaN where none is stated
                found[lot] = (max(0.0, low - wide), high + wide)
    told = []
    for state, found in (("wet", wet), ("dry", dry)):
        if found.keys() == numbers:
            least = sum(one[0] for one in found.values()) / 1e9
            most = sum(one[1] for one in found.values()) / 1e9
            told.append(Tonnes(least, most, state))
    return tuple(told)
