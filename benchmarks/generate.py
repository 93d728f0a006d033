"""Seeded ledgers of any size, as arrays: mixes, lots and masses from mine to magnet.

The chain has twelve stages. Events draw parts of earlier lots and make new ones; separation gives
each product its own proportions of the elements; scrap of magnets returns to the alloy. The shape
`pool` adds twenty tanks and one large pool that are topped up and drawn from all the time, so that
the longest chain of mixes grows with the number of lots. Nothing here is taken from real lots: it
is a load for measurements and tests, not a model of an industry.

``python benchmarks/generate.py`` makes each size once and prints what it holds and what it cost.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from oreline.trace._rows import MixRows

Shape = Literal["shallow", "pool"]

STAGES: Final = (
    "mine",
    "ore stockpile",
    "concentrate",
    "leach liquor",
    "mixed carbonate",
    "separated solution",
    "oxide",
    "metal",
    "alloy",
    "powder",
    "magnet block",
    "magnet",
)
N_STAGES: Final = len(STAGES)
SEPARATION: Final = 5
ALLOY: Final = 8
MAGNET: Final = 11
TANK_STAGE: Final = 4
POOL_STAGE: Final = 6
N_TANKS: Final = 20
INPUTS_MAX: Final = 6
OUTPUTS_MAX: Final = 6
OPEN_MAX: Final = 4096
SCRAP_SHARE: Final = 0.15
UNKNOWN_SHARE: Final = 0.005
EXTRACT: Final = 0
PROCESS: Final = 1
TOP_UP: Final = 2
DRAW: Final = 3
KINDS: Final = ("extract", "process", "blend", "split")

# Places in State.count.
LOTS, ROWS, ENTRIES, EVENTS, LINES = range(5)


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated ledger.

    Attributes
    ----------
    rows
        The mixes; origin 0 is UNKNOWN, the mines follow.
    lot_node
        int32, shape (n_lots): whose mix each lot has. Lots are numbered in order of creation.
    lot_mass_mg
        int64, shape (n_elements, n_lots): what each lot held when it was made.
    lot_stage
        int8, shape (n_lots): its place in ``STAGES``.
    country_of_origin
        int32, shape (n_origins): a column for each origin: 0 for UNKNOWN, then the countries.
    n_events, n_lines
        Events, and their input lines.
    events
        Kind, first output, inputs: only where they were asked for.
    """

    rows: MixRows
    lot_node: NDArray[np.int32]
    lot_mass_mg: NDArray[np.int64]
    lot_stage: NDArray[np.int8]
    country_of_origin: NDArray[np.int32]
    n_events: int
    n_lines: int
    shape: str
    seed: int
    events: EventArrays | None


@dataclass(frozen=True, slots=True)
class EventArrays:
    """The events behind the mixes: inputs as lines, outputs as a range of lots.

    Attributes
    ----------
    kind
        int8, shape (n_events): a place in ``KINDS``.
    line_ptr
        int64, shape (n_events + 1): lines of event ``i`` are ``line_ptr[i]:line_ptr[i + 1]``.
    lot_ptr
        int64, shape (n_events + 1): outputs of event ``i`` are ``lot_ptr[i]:lot_ptr[i + 1]``.
    line_lot
        int32: the lot of each line.
    line_mass_mg
        int64, shape (n_elements, n_lines): what was taken of it.
    """

    kind: NDArray[np.int8]
    line_ptr: NDArray[np.int64]
    lot_ptr: NDArray[np.int64]
    line_lot: NDArray[np.int32]
    line_mass_mg: NDArray[np.int64]


class State(NamedTuple):
    """All arrays the generator writes to; `count` says how much of each is in use."""

    count: NDArray[np.int64]
    lot_node: NDArray[np.int32]
    lot_mass: NDArray[np.int64]
    lot_stage: NDArray[np.int8]
    rest: NDArray[np.int64]
    open_lot: NDArray[np.int32]
    open_count: NDArray[np.int64]
    tank_lot: NDArray[np.int32]
    indptr: NDArray[np.int64]
    source: NDArray[np.int32]
    weight: NDArray[np.int64]
    kind: NDArray[np.int8]
    line_ptr: NDArray[np.int64]
    lot_ptr: NDArray[np.int64]
    line_lot: NDArray[np.int32]
    line_mass: NDArray[np.int64]


class Inputs(NamedTuple):
    """The inputs of the event at hand."""

    count: NDArray[np.int64]
    lot: NDArray[np.int32]
    mass: NDArray[np.int64]


