"""What people do with claims, and what is new: attachments, the ledger beside them, alerts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oreline.api._entering import Draft
from oreline.api._market_desk import market_of_view
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.api._watching import watched_of
from oreline.model import Finding, InputError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from oreline.watch import (
        AgainstLedger,
        Alerts,
        Attached,
        Digest,
        Judgement,
        PriceLine,
        WatchSettings,
    )


def watch_against(view: View, event: str = "") -> dict[str, Any]:
    """Return how claims stand to the ledger; with ``event``, those of one event of reports.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    """
    found = against_of(view)
    points = found.of_event(event) if event else found.points
    return {"points": [one.to_json() for one in points], "size": found.size}


def against_of(view: View, day: date | None = None) -> AgainstLedger:
    """Return how claims stand to the ledger; with ``day``, those that were known by then."""
    from oreline.watch import against_ledger

    watched = watched_of(view, day)
    reading = view.reading
    return reading.ask(lambda: against_ledger(watched, reading.ledger, reading.chain))


def watch_attached(view: View, to: str = "") -> dict[str, Any]:
    """Return the claims that people attached, and how the rules read them now.

    Raises
    ------
    InputError
        If ``to`` names nothing that a claim is attached to.
    NotFoundError
        If this person is shown no reports.
    """
    from oreline.watch import attached_claims, claim_subject, how_read_now

    only = claim_subject(to) if to else None
    watched = watched_of(view)
    found = [
        one for one in attached_claims(view.reading.ledger) if only is None or one.subject == only
    ]
    return {
        "attached": [{**one.to_json(), "read_now": how_read_now(one, watched)} for one in found]
    }


def claim_attachment(view: View, claim: str, to: str, note: str = "") -> Draft | Attached:
    """Return the attestation that attaches a claim, or what attached it already.

    Raises
    ------
    InputError
        If there is no such claim or nothing of that name to attach it to.
    NotFoundError
        If this person is shown no reports.
    """
    from oreline.watch import (
        attach_draft,
        attached_already,
        check_claim_subject,
        claim_subject,
        found_claim,
    )

    subject = claim_subject(to)
    found, document = found_claim(watched_of(view), claim)
    ledger, party = view.reading.ledger, view.person.party
    check_claim_subject(subject, ledger, view.reading.chain)
    already = attached_already(found, document, subject, ledger, party)
    if already is not None:
        return already
    draft = attach_draft(found, document, subject, ledger, party)
    return {**draft, "note": note} if note else draft


def watch_judged(view: View) -> dict[str, Any]:
    """Return what people judged of names, whether they are of one or of two.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    """
    from oreline.watch import judgements_of

    watched_of(view)
    return judgements_of(view.reading.ledger).to_json()


def name_judgement(
    view: View, first: str, second: str, verdict: str, note: str = ""
) -> Draft | Judgement:
    """Return the attestation of a judgement of two names, or the same one that is in force.

    Raises
    ------
    InputError
        If it is none, or contradicts those in force.
    NotFoundError
        If this person is shown no reports.
    """
    from oreline.watch import Judgement, judge_draft

    watched_of(view)
    draft = judge_draft(first, second, verdict, view.reading.ledger)
    return draft if isinstance(draft, Judgement) or not note else {**draft, "note": note}


def watch_alerts(view: View, *, everything: bool = False) -> dict[str, Any]:
    """Return what the rules of ``watch.toml`` tell of and no digest has told yet.

    Raises
    ------
    InputError
        If ``watch.toml`` cannot be used.
    NotFoundError
        If this person is shown no reports, or no chain folder is served.
    """
    from oreline.watch import TOLD_FILE, told_marks

    found, settings, folder = _alerts(view)
    if not everything:
        found = found.untold(told_marks(folder / TOLD_FILE))
    digest = settings.digest
    return {
        **found.to_json(),
        "rules": [
            {**one.model_dump(mode="json", exclude_none=True), "id": one.id}
            for one in settings.alerts
        ],
        "recipients": [] if digest is None else list(digest.recipients),
        "second_reader": None if settings.extractor is None else settings.extractor.model,
    }


def watch_digest(view: View) -> Digest:
    """Return what is new as a digest.

    Raises
    ------
    InputError
        If ``watch.toml`` cannot be used.
    NotFoundError
        If this person is shown no reports, or no chain folder is served.
    """
    from oreline.watch import TOLD_FILE, Digest, told_marks

    found, _, folder = _alerts(view)
    told = told_marks(folder / TOLD_FILE)
    return Digest(view.desk.chain_title, found.untold(told), view.desk.now())


def send_digest(view: View) -> dict[str, Any]:
    """Send what is new to those whom ``watch.toml`` names; once sent, it is not told again.

    Raises
    ------
    InputError
        If ``watch.toml`` cannot be used, or names no server.
    NotFoundError
        If this person is shown no reports, or no chain folder is served.
    """
    from oreline.watch import TOLD_FILE, Digest, tell, told_book

    found, settings, folder = _alerts(view)
    if settings.digest is None:
        raise InputError("watch.toml has no [digest]: where to, and through which server?")
    with told_book(folder / TOLD_FILE) as book:
        digest = Digest(view.desk.chain_title, found.untold(book.marks), view.desk.now())
        sent = tell(digest, settings.digest, book, os.environ)
    return {"told": len(digest.alerts.alerts) if sent.recipients else 0, **sent.to_json()}


def second_reading(view: View) -> dict[str, Any]:
    """Ask the second reader of ``watch.toml``; texts of reports go there, each once.

    Raises
    ------
    InputError
        If ``watch.toml`` cannot be used, or names no second reader.
    NotFoundError
        If this person is shown no reports, or no chain folder is served.
    """
    from oreline.watch import CACHE_FOLDER, asked_of, read_again

    watched = watched_of(view)
    settings, folder = _settings(view)
    if settings.extractor is None:
        raise InputError("watch.toml has no [extractor]: no second reader is asked, as intended")
    ask = asked_of(settings.extractor, os.environ)
    cache = folder / CACHE_FOLDER
    found = read_again(watched.documents, watched.claims, settings.extractor, ask, cache)
    return found.to_json()


def _settings(view: View) -> tuple[WatchSettings, Path]:
    from oreline.watch import settings_of

    folder = view.desk.folder
    if folder is None:
        raise NotFoundError("no chain folder is served here, and so no watch.toml")
    settings, findings = settings_of(folder)
    if settings is None:
        raise InputError("watch.toml cannot be used", findings)
    return settings, folder


def _alerts(view: View) -> tuple[Alerts, WatchSettings, Path]:
    from oreline.watch import AlertGrounds, alerts_of, price_lines

    watched = watched_of(view)
    settings, folder = _settings(view)
    prices: Mapping[str, PriceLine] = {}
    amiss: tuple[Finding, ...] = ()
    if any(one.on == "price" for one in settings.alerts):
        market = market_of_view(view)[0]
        prices, amiss = price_lines(market), market.findings
    grounds = AlertGrounds(watched, view.reading.chain, view.desk.today(), prices, amiss)
    return alerts_of(settings.alerts, grounds), settings, folder
