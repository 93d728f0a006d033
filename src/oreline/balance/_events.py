"""Does an event close? What goes in, less what comes out and what is known to be lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.balance._figure import COVERAGE_FACTOR, Figure, default_names
from oreline.balance._sums import Sums, cell_sums, counted, united, weakest_of
from oreline.balance._tally import Tally, tally
from oreline.balance._verdict import ROUNDING_MG_PER_LINE, Judged, Verdict, judge
from oreline.model import InputError
from oreline.record import BASES, DRY_FROM_INPUTS, IN, LOSS, OUT, Books, instant_text

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

KINDS = ("process", "blend", "split", "consume")
NOT_RECORDED = "water and reagents are not recorded, so the dry mass need not close"
LEAVES = "it has left the chain as recorded"
TERMS = ("in", "out", "lost", "unaccounted")
FIELDS = ("low_mg", "high_mg", "u_mg", "basis", "defaults")
_CLOSES, _OPEN, _UNKNOWN = 0, 1, 2
_VERDICTS = (Verdict.CLOSES, Verdict.DOES_NOT_CLOSE, Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class EventBalance:
    """The balance of one event, for the metal and for the dry mass that carries it.

    ``dry_verdict`` is None where inputs are left out of the record, so that nothing can be said.
    """

    event: str
    kind: str
    time: str
    site: str | None
    metal_in: Figure
    metal_out: Figure
    metal_lost: Figure
    metal_unaccounted: Figure
    verdict: Verdict
    reason: str
    dry_in: Figure
    dry_out: Figure
    dry_lost: Figure
    dry_unaccounted: Figure
    dry_verdict: Verdict | None
    dry_reason: str

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the balance with masses as decimal text in ``unit``."""
        found: dict[str, Any] = {
            "event": self.event,
            "kind": self.kind,
            "time": self.time,
            "site": self.site,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "dry_verdict": None if self.dry_verdict is None else str(self.dry_verdict),
            "dry_reason": self.dry_reason,
        }
        for what in ("metal", "dry"):
            for term in TERMS:
                found[f"{what}_{term}"] = getattr(self, f"{what}_{term}").to_json(unit)
        return found