def generate(
    n_lots: int,
    shape: Shape = "pool",
    *,
    seed: int = 20260101,
    n_elements: int = 1,
    n_mines: int = 300,
    n_countries: int = 60,
    with_events: bool = False,
) -> Generated:
    """Make a ledger of up to `n_lots` lots; the same arguments give the same arrays."""
    rng = np.random.Generator(np.random.Philox(seed))
    state = _empty_state(n_lots, n_elements, with_events=with_events)
    _run(rng, state, n_lots - OUTPUTS_MAX - 1, n_mines, shape == "pool", with_events)
    lots, rows, entries, events, lines = (int(used) for used in state.count)
    weight = np.ascontiguousarray(state.weight[:, :entries])
    mix = MixRows(
        state.indptr[: rows + 1].copy(),
        state.source[:entries].copy(),
        weight,
        weight,
        n_mines + 1,
        np.zeros(1, np.int64),
        np.zeros(0, np.int64),
    )
    country = np.zeros(n_mines + 1, np.int32)
    country[1:] = 1 + np.arange(n_mines) % n_countries
    kept = None
    if with_events:
        kept = EventArrays(
            state.kind[:events],
            state.line_ptr[: events + 1],
            state.lot_ptr[: events + 1],
            state.line_lot[:lines],
            state.line_mass[:, :lines],
        )
    return Generated(
        mix,
        state.lot_node[:lots],
        state.lot_mass[:, :lots],
        state.lot_stage[:lots],
        country,
        events,
        lines,
        shape,
        seed,
        kept,
    )


def events_of(generated: Generated) -> list[dict[str, Any]]:
    """Return the events as plain dictionaries, in order; masses in mg, by element number.

    An extraction has no inputs and names its mine; a tank is a chain of lots, one for each state.
    """
    events = generated.events
    assert events is not None, "generate with with_events=True"
    listed = []
    for number in range(len(events.kind)):
        lines = range(int(events.line_ptr[number]), int(events.line_ptr[number + 1]))
        made = range(int(events.lot_ptr[number]), int(events.lot_ptr[number + 1]))
        event: dict[str, Any] = {
            "id": f"event-{number}",
            "seq": number,
            "kind": KINDS[events.kind[number]],
            "site": f"site-{int(generated.lot_stage[made[0]])}",
            "inputs": [
                {
                    "lot": f"lot-{int(events.line_lot[line])}",
                    "mass_mg": events.line_mass_mg[:, line].tolist(),
                }
                for line in lines
            ],
            "outputs": [
                {"lot": f"lot-{lot}", "mass_mg": generated.lot_mass_mg[:, lot].tolist()}
                for lot in made
            ],
        }
        if not lines:
            event["origin"] = int(generated.lot_node[made[0]])
        listed.append(event)
    return listed


def _empty_state(n_lots: int, n_elements: int, *, with_events: bool) -> State:
    """Allocate for the worst case; memory that stays unused is never touched."""
    entries, kept = 2 * n_lots + 16, with_events
    lots = n_lots + OUTPUTS_MAX
    return State(
        np.zeros(5, np.int64),
        np.zeros(lots, np.int32),
        np.zeros((n_elements, lots), np.int64),
        np.zeros(lots, np.int8),
        np.zeros((n_elements, lots), np.int64),
        np.zeros((N_STAGES, OPEN_MAX), np.int32),
        np.zeros(N_STAGES, np.int64),
        np.full(N_TANKS + 1, -1, np.int32),
        np.zeros(n_lots + 2, np.int64),
        np.zeros(entries, np.int32),
        np.zeros((n_elements, entries), np.int64),
        np.zeros(n_lots + 1 if kept else 0, np.int8),
        np.zeros(n_lots + 2 if kept else 0, np.int64),
        np.zeros(n_lots + 2 if kept else 0, np.int64),
        np.zeros(entries if kept else 0, np.int32),
        np.zeros((n_elements, entries if kept else 0), np.int64),
    )


@numba.njit(cache=True)
def _below(rng: Any, n: int) -> int:
    """Return a whole number from 0 to n - 1."""
    return min(int(rng.random() * n), n - 1)


@numba.njit(cache=True)
def _push_open(rng: Any, state: State, stage: int, lot: int) -> None:
    """Put a lot in stock; a full stock loses one, which then is never used."""
    used = state.open_count[stage]
    if used < OPEN_MAX:
        state.open_lot[stage, used] = lot
        state.open_count[stage] = used + 1
    else:
        state.open_lot[stage, _below(rng, OPEN_MAX)] = lot


