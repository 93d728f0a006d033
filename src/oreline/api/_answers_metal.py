"""The books of a month: running sums, metal accounts with their signatures, the ten principles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oreline.api._answering import answering
from oreline.api._entering import Draft
from oreline.api._kept import kept_answering
from oreline.api._problems import NotAllowedError, NotFoundError
from oreline.api._views import View
from oreline.balance import (
    IN_TRANSIT,
    NOT_STATED,
    AccountState,
    Cusum,
    MetalAccount,
    MetalPrice,
    Restatement,
    account_pdf,
    account_state,
    balance_sites,
    checklist,
    cusum,
    hypotheses,
    metal_account,
    metal_price,
    restatement,
    review_draft,
    running_sums,
    signing_draft,
)
from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class PriceGiven:
    """A price as a request states it; without a value there is none."""

    value: str | None = None
    unit: str = "USD/t"
    source: str = ""
    basis: str = "assumed"

    def price(self) -> MetalPrice | None:
        """Return the price, None where there is none.

        Raises
        ------
        InputError
            If it is incomplete.
        """
        if not self.value:
            return None
        return metal_price(self.value, self.unit, self.source, self.basis)


def _own_site(view: View, site: str) -> str:
    """Return a site whose books this person may see."""
    if not view.sees_site(site):
        raise NotFoundError(f"no site {site} in this ledger")
    return site


@kept_answering
def running_sum(
    view: View,
    site: str,
    element: str,
    period: str = "month",
    *,
    since: str | None = None,
    until: str | None = None,
    price: PriceGiven | None = None,
) -> dict[str, Any]:
    """Return the running sum of unaccounted metal of a site, its tests, and hypotheses on a shift.

    Raises
    ------
    NotFoundError
        If the site is not there for this person.
    """
    found = _running_sum(view, site, element, period, since, until, price)
    supposed = hypotheses(view.reading.books, found, view.reading.zone)
    answer = found.to_json()
    answer["hypotheses"] = [one.to_json() for one in supposed]
    answer["time_zone"] = view.reading.zone
    answer["name"] = site_name(view, site)
    return answer


def _running_sum(
    view: View,
    site: str,
    element: str,
    period: str,
    since: str | None,
    until: str | None,
    price: PriceGiven | None,
) -> Cusum:
    if period not in ("day", "month", "year"):
        raise InputError(f"{period!r} is no period of a running sum; write day, month or year")
    reading = view.reading
    return cusum(
        reading.books,
        reading.element(element),
        _own_site(view, site),
        "day" if period == "day" else "year" if period == "year" else "month",
        since=since or None,
        until=until or None,
        price=None if price is None else price.price(),
        time_zone=reading.zone,
    )


def site_name(view: View, site: str) -> str:
    """Return what a site is called, its id where nobody named it."""
    known = view.reading.chain.sites.get(site)
    return site if known is None else known.name


def _elements(view: View, text: str) -> list[str]:
    return [view.reading.element(name) for name in text.split()]


def _account(view: View, site: str, period: str, elements: str) -> MetalAccount:
    reading = view.reading
    return metal_account(
        reading.books,
        _own_site(view, site),
        period,
        _elements(view, elements),
        time_zone=reading.zone,
    )


def _state(view: View, account: MetalAccount) -> AccountState:
    """Return whether an account is signed as whoever sees all of the books signed it."""
    if not view.is_partial:
        return account_state(view.reading.ledger, account)
    whole = view.whole
    full = metal_account(
        whole.books, account.site, account.period, account.symbols, time_zone=whole.zone
    )
    return account_state(whole.ledger, full)


def _restated(
    view: View, account: MetalAccount, state: AccountState, against: str | None
) -> Restatement | None:
    latest = state.latest
    if not against and latest is not None and not latest.counts and latest.size is not None:
        against = str(latest.size)
    if not against:
        return None
    earlier = view.desk.view(view.person, view.reading.ledger.as_of, against).reading
    before = metal_account(
        earlier.books, account.site, account.period, account.symbols, time_zone=account.time_zone
    )
    return restatement(before, account, earlier.ledger, view.reading.ledger)


@kept_answering
def month_account(
    view: View, site: str, period: str, elements: str = "", against: str | None = None
) -> dict[str, Any]:
    """Return the metal account of a site and period, its signatures, and what changed since them.

    ``elements`` are symbols with spaces between; all by default. A party sees its own sites, and
    accounts computed from its own entries; whether they are signed is told of the whole books.

    Raises
    ------
    NotFoundError
        If the site is not there for this person.
    """
    account = _account(view, site, period, elements)
    state = _state(view, account)
    restated = _restated(view, account, state, against)
    answer = account.to_json()
    answer["name"] = site_name(view, site)
    answer["signing"] = state.to_json()
    if view.is_partial:
        answer["signing"]["hash"] = None
    answer["restatement"] = None if restated is None else restated.to_json()
    return answer


def account_file(
    view: View, site: str, period: str, elements: str = ""
) -> tuple[MetalAccount, bytes]:
    """Return an account, and its PDF.

    Raises
    ------
    NotFoundError
        If the site is not there for this person.
    """

    def made() -> tuple[MetalAccount, bytes]:
        account = _account(view, site, period, elements)
        state = _state(view, account)
        restated = _restated(view, account, state, None)
        ledger = view.reading.ledger
        origin = f"ledger {ledger.header.id}, {ledger.size} events, root {ledger.root.hex()}"
        return account, account_pdf(account, state, site_name(view, site), origin, restated)

    return view.reading.ask(made)


@answering
def account_signature(
    view: View,
    site: str,
    period: str,
    elements: str,
    name: str,
    capacity: str,
    day: str,
    *,
    review: bool = False,
) -> Draft:
    """Return the event with which a person signs or reviews an account as it stands.

    Raises
    ------
    NotAllowedError
        If the person belongs to a party and so sees only a part of the books.
    InputError
        If the account cannot be signed or reviewed so.
    """
    if view.is_partial:
        message = "an account is signed by somebody who sees all of the books behind it"
        raise NotAllowedError(message)
    account = _account(view, site, period, elements)
    ledger = view.reading.ledger
    known = view.reading.chain.sites.get(site)
    party = None if known is None else known.operator
    if review:
        return review_draft(ledger, account, name, capacity, day, party, view.person.name)
    return signing_draft(ledger, account, name, capacity, day, party)


@kept_answering
def principles(view: View, site: str, period: str, elements: str = "") -> dict[str, Any]:
    """Return the ten principles of metal accounting held against what the ledger has.

    Raises
    ------
    NotFoundError
        If the site is not there for this person.
    """
    account = _account(view, site, period, elements)
    state = _state(view, account)
    sums = running_sums(view.reading.books, account)
    answer = checklist(view.reading.ledger, account, state, sums).to_json()
    answer["name"] = site_name(view, site)
    return answer


@kept_answering
def account_choices(view: View, element: str) -> dict[str, Any]:
    """Return the sites that have accounts of an element, their months, and which process anything.

    A party sees its own sites.
    """
    reading = view.reading
    found = balance_sites(reading.books, reading.element(element), time_zone=reading.zone)
    sites: dict[str, dict[str, Any]] = {}
    for row in found.rows:
        if row.site in (IN_TRANSIT, NOT_STATED) or not view.sees_site(row.site):
            continue
        moved = [row.drawn, row.produced, row.count_difference, row.extracted, row.received]
        if all(mass.low_mg == mass.high_mg == 0 for mass in moved):
            continue
        one = sites.setdefault(
            row.site,
            {"site": row.site, "name": site_name(view, row.site), "periods": [], "works": False},
        )
        one["periods"].append(row.period)
        one["works"] |= any(mass.high_mg != 0 for mass in moved[:2])
    order = sorted(sites.values(), key=lambda one: not one["works"])
    return {"element": element, "sites": order}
