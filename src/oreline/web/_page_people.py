"""People: who may come in, as what, and the tokens of programs."""

from __future__ import annotations

from typing import Any

from nicegui import run, ui

from oreline.api import (
    ChangedPerson,
    NewPerson,
    Right,
    Role,
    View,
    change_access,
    let_in,
    role_rights,
    service_of,
)
from oreline.record import instant_text
from oreline.web._blocks import Column, callout, empty_state, h, table
from oreline.web._frame import Visit, action, asked, head, markup, page, panel


@page("/people", "People", right=Right.ADMINISTER)
async def people_page(visit: Visit) -> None:
    """Show everybody, and let whoever administers add and change."""
    t = visit.t
    accounts = service_of(visit.request).accounts
    head(t("People"), t("Who may come in, and as what. The ledger keeps every change of access."))
    listed = await run.io_bound(accounts.people) or ()
    tokens = await run.io_bound(accounts.tokens) or []
    if not listed:
        remedy = h("<code>oreline people add NAME --role admin</code>")
        markup(
            empty_state(
                t("Nobody has been added: this server is open on this machine only"), remedy
            )
        )
    else:
        rows = [
            {
                "name": item.person.name,
                "title": item.person.title,
                "role": t(str(item.person.role)),
                "party": item.person.party or t("sees everything"),
                "state": t("shut out") if item.disabled else t("may come in"),
            }
            for item in listed
        ]
        columns = (
            Column("name", t("Name")),
            Column("title", t("Full name, shown on the pages")),
            Column("role", t("Role")),
            Column("party", t("Party")),
            Column("state", t("State")),
        )
        markup(table(columns, rows))
    _add(visit)
    _change(visit, [item.person.name for item in listed])
    _tokens(visit, tokens)
    with panel(t("What each role may do")):
        rights = [
            {"role": t(role), "rights": ", ".join(t(one) for one in may)}
            for role, may in role_rights().items()
        ]
        markup(table((Column("role", t("Role")), Column("rights", t("Rights"))), rights))


def _add(visit: Visit) -> None:
    t, service = visit.t, service_of(visit.request)
    with panel(t("Let somebody in")):
        name = ui.input(t("Name to sign in with; it stands in the ledger")).props("outlined dense")
        title = ui.input(t("Full name, shown on the pages")).props("outlined dense")
        role = ui.select([str(one) for one in Role], label=t("Role"), value="viewer")
        role.props("outlined dense")
        party = ui.input(t("Party whose data they see; empty: all data"))
        party.props("outlined dense data-pick=parties autocomplete=off")
        password = ui.input(t("Password"), password=True).props(
            "outlined dense autocomplete=new-password"
        )
        for field in (name, title, role, party, password):
            field.classes("broad")
        said = ui.element("div").props("aria-live=polite")

        async def add() -> None:
            def ask(view: View) -> Any:
                given = NewPerson(
                    name=(name.value or "").strip(),
                    role=Role(str(role.value)),
                    title=title.value or "",
                    party=party.value or None,
                    password=password.value or None,
                )
                return let_in(service, view, given)

            if await asked(visit, said, ask) is not None:
                ui.navigate.reload()

        action(t("Add"), add)


def _change(visit: Visit, names: list[str]) -> None:
    t = visit.t
    if not names:
        return
    service = service_of(visit.request)
    with panel(t("Change a person")):
        who = ui.select(names, label=t("Name"), value=names[0]).props("outlined dense")
        role = ui.select(["", *map(str, Role)], label=t("Role"), value="").props("outlined dense")
        state = ui.select(
            {"": t("as it is"), "out": t("shut out"), "in": t("may come in")},
            label=t("State"),
            value="",
        ).props("outlined dense")
        for field in (who, role, state):
            field.classes("broad")
        said = ui.element("div").props("aria-live=polite")

        async def write() -> None:
            def ask(view: View) -> Any:
                shut = {"out": True, "in": False}.get(str(state.value))
                wanted = Role(str(role.value)) if role.value else None
                given = ChangedPerson(role=wanted, disabled=shut)
                return change_access(service, view, str(who.value), given)

            if await asked(visit, said, ask) is not None:
                ui.navigate.reload()

        action(t("Change"), write, "quiet")


def _tokens(visit: Visit, tokens: list[dict[str, Any]]) -> None:
    t = visit.t
    with panel(t("Tokens of programs")):
        rows = [
            {
                "title": item["title"],
                "person": item["person"],
                "rights": ", ".join(item["rights"]),
                "until": instant_text(item["expires_us"])[:10],
                "state": t("ended") if item["revoked"] else t("valid"),
            }
            for item in tokens
        ]
        columns = (
            Column("title", t("For")),
            Column("person", t("Of")),
            Column("rights", t("Rights")),
            Column("until", t("Until")),
            Column("state", t("State")),
        )
        markup(table(columns, rows, empty=t("There is no token.")))
        if visit.person.is_local:
            markup(callout(t("Tokens belong to people who sign in; here nobody has to.")))