@numba.njit(cache=True)
def _take(state: State, inputs: Inputs, lot: int, part: float) -> bool:
    """Take a part of what is left of a lot; True when nothing worth drawing stays."""
    place = inputs.count[0]
    inputs.lot[place] = lot
    inputs.count[0] = place + 1
    left = 0
    for e in range(len(state.rest)):
        taken = state.rest[e, lot] if part >= 1.0 else int(state.rest[e, lot] * part)
        inputs.mass[e, place] = taken
        state.rest[e, lot] -= taken
        left += state.rest[e, lot]
    return left * 50 < state.lot_mass[:, lot].sum()


@numba.njit(cache=True)
def _draw_from_stock(rng: Any, state: State, inputs: Inputs, stage: int) -> None:
    """Draw all or a part of a lot in stock at a stage, as the next input."""
    at = _below(rng, state.open_count[stage])
    lot = state.open_lot[stage, at]
    part = 1.0 if rng.random() < 0.5 else 0.2 + 0.6 * rng.random()
    if _take(state, inputs, lot, part):
        state.open_count[stage] -= 1
        state.open_lot[stage, at] = state.open_lot[stage, state.open_count[stage]]


@numba.njit(cache=True)
def _mix(state: State, inputs: Inputs, n_origins: int) -> int:
    """Return the node of the inputs' mix: their common one, or a new row."""
    n = inputs.count[0]
    start = state.count[ENTRIES]
    end = start
    for i in range(n):
        node = state.lot_node[inputs.lot[i]]
        at = start
        while at < end and state.source[at] != node:
            at += 1
        if at == end:
            state.source[at] = node
            state.weight[:, at] = 0
            end += 1
        for e in range(len(state.weight)):
            state.weight[e, at] += inputs.mass[e, i]
    if end == start + 1:
        return int(state.source[start])
    row = state.count[ROWS]
    state.count[ROWS] = row + 1
    state.count[ENTRIES] = end
    state.indptr[row + 1] = end
    return int(n_origins + row)


@numba.njit(cache=True)
def _add_lot(state: State, node: int, stage: int) -> int:
    """Add a lot without mass."""
    lot = state.count[LOTS]
    state.count[LOTS] = lot + 1
    state.lot_node[lot] = node
    state.lot_stage[lot] = stage
    return int(lot)


@numba.njit(cache=True)
def _end_event(state: State, inputs: Inputs, kind: int, with_events: bool) -> None:
    """Count the event, and write it down where that was asked for."""
    event, line = state.count[EVENTS], state.count[LINES]
    n = inputs.count[0]
    if with_events:
        for i in range(n):
            state.line_lot[line + i] = inputs.lot[i]
            state.line_mass[:, line + i] = inputs.mass[:, i]
        state.kind[event] = kind
        state.line_ptr[event + 1] = line + n
        state.lot_ptr[event + 1] = state.count[LOTS]
    state.count[EVENTS] = event + 1
    state.count[LINES] = line + n
    inputs.count[0] = 0


@numba.njit(cache=True)
def _split(
    rng: Any, state: State, totals: NDArray[np.int64], node: int, stage: int, n_out: int
) -> None:
    """Make lots that share the totals; separation gives each its own proportions."""
    first = state.count[LOTS]
    for _ in range(n_out):
        lot = _add_lot(state, node, stage)
        _push_open(rng, state, stage, lot)
    for e in range(len(totals)):
        weight = np.empty(n_out)
        for o in range(n_out):
            weight[o] = 0.2 + rng.random()
            if stage == SEPARATION and o % len(totals) == e:
                weight[o] *= 9.0
        left, whole = totals[e], weight.sum()
        for o in range(n_out):
            part = left if o == n_out - 1 else int(totals[e] * (weight[o] / whole))
            state.lot_mass[e, first + o] = part
            state.rest[e, first + o] = part
            left -= part


@numba.njit(cache=True)
def _extract(rng: Any, state: State, n_mines: int) -> None:
    """Bring lots of one mine, or of an unknown one, out of the ground."""
    mine = 1 + _below(rng, n_mines)
    if rng.random() < UNKNOWN_SHARE:
        mine = 0
    for _ in range(2 + _below(rng, 4)):
        lot = _add_lot(state, mine, 0)
        for e in range(len(state.rest)):
            mass = int(1e9 + 5e10 * rng.random())
            state.lot_mass[e, lot] = mass
            state.rest[e, lot] = mass
        _push_open(rng, state, 0, lot)


