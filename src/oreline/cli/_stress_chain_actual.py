"""A chain without a plan under stress: its ledger read, and what came of it printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oreline.model import Chain, Finding
    from oreline.record import Ledger, Store
    from oreline.stress import ActualChain, ActualOutcome, ActualStress, Bounds, SecurityInputs

Progress = Callable[[str, int, int], None]


@contextmanager
def actual_chain(
    place: Path, ledger: str | None, progress: Progress
) -> Iterator[tuple[ActualChain, tuple[Finding, ...]]]:
    """Open what a chain folder tells: the ledger named, else its own, else its tables of events.

    Without a ledger that holds anything the tables are read into one that is gone afterwards.

    Raises
    ------
    InputError
        If the folder cannot be read, or nothing moves in it.
    """
    from oreline.model import InputError
    from oreline.record import open_books
    from oreline.settle import contracts_of, contracts_of_folder, prices_of
    from oreline.stress import ActualChain

    with ExitStack() as open_until_done:
        chain, book = _chain_and_ledger(place, ledger, progress, open_until_done)
        inputs, findings = _security(place)
        contracts = {one.id: one for one in contracts_of_folder(place)}
        contracts |= contracts_of(book)[0]
        try:
            made = ActualChain(
                open_books(book), chain, contracts.values(), prices_of(book)[0], inputs
            )
        except InputError as error:
            raise _nothing_moves(place, error) from error
        yield made, findings


def _chain_and_ledger(
    place: Path, ledger: str | None, progress: Progress, opened: ExitStack
) -> tuple[Chain, Ledger]:
    from oreline.exchange import import_chain, read_chain
    from oreline.model import InputError
    from oreline.record import create_store, load_ledger

    if not (place / "chain.toml").is_file():
        raise _nothing_moves(place, InputError("it has no chain.toml"))
    if ledger is None and not _has_events(place / "ledger.db"):
        folder = Path(opened.enter_context(TemporaryDirectory()))
        header = {"id": place.resolve().name, "tense": "actual"}
        store = opened.enter_context(create_store(folder / "ledger.db", header))
        report = import_chain(place, store, progress)
        if report.chain is None or not report.is_complete:
            raise InputError(f"{place} cannot be read", report.findings)
        return report.chain, load_ledger(store)
    chain, findings = read_chain(place)
    if chain is None:
        raise InputError(f"{place} cannot be read", findings)
    store = opened.enter_context(_opened(ledger or str(place / "ledger.db")))
    parent = None
    if store.header.parent is not None:
        parent = opened.enter_context(_opened(str(place / "ledger.db")))
    return chain, load_ledger(store, parent=parent)


def _has_events(ledger: Path) -> bool:
    """Return whether a ledger is there that anything was read into; init makes an empty one."""
    if not ledger.is_file():
        return False
    with _opened(str(ledger)) as store:
        return store.size() > 0


def _opened(place: str) -> Store:
    from oreline.record import open_store

    return open_store(place)


def _nothing_moves(place: Path, error: Exception) -> Exception:
    """Return the error of a folder that holds neither a plan nor anything that moved."""
    from oreline.model import Finding, InputError, Severity

    parts = [
        one for one in ("processes.toml", "drillholes", "costs.toml") if (place / one).exists()
    ]
    fix = (
        "write plan.toml, or the events that happened in events/*.csv beside a chain.toml "
        "('oreline init' makes the folder)"
    )
    if parts:
        fix += f"; {', '.join(parts)} of it are asked by 'oreline design' and 'oreline explore'"
    message = f"there is no plan.toml, and nothing that moved: {error}"
    finding = Finding("ORL-1260", Severity.FATAL, str(place), message, fix)
    return InputError(f"{place} holds nothing that can be stressed", [finding])


def _security(place: Path) -> tuple[SecurityInputs | None, tuple[Finding, ...]]:
    from oreline.model import InputError
    from oreline.stress import SECURITY_FILE, read_security_alone

    file = place / SECURITY_FILE
    if not file.is_file():
        return None, ()
    inputs, findings = read_security_alone(file.read_bytes())
    if inputs is None:
        raise InputError(f"{file} cannot be used", findings)
    return inputs, findings


def show_actual(console: Console, found: ActualStress) -> None:
    """Print what came, what events would have kept from coming, and what hung on what."""
    from oreline.cli._render import print_findings, print_note, print_pairs, print_title

    told = found.to_json()
    period, ledger = told["period"], told["ledger"]
    print_title(console, f"{told['name']} - under stress, by what the ledger tells")
    print_pairs(
        console,
        (
            ("rests on", f"{ledger['tense']} flows of a ledger, {ledger['events']:,} events"),
            ("covers", f"{period['from']} to {period['to']}, {period['months']} months"),
            ("under way", f"{told['lots_under_way']} lots dispatched and not received"),
        ),
    )  # fmt: skip
    _show_deliveries(console, found)
    for one in found.outcomes():
        _show_outcome(console, found, one)
    _show_points(console, found)
    _show_dependence(console, told)
    print_findings(console, found.findings)
    print_note(
        console,
        "as it ran: nothing goes another way or at another time. Whether anything could have is "
        "not in a ledger: the least that is lost is UNKNOWN; what else did the same work is listed",
    )


def _show_deliveries(console: Console, found: ActualStress) -> None:
    from oreline.cli._render import print_table, print_title

    print_title(console, "what came, as it ran")
    columns = ("element", "to", "counted because", "t", "arrivals", "weakest basis")
    rows = [
        (one.element, one.country, one.how, amount(one.whole_t), f"{len(one.arrivals)}", one.basis)
        for one in found.deliveries
    ]
    print_table(
        console, columns, rows, right=columns[3:5], empty="nothing is recorded to have come"
    )


def _show_outcome(console: Console, found: ActualStress, one: ActualOutcome) -> None:
    from oreline.cli._render import print_table, print_title

    print_title(console, "; ".join(event.words() for event in one.events))
    columns = ("what", "unit", "as it ran", "lost", "part lost", "empty months")
    rows: list[tuple[str, ...]] = [
        (
            f"{each.delivery.element} to {each.delivery.country}", "t",
            amount(each.delivery.whole_t), amount(each.lost_t), part_words(each.part),
            f"{each.months_with_nothing}",
        )
        for each in one.losses
        if each.part.high
    ]  # fmt: skip
    for cash in found.cash[one.name]:
        value, lost = f"{cash.value:,.0f}", cash.not_come
        rows.append(
            ("shipments that do not come", cash.currency, value, amount(lost, "{:,.0f}"), "", "")
        )
        if cash.from_prices.low or cash.from_prices.high:
            told = amount(cash.from_prices, "{:,.0f}")
            rows.append(("prices of those that do", cash.currency, "", told, "", ""))
    if not found.values:
        rows.append(("cash at risk", "", "UNKNOWN", "UNKNOWN", "", ""))
    print_table(console, columns, rows, right=columns[2:], empty="nothing that came met it")


def _show_points(console: Console, found: ActualStress) -> None:
    from oreline.cli._render import print_note, print_table, print_title

    print_title(console, "what hung on what: taken out at all times, nothing going another way")
    columns = ("what", "id", "single", "most", "of what", "others seen")
    rows = []
    for one in found.points.points:
        pair = max(one.parts, key=lambda each: (one.parts[each].high or 0.0, each))
        rows.append(
            (
                one.kind,
                one.id,
                "SINGLE" if one.is_single else "",
                part_words(one.parts[pair]),
                " to ".join(pair),
                ", ".join(one.others) or "none",
            )
        )
    print_table(console, columns, rows, right=columns[3:4], empty="nothing came anywhere")
    print_note(
        console,
        "SINGLE: 99 % or more of a delivery met it, and nothing else was seen to do the same work "
        "with the same materials. How much room others have, a ledger does not tell. The part of "
        "every delivery: --export",
    )


def _show_dependence(console: Console, told: Mapping[str, Any]) -> None:
    from oreline.cli._render import print_note, print_table, print_title

    for one in told["dependence"]:
        print_title(console, f"on whom {one['importer']} depends: {one['rate']}")
        columns = (
            "stage",
            "counted t/y",
            "measure",
            "as printed",
            "with the chain",
            "in the event",
        )
        rows: list[tuple[str, ...]] = []
        for stage in one["stages"]:
            if not stage["counted_t"]["high"]:
                continue
            name = f"{stage['mineral']} {stage['stage']}" + " - STOPS" * stage["stops_here"]
            head = (name, _json_words(stage["counted_t"], "{:,.1f}"))
            if stage["printed"] is None:
                rows.append((*head, "whom it imports from", "UNKNOWN", "UNKNOWN", "UNKNOWN"))
                continue
            for key, words, form in MEASURES_TOLD:
                values = [
                    "-" if when is None else _json_words(when[key], form)
                    for when in (
                        stage["printed"], stage["with_chain"], stage["with_chain_in_event"],
                    )
                ]  # fmt: skip
                rows.append((*head, words, *values))
                head = ("", "")
        print_table(
            console, columns, rows, right=(columns[1], *columns[3:]), empty="nothing counts"
        )
        print_note(console, one["note_net_import_reliance"])
        print_note(console, "the chain's deliveries stand in place of others; what is printed may "
                            "hold them already")  # fmt: skip


MEASURES_TOLD = (
    ("china_share", "China", "{:.1%}"),
    ("covered_share", "covered countries", "{:.1%}"),
    ("hhi", "HHI", "{:,.0f}"),
    ("without_largest", "left without the largest", "{:.1%}"),
)


def _json_words(bounds: Mapping[str, float | None], form: str) -> str:
    low, high = bounds["low"], bounds["high"]
    assert low is not None
    if high is None:
        return f"{form.format(low)} or more"
    ends = form.format(low), form.format(high)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def amount(bounds: Bounds, form: str = "") -> str:
    """Return an amount between bounds, three figures of it; a most that is UNKNOWN as or more."""
    ends = [
        None if one is None else form.format(one) if form else figures(one)
        for one in (bounds.low, bounds.high)
    ]
    if ends[1] is None:
        return f"{ends[0]} or more"
    return str(ends[0]) if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def figures(value: float) -> str:
    """Return an amount with as many places as it needs for four figures, none from 1,000 on."""
    if value == 0:
        return "0"
    places = next((at for at, least in ((0, 1000.0), (1, 10.0), (2, 1.0)) if value >= least), 4)
    return f"{value:,.{places}f}"


def part_words(bounds: Bounds) -> str:
    """Return a part of one between bounds, in a hundred."""
    assert bounds.high is not None
    low, high = f"{bounds.low:.0%}", f"{bounds.high:.0%}"
    return low if low == high else f"{low} to {high}"
