"""Fund: what is committed, released, spent, and what the next tranche waits for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    View,
    approval_to_enter,
    benefit_told,
    fund_told,
    office_told,
    outlooks_told,
    permits_told,
    programmes_told,
    release_entered,
    service_of,
    transfer_told,
)
from oreline.record import instant_text, instant_us
from oreline.web._blocks import (
    NOTHING,
    basis_mark,
    basis_tag,
    called,
    callout,
    empty_state,
    finding_list,
    h,
    input_field,
    joined,
    question_form,
    tiles,
)
from oreline.web._frame import Visit, action, asked, event_link, head, later, markup, page, panel
from oreline.web._fund_benefit import show_benefit
from oreline.web._fund_moving import committing, may_act, moving
from oreline.web._fund_office import show_office
from oreline.web._fund_outlook import books_links, show_outlooks
from oreline.web._fund_permits import show_permits
from oreline.web._fund_phases import phase_line
from oreline.web._fund_programmes import show_programmes
from oreline.web._fund_transfer import show_transfer
from oreline.web._strings import msg
from oreline.web._tranches_moved import STATES
from oreline.web._writing import written_and_shown

LEGEND = (
    ("released", msg("released")),
    ("risky", msg("at risk")),
    ("ready", msg("conditions hold")),
    ("open", msg("not yet")),
)


@page("/fund", "Fund")
async def fund_page(visit: Visit) -> None:
    """Show each instrument: its money, its tranches, their conditions and the reason for each."""
    t = visit.t
    head(
        t("Fund"), t("What is committed, released, spent, and what does the next tranche wait for?")
    )
    on = visit.given("on") or None
    day = input_field("on", t("Judge on this day"), on or "", "date")
    markup(question_form(visit.link("/fund"), [day], t("Judge")))
    later(visit, t("Instruments"), fund_told, lambda found: _show(visit, found), on)
    permits = t("Permits and phases")
    later(visit, permits, permits_told, lambda found: show_permits(visit, found), on,
          identity="permits")  # fmt: skip
    later(visit, t("Partnership office"), office_told, lambda found: show_office(visit, found), on,
          identity="office")  # fmt: skip
    later(visit, t("Benefit to both"), benefit_told, lambda found: show_benefit(visit, found),
          identity="benefit")  # fmt: skip
    transfer = t("Prices between related parties")
    later(visit, transfer, transfer_told, lambda found: show_transfer(visit, found), on,
          identity="transfer")  # fmt: skip
    programmes = t("Programmes of public funding")
    later(visit, programmes, programmes_told, lambda found: show_programmes(visit, found),
          identity="programmes")  # fmt: skip
    title = t("How the money comes back")
    later(visit, title, outlooks_told, lambda found: show_outlooks(visit, found), on,
          identity="outlook")  # fmt: skip


def _show(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    markup(finding_list(found["findings"], t))
    if not found["instruments"]:
        markup(
            empty_state(
                t("There is no instrument that you may see"),
                t("Write one as instruments/NAME.toml in the chain folder, check it with "
                  "'oreline fund check', and import it."),
            )
        )  # fmt: skip
        return
    address = visit.link("/api/v1/fund/status.xlsx", on=visit.given("on") or None)
    excel = t("Instruments, tranches and conditions as Excel")
    markup(h('<p class="files"><a class="btn quiet" href="{}">{}</a></p>', address, excel))
    if visit.person.is_local:
        words = t("Nobody signs in here, so that everything you enter is by one person. A tranche "
                  "needs a person of its own for each party: this page cannot approve for both. "
                  "Start the server with --sign-in.")  # fmt: skip
        markup(callout(words, "warn"))
    markup(phase_line(visit, found))
    for one in found["instruments"]:
        one = {**one, "names": found["names"]}
        with panel(one["title"], identity=f"instrument-{one['instrument']}"):
            _instrument(visit, one)


def _instrument(visit: Visit, one: Mapping[str, Any]) -> None:
    t, currency, money = visit.t, one["currency"], one["money"]
    markup(
        h(
            "<p>{} · {} → {} · {} {}</p>",
            t(one["kind"].replace("_", " ")),
            called(one["names"], one["from"]),
            called(one["names"], one["to"]),
            _money(one["amount"], currency),
            basis_tag(one["basis"], t),
        )
    )
    markup(
        tiles(
            (
                (t("Committed"), _money(money["commitment"], currency), ""),
                (t("Released"), _money(money["release"], currency), ""),
                (t("Drawn"), _money(money["drawdown"], currency), ""),
                (t("Spent"), _money(money["spend"], currency), ""),
                (t("At risk"), _money(one["at_risk"], currency), ""),
            )
        )
    )
    markup(_bar(visit, one))
    markup(finding_list(one["findings"], t))
    if Decimal(one["at_risk"]):
        words = t("A release is contested or unproven: no further tranche is released.")
        markup(callout(words, "bad"))
    committing(visit, one)
    moving(visit, one)
    markup(books_links(visit, one["instrument"]))
    with ui.element("ol").classes("tranches"):
        for tranche in one["tranches"]:
            kind = STATES[tranche["state"]][0]
            with ui.element("li").classes(f"tranche {kind}"):
                _tranche(visit, one, tranche)


def _money(amount: str, currency: str) -> Markup:
    return h('<span class="amount">{:,f} {}</span>', Decimal(amount), currency)


def _bar(visit: Visit, one: Mapping[str, Any]) -> Markup:
    """Return the tranches side by side, as wide as their money."""
    t = visit.t
    whole = sum(Decimal(tranche["amount"]) for tranche in one["tranches"])
    parts = []
    for tranche in one["tranches"]:
        kind, state = STATES[tranche["state"]]
        said = f"{tranche['title']}: {Decimal(tranche['amount']):,f} {one['currency']}, {t(state)}"
        share = float(Decimal(tranche["amount"]) / whole)
        parts.append(
            h('<span class="{}" style="--share: {:.4f}" title="{}"></span>', kind, share, said)
        )
    legend = joined(h('<li><i class="{}"></i>{}</li>', kind, t(word)) for kind, word in LEGEND)
    label = t("Tranches by amount and state")
    return h(
        '<div class="money-bar" role="img" aria-label="{}">{}</div><ul class="legend">{}</ul>',
        label,
        joined(parts),
        legend,
    )


def _tranche(visit: Visit, one: Mapping[str, Any], tranche: Mapping[str, Any]) -> None:
    t = visit.t
    state = t(STATES[tranche["state"]][1])
    due = (
        h(' <span class="hint">{}</span>', t("due {day}", day=tranche["due"]))
        if tranche["due"]
        else NOTHING
    )
    markup(
        h(
            '<span>{}</span> <span class="tag">{}</span>{}{}',
            tranche["title"],
            state,
            due,
            _money(tranche["amount"], one["currency"]),
        ),
        tag="h3",
    )
    markup(
        joined(h("<li>{}</li>", _condition(visit, item)) for item in tranche["conditions"]),
        tag="ul",
    ).classes("conditions")
    markup(_people(visit, tranche))
    if tranche["reasons"]:
        reasons = joined(h("<li>{}</li>", reason) for reason in tranche["reasons"])
        markup(h('<div class="hint">{}<ul>{}</ul></div>', t("Because"), reasons))
    _acting(visit, one, tranche)


def _condition(visit: Visit, item: Mapping[str, Any]) -> Markup:
    t = visit.t
    verdict = str(item["verdict"])
    asked_of = [one for part in item["parts"] for one in part["asked"]]
    rows = joined(
        h(
            "<li><code>{}</code> = {} {}{}{}</li>",
            one["question"],
            one["answer"],
            one["unit"],
            basis_mark(one["basis"], t) if one["basis"] else NOTHING,
            joined(h(" · {}", missing["why"]) for missing in one["missing"]),
        )
        for one in asked_of
    )
    cites = joined((event_link(visit, name) for name in item["cites"][:12]), ", ")
    more = len(item["cites"]) - 12
    rest = h(" {}", t("and {n} more", n=more)) if more > 0 else NOTHING
    rests = h('<p class="hint">{}: {}{}</p>', t("Rests on"), cites, rest) if cites else NOTHING
    return h(
        '<details><summary><span class="verdict {}">{}</span>{}</summary>'
        "<p><code>{}</code></p><ul>{}</ul>{}</details>",
        verdict.lower(),
        t(verdict),
        item["title"],
        item["when"].strip(),
        rows,
        rests,
    )


def _people(visit: Visit, tranche: Mapping[str, Any]) -> Markup:
    t = visit.t
    given = [
        t("{person} for {party}", person=one["person"], party=one["party"])
        for one in tranche["approvals"]
    ]
    told = t("Approved by: {who}.", who=", ".join(given) or t("nobody yet"))
    if tranche["missing_approvals"]:
        who = ", ".join(tranche["missing_approvals"])
        told += " " + t("Missing, each by a person of its own: {who}.", who=who)
    release = NOTHING
    if tranche["release"]:
        release = h(" {} {}.", t("Released by"), event_link(visit, tranche["release"]))
    return h('<p class="hint">{}{}</p>', told, release)


def _acting(visit: Visit, one: Mapping[str, Any], tranche: Mapping[str, Any]) -> None:
    """Put the buttons on the page of who may approve or release this tranche."""
    if not may_act(visit) or tranche["release"]:
        return
    t, instrument, name = visit.t, one["instrument"], tranche["tranche"]
    said = ui.element("div").props("aria-live=polite")
    own = [item for item in tranche["approvals"] if item["person"] == visit.person.name]
    if own and tranche["missing_approvals"]:
        words = t("You approved for {party}: the other approval is another person's.",
                  party=own[0]["party"])  # fmt: skip
        markup(h('<p class="hint">{}</p>', words))
    with ui.element("div").classes("inputs"):
        for party in [] if own else tranche["missing_approvals"]:
            if visit.person.party in {None, party}:
                _approving(visit, said, instrument, name, party)
        if tranche["state"] == "ready" and visit.person.party in {None, one["from"]}:

            async def release() -> None:
                if await asked(visit, said, _release(visit, instrument, name)) is not None:
                    ui.navigate.reload()

            money = f"{Decimal(tranche['amount']):,f} {one['currency']}"
            action(t("Release {money}", money=money), release)


def _approving(visit: Visit, said: ui.element, instrument: str, tranche: str, party: str) -> None:
    def draft(view: View) -> dict[str, Any]:
        return approval_to_enter(view, instrument, tranche, party)

    words = visit.t("Approve {tranche} for {party}", tranche=tranche, party=party)
    action(words, lambda: written_and_shown(visit, said, draft), "quiet")


def _release(visit: Visit, instrument: str, tranche: str) -> Any:
    def enter(view: View) -> dict[str, Any]:
        service = service_of(visit.request)
        mark = service.token_bytes(6).hex()
        return release_entered(
            view,
            instrument,
            tranche,
            identity=f"{view.person.name}-release-{mark}",
            time=instant_text(instant_us(service.clock().isoformat())),
        )

    return enter
