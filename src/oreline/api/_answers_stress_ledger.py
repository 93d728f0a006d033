"""A scenario's outcome as a ledger of its own: written once, then answered as any ledger is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from oreline.api._answers_stress_chain import StressQuestion, events_asked_of, held_chain
from oreline.api._plan_question import NoPlan, PlanQuestion, planned
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.model import InputError, LedgerError, canonical_json
from oreline.record import Clock, Store, derive_store, load_ledger, open_store

if TYPE_CHECKING:
    from oreline.record import Ledger
    from oreline.stress import Arrival, LedgerFlow

LEDGERS_FOLDER: Final = "ledgers"
LEDGER_ID: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"
LOTS_TRACED_MAX: Final = 50
"""Of how many delivered lots the origins are told at most; the rest is counted."""
Answered = Literal["replanned", "as-planned"]


@dataclass(frozen=True, slots=True)
class LedgerQuestion:
    """What is written: a plan, events, which answer to them, what it is called, who names lots.

    ``operators`` say who runs a site, where no table does.
    """

    identity: str
    issuer: str
    plan: PlanQuestion
    events: StressQuestion
    answer: Answered = "replanned"
    operators: Mapping[str, str] = field(default_factory=dict)


def write_scenario(view: View, asked: LedgerQuestion, clock: Clock) -> dict[str, Any]:
    """Write what runs in a scenario into a scenario ledger beside the actual one.

    Asked again for the same, nothing is written; the ledger that is there is told.

    Raises
    ------
    NotFoundError
        If there is no such plan or scenario for this person.
    InputError
        If no event is asked for or one cannot be used, or no plan is feasible.
    LedgerError
        If another scenario has this name.
    """
    from oreline.plan import LedgerWriting, plan_events
    from oreline.stress import busiest_month, known_places, scenario_inputs, scenario_plan

    folder = _folder(view)
    if not re.fullmatch(LEDGER_ID, asked.identity):
        raise InputError(f"{asked.identity!r} is no id of a ledger: letters, digits, . _ and -")
    world, plan = planned(view, asked.plan)
    if isinstance(plan, NoPlan) or world is None:
        assert isinstance(plan, NoPlan), "a plan has a world"
        raise InputError(plan.says, plan.findings)
    places = known_places(world.text, plan.problem)
    events, findings = events_asked_of(view, asked.events, places, busiest_month(plan))
    if not events:
        raise InputError("no event is asked for: a scenario has at least one")
    replanned = asked.answer == "replanned"
    chain = held_chain(world, plan)
    made = scenario_plan(chain, events, asked.identity, replanned=replanned)
    known = {one.id: one.operator for one in plan.problem.sites.values() if one.operator}
    known |= {
        site: str(version.data["operator"])
        for site, version in view.whole.ledger.current("site").items()
        if version.data.get("operator")
    }
    writing = LedgerWriting(
        asked.issuer, asked.identity, view.person.name, known | dict(asked.operators)
    )
    written = plan_events(made, writing)
    inputs = {**scenario_inputs(chain, events, replanned=replanned), "issuer": asked.issuer}
    target = folder / LEDGERS_FOLDER / f"{asked.identity}.db"
    is_new = not target.is_file()
    if is_new:
        seed = plan.certificate.settings.seed
        with _actual(view) as parent:
            store = derive_store(
                parent, target, identity=asked.identity, tense="scenario", inputs=inputs,
                seed=seed, clock=clock,
            )  # fmt: skip
        _append(store, target, written)
    told = _told(target)
    digest = hashlib.sha256(canonical_json(inputs)).hexdigest()
    if told["input_sha256"] != digest:
        raise LedgerError(f"a ledger {asked.identity} of other events is there; name it anew")
    return {
        **told,
        "is_new": is_new,
        "words": "; ".join(one.words() for one in events),
        "findings": [*(one.to_json() for one in (*findings, *chain.findings(events)))],
    }


def _append(store: Store, target: Path, written: Any) -> None:
    """Append the events of a scenario; where they are refused, no ledger is left."""
    try:
        with store:
            store.append(list(written))
    except BaseException:
        target.unlink()
        raise


def scenario_ledgers(view: View) -> dict[str, Any]:
    """Return the planned and scenario ledgers beside the actual one.

    Raises
    ------
    NotFoundError
        If the chain is not this person's to see as a whole.
    """
    found = sorted((_folder(view) / LEDGERS_FOLDER).glob("*.db"))
    return {"ledgers": [_told(one) for one in found]}


def scenario_ledger(view: View, identity: str, element: str = "") -> dict[str, Any]:
    """Return what trace and balance say of a derived ledger, as they say it of any.

    Raises
    ------
    NotFoundError
        If there is no such ledger for this person.
    InputError
        If the ledger does not speak of the element.
    """
    from oreline.balance import balance_sites
    from oreline.record import open_books
    from oreline.stress import LedgerFlow
    from oreline.trace import Tracer, build_graph, trace_origins

    path = _path_of(view, identity)
    with _opened(view, path) as ledger:
        books = open_books(ledger)
        flow = LedgerFlow(books, view.whole.chain)
        own = _brought_to_their_end(ledger, flow)
        held = _held(flow, own)
        symbol = books.element(element or next(iter(held), flow.elements[0]))
        tracer = Tracer(build_graph(books))
        traced = [
            {
                "month": one.month_text,
                "to": one.site,
                "country": flow.country(one.site),
                **trace_origins(tracer, one.lot, symbol, ("site",)).to_json(),
            }
            for one in own[:LOTS_TRACED_MAX]
        ]
        zone = view.whole.zone
        balance = balance_sites(books, symbol, None, "year", time_zone=zone).to_json()
        first = min((one.month_text[:4] for one in own), default="")
    return {
        **_told(path),
        "element": symbol,
        "elements": held,
        "delivered_lots": len(own),
        "trace": traced,
        "balance": {
            **balance,
            "sites": [row for row in balance["sites"] if row["period"] >= first],
            "chain": [row for row in balance["chain"] if row["period"] >= first],
        },
    }


def _brought_to_their_end(ledger: Ledger, flow: LedgerFlow) -> list[Arrival]:
    """Return what a derived ledger itself brings to sites from which nothing goes on."""
    seq = ledger.columns.events.seq
    own = [one for one in flow.arrivals if seq[int(flow.event[one.line])] >= 0]
    sending = {one.origin for one in own}
    return [one for one in own if one.site not in sending]


def _held(flow: LedgerFlow, arrivals: Sequence[Arrival]) -> list[str]:
    """Return the elements that arrivals hold, the one that most came of first."""
    lines = [one.line for one in arrivals]
    came = {
        element: sum(low for low, _ in flow.carried_t(element, lines))
        for element in flow.books.elements
    } if lines else {}  # fmt: skip
    return sorted((one for one in came if came[one] > 0), key=lambda one: (-came[one], one))


def scenario_ledger_file(view: View, identity: str) -> bytes:
    """Return a derived ledger as the file that it is.

    Raises
    ------
    NotFoundError
        If there is no such ledger for this person.
    """
    return _path_of(view, identity).read_bytes()


def _folder(view: View) -> Path:
    folder = view.desk.folder
    if view.is_partial:
        raise NotFoundError("the whole chain is told to who belongs to no party of it")
    if folder is None:
        raise InputError("the chain has no folder in which a ledger could be kept")
    return folder


def _path_of(view: View, identity: str) -> Path:
    path = _folder(view) / LEDGERS_FOLDER / f"{identity}.db"
    if not re.fullmatch(LEDGER_ID, identity) or not path.is_file():
        raise NotFoundError(f"no ledger {identity} beside the chain's own")
    return path


@contextmanager
def _actual(view: View) -> Iterator[Store]:
    """Give the actual ledger: the one that is served, or its parent where that is derived."""
    store = view.desk.store
    if store.header.parent is None:
        yield store
        return
    assert store.path is not None, "a derived ledger that is served is a file"
    with open_store(store.path.resolve().parent.parent / "ledger.db") as parent:
        yield parent


@contextmanager
def _opened(view: View, path: Path) -> Iterator[Ledger]:
    with ExitStack() as opened:
        parent = opened.enter_context(_actual(view))
        store = opened.enter_context(open_store(path))
        yield load_ledger(store, parent=parent)


def _told(path: Path) -> dict[str, Any]:
    with open_store(path) as store:
        header, size = store.header, store.size()
        return {
            "id": header.id,
            "tense": header.tense,
            "parent": header.parent,
            "parent_size": header.parent_size,
            "input_sha256": header.input_hash,
            "created": header.created,
            "events": size,
            "root": store.root(size).hex(),
        }
