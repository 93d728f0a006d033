"""The contracts and price series that a ledger declares, as of its moment."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from oreline.model import Finding, Severity
from oreline.record import Ledger, Version
from oreline.settle._contract import Contract
from oreline.settle._contract_text import contract_of_text
from oreline.settle._prices import PriceSeries, Revision


def contracts_of(
    ledger: Ledger, day: str | None = None
) -> tuple[dict[str, Contract], tuple[Finding, ...]]:
    """Return the contracts of a ledger by id, and those that cannot be read.

    Parameters
    ----------
    day
        Only what holds on this day, ``2025-10-01``; by default the last text of each.

    Returns
    -------
    contracts, findings
        A contract whose text cannot be read (ORL-0832), or whose text names other parties than
        the declaration between which it stands (ORL-0833), is not used; it stands in nobody's way
        but its own. A declaration without a text is none of a contract that can be settled and is
        left aside.
    """
    found: dict[str, Contract] = {}
    findings: list[Finding] = []
    for identity, version in _holding(ledger, day):
        text = version.data.get("terms")
        if not isinstance(text, str):
            continue
        where = f"contract {identity}"
        contract, wrong = contract_of_text(text.removeprefix("\ufeff"), "line")
        event = ledger.event(version.seq)
        if contract is None:
            fix = "correct the file in contracts/ and import it again"
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            place = wrong[0].where.replace(":", " ")
            message = f"the text declared by {event['id']} cannot be read: {place}: "
            message += wrong[0].message + more
            findings.append(Finding("ORL-0832", Severity.FATAL, where, message, fix))
        elif (identity, event.get("party"), event.get("to_party")) != (
            contract.id,
            contract.seller,
            contract.buyer,
        ):
            message = (
                f"{event['id']} declares it between {event.get('party')} and "
                f"{event.get('to_party')}; its text says {contract.id}, sold by {contract.seller} "
                f"to {contract.buyer}"
            )
            fix = "declare it under its own id, with its seller as party and its buyer as to_party"
            findings.append(Finding("ORL-0833", Severity.FATAL, where, message, fix))
        else:
            found[identity] = contract
    return found, tuple(findings)


def _holding(ledger: Ledger, day: str | None) -> Iterator[tuple[str, Version]]:
    """Yield the last declared version of each contract that holds on a day, its last day too."""
    for identity, versions in ledger.declared.get("contract", {}).items():
        holding = [
            version
            for version in versions
            if day is None or (version.valid_from or day) <= day <= (version.valid_to or day)
        ]
        if holding:
            yield identity, holding[-1]


def series_named(terms: str) -> frozenset[str]:
    """Return the ids of the price series that a contract's text names, rates of exchange too.

    A text that cannot be read names none.

    >>> sorted(series_named("prices = [{series = 'cu', fx = 'usd-cny'}]"))
    ['cu', 'usd-cny']
    """
    try:
        prices = tomllib.loads(terms.removeprefix("\ufeff")).get("prices", [])
    except ValueError:
        return frozenset()
    listed = prices if isinstance(prices, list) else []
    clauses = [clause for clause in listed if isinstance(clause, dict)]
    named = [clause.get(name) for clause in clauses for name in ("series", "fx")]
    return frozenset(name for name in named if isinstance(name, str))


def prices_of(
    ledger: Ledger, day: str | None = None
) -> tuple[dict[str, PriceSeries], tuple[Finding, ...]]:
    """Return the price series of a ledger by id, and those that cannot be read (ORL-0834).

    A value that was published after the moment of the reading (``as_of``) is left out: on that
    day nobody had it, whenever its series was declared.

    Parameters
    ----------
    day
        Only values published up to this day.
    """
    limits = [text[:10] for text in (day, ledger.as_of) if text is not None]
    last = min(limits, default=None)
    found: dict[str, PriceSeries] = {}
    findings: list[Finding] = []
    for identity, version in ledger.current("market").items():
        try:
            found[identity] = _series(version, last)
        except ValueError as error:
            message = f"{ledger.event(version.seq)['id']} declares no price series: {error}"
            fix = "correct prices/series.csv or prices/values.csv and import again"
            where = f"market {identity}"
            findings.append(Finding("ORL-0834", Severity.FATAL, where, message, fix))
    return found, tuple(findings)


_KINDS: dict[str, Literal["exchange", "assessed", "reference", "annual", "fx"]] = {
    "exchange": "exchange",
    "assessed": "assessed",
    "reference": "reference",
    "annual": "annual",
    "fx": "fx",
}


def _series(version: Version, last: str | None) -> PriceSeries:
    data = version.data
    kind = _KINDS.get(_text(data, "kind"))
    if kind is None:
        raise ValueError(f"its kind is {data['kind']!r}")
    vat = _number(_text(data, "vat_pct", "0"))
    if vat is None:
        raise ValueError("its vat_pct is no number")
    values, published, revisions = _values(data, last)
    return PriceSeries(
        id=version.id,
        name=_text(data, "name"),
        kind=kind,
        unit=_text(data, "unit"),
        values=values,
        vat_pct=vat,
        market=_text(data, "market", ""),
        delivered=_text(data, "delivered", ""),
        holidays=frozenset(line.partition(" ")[0] for line in _lines(data, "holidays")),
        basis=_text(data, "basis"),
        source=_text(data, "source", ""),
        revisions=revisions,
        published=published,
    )


def _values(
    data: Mapping[str, Any], last: str | None
) -> tuple[dict[str, Decimal], dict[str, str], tuple[Revision, ...]]:
    """Return the first value of each day, when it was published if later, and its revisions.

    What was published after ``last`` is left out.
    """
    told: dict[str, dict[str, Decimal]] = {}
    lines = [(line, "") for line in _lines(data, "values")]
    lines += [(line, "published") for line in _lines(data, "revisions")]
    for line, kind in lines:
        day, _, said = line.partition(" ")
        published = day
        if kind:
            published, _, said = said.partition(" ")
        number = _number(said.partition(" ")[0])
        of_day = told.setdefault(day, {})
        if number is None or published in of_day or published < day:
            raise ValueError(f"{line!r} is no value, or not the only one of its day")
        of_day[published] = number
    values, late, revisions = {}, {}, []
    for day, of_day in told.items():
        known = sorted(when for when in of_day if last is None or when <= last)
        if not known:
            continue
        values[day] = of_day[known[0]]
        if known[0] != day:
            late[day] = known[0]
        revisions += [Revision(day, when, of_day[when]) for when in known[1:]]
    return values, late, tuple(revisions)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _text(data: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = data.get(name, default)
    if not isinstance(value, str):
        raise ValueError(f"it does not say its {name}")
    return value


def _lines(data: Mapping[str, Any], name: str) -> list[str]:
    value = data.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"its {name} are no list")
    return value