@numba.njit(cache=True)
def _process(
    rng: Any, state: State, inputs: Inputs, totals: NDArray[np.int64], stage: int, n_origins: int
) -> None:
    """Draw from the stage before, lose a little of each element, make lots of this stage."""
    u = rng.random()
    n_in = 1 + (u > 0.50) + (u > 0.75) + (u > 0.88) + (u > 0.95)
    for _ in range(min(n_in, state.open_count[stage - 1])):
        if state.open_count[stage - 1] > 0:
            _draw_from_stock(rng, state, inputs, stage - 1)
    if stage == ALLOY and state.open_count[MAGNET] > 0 and rng.random() < SCRAP_SHARE:
        _draw_from_stock(rng, state, inputs, MAGNET)
    for e in range(len(totals)):
        gained = inputs.mass[e, : inputs.count[0]].sum()
        totals[e] = int(gained * (0.90 + 0.09 * rng.random()))
    node = _mix(state, inputs, n_origins)
    _split(rng, state, totals, node, stage, 1 + _below(rng, 5))


@numba.njit(cache=True)
def _top_up(rng: Any, state: State, inputs: Inputs, tank: int, stage: int, n_origins: int) -> None:
    """Add a lot to a tank: what was in it and the lot make its next state."""
    before = state.tank_lot[tank]
    if before >= 0:
        _take(state, inputs, before, 1.0)
    _draw_from_stock(rng, state, inputs, stage - 1)
    node = _mix(state, inputs, n_origins)
    lot = _add_lot(state, node, stage)
    for e in range(len(state.rest)):
        mass = inputs.mass[e, : inputs.count[0]].sum()
        state.lot_mass[e, lot] = mass
        state.rest[e, lot] = mass
    state.tank_lot[tank] = lot


@numba.njit(cache=True)
def _draw(
    rng: Any, state: State, inputs: Inputs, totals: NDArray[np.int64], tank: int, stage: int
) -> None:
    """Draw lots from a tank; they have the mix that it has at this moment."""
    lot = state.tank_lot[tank]
    _take(state, inputs, lot, 0.1 + 0.3 * rng.random())
    totals[:] = inputs.mass[:, 0]
    _split(rng, state, totals, state.lot_node[lot], stage, 1 + _below(rng, 3))


@numba.njit(cache=True)
def _use_tank(
    rng: Any,
    state: State,
    inputs: Inputs,
    totals: NDArray[np.int64],
    n_origins: int,
    with_events: bool,
) -> None:
    """Top up the large pool or one of the tanks, and mostly draw from it afterwards."""
    tank = N_TANKS if rng.random() < 0.5 else _below(rng, N_TANKS)
    stage = POOL_STAGE if tank == N_TANKS else TANK_STAGE
    if state.open_count[stage - 1] == 0:
        return
    _top_up(rng, state, inputs, tank, stage, n_origins)
    _end_event(state, inputs, TOP_UP, with_events)
    if rng.random() < 0.8:
        _draw(rng, state, inputs, totals, tank, stage)
        _end_event(state, inputs, DRAW, with_events)


@numba.njit(cache=True)
def _run(
    rng: Any, state: State, n_lots: int, n_mines: int, with_pools: bool, with_events: bool
) -> None:
    """Let events happen until the lots are used up."""
    n_elements = len(state.rest)
    inputs = Inputs(
        np.zeros(1, np.int64),
        np.zeros(INPUTS_MAX, np.int32),
        np.zeros((n_elements, INPUTS_MAX), np.int64),
    )
    totals = np.zeros(n_elements, np.int64)
    while state.count[LOTS] < n_lots:
        stage = _below(rng, N_STAGES)
        while stage > 0 and state.open_count[stage - 1] < INPUTS_MAX:
            stage -= 1
        if stage == 0:
            _extract(rng, state, n_mines)
            _end_event(state, inputs, EXTRACT, with_events)
            continue
        if with_pools and rng.random() < 0.11:
            _use_tank(rng, state, inputs, totals, n_mines + 1, with_events)
            continue
        _process(rng, state, inputs, totals, stage, n_mines + 1)
        _end_event(state, inputs, PROCESS, with_events)


def main() -> None:
    """Make each size once and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="only sizes that take seconds")
    quick = parser.parse_args().quick
    generate(1000)
    for n_lots in (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000, 10_000_000):
        for shape in ("shallow", "pool"):
            start = time.process_time()
            made = generate(n_lots, "pool" if shape == "pool" else "shallow")
            seconds = time.process_time() - start
            print(
                f"{shape:8s} {len(made.lot_node):>10,} lots {made.n_events:>9,} events "
                f"{made.n_lines:>10,} lines {made.rows.n_rows:>10,} mix rows "
                f"{made.rows.n_entries:>10,} entries {seconds:6.2f} s CPU"
            )


if __name__ == "__main__":
    # Under its own name: the cache of compiled code names the module of every type it knows.
    from generate import main as run

    run()
