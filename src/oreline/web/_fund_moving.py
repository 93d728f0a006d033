"""Where money of an instrument is entered: by who gives it, and by who takes it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from nicegui import ui

from oreline.api import Right, View, commitment_to_enter, move_to_enter
from oreline.web._frame import Visit, action
from oreline.web._strings import msg
from oreline.web._writing import written_and_shown


def committing(visit: Visit, one: Mapping[str, Any]) -> None:
    """Put the form by which money is committed on the page, for who gives it."""
    t = visit.t
    if not may_act(visit) or visit.person.party not in {None, one["from"]}:
        return
    if Decimal(one["money"]["commitment"]) >= Decimal(one["amount"]):
        return
    said = ui.element("div").props("aria-live=polite")
    with ui.element("div").classes("inputs"):
        amount = ui.input(t("Commit, in {currency}", currency=one["currency"]))
        amount.props("outlined dense")

        def draft(view: View) -> dict[str, Any]:
            return commitment_to_enter(view, one["instrument"], str(amount.value or ""))

        action(t("Commit"), lambda: written_and_shown(visit, said, draft))


def may_act(visit: Visit) -> bool:
    """Return whether this person decides, and looks at the ledger as it is now."""
    return (
        visit.may(Right.DECIDE) and not visit.as_of and not visit.known_at and not visit.given("on")
    )


MOVES = (("drawdown", msg("Draw")), ("spend", msg("Spend")), ("payment", msg("Pay back")))
"""What who takes the money enters."""


def moving(visit: Visit, one: Mapping[str, Any]) -> None:
    """Put the forms by which money is drawn, spent and paid back on the page, for who takes it."""
    t, money = visit.t, one["money"]
    if not may_act(visit) or visit.person.party not in {None, one["to"]}:
        return
    if not Decimal(money["release"]):
        return
    said = ui.element("div").props("aria-live=polite")
    with ui.element("div").classes("inputs"):
        amount = ui.input(t("Amount, in {currency}", currency=one["currency"]))
        amount.props("outlined dense")
        on = ui.input(t("Spent on")).props("outlined dense")

        def entering(kind: Any) -> Any:
            def draft(view: View) -> dict[str, Any]:
                given = str(amount.value or ""), str(on.value or "")
                return move_to_enter(view, one["instrument"], kind, *given)

            return lambda: written_and_shown(visit, said, draft)

        for kind, words in MOVES:
            action(t(words), entering(kind), "quiet")
