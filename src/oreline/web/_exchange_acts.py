"""What a side may do in an exchange besides its results; and what an umpire asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from nicegui import ui

from oreline.api import View, exchange_acceptance, exchange_extension, umpire_invoice
from oreline.model import InputError
from oreline.settle import Side
from oreline.web._blocks import facts, h
from oreline.web._frame import Visit, action, event_link, markup, panel
from oreline.web._writing import written, written_and_shown


def accepting(visit: Visit, found: Mapping[str, Any], side: str) -> None:
    """Put on the page what the other side proposed and this one has not accepted yet."""
    t = visit.t
    for number, one in enumerate(found["proposals"]):
        if side not in one["waits_for"]:
            continue
        party = found["parties"][side]
        title = (
            t("Accept corrected results for {party}", party=party)
            if one["is_correction"]
            else t("Accept agreed results for {party}", party=party)
        )
        with panel(title, identity=f"accept-{side}-{number}"):
            words = t("Entered by {party}:", party=one["party"] or t("not stated"))
            markup(h("<p>{} {}</p>", words, event_link(visit, one["event"])))
            markup(facts((result["analyte"], _told(result)) for result in one["results"]))
            _accept(visit, found, side, one["event"])


def _told(result: Mapping[str, Any]) -> str:
    if result["value"] is None:
        return f"UNKNOWN ({result['why']})"
    return f"{result['value']} {result['unit']}"


def _accept(visit: Visit, found: Mapping[str, Any], side: str, event: str) -> None:
    def draft(view: View) -> dict[str, Any]:
        return exchange_acceptance(view, found["lot"], Side(side), found["contract"], event)

    async def accept() -> None:
        await written_and_shown(visit, said, draft)

    action(visit.t("Accept"), accept)
    said = ui.element("div").props("aria-live=polite")


def granting(visit: Visit, found: Mapping[str, Any], side: str) -> None:
    """Let a side grant the other a later date, while the other has a date to keep."""
    t = visit.t
    other = str(Side(side).other)
    if found["state"] == "final" or other not in found["deadlines"]:
        return
    party = found["parties"][other]
    with panel(t("Grant {party} a later date", party=party), identity=f"extend-{other}"):
        words = t("Until now {day}. A date is never made earlier.", day=found["deadlines"][other])
        markup(h('<p class="hint">{}</p>', words))
        with ui.element("div").classes("inputs"):
            until = ui.input(t("Until, that day included")).props("outlined dense type=date")
            # An empty date shows its own letters where the label would stand.
            until.props("stack-label")
            reason = ui.input(t("Why it is justified")).props("outlined dense").classes("broad")

        def draft(view: View) -> dict[str, Any]:
            day = _day(str(until.value or ""))
            return exchange_extension(
                view, found["lot"], Side(other), found["contract"], day, str(reason.value or "")
            )

        async def grant() -> None:
            await written_and_shown(visit, said, draft)

        action(t("Grant"), grant)
        said = ui.element("div").props("aria-live=polite")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("say until which day") from None


def invoicing(
    visit: Visit, contracts: Sequence[Mapping[str, str]], lot: str, contract: str
) -> None:
    """Put the form of an umpire's invoice on the page, for who is no party to the contract.

    It is the laboratory's own to enter, or of somebody who writes for all.
    """
    t, party = visit.t, visit.person.party
    open_to = {
        one["id"]: f"{one['id']}: {one['seller']} → {one['buyer']}"
        for one in contracts
        if party not in {one["seller"], one["buyer"]}
    }
    if not open_to:
        words = t("The laboratory enters its own invoice; seller and buyer do not.")
        markup(h("<p>{}</p>", words if contracts else t("There is no contract that you may see")))
        return
    words = t("What a laboratory asks for this lot; the final statement says what one party owes.")
    markup(h('<p class="hint">{}</p>', words))
    with ui.element("div").classes("inputs"):
        # Which contract it is under is nobody's guess where several could be meant.
        chosen = contract if contract in open_to else None
        named = ui.select(open_to, label=t("Contract"), value=chosen)
        named.props("outlined dense options-dense").classes("broad")
        laboratory = ui.input(t("Laboratory"), value=party or "").props("outlined dense")
        laboratory.set_enabled(party is None)
        asked = ui.select({"seller": t("Seller"), "buyer": t("Buyer")}, label=t("Asked to pay"))
        asked.props("outlined dense options-dense")
        amount = ui.input(t("Amount and currency"), placeholder="450 USD").props("outlined dense")
    said = ui.element("div").props("aria-live=polite")

    def draft(view: View) -> dict[str, Any]:
        if not named.value:
            raise InputError("say under which contract")
        if not asked.value:
            raise InputError("say whom the laboratory asks to pay")
        if not (name := str(laboratory.value or "").strip()):
            raise InputError("say which laboratory asks")
        to, wanted = Side(str(asked.value)), str(amount.value or "").strip()
        return umpire_invoice(view, lot, str(named.value), name, to, wanted)

    async def enter() -> None:
        receipt = await written(visit, said, draft)
        if receipt is not None:
            amount.value = ""
            with said:
                words = t("The invoice stands in the ledger:")
                markup(h("<p>{} {}</p>", words, event_link(visit, receipt["entries"][0]["id"])))

    action(t("Enter the umpire's invoice"), enter)
