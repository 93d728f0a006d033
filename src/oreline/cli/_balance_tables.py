"""How balances look in the terminal: masses with unit, U95 and basis, and verdicts with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from oreline.cli._render import print_findings, print_note, print_table, print_title
from oreline.model import mass_range, minute, shown_mass, text_range, with_u95

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.balance import (
        Change,
        Difference,
        EventBalance,
        EventBalances,
        Figure,
        PlanComparison,
        Ratio,
        Recoveries,
        SiteBalance,
        SiteBalances,
        Trips,
    )

VERDICT_STYLES = {"CLOSES": "green", "DOES NOT CLOSE": "bold red", "UNKNOWN": "yellow"}
_SITE_TERMS = (
    ("opening", "stock at the beginning"),
    ("extracted", "extracted"),
    ("received", "received"),
    ("moved_in", "moved in"),
    ("produced", "produced"),
    ("drawn", "drawn"),
    ("consumed", "consumed"),
    ("dispatched", "dispatched"),
    ("moved_out", "moved out"),
    ("lost", "declared lost"),
    ("count_difference", "count less book"),
    ("adjustment", "adjusted"),
    ("closing", "stock at the end"),
    ("process_unaccounted", "unaccounted in process"),
    ("unaccounted", "unaccounted in all"),
)
REASONS_SHOWN = 20
"""How many reasons are told below a table; --json has all."""


def verdict_text(verdict: str) -> Text:
    """Return a verdict in its colour."""
    return Text(verdict, VERDICT_STYLES.get(verdict, ""))


def figure_text(figure: Figure, unit: str = "t") -> str:
    """Return a mass with its U95 and unit, for columns whose heading says ``± U95``."""
    told = figure.to_json(unit)
    return with_u95(told["low"], told["high"], told["u95"], unit)


def ratio_text(ratio: Ratio | None) -> str:
    """Return a ratio in per cent with its U95."""
    if ratio is None:
        return "UNKNOWN"
    told = ratio.to_json()
    return with_u95(told["low"], told["high"], told["u95"], "%")


def is_nothing(figure: Figure) -> bool:
    """Return whether a mass is known to be zero."""
    return figure.low_mg == figure.high_mg == 0


def print_defaults(console: Console, figures: Iterable[Figure]) -> None:
    """Say what masses rest on, and which uncertainties were not stated but assumed."""
    told = list(figures)
    bases = ", ".join(sorted({figure.basis for figure in told}))
    if bases:
        exact = "they are shown to the digits of their uncertainty, --json has them exact"
        console.print(Text(f"Masses rest on what is {bases}; {exact}.", "dim"))
    names = sorted({name for figure in told for name in figure.defaults})
    if names:
        print_note(console, f"uncertainties assumed by default: {', '.join(names)}")
    for basis in ("assumed", "planned"):
        if any(figure.basis == basis for figure in told):
            print_note(console, f"some of these masses are {basis}")


def print_events(console: Console, found: EventBalances, *, detailed: bool) -> None:
    """Print the balance of each event; in full where one was asked for."""
    rows = list(found)
    print_title(console, f"Balance of {found.element}, event by event")
    if detailed:
        for balance in rows:
            _print_event(console, balance)
    else:
        columns = ("time", "event", "kind", "unaccounted ± U95", "verdict")
        table = [
            (
                minute(item.time),
                item.event,
                item.kind,
                figure_text(item.metal_unaccounted),
                verdict_text(str(item.verdict)),
            )
            for item in rows
            if not (is_nothing(item.metal_in) and is_nothing(item.metal_out))
        ]
        print_table(console, columns, table, right=columns[3:4], empty="no event to balance")
        _print_left_out(console, len(rows) - len(table), f"events without {found.element}")
    print_defaults(console, [item.metal_unaccounted for item in rows])
    _print_reasons(console, [(item.event, str(item.verdict), item.reason) for item in rows])


def _print_event(console: Console, item: EventBalance) -> None:
    print_title(console, f"{item.event}: {item.kind} at {item.site or 'UNKNOWN'}")
    rows = [
        (
            name,
            figure_text(getattr(item, f"metal_{term}")),
            getattr(item, f"metal_{term}").basis,
            figure_text(getattr(item, f"dry_{term}")),
        )
        for term, name in (
            ("in", "in"), ("out", "out"), ("lost", "declared lost"), ("unaccounted", "unaccounted"),
        )
    ]  # fmt: skip
    columns = ("", "metal ± U95", "basis", "dry mass ± U95")
    print_table(console, columns, rows, right=(columns[1], columns[3]))
    console.print(Text.assemble("Metal: ", verdict_text(str(item.verdict)), f" ({item.reason})"))
    dry = "not judged" if item.dry_verdict is None else str(item.dry_verdict)
    console.print(Text.assemble("Dry mass: ", verdict_text(dry), f" ({item.dry_reason})"))


def print_sites(console: Console, found: SiteBalances, *, detailed: bool) -> None:
    """Print the account of each site and period, then that of the chain."""
    print_title(console, f"Account of {found.element} by site and period")
    everything = (*found.rows, *found.chain)
    if detailed:
        for row in found.rows:
            _print_account(console, row)
    else:
        columns = ("site", "period", "stock at the end ± U95", "unaccounted ± U95", "verdict")
        shown = [row for row in everything if not _is_empty(row)]
        table = [
            (
                row.site,
                row.period,
                figure_text(row.closing),
                figure_text(row.unaccounted),
                verdict_text(str(row.verdict)),
            )
            for row in shown
        ]
        print_table(console, columns, table, right=columns[2:4], empty="nothing happened")
        left_out = f"accounts in which there was no {found.element}"
        _print_left_out(console, len(everything) - len(shown), left_out)
        _print_reasons(
            console,
            [(f"{row.site} {row.period}", str(row.verdict), row.reason) for row in everything],
        )
    counted = found.rows if detailed else everything
    print_defaults(console, [getattr(row, name) for row in counted for name, _ in _SITE_TERMS])
    print_findings(console, found.findings)


def _is_empty(row: SiteBalance) -> bool:
    return all(is_nothing(getattr(row, name)) for name, _ in _SITE_TERMS)


def _print_left_out(console: Console, count: int, what: str) -> None:
    if count:
        console.print(Text(f"Left out: {count} {what}.", "dim"))


def _print_account(console: Console, row: SiteBalance) -> None:
    print_title(console, f"{row.site}, {row.period}")
    rows = []
    for name, words in _SITE_TERMS:
        figure = getattr(row, name)
        if name in {"opening", "closing", "unaccounted"} or not is_nothing(figure):
            rows.append((words, figure_text(figure), figure.basis))
    columns = ("", "metal ± U95", "basis")
    print_table(console, columns, rows, right=columns[1:2])
    console.print(Text(f"Accountability: {ratio_text(row.accountability)} (U95)"))
    console.print(Text.assemble(verdict_text(str(row.verdict)), f": {row.reason}"))


def print_trips(console: Console, found: Trips) -> None:
    """Print what left against what arrived."""
    print_title(console, f"In transit: what left against what arrived, {found.element}")
    rows = [
        (
            trip.lot,
            f"{trip.origin}\nto {trip.destination}",
            figure_text(trip.dry_loss),
            figure_text(trip.metal_loss),
            verdict_text(str(trip.verdict)),
        )
        for trip in found
    ]
    columns = ("lot", "way", "dry loss ± U95", f"{found.element} loss ± U95", "verdict")
    print_table(console, columns, rows, right=columns[2:4], empty="no lot was received")
    _print_reasons(console, [(trip.lot, str(trip.verdict), trip.reason) for trip in found])
    print_defaults(
        console, [figure for trip in found for figure in (trip.dry_loss, trip.metal_loss)]
    )
    for dispatch, lot in found.under_way:
        print_note(console, f"{lot} left with {dispatch} and has not arrived")


def print_recoveries(console: Console, found: Recoveries) -> None:
    """Print recoveries, with the reason where one cannot be told."""
    print_title(console, f"Recovery of {found.element}")
    rows = [
        (
            row.circuit,
            row.period,
            mass_range(row.feed_mg or 0, row.feed_mg, "t"),
            mass_range(row.product_mg or 0, row.product_mg, "t"),
            ratio_text(row.recovery),
            row.reason,
        )
        for row in found
    ]
    columns = ("circuit", "period", "feed", "products", "recovery ± U95", "why")
    print_table(console, columns, rows, right=columns[2:5], empty="nothing was processed")


def print_plan(console: Console, found: PlanComparison) -> None:
    """Print actual against plan."""
    print_title(console, f"Actual against plan, {found.element}")
    rows = [
        (
            row.month,
            row.site,
            row.material,
            _plain(row.planned_metal),
            figure_text(row.actual_metal),
            figure_text(row.metal_less),
        )
        for row in found
    ]
    columns = (
        "month", "site", "material", "planned", "actual ± U95", "actual less planned ± U95",
    )  # fmt: skip
    print_table(console, columns, rows, right=columns[3:], empty="no lot is matched")
    print_defaults(
        console, [figure for row in found for figure in (row.planned_metal, row.actual_metal)]
    )
    for what, lots in (("planned", found.unmapped_planned), ("actual", found.unmapped_actual)):
        if lots:
            named = ", ".join(lots[:5]) + (" ..." if len(lots) > 5 else "")
            print_note(
                console, f"{len(lots)} {what} lots are not matched, so not compared: {named}"
            )


def print_difference(console: Console, found: Difference) -> None:
    """Print what another grade would change."""
    title = f"If {found.event} said {found.becomes} {found.unit} instead of {found.was}"
    print_title(console, f"{title}: what would change for {found.element}")
    sites = _without_echoes(found.sites)
    for scope, changes in (("lots", found.lots), ("events", found.events), ("sites", sites)):
        rows = [_change(item) for item in changes]
        columns = (scope, "period", "what", "before", "after", "change")
        print_table(console, columns, rows, right=columns[3:], empty=f"no change of {scope}")
    changed = (*found.lots, *found.events, *found.sites)
    print_defaults(console, [figure for item in changed for figure in (item.before, item.after)])
    for turned in found.verdicts:
        before, after = verdict_text(turned.before), verdict_text(turned.after)
        where = f"{turned.where} {turned.period}".strip() + ": "
        console.print(Text.assemble(where, before, " would become ", after))


def _without_echoes(changes: Sequence[Change]) -> list[Change]:
    """Leave out a changed stock wherever it only stands on: one change, told once."""
    last: dict[str, int | None] = {}
    told = []
    for item in changes:
        if item.what == "opening":
            continue
        if item.what == "closing":
            if item.where in last and last[item.where] == item.change_mg:
                continue
            last[item.where] = item.change_mg
        told.append(item)
    return told


def _change(item: Change) -> Sequence[str]:
    change = item.change_mg
    return (
        item.where,
        item.period,
        item.what.replace("_", " "),
        figure_text(item.before),
        figure_text(item.after),
        "UNKNOWN" if change is None else shown_mass(change, change, _u95(item.after), "t"),
    )


def _u95(figure: Figure) -> str | None:
    told: str | None = figure.to_json()["u95"]
    return told


def _plain(figure: Figure) -> str:
    told = figure.to_json()
    return text_range(told["low"], told["high"], "t")


def _print_reasons(console: Console, told: Sequence[tuple[str, str, str]]) -> None:
    """Print how many balances close, and why others do not or cannot be judged."""
    if not told:
        return
    counted = dict.fromkeys(VERDICT_STYLES, 0)
    for _, verdict, _ in told:
        counted[verdict] += 1
    words = (("CLOSES", "close"), ("DOES NOT CLOSE", "do not close"), ("UNKNOWN", "are UNKNOWN"))
    summary = ", ".join(f"{counted[name]} {word}" for name, word in words)
    console.print(Text(f"{summary}.", "bold"))
    order = {"DOES NOT CLOSE": 0, "UNKNOWN": 1}
    open_ones = sorted((item for item in told if item[1] in order), key=lambda item: order[item[1]])
    for where, verdict, reason in open_ones[:REASONS_SHOWN]:
        console.print(Text.assemble((f"{where}: ", "bold"), verdict_text(verdict), f": {reason}"))
    if len(open_ones) > REASONS_SHOWN:
        more = f"... and {len(open_ones) - REASONS_SHOWN} more reasons; use --json"
        console.print(Text(more, "dim"))
