"""``oreline stress ledger``: what a scenario would do, as a ledger that other verbs answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from oreline.cli._append import appended
from oreline.cli._design_ledger import known_operators, stated_operators
from oreline.cli._options import Actor
from oreline.cli._plan_build_up import Gap, Goals, Seconds, no_plan
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._record_write import LEDGER_ID
from oreline.cli._stress_source import Folder, State

if TYPE_CHECKING:
    from oreline.record import Store

Answered = Annotated[
    Literal["replanned", "as-planned"],
    typer.Option("--answer", help="What runs is planned anew, or nothing is."),
]
Operators = Annotated[
    list[str] | None,
    typer.Option(
        "--operator", metavar="SITE=PARTY", help="Who will run a site; may be given again."
    ),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="PLACE", help="Where (default: ledgers/ID.db beside the parent)."
    ),
]


@question(Needs.LEDGER)
def ledger(
    reader: Reader,
    place: Folder,
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="scenarios/SCENARIO.toml of the folder.")
    ],
    issuer: Annotated[
        str, typer.Option("--issuer", metavar="PARTY", help="Who names the lots of the scenario.")
    ],
    actor: Actor,
    answer: Answered = "replanned",
    operators: Operators = None,
    name: Annotated[
        str, typer.Option("--id", metavar="ID", help="Of the new ledger; else the scenario's name.")
    ] = "",
    output: Output = None,
    goal: Goals = None,
    state: State = "",
    gap: Gap = "0.01%",
    seconds: Seconds = 60.0,
) -> Answer:
    """Write what runs in a scenario into a scenario ledger of its own, on the actual one.

    Of a planned ledger it is made on its actual parent, beside it. All its events are of that
    scenario: `oreline trace` and `oreline balance` answer it as they
    answer what happened. Its header holds the hash of all that it was made of.

    Example: oreline stress ledger examples/pakistan-us port-closed --issuer illus --by analyst
    --chain examples/pakistan-us
    """
    from oreline.cli._stress_source import own_chain, scenario_events
    from oreline.plan import InfeasibleError, LedgerWriting, plan_events
    from oreline.record import derive_store
    from oreline.stress import scenario_inputs, scenario_plan

    parent, called = _parent_of(reader), name or scenario
    target = _place_of(parent, called, output)
    try:
        _, chain = own_chain(place, goal, state, gap, seconds)
    except InfeasibleError as error:
        return no_plan(error)
    events, findings = scenario_events(chain, place, [scenario])
    replanned = answer == "replanned"
    plan = scenario_plan(chain, events, called, replanned=replanned)
    operated = {site.id: site.operator for site in plan.problem.sites.values() if site.operator}
    known = operated | known_operators(reader) | stated_operators(operators or [])
    written = plan_events(plan, LedgerWriting(issuer, called, actor, known))
    inputs = scenario_inputs(chain, events, replanned=replanned)
    seed = chain.annual.certificate.settings.seed
    made = derive_store(parent, target, identity=called, tense="scenario", inputs=inputs, seed=seed)
    with made as store:
        receipt = store.append(list(written))
        return appended(receipt, store.place, (*findings, *chain.findings(events)))


def _parent_of(reader: Reader) -> Store:
    """Return the actual ledger: the one that is named, or the parent of a planned one.

    A scenario runs in the place of a plan: read with the events of both, all would count twice.
    """
    store = reader.store
    if store.header.tense == "planned" and reader.parent is not None:
        return reader.parent
    return store


def _place_of(parent: Store, called: str, output: str | None) -> str:
    """Return where a ledger derived from an actual one lies.

    Raises
    ------
    InputError
        If the parent is derived itself or no file, or the name is none of a ledger.
    """
    from oreline.model import InputError

    if parent.header.parent is not None:
        raise InputError(f"{parent.header.id} is derived; name {parent.header.parent}, its parent")
    if not LEDGER_ID.fullmatch(called):
        raise InputError(f"{called!r} is no id of a ledger; give one with --id")
    if output is not None:
        return output
    if parent.path is None:
        raise InputError("the parent is not a file; say where with --output")
    return str(parent.path.parent / "ledgers" / f"{called}.db")
