"""People: who may come in, as what, and the tokens of programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import run, ui

from oreline.api import Right, Role, View, appended, named, role_rights, service_of
from oreline.model import InputError, OrelineError
from oreline.record import instant_text, instant_us
from oreline.web._blocks import Column, callout, empty_state, h, table
from oreline.web._frame import Visit, action, head, markup, page, panel, problem_block


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
            Column("title", t("Called")),
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


async def _write(
    visit: Visit, said: ui.element, change: Callable[[], tuple[str, str, str]]
) -> bool:
    """Make a change of access and write it into the ledger; say what went wrong."""
    service = service_of(visit.request)

    def both(view: View) -> Any:
        what, subject, statement = change()
        body = {"type": what, "subject": subject, "statement": statement}
        draft = {"schema": "attest/1", "body": body}
        now_us = instant_us(service.clock().isoformat())
        return appended(view, [named(view, draft, now_us, service.token_bytes(6).hex())])

    try:
        await visit.answer(both)
    except OrelineError as error:
        said.clear()
        with said:
            markup(problem_block(visit, error))
        return False
    return True


def _add(visit: Visit) -> None:
    t = visit.t
    accounts = service_of(visit.request).accounts
    with panel(t("Let somebody in")):
        name = ui.input(t("Name (the pseudonym in the ledger)")).props("outlined dense")
        title = ui.input(t("Called")).props("outlined dense")
        role = ui.select([str(one) for one in Role], label=t("Role"), value="viewer")
        role.props("outlined dense")
        party = ui.input(t("Party (empty: sees everything)")).props("outlined dense")
        password = ui.input(t("Password"), password=True).props(
            "outlined dense autocomplete=new-password"
        )
        for field in (name, title, role, party, password):
            field.classes("broad")
        said = ui.element("div").props("aria-live=polite")

        async def add() -> None:
            def change() -> tuple[str, str, str]:
                chain = visit.view().reading.chain
                if party.value and party.value not in chain.parties:
                    raise InputError(f"the chain has no party {party.value}")
                person = accounts.add_person(
                    (name.value or "").strip(),
                    Role(str(role.value)),
                    title=title.value or "",
                    party=party.value or None,
                    password=password.value or None,
                )
                return "access-granted", person.name, f"role {person.role}"

            if await _write(visit, said, change):
                ui.navigate.reload()

        action(t("Add"), add)


def _change(visit: Visit, names: list[str]) -> None:
    t = visit.t
    if not names:
        return
    accounts = service_of(visit.request).accounts
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
            def change() -> tuple[str, str, str]:
                wanted = Role(str(role.value)) if role.value else None
                shut = {"out": True, "in": False}.get(str(state.value))
                accounts.change_person(str(who.value), role=wanted, disabled=shut)
                return "access-changed", str(who.value), f"role {role.value} {state.value}".strip()

            if await _write(visit, said, change):
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