@dataclass(frozen=True)
class EventBalances:
    """The balances of many events, as columns; iterate for one :class:`EventBalance` each."""

    element: str
    _table: pl.DataFrame = field(repr=False)
    _lots: tuple[str, ...] = field(repr=False)

    def __len__(self) -> int:
        """Return the number of events."""
        return self._table.height

    def __iter__(self) -> Iterator[EventBalance]:
        """Give the balance of each event, in the order of the ledger."""
        return (self._row(row) for row in self._table.iter_rows(named=True))

    def __getitem__(self, event: str) -> EventBalance:
        """Return the balance of an event.

        Raises
        ------
        InputError
            If it is not among them.
        """
        rows = self._table.filter(pl.col("event") == event)
        if rows.is_empty():
            message = f"{event!r} is not among the balanced events"
            raise InputError(message)
        return self._row(rows.row(0, named=True))

    def to_frame(self) -> pl.DataFrame:
        """Return one row an event; masses in milligrams, null where no bound is known."""
        names = [name for name in self._table.columns if not name.startswith("_")]
        words: list[pl.Expr] = [
            pl.col("verdict").replace_strict(dict(enumerate(map(str, _VERDICTS)))),
            pl.col("dry_verdict").replace_strict(
                {**dict(enumerate(map(str, _VERDICTS))), -1: None}, return_dtype=pl.String
            ),
        ]
        for name in names:
            if name.endswith("_basis"):
                words.append(pl.col(name).replace_strict(dict(enumerate(BASES))))
            elif name.endswith("_defaults"):
                bits = self._table[name].unique().to_list()
                named = {item: " ".join(default_names(item)) for item in bits}
                words.append(pl.col(name).replace_strict(named, return_dtype=pl.String))
        return self._table.select(names).with_columns(words)

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return all balances with masses as decimal text in ``unit``."""
        return {
            "element": self.element,
            "coverage_factor": str(COVERAGE_FACTOR),
            "events": [balance.to_json(unit) for balance in self],
        }

    def _row(self, row: dict[str, Any]) -> EventBalance:
        figures = {
            f"{what}_{term}": _figure(row, f"{what}_{term}")
            for what in ("metal", "dry")
            for term in TERMS
        }
        judged = self._judged(row, figures["metal_unaccounted"])
        dry = Judged(Verdict.UNKNOWN, NOT_RECORDED)
        if row["dry_verdict"] >= 0:
            doubts = self._doubts(row)
            dry = judge(figures["dry_unaccounted"], row["_lines"], doubts, "dry mass")
            assert dry.verdict == _VERDICTS[row["dry_verdict"]]
        return EventBalance(
            event=row["event"],
            kind=row["kind"],
            time=row["time"],
            site=row["site"],
            verdict=judged.verdict,
            reason=judged.reason,
            dry_verdict=dry.verdict if row["dry_verdict"] >= 0 else None,
            dry_reason=LEAVES if row["kind"] == "consume" else dry.reason,
            **figures,
        )

    def _judged(self, row: dict[str, Any], unaccounted: Figure) -> Judged:
        if row["kind"] == "consume" and row["_doubtful"] < 0:
            return Judged(Verdict.CLOSES, LEAVES)
        judged = judge(unaccounted, row["_lines"], self._doubts(row))
        assert judged.verdict == _VERDICTS[row["verdict"]]
        return judged

    def _doubts(self, row: dict[str, Any]) -> str:
        if row["_doubtful"] < 0:
            return ""
        return f"it rests on {self._lots[row['_doubtful']]}, from which more was drawn than it held"


def balance_events(
    books: Books, element: str, event_ids: Sequence[str] | None = None
) -> EventBalances:
    """Balance every process, blend, split and consume event, or those named.

    Unaccounted is what went in, less what came out, less declared losses. Its uncertainty is first
    order; metal that an output inherits from the inputs cancels. What is consumed counts as out.

    Raises
    ------
    InputError
        If the element is not known, or an event named is none that can be balanced.
    """
    held = tally(books, element)
    chosen = _chosen(held, event_ids)
    cell_of_event = np.full(held.n_events, -1, np.int64)
    cell_of_event[chosen] = np.arange(chosen.size)
    cell = cell_of_event[held.lines.event] if held.lines.event.size else np.empty(0, np.int64)
    consumed = _kinds(held, ("consume",))[chosen]
    metal = _terms(held, cell, chosen.size, held.lines.metal, consumed)
    dry = _terms(held, cell, chosen.size, held.lines.dry, consumed)
    metal["unaccounted"] = _unaccounted(held, cell, metal, consumed)
    dry["unaccounted"] = _unaccounted(held, cell, dry, consumed)
    table = _identities(held, chosen)
    of_metal, of_dry = _rests(held, cell, chosen.size)
    table |= _columns_of("metal", metal, _metal_u(held, cell, consumed), of_metal)
    table |= _columns_of("dry", dry, _dry_u(held, cell, consumed), of_dry)
    n_lines = counted(np.where(held.on_side(IN) | _gives(held), cell, -1), chosen.size)
    doubtful = _doubtful(held, cell, chosen.size)
    table["_lines"], table["_doubtful"] = n_lines, doubtful
    verdict = _verdicts(metal["unaccounted"], table["metal_unaccounted_u_mg"], n_lines, doubtful)
    table["verdict"] = verdict
    dry_verdict = _verdicts(dry["unaccounted"], table["dry_unaccounted_u_mg"], n_lines, doubtful)
    table["dry_verdict"] = np.where(_all_recorded(held, chosen), dry_verdict, -1)
    frame = pl.DataFrame(table).with_columns(pl.col(pl.Float64).fill_nan(None))
    return EventBalances(element, frame, tuple(held.columns.lots.names))


def _kinds(held: Tally, names: Sequence[str]) -> npt.NDArray[np.bool_]:
    kind = np.array(held.columns.events.kind, np.int64)
    flags: npt.NDArray[np.bool_] = np.isin(kind, [held.kind_number(name) for name in names])
    return flags


def _chosen(held: Tally, event_ids: Sequence[str] | None) -> Ints:
    """Return the rows of the events to balance, in the order of the ledger."""
    able = _kinds(held, KINDS)
    if event_ids is None:
        return np.flatnonzero(able)
    wanted = set(event_ids)
    identity = held.columns.events.id
    rows = [row for row in np.flatnonzero(able).tolist() if identity[row] in wanted]
    missing = wanted - {identity[row] for row in rows}
    if missing:
        named = ", ".join(sorted(missing))
        message = f"no process, blend, split or consume event in force: {named}"
        raise InputError(message)
    return np.array(rows, np.int64)


def _gives(held: Tally) -> npt.NDArray[np.bool_]:
    return held.on_side(OUT) | held.on_side(LOSS)


def _terms(
    held: Tally, cell: Ints, n_cells: int, bounds: Ints, consumed: npt.NDArray[np.bool_]
) -> dict[str, Sums]:
    sums = {
        name: cell_sums(np.where(held.on_side(side), cell, -1), bounds, n_cells)
        for name, side in (("in", IN), ("out", OUT), ("lost", LOSS))
    }
    sums["out"] = Sums(
        *(np.where(consumed, into, out) for into, out in zip(sums["in"], sums["out"], strict=True))
    )
    return sums


def _unaccounted(
    held: Tally, cell: Ints, terms: dict[str, Sums], consumed: npt.NDArray[np.bool_]
) -> Sums:
    into, out, lost = terms["in"], terms["out"], terms["lost"]
    low = into.low - out.high - lost.high
    high = into.high - out.low - lost.low
    # Where all outputs inherit, the extreme cases of inputs and outputs are the same cases.
    alike = _extremes_alike(held, cell, low.size)
    cases = np.column_stack([into.low - out.low - lost.low, into.high - out.high - lost.high])
    low = np.where(alike, cases.min(axis=1), low)
    high = np.where(alike, cases.max(axis=1), high)
    low[consumed], high[consumed] = 0, 0
    closed = ~consumed
    low_open = (out.high_open + lost.high_open + into.low_open) * closed
    high_open = (into.high_open + out.low_open + lost.low_open) * closed
    return Sums(low, high, low_open, high_open)


def _extremes_alike(held: Tally, cell: Ints, n_cells: int) -> npt.NDArray[np.bool_]:
    lines = held.lines
    foreign = (held.on_side(OUT) & ~lines.inherits) | held.on_side(LOSS)
    loose = lines.dry[:, 0] != lines.dry[:, 1]
    other = counted(np.where(foreign | loose, cell, -1), n_cells)
    inherited = counted(np.where(lines.inherits, cell, -1), n_cells)
    alike: npt.NDArray[np.bool_] = (other == 0) & (inherited > 0)
    return alike


def _metal_u(held: Tally, cell: Ints, consumed: npt.NDArray[np.bool_]) -> dict[str, Floats]:
    is_in, is_out, is_lost = (held.on_side(side) * 1.0 for side in (IN, OUT, LOSS))
    weights = {
        "in": is_in,
        "out": is_out,
        "lost": is_lost,
        "unaccounted": is_in - is_out - is_lost,
    }
    cells = held.in_cells(cell, consumed.size)
    u = {term: np.sqrt(held.variances(cells, weight)) for term, weight in weights.items()}
    return _with_consumed(u, consumed)


def _dry_u(held: Tally, cell: Ints, consumed: npt.NDArray[np.bool_]) -> dict[str, Floats]:
    lines = held.lines
    known = lines.dry[:, 0] == lines.dry[:, 1]
    summed = known & (lines.flags & DRY_FROM_INPUTS == 0)
    variance = np.where(summed, lines.dry_u**2, 0.0)
    used = cell >= 0
    u = {}
    for term, side in (("in", IN), ("out", OUT), ("lost", LOSS)):
        here = used & held.on_side(side)
        u[term] = np.sqrt(np.bincount(cell[here], variance[here], consumed.size))
    by_sum = np.where(used & (lines.flags & DRY_FROM_INPUTS != 0), cell, -1)
    weighed = counted(by_sum, consumed.size) == 0
    u["unaccounted"] = np.sqrt(sum(u[term] ** 2 for term in ("in", "out", "lost"))) * 1.0
    u["out"] = np.where(weighed, u["out"], u["in"])
    u["unaccounted"] = np.where(weighed, u["unaccounted"], u["lost"])
    return _with_consumed(u, consumed)


def _with_consumed(u: dict[str, Floats], consumed: npt.NDArray[np.bool_]) -> dict[str, Floats]:
    u["out"] = np.where(consumed, u["in"], u["out"])
    u["unaccounted"] = np.where(consumed, 0.0, u["unaccounted"])
    return u


Rested = dict[str, tuple[Ints, Ints]]


def _rests(held: Tally, cell: Ints, n_cells: int) -> tuple[Rested, Rested]:
    """Return weakest basis and defaults of each term, of the metal and of the dry mass."""
    lines, rests = held.lines, held.rests
    sides = {
        "in": held.on_side(IN),
        "out": held.on_side(OUT),
        "lost": held.on_side(LOSS),
        "unaccounted": held.on_side(IN) | _gives(held),
    }
    cells = {term: np.where(flags, cell, -1) for term, flags in sides.items()}
    metal, dry = (
        {
            term: (weakest_of(here, basis, n_cells), united(here, defaults, n_cells))
            for term, here in cells.items()
        }
        for basis, defaults in (
            (rests.basis, rests.defaults),
            (lines.mass_basis, lines.mass_defaults),
        )
    )
    return metal, dry


def _columns_of(
    what: str, terms: dict[str, Sums], u: dict[str, Floats], rests: Rested
) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for term in TERMS:
        sums, (basis, defaults) = terms[term], rests[term]
        columns[f"{what}_{term}_low_mg"] = _nullable(sums.low, sums.low_open)
        columns[f"{what}_{term}_high_mg"] = _nullable(sums.high, sums.high_open)
        columns[f"{what}_{term}_u_mg"] = u[term]
        columns[f"{what}_{term}_basis"] = basis
        columns[f"{what}_{term}_defaults"] = defaults
    return columns


def _nullable(values: Ints, opens: Ints) -> pl.Series:
    series = pl.Series(values, dtype=pl.Int64)
    return series if not opens.any() else series.set(pl.Series(opens > 0), None)


def _doubtful(held: Tally, cell: Ints, n_cells: int) -> Ints:
    """Return, for each event, a lot that it draws from and whose book is in doubt, or -1."""
    lot = np.full(n_cells, -1, np.int64)
    drawn = held.on_side(IN) & held.rests.doubtful & (cell >= 0)
    lot[cell[drawn]] = held.lines.lot[drawn]
    return lot


def _verdicts(unaccounted: Sums, u: Floats, n_lines: Ints, doubtful: Ints) -> Ints:
    """Judge all at once, by the rules of :func:`judge`."""
    limit = COVERAGE_FACTOR * u + ROUNDING_MG_PER_LINE * n_lines
    bad = (unaccounted.low_open > 0) | (unaccounted.high_open > 0) | np.isnan(u) | (doubtful >= 0)
    closes = (-limit <= unaccounted.low) & (unaccounted.high <= limit)
    apart = (unaccounted.high < -limit) | (unaccounted.low > limit)
    verdict = np.where(closes, _CLOSES, np.where(apart, _OPEN, _UNKNOWN))
    return np.where(bad, _UNKNOWN, verdict).astype(np.int64)


def _all_recorded(held: Tally, chosen: Ints) -> npt.NDArray[np.bool_]:
    """Return which events say that every input is recorded; blends and splits have no others."""
    ledger, events = held.ledger, held.columns.events
    process = held.kind_number("process")
    recorded = []
    for row in chosen.tolist():
        if events.kind[row] != process:
            recorded.append(True)
            continue
        seq = events.seq[row]
        if seq in ledger.verdicts.amended or seq in ledger.withheld:
            recorded.append(bool(ledger.event(seq)["body"].get("all_inputs_recorded")))
        else:
            recorded.append(b'"all_inputs_recorded":true' in ledger.raw[seq])
    return np.array(recorded, np.bool_)


def _identities(held: Tally, chosen: Ints) -> dict[str, Any]:
    events, columns = held.columns.events, held.columns
    rows = chosen.tolist()
    sites = [*columns.places.names, None]
    return {
        "event": pl.Series([events.id[row] for row in rows], dtype=pl.String),
        "kind": pl.Series([columns.kinds.names[events.kind[row]] for row in rows], dtype=pl.String),
        "time": pl.Series([instant_text(events.time_us[row]) for row in rows], dtype=pl.String),
        "site": pl.Series([sites[events.site[row]] for row in rows], dtype=pl.String),
    }


def _figure(row: dict[str, Any], name: str) -> Figure:
    low, high, u, basis, defaults = (row[f"{name}_{part}"] for part in FIELDS)
    return Figure(low, high, u, BASES[basis], default_names(defaults))
