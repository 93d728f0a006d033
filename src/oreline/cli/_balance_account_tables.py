"""How the metal account of a month looks in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from oreline.balance import (
    ACCOUNT_GROUPS,
    ACCOUNT_LEGS,
    mass_words,
    share_words,
    told_legs,
)
from oreline.cli._balance_tables import print_defaults, verdict_text
from oreline.cli._render import print_note, print_table, print_title

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.balance import (
        AccountState,
        Checklist,
        ElementAccount,
        MetalAccount,
        Restatement,
    )

STATE_STYLES = {
    "SIGNED": "green",
    "SIGNED AND REVIEWED": "green",
    "RESTATED SINCE IT WAS SIGNED": "bold red",
    "NOT SIGNED": "yellow",
}
CHECK_STYLES = {"PRESENT": "green", "PARTLY": "yellow", "MISSING": "bold red"}


def print_account(
    console: Console, found: MetalAccount, state: AccountState, restated: Restatement | None
) -> None:
    """Print an account, how it stands, and what changed since another version."""
    print_title(console, f"Metal account of {found.site}, {found.period}")
    for one in found.elements:
        _print_element(console, one)
    _print_inventory(console, found)
    _print_takes(console, found)
    _print_open(console, found)
    if restated is not None:
        _print_restated(console, restated)
    _print_state(console, found, state)
    print_defaults(console, [leg.mass for one in found.elements for leg in one.legs])


def _print_element(console: Console, one: ElementAccount) -> None:
    rows: list[tuple[object, ...]] = []
    for title, names in ACCOUNT_GROUPS:
        rows.append((Text(title, "bold"), "", "", ""))
        for leg in told_legs(one, names):
            methods = ", ".join(leg.methods)
            words = f"  {ACCOUNT_LEGS[leg.name]}"
            rows.append((words, mass_words(leg.mass), leg.mass.basis, methods))
    columns = (one.element, "metal ± U95", "basis", "measured with")
    print_table(console, columns, rows, right=columns[1:2])
    console.print(
        Text.assemble(
            f"{one.element}: accountability {share_words(one.accountability)}; ",
            verdict_text(one.verdict),
            f" ({one.reason})",
        )
    )


def _print_inventory(console: Console, found: MetalAccount) -> None:
    print_title(console, "Circuit inventory")
    columns = ("", "lot", "at the beginning ± U95", "at the end ± U95", "stock-take")
    rows = [
        (
            f"{item.element}{' waste' if item.is_waste else ''}",
            item.lot,
            mass_words(item.opening),
            mass_words(item.closing),
            "taken" if item.counted else "none",
        )
        for item in found.inventory
    ]
    print_table(console, columns, rows, right=columns[2:4], empty="nothing in stock")


def _print_takes(console: Console, found: MetalAccount) -> None:
    print_title(console, "Book against physical")
    columns = ("", "lot", "book before ± U95", "found less book ± U95", "how")
    rows = [
        (take.element, take.lot, mass_words(take.book), mass_words(take.difference), take.method)
        for take in found.stock_takes
    ]
    empty = "no stock was taken in the period: book stocks are not verified"
    print_table(console, columns, rows, right=columns[2:4], empty=empty)


def _print_open(console: Console, found: MetalAccount) -> None:
    print_title(console, "Values that may still change")
    columns = ("", "what", "entries", "rests on", "why, and who settles it")
    rows = [
        (one.element, one.what, str(one.entries), one.rests_on, f"{one.why}; {one.remedy}")
        for one in found.open_values
    ]
    print_table(console, columns, rows, right=columns[2:3], empty="none")
    if found.waiting:
        print_note(console, f"held, not counted yet: {', '.join(found.waiting)}")


def _print_restated(console: Console, restated: Restatement) -> None:
    before, after = restated.size_before, restated.size_after
    print_title(console, f"As known at {before} events, and at {after}")
    columns = ("", "leg", "before ± U95", "now ± U95")
    rows = [
        (element, ACCOUNT_LEGS[one.what], mass_words(one.before), mass_words(one.after))
        for element, one in restated.legs
    ]
    print_table(console, columns, rows, right=columns[2:], empty="no leg changed")
    for element, turned in restated.verdicts:
        console.print(
            Text.assemble(
                f"{element}: ", verdict_text(turned.before), " became ", verdict_text(turned.after)
            )
        )
    for entry in restated.entries:
        about = f" of {entry.about}" if entry.about else ""
        reason = f": {entry.reason}" if entry.reason else ""
        console.print(
            f"{entry.recorded[:16]} {entry.kind} {entry.event}{about} by {entry.actor}{reason}",
            markup=False,
        )


def _print_state(console: Console, found: MetalAccount, state: AccountState) -> None:
    console.print(Text(state.word, STATE_STYLES[state.word]))
    for one in state.signatures:
        verb = "signed" if one.kind == "account-signed" else "reviewed"
        other = "" if one.counts else " (of another version)"
        console.print(
            f"{one.name}, {one.capacity}, {verb} it on {one.day}{other}: {one.event}",
            markup=False,
        )
    closed = ", ".join(found.closed_by)
    if closed:
        console.print(f"The period is closed by {closed}.", markup=False)
    else:
        print_note(console, "the period is not closed: whatever is entered into it counts at once")
    console.print(f"SHA-256 {state.hash}", style="dim", markup=False, soft_wrap=True)


def print_checklist(console: Console, found: Checklist) -> None:
    """Print the ten principles with what is present, what is missing and who could supply it."""
    print_title(console, f"Metal accounting at {found.site}, {found.period}: ten principles")
    for one in found.items:
        console.print(
            Text.assemble(
                (f"{one.number}. {one.principle}: ", "bold"),
                (one.status, CHECK_STYLES[one.status]),
            )
        )
        for text in one.present:
            console.print(f"   + {text}", markup=False)
        for text in one.missing:
            console.print(f"   - {text}", markup=False)
        if one.missing:
            console.print(f"   could be supplied by: {one.who}", style="dim", markup=False)
    print_note(console, "what the ledger has and lacks; whether a plant complies, it does not say")
