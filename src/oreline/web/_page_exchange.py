"""The exchange of assays: how far each lot is, the proof, and sealing and opening results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import Right, exchange_proof, exchange_state, exchanges
from oreline.web._blocks import (
    NOTHING,
    Column,
    basis_tag,
    callout,
    empty_state,
    facts,
    finding_list,
    h,
    input_field,
    joined,
    question_form,
    select_field,
    table,
)
from oreline.web._exchange_acts import accepting, granting, invoicing
from oreline.web._frame import Visit, event_link, head, later, lot_link, markup, page, panel, soon
from oreline.web._seal_form import SEAL_SCRIPT, acting
from oreline.web._strings import Translate, msg

SIDES = ("seller", "buyer")
STATES = {
    "sealed": msg("nobody has exchanged"),
    "awaiting": msg("waiting for a result"),
    "exchanged": msg("the contract does not say what follows"),
    "agreed": msg("within the limit"),
    "umpire": msg("waiting for the umpire"),
    "final": msg("final"),
}
HOW = {
    "mean": msg("mean of both, within the limit"),
    "umpire": msg("the umpire's"),
    "nearer": msg("of the party nearer to the umpire"),
    "mean_with_nearer": msg("mean of the umpire's and the nearer party's"),
    "middle": msg("the middle of three"),
    "challenge": msg("the seller's, outside of the limit"),
    "default": msg("of the party that was in time"),
    "mean_despite_delay": msg("mean of both, though one was late"),
    "no_limit": msg("no limit was agreed"),
    "sole": msg("the contract takes this side's"),
    "agreed": msg("both accepted it"),
}
LACKING = {
    "seller_result": msg("the seller's result"),
    "buyer_result": msg("the buyer's result"),
    "seller_opening": msg("the seller's opening"),
    "buyer_opening": msg("the buyer's opening"),
    "umpire_result": msg("the umpire's result"),
    "deadline_start": msg("the day from which the deadline is counted"),
    "exchange_day": msg("the day on which a party exchanged"),
    "limit": msg("a splitting limit, or what holds without one"),
    "umpire_clause": msg("a clause for results outside of the limit"),
    "tie_clause": msg("a clause for an umpire exactly in the middle"),
    "late_clause": msg("a clause for a party that is late"),
}


@page("/settle/exchange", "Exchange of assays")
async def exchange_page(visit: Visit) -> None:
    """Show every exchange, or that of one lot."""
    t, lot = visit.t, visit.given("lot")
    lead = t("Each side seals its results, then both open: neither sees the other's first.")
    if not lot:
        head(t("Exchange of assays"), lead)
        await soon(visit, exchanges, lambda found: _show_all(visit, found))
        return
    head(t("Exchange of assays"), lead, h("<p>{}</p>", lot_link(visit, lot)))
    ui.add_head_html(SEAL_SCRIPT)
    contract = visit.given("contract") or None
    if contract is None:
        await soon(visit, exchanges, lambda found: _choice(visit, found["contracts"], lot))
    later(
        visit,
        t("How far it is"),
        exchange_state,
        lambda found: _show(visit, found),
        lot,
        contract,
        identity="state",
    )
    later(
        visit,
        t("Was it fair?"),
        exchange_proof,
        lambda found: _show_proof(visit, found),
        lot,
        contract,
        identity="proof",
    )
    if contract is None:
        return
    if visit.may(Right.RECORD) and not visit.as_of and not visit.known_at:
        later(
            visit,
            t("Umpire's invoice"),
            exchanges,
            lambda found: invoicing(visit, found["contracts"], lot, contract),
            identity="umpire",
        )


def _show_all(visit: Visit, found: Mapping[str, Any]) -> None:
    markup(_list(visit, found["exchanges"]))
    _choice(visit, found["contracts"])


def _list(visit: Visit, rows: list[dict[str, Any]]) -> Markup:
    t = visit.t
    if not rows:
        return empty_state(
            t("Nothing is being exchanged"),
            t("Choose a lot and a contract below, and seal your results."),
        )
    told = [
        {
            "lot": h(
                '<a href="{}">{}</a>',
                visit.link("/settle/exchange", lot=row["lot"], **_named(row["contract"])),
                row["lot"],
            ),
            "contract": row["contract"] or t("not stated"),
            "state": t(STATES[row["state"]]) if row["state"] else t("contract not found"),
            "next": ", ".join(t(side) for side in row["waits_for"]),
            "until": ", ".join(sorted(set(row["deadlines"].values()))),
            "proof": t("nothing against it") if row["ok"] else t("NOT PROVED"),
        }
        for row in rows
    ]
    columns = (
        Column("lot", t("Lot")),
        Column("contract", t("Contract")),
        Column("state", t("State")),
        Column("next", t("Who acts next")),
        Column("until", t("Until")),
        Column("proof", t("Proof")),
    )
    return table(columns, told)


def _named(contract: str | None) -> dict[str, str]:
    """Return what a link says of the contract: nothing where no seal names one."""
    return {} if contract is None else {"contract": contract}


def _choice(visit: Visit, contracts: list[dict[str, str]], lot: str = "") -> None:
    t = visit.t
    with panel(t("Exchange the assays of a lot")):
        if not contracts:
            words = t("A contract in the chain's folder contracts/ says who exchanges, and how.")
            markup(empty_state(t("There is no contract that you may see"), words))
            return
        options = [
            (one["id"], f"{one['id']}: {one['title']} ({t(one['basis'])})") for one in contracts
        ]
        fields = (
            input_field("lot", t("Lot"), lot, pick="lots"),
            select_field("contract", t("Contract"), options),
        )
        markup(question_form("/settle/exchange", fields, t("Show")))


def _show(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    markup(_parties(visit, found))
    markup(_analytes(t, found["analytes"]))
    for one in found["analytes"]:
        for line in _remarks(t, one):
            markup(h("<p>{}</p>", line))
    if found["unruled"]:
        words = t("Analysed, not exchanged under this contract: {names}")
        markup(h('<p class="hint">{}</p>', words.format(names=", ".join(found["unruled"]))))
    if visit.may(Right.RECORD) and not visit.as_of and not visit.known_at:
        for side in SIDES:
            if visit.person.party in {None, found["parties"][side]}:
                acting(visit, found, side)
                accepting(visit, found, side)
                granting(visit, found, side)


def _parties(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    sides = {one["side"]: one for one in found["proof"]["sides"]}
    rows = []
    for side in SIDES:
        given, part = found["submissions"].get(side), sides.get(side, {})
        seal, opening = part.get("seal"), part.get("opening")
        rows.append(
            {
                "side": t(side),
                "party": found["parties"][side],
                "sealed": _stamped(visit, seal),
                "opened": _stamped(visit, opening)
                if seal or not given
                else t("given in the clear, {day}", day=given["on"]),
                "until": found["deadlines"].get(side) or t("no deadline known"),
                "open_by": (given or {}).get("open_by") or "",
            }
        )
    columns = (
        Column("side", t("Side")),
        Column("party", t("Party")),
        Column("sealed", t("Sealed")),
        Column("opened", t("Opened")),
        Column("until", t("Exchange until")),
        Column("open_by", t("Open until")),
    )
    pairs = [
        (t("Contract"), h("{}: {}", found["contract"], found["title"])),
        (t("Its terms are"), h("{} {}", basis_tag(found["basis"], t), found["source"])),
        (t("State"), t(STATES[found["state"]])),
        (t("Day"), found["today"]),
    ]
    assumed = t("The terms are assumed: no contract that the parties signed says so.")
    warning = callout(assumed, "warn") if found["basis"] == "assumed" else NOTHING
    return joined((warning, facts(pairs), table(columns, rows), _granted(t, found)))


def _granted(t: Translate, found: Mapping[str, Any]) -> Markup:
    """Return the later dates that one side granted to the other."""
    lines = (
        h(
            "<li>{}</li>",
            t(
                "{side}: until {day}, {reason}",
                side=t(one["side"]),
                day=one["until"],
                reason=one["reason"],
            ),
        )
        for one in found["extensions"]
    )
    items = joined(lines)
    return h("<p>{}</p><ul>{}</ul>", t("Later dates that were granted:"), items) if items else items


def _stamped(visit: Visit, event: Mapping[str, Any] | None) -> object:
    if event is None:
        return "–"
    return h("<span>{} {}</span>", event["recorded"][:10], event_link(visit, event["id"]))


def _analytes(t: Translate, analytes: list[dict[str, Any]]) -> Markup:
    rows = []
    for one in analytes:
        settled = "UNKNOWN" if one["assay"] is None else f"{one['assay']} {one['unit']}"
        rows.append(
            {
                "analyte": one["analyte"],
                **{side: one["results"].get(side) or "" for side in (*SIDES, "umpire")},
                "difference": one["difference"] or "",
                "limit": one["limit"] or "",
                "state": t(STATES[one["state"]]),
                "assay": settled,
                "how": t(HOW[one["how"]]) if one["how"] else "",
                "formula": one["formula"],
                "clause": one["clause"],
            }
        )
    numbers = ("seller", "buyer", "umpire", "difference", "limit")
    columns = (
        Column("analyte", t("Analyte")),
        *(Column(name, t(name.capitalize()), is_number=True) for name in numbers),
        Column("state", t("State")),
        Column("assay", t("Settled"), is_number=True),
        Column("how", t("How")),
        Column("formula", t("Arithmetic")),
        Column("clause", t("Clause")),
    )
    return table(columns, rows, empty=t("The contract exchanges no analyte."))


_HEADS = (msg("Seller"), msg("Buyer"), msg("Umpire"), msg("Difference"), msg("Limit"))


def _remarks(t: Translate, one: Mapping[str, Any]) -> list[str]:
    """Return what is missing for an analyte, who acts, who is late, who pays the umpire."""
    said = []
    name = one["analyte"]
    for lack in one["missing"]:
        who = ", ".join(t(side) for side in one["waits_for"])
        line = t("{analyte}: missing is {what}.", analyte=name, what=t(LACKING[lack]))
        acts = t("Next: {who}.", who=who)
        said.append(f"{line} {acts}" if who else line)
    if one["readings"]:
        ways = ", ".join(f"{t(way)} {value}" for way, value in one["readings"].items())
        said.append(t("{analyte}: it could be read as {ways}.", analyte=name, ways=ways))
    if one["late"]:
        late = ", ".join(t(side) for side in one["late"])
        said.append(t("{analyte}: late: {who}.", analyte=name, who=late))
    if one["umpire_cost"]:
        payer = t(one["umpire_cost"])
        said.append(t("{analyte}: the umpire is paid by: {who}.", analyte=name, who=payer))
    return said


_PAYERS = (msg("seller"), msg("buyer"), msg("umpire"), msg("shared"))


def _show_proof(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    if not any(one["seal"] for one in found["sides"]):
        markup(callout(t("Nobody has sealed results: nothing is proved of who saw what."), "warn"))
        return
    if not found["ok"]:
        markup(callout(t("NOT PROVED: see which entry fails."), "bad"))
    elif found["is_complete"]:
        words = t("PROVED: neither could have seen the other's results in the ledger first.")
        markup(callout(words, "good"))
    else:
        markup(callout(t("So far nothing speaks against it; it is not complete."), "warn"))
    markup(finding_list(found["findings"], t))
    for line in found["proved"]:
        markup(h("<p>✓ {}</p>", line))
    words = t("A log cannot know what the parties told each other beside it.")
    markup(h('<p class="hint">{}</p>', words))
