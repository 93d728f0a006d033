"""A chain of one's own under stress by what its ledger tells: no plan is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from oreline.api._answers_stress_chain import (
    STRESS_EVENTS_MAX,
    StressQuestion,
    Told,
    events_asked_of,
    scenario_paths,
)
from oreline.api._plan_question import plan_paths
from oreline.api._planning import PLANNING
from oreline.api._problems import NotFoundError
from oreline.api._sealing import contracts_known
from oreline.api._views import View
from oreline.model import InputError, LimitExceededError

if TYPE_CHECKING:
    from oreline.model import Finding
    from oreline.stress import ActualChain, SecurityInputs

By = Literal["", "plan", "ledger"]
"""What is stressed: a plan of the folder, the ledger; left empty: a plan where there is one."""
_CHAINS: Final = "chain by its ledger"


def is_by_ledger(view: View, by: By) -> bool:
    """Return whether the ledger is stressed and not a plan."""
    return by == "ledger" or (by == "" and not plan_paths(view))


def stress_actual_inputs(view: View) -> dict[str, Any]:
    """Return what events can name in a ledger: sites, ways, ports, prices, countries, months.

    Raises
    ------
    NotFoundError
        If the chain is not this person's to see as a whole.
    InputError
        If nothing moves in the ledger.
    """
    chain = _chain(view)
    flow, places = chain.flow, chain.places
    names = {one.id: one.name for one in flow.chain.sites.values()}
    return {
        "rests_on": "what the ledger tells",
        "name": flow.chain.title or flow.chain.name,
        "period": places.period,
        "scenarios": list(scenario_paths(view)),
        "sites": [{"id": one, "name": names.get(one, one)} for one in flow.used_sites],
        "ports": [
            {"id": one, "name": names.get(one, one)}
            for one in flow.used_sites
            if one in places.ports
        ],
        "routes": [{"id": way, "from": ends[0], "to": ends[1]} for way, ends in flow.ends.items()],
        "prices": sorted(places.prices),
        "elements": list(flow.elements),
        "countries": sorted({flow.country(one) for one in flow.used_sites} - {"UNKNOWN"}),
    }


def stress_actual(view: View, asked: StressQuestion) -> dict[str, Any]:
    """Return what events would have done to what the ledger tells, as plain values."""
    return actual_told(view, asked)[0]


def actual_told(view: View, asked: StressQuestion) -> Told:
    """Return what events would have done to what the ledger tells, and as tables by name.

    Raises
    ------
    NotFoundError
        If there is no such scenario, or the chain is not this person's to see as a whole.
    InputError
        If an event cannot be used, or nothing moves in the ledger.
    LimitExceededError
        If more events are asked for than a server puts to a chain.
    """
    from oreline.stress import stress_actual as put_to_it

    chain = _chain(view)
    events, findings = events_asked_of(view, asked, chain.places, chain.start_month())
    if len(events) > STRESS_EVENTS_MAX:
        raise LimitExceededError(
            f"{len(events)} events are more than STRESS_EVENTS_MAX = {STRESS_EVENTS_MAX}; "
            "'oreline stress chain' takes more"
        )

    def make(_watch: Any) -> Told:
        found = view.whole.ask(lambda: put_to_it(chain, events))
        return found.to_json(), found.frames()

    what = ", ".join(one.id for one in events) or "single points of failure"
    told, frames = PLANNING.get((*_key(view), events), what, make)
    answer = {
        "question": {"by": "ledger", **asked.to_json()},
        **told,
        "findings": [*(one.to_json() for one in findings), *told["findings"]],
    }
    return answer, frames


def actual_svg(view: View, asked: StressQuestion, chart: str = "points") -> str:
    """Return a picture for a brief: what hung on what (points), or what is lost (deliveries).

    Raises
    ------
    InputError
        If there is no such picture, or nothing to draw.
    """
    from oreline.stress import actual_deliveries_picture, actual_points_picture

    pictures = {"points": actual_points_picture, "deliveries": actual_deliveries_picture}
    if chart not in pictures:
        raise InputError(f"no picture {chart!r}; the pictures are: {', '.join(pictures)}")
    return pictures[chart](stress_actual(view, asked)).to_svg()


def _key(view: View) -> tuple[Any, ...]:
    security = _security_bytes(view)
    terms = tuple(one.model_dump_json() for one in contracts_known(view))
    return view.whole.number, _CHAINS, security, terms


def _chain(view: View) -> ActualChain:
    """Return the chain by its ledger, made once for a reading."""
    if view.is_partial:
        raise NotFoundError("the whole chain is told to who belongs to no party of it")
    made: ActualChain = PLANNING.get(
        _key(view), "what the ledger tells", lambda _watch: view.whole.ask(lambda: _made(view))
    )
    return made


def _made(view: View) -> ActualChain:
    from oreline.settle import prices_of
    from oreline.stress import ActualChain

    whole = view.whole
    prices = prices_of(whole.ledger)[0]
    contracts = contracts_known(view)
    return ActualChain(whole.books, whole.chain, contracts, prices, _security(view)[0])


def _security_bytes(view: View) -> bytes | None:
    from oreline.stress import SECURITY_FILE

    folder: Path | None = view.desk.folder
    file = None if folder is None else folder / SECURITY_FILE
    return None if file is None or not file.is_file() else file.read_bytes()


def _security(view: View) -> tuple[SecurityInputs | None, tuple[Finding, ...]]:
    from oreline.stress import read_security_alone

    data = _security_bytes(view)
    if data is None:
        return None, ()
    inputs, findings = read_security_alone(data)
    if inputs is None:
        raise InputError("security.toml cannot be used", findings)
    return inputs, findings
