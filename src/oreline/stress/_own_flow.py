"""What moved in a ledger: lines, ways and arrivals, and which part of them met a closed place.

Nothing is planned here. What happened is taken as it ran: a part of a lot is lost to an event if
the lot, or anything that it was made from, was made at, left from, came to or crossed what the
event closes while it is closed. Mixing is proportional, as where origins are traced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt

from oreline.model import UNBOUNDED_MG, Chain, InputError
from oreline.record import DRY, FIRST, IN, MOVE_IN, MOVE_OUT, OUT, Books
from oreline.stress._own_events import ChainEvent, KnownPlaces, month_text

if TYPE_CHECKING:
    from oreline.stress._own_flow_kernels import FlowLines

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NOWHERE: Final = "UNKNOWN"
"""The place or country that nobody states."""
_US_PER_DAY: Final = 86_400_000_000
How = Literal["from abroad", "to another party", "to another site", "won"]
"""What counts: what comes from abroad, else to another party, else to a site, else what is won."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A lot that came to a site: its line in acting order, whence, which way, and in which month.

    ``origin`` is that of the dispatch; :data:`NOWHERE` where nobody recorded one.
    """

    line: int
    lot: str
    material: str
    origin: str
    site: str
    way: str
    month: int

    @property
    def month_text(self) -> str:
        """Return the month as a year and a month."""
        return month_text(self.month)


class LedgerFlow:
    """The material flow of a ledger, ready for questions of what hangs on what.

    Parameters
    ----------
    books
        The books of the ledger, as of a moment.
    chain
        The tables of the chain, completed by what the ledger declares.
    """

    def __init__(self, books: Books, chain: Chain) -> None:
        self.books, self.chain = books, chain
        columns, lines = books.ledger.columns, books.lines
        order = lines.order
        self.order = order
        self.side, self.event, self.lot = (
            part[order] for part in (lines.side, lines.event, lines.lot)
        )
        self.flags = lines.flags[order]
        names = [*columns.places.names, NOWHERE]
        self.place_names = names
        self._site = _places(columns.events.site, len(names))[self.event]
        self._to_site = _places(columns.events.to_site, len(names))[self.event]
        self.months = _months(np.array(columns.events.time_us, np.int64))[self.event]
        self._months_of_events = _months(np.array(columns.events.time_us, np.int64))
        moves = np.isin(self.side, (IN, OUT, MOVE_IN, MOVE_OUT))
        if not moves.any():
            raise InputError("nothing moves in this ledger: no event of it draws, makes or moves")
        real = self.months[moves]
        self.first_month, self.last_month = int(real.min()), int(real.max())

    @property
    def months_covered(self) -> int:
        """Return how many months the ledger tells of."""
        return self.last_month - self.first_month + 1

    @cached_property
    def elements(self) -> tuple[str, ...]:
        """Return what is followed: what the chain's materials track, else all that is assayed.

        The dry mass where nothing is assayed.
        """
        from oreline.model import analyte

        known = self.books.elements
        tracked = {
            part
            for one in self.chain.materials.values()
            for symbol in one.tracked
            for part in (symbol, *(name for name, _ in analyte(symbol).elements))
        }
        found = tuple(one for one in known if one in tracked) or known
        return found or (DRY,)

    def country(self, site: str) -> str:
        """Return the country of a site as two letters, :data:`NOWHERE` where nobody states it."""
        return self._countries.get(site, NOWHERE)

    @cached_property
    def _countries(self) -> Mapping[str, str]:
        from oreline.reference import UnknownCountryError, country

        found = {}
        for site in self.chain.sites.values():
            try:
                found[site.id] = country(site.country).alpha2 if site.country else NOWHERE
            except UnknownCountryError:
                found[site.id] = NOWHERE
        return found

    @cached_property
    def places(self) -> KnownPlaces:
        """Return what events can name."""
        sites = set(self.chain.sites) | {*self.used_sites}
        ports = {one for one in sites if self._kind(one) == "port"}
        return KnownPlaces(
            frozenset(sites),
            frozenset({*self.chain.routes, *self.ways}),
            frozenset(ports),
            frozenset(),
            self.elements,
            (self.first_month, self.last_month + 1),
            "ledger",
        )

    def _kind(self, site: str) -> str:
        known = self.chain.sites.get(site)
        return "" if known is None else known.kind.lower()

    @cached_property
    def used_sites(self) -> tuple[str, ...]:
        """Return the sites at which anything happens to material, in the order of first use."""
        moving = np.isin(self.side, (IN, OUT, MOVE_IN, MOVE_OUT))
        found = dict.fromkeys(self._site[moving].tolist())
        return tuple(self.place_names[one] for one in found if self.place_names[one] != NOWHERE)

    @cached_property
    def _legs(self) -> tuple[dict[int, tuple[int, str]], dict[int, str]]:
        """Return each receipt with its dispatch and way, and the way of each dispatch."""
        moves = np.flatnonzero(np.isin(self.side, (MOVE_IN, MOVE_OUT)) | self._brought)
        last: dict[int, int] = {}
        receipts: dict[int, tuple[int, str]] = {}
        ways: dict[int, str] = {}
        for line in moves.tolist():
            lot = int(self.lot[line])
            if self.side[line] == MOVE_OUT:
                last[lot] = line
                ways[line] = self._way(line, int(self._to_site[line]))
                continue
            sent = last.pop(lot, -1)
            if sent >= 0:
                ways[sent] = self._way(sent, int(self._site[line]))
            receipts[line] = (sent, ways.get(sent, ""))
        return receipts, ways

    @cached_property
    def _brought(self) -> Flags:
        """Return which lines are receipts of lots that nobody here made."""
        columns = self.books.ledger.columns
        kinds = np.array(columns.events.kind, np.int64)[self.event]
        found: Flags = (self.side == OUT) & (kinds == columns.kinds.index.get("receive", -1))
        return found

    @cached_property
    def _routes(self) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for one in self.chain.routes.values():
            found.setdefault((one.from_site, one.to_site), []).append((one.id, one.mode))
        return found

    def _way(self, line: int, target: int) -> str:
        """Return the route that a dispatch took: its id, or FROM:TO where no table names it.

        Of several between the same sites, the one of the mode that the dispatch states.
        """
        ends = self.place_names[self._site[line]], self.place_names[target]
        known = self._routes.get(ends, [])
        if len(known) > 1:
            ledger = self.books.ledger
            seq = ledger.columns.events.seq[int(self.event[line])]
            mode = ledger.event(seq)["body"].get("mode")
            known = [one for one in known if one[1] == mode]
        return known[0][0] if len(known) == 1 else ":".join(ends)

    @cached_property
    def ways(self) -> tuple[str, ...]:
        """Return the ways that anything took."""
        return tuple(dict.fromkeys(self._legs[1].values()))

    @cached_property
    def ends(self) -> Mapping[str, tuple[str, str]]:
        """Return the sites that each way joins."""
        arrived = {sent: line for line, (sent, _) in self._legs[0].items()}
        found: dict[str, tuple[str, str]] = {}
        for line, way in self._legs[1].items():
            at = arrived.get(line, -1)
            target = self._to_site[line] if at < 0 else self._site[at]
            found.setdefault(way, (self.place_names[self._site[line]], self.place_names[target]))
        return found

    @property
    def under_way(self) -> int:
        """Return how many lots were dispatched and not received."""
        return len(self._legs[1]) - sum(sent >= 0 for sent, _ in self._legs[0].values())

    @cached_property
    def arrivals(self) -> tuple[Arrival, ...]:
        """Return every receipt, as it acted."""
        columns = self.books.ledger.columns
        materials = self._materials
        found = []
        for line, (sent, way) in self._legs[0].items():
            origin = NOWHERE if sent < 0 else self.place_names[self._site[sent]]
            lot = int(self.lot[line])
            found.append(
                Arrival(
                    line, columns.lots.names[lot], materials.get(lot, ""), origin,
                    self.place_names[self._site[line]], way, int(self.months[line]),
                )
            )  # fmt: skip
        return tuple(found)

    @cached_property
    def _materials(self) -> Mapping[int, str]:
        """Return the material of each lot by its number, as it was last made."""
        columns = self.books.ledger.columns
        stated = np.array(columns.lines.material, np.int64)[self.order]
        rows = np.flatnonzero((stated >= 0) & (self.lot >= 0))
        return {int(self.lot[row]): columns.materials.names[stated[row]] for row in rows.tolist()}

    def delivered(self) -> Iterator[tuple[Arrival, str, How]]:
        """Yield every arrival that is a delivery, the country it came to, and why it counts.

        Whatever crosses a border; where nothing does, what another party receives; where no party
        is known either, what any other site does. Where nothing came anywhere, what was won.
        """
        kinds: dict[How, list[tuple[Arrival, str]]] = {}
        for one in self.arrivals:
            target, origin = self.country(one.site), self.country(one.origin)
            how: How = "to another site"
            if NOWHERE not in (origin, target) and origin != target:
                how = "from abroad"
            elif self._is_sold(one):
                how = "to another party"
            kinds.setdefault(how, []).append((one, target))
        for one in () if kinds else self._won():
            kinds.setdefault("won", []).append((one, self.country(one.site)))
        order: tuple[How, ...] = ("from abroad", "to another party", "to another site")
        chosen: How = next((one for one in order if one in kinds), "won")
        for arrival, target in kinds.get(chosen, []):
            yield arrival, target, chosen

    def _won(self) -> Iterator[Arrival]:
        """Yield what was won from the ground, as if it arrived where it was won."""
        names = self.books.ledger.columns.lots.names
        for line in np.flatnonzero((self.side == OUT) & (self.flags & FIRST > 0)).tolist():
            lot, site = int(self.lot[line]), self.place_names[self._site[line]]
            material = self._materials.get(lot, "")
            yield Arrival(line, names[lot], material, site, site, "", int(self.months[line]))

    def _is_sold(self, one: Arrival) -> bool:
        ends = [self.chain.sites.get(site) for site in (one.origin, one.site)]
        parties = {None if site is None else site.operator for site in ends}
        return None not in parties and len(parties) == 2

    def metal(self, element: str) -> FlowLines:
        """Return the lines with the metal of an element, as the kernel takes them."""
        from oreline.stress._own_flow_kernels import FlowLines

        book = self.books.book(element)
        return FlowLines(
            self.side,
            self.event,
            self.lot,
            self.flags,
            *(
                np.maximum(0.0, part[self.order].astype(np.float64))
                for part in (book.metal, book.before_metal, book.excess)
            ),
        )

    def carried_t(self, element: str, lines: Sequence[int]) -> list[tuple[float, float | None]]:
        """Return what arrivals carried of an element, in tonnes; a most of None is UNKNOWN."""
        book = self.books.book(element)
        at = np.array(lines, np.int64)
        rows, made = self.order[at], (self.side[at] == OUT)[:, np.newaxis]
        masses = np.where(made, book.metal[rows], book.before_metal[rows])
        return [
            (max(0, low) / 1e9, None if high >= UNBOUNDED_MG else max(0, high) / 1e9)
            for low, high in masses.tolist()
        ]

    def made_t(self, element: str, lots: Sequence[int]) -> list[tuple[float, float | None]]:
        """Return what lots were made with of an element, in tonnes; UNKNOWN is a most of None."""
        book, made = self.books.book(element), self._last_made
        found: list[tuple[float, float | None]] = []
        for lot in lots:
            low, high = (0, UNBOUNDED_MG)
            if lot in made:
                low, high = book.metal[self.order[made[lot]]].tolist()
            found.append((max(0, low) / 1e9, None if high >= UNBOUNDED_MG else max(0, high) / 1e9))
        return found

    def basis_of(self, element: str, lines: Sequence[int]) -> str:
        """Return the weakest basis on which the metal of some lines rests."""
        from oreline.record import BASES

        book = self.books.book(element)
        made = self._last_made
        ranks = [
            int(book.basis[self.order[made[int(self.lot[line])]]])
            for line in lines
            if int(self.lot[line]) in made
        ]
        return BASES[max(ranks)] if ranks else "unknown"

    @cached_property
    def _last_made(self) -> Mapping[int, int]:
        rows = np.flatnonzero((self.side == OUT) & (self.lot >= 0))
        return {int(self.lot[row]): row for row in rows.tolist()}

    @cached_property
    def loops(self) -> Flags:
        """Return, per event, whether an output of it acts before one of its draws."""
        n_events, place = len(self.books.ledger.columns.events.seq), np.arange(self.side.size)
        first_out = np.full(n_events, self.side.size, np.int64)
        last_in = np.full(n_events, -1, np.int64)
        np.minimum.at(first_out, self.event[self.side == OUT], place[self.side == OUT])
        np.maximum.at(last_in, self.event[self.side == IN], place[self.side == IN])
        found: Flags = first_out < last_in
        return found

    def hit(self, event: ChainEvent, *, always: bool = False) -> Flags:
        """Return which lines an event closes, while it lasts; ``always``: at any time."""
        if event.kind == "price":
            return np.zeros(self.side.size, bool)
        if event.kind == "route":
            found = self._at(line for line, way in self._legs[1].items() if way == event.of)
        elif event.kind == "ban":
            found = self._at(self._banned(event))
        else:
            names = np.array(self.place_names)
            here = names[self._site] == event.of
            moved = np.isin(self.side, (MOVE_IN, MOVE_OUT)) | self._brought
            found = here & (moved if event.kind == "port" else moved | (self.side == OUT))
        if always:
            return found
        begins = event.first_month
        active: Flags = found & (self._time >= begins) & (self._time < begins + event.months)
        return active

    @cached_property
    def _time(self) -> Floats:
        """Return when each line acts, in months from the year nought with their parts."""
        times = np.array(self.books.ledger.columns.events.time_us, np.int64)
        return _month_parts(times)[self.event]

    def _at(self, lines: Iterator[int]) -> Flags:
        found = np.zeros(self.side.size, bool)
        found[list(lines)] = True
        return found

    def _banned(self, event: ChainEvent) -> Iterator[int]:
        """Yield the dispatches out of a country that a ban is of."""
        arrived = {sent: line for line, (sent, _) in self._legs[0].items()}
        for line in self._legs[1]:
            at = arrived.get(line, -1)
            target = self._to_site[line] if at < 0 else self._site[at]
            origin = self.country(self.place_names[self._site[line]])
            goes = self.country(self.place_names[target])
            if origin != event.of or goes == origin or (event.to and goes not in event.to):
                continue
            if not event.elements or any(self._holds(line, one) for one in event.elements):
                yield line

    def _holds(self, line: int, element: str) -> bool:
        if element not in self.books.elements:
            return False
        low = self.books.book(element).before_metal[self.order[line], 0]
        return bool(low > 0)

    def exposed(self, element: str, hit: Flags) -> tuple[Floats, Floats]:
        """Return, by line and by lot, the least and most part that met what is hit."""
        from oreline.stress._own_flow_kernels import exposed

        lots = len(self.books.ledger.columns.lots.names)
        return exposed(self.metal(element), hit, lots, self.loops)

    def lot_number(self, name: str) -> int | None:
        """Return the number of a lot."""
        return self.books.ledger.columns.lots.index.get(name)


def _places(given: Any, unknown: int) -> Ints:
    places = np.array(given, np.int64)
    return np.where(places < 0, unknown - 1, places)


def _month_parts(times_us: Ints) -> Floats:
    """Return moments as months from the year nought, with the part of the month that is over."""
    days = times_us.astype("datetime64[us]")
    months = days.astype("datetime64[M]")
    begins = months.astype("datetime64[us]")
    length = (months + 1).astype("datetime64[us]") - begins
    whole = months.astype(np.int64) + 12 * 1970
    return np.asarray(whole + (days - begins) / length, np.float64)


def _months(times_us: Ints) -> Ints:
    return np.floor(_month_parts(times_us)).astype(np.int64)


def day_of(time_us: int) -> str:
    """Return the day of a moment, in UTC.

    >>> day_of(0)
    '1970-01-01'
    """
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us):%Y-%m-%d}"
