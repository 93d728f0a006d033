"""What a person may enter: for whom they speak, and which rights that takes.

Whoever belongs to a party enters what that party does, and changes only what it entered. They
declare nothing by which they would see more: who operates a site is not theirs to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oreline.api._answers_lots import lot_custody
from oreline.api._people import Right
from oreline.api._problems import NotAllowedError, NotFoundError
from oreline.api._sealing import check_spoken
from oreline.api._views import View
from oreline.record import EventState, event_state_at

Draft = dict[str, Any]


def prepared(view: View, drafts: Sequence[Mapping[str, Any]]) -> list[Draft]:
    """Return drafts as this person may enter them: for their own party, under their own name.

    Raises
    ------
    NotAllowedError
        If one speaks for another party, or needs a right that the person lacks.
    NotFoundError
        If one corrects or decides on an event that is not there for this person.
    """
    person, found = view.person, []
    for written in drafts:
        draft = {name: value for name, value in written.items() if name != "actor"}
        _check_right(view, draft)
        if person.party is not None:
            party = draft.setdefault("party", person.party)
            if party != person.party:
                message = f"{person.name} enters what {person.party} does, not what {party} does"
                raise NotAllowedError(message)
            _check_own(view, person.party, draft)
        if str(draft.get("schema", "")).startswith("attest/"):
            check_spoken(view, draft, _body(draft))
        found.append(draft)
    return found


def event_there(view: View, identity: str) -> EventState:
    """Return how an event stands.

    Raises
    ------
    NotFoundError
        If it is not there for this person.
    """
    reading = view.reading
    seq = reading.ask(lambda: reading.position_of_event).get(identity)
    if seq is None:
        raise NotFoundError(f"no event {identity} in this ledger")
    return event_state_at(reading.ledger, seq, reading.said_of_others)


def check_keeper(view: View, lot: str) -> None:
    """Refuse who belongs to a party that neither holds nor owns a lot.

    Raises
    ------
    NotAllowedError
        If so.
    NotFoundError
        If there is no such lot for this person.
    """
    view.lot(lot)
    party = view.person.party
    if party is None:
        return
    state = lot_custody(view, lot)
    if party not in {state["holder"], state["owner"]}:
        raise NotAllowedError(f"{party} neither holds nor owns {lot}")


def _body(draft: Mapping[str, Any]) -> Mapping[str, Any]:
    body = draft.get("body")
    return body if isinstance(body, Mapping) else {}


def _check_right(view: View, draft: Mapping[str, Any]) -> None:
    schema, body = str(draft.get("schema", "")), _body(draft)
    needed = Right.RECORD
    if schema.startswith("attest/"):
        if body.get("decision"):
            needed = Right.DECIDE
        elif body.get("type") == "publication":
            needed = Right.PUBLISH
        elif str(body.get("type", "")).startswith("access-"):
            needed = Right.ADMINISTER
    elif schema.startswith("correct/"):
        needed = _right_to_correct(view, str(body.get("target", "")))
    elif schema.startswith("declare/"):
        needed = Right.DECIDE
    if not view.person.may(needed):
        message = f"this needs the right '{needed}', which {view.person.name} does not have"
        raise NotAllowedError(message)


def _right_to_correct(view: View, target: str) -> Right:
    """Return what it takes to correct an event: one's own entry only the right to record."""
    found = event_there(view, target).written
    return Right.RECORD if found.get("actor") == view.person.name else Right.DECIDE


def _check_own(view: View, party: str, draft: Mapping[str, Any]) -> None:
    """Refuse what would change or say something in another party's name."""
    schema, body = str(draft.get("schema", "")), _body(draft)
    if schema.startswith("correct/"):
        _check_subject(view, party, str(body.get("target", "")))
    elif schema.startswith("declare/"):
        data = body.get("data")
        site = data.get("site") if isinstance(data, Mapping) else None
        if body.get("type") != "period" or not view.sees_site(str(site)):
            message = f"{party} declares the periods of its own sites, and nothing else"
            raise NotAllowedError(message)
    elif schema.startswith("attest/"):
        if body.get("decision"):
            _check_subject(view, party, str(body.get("subject", "")))
        elif body.get("type") == "signature" and body.get("issuer") != party:
            raise NotAllowedError(f"{view.person.name} signs for {party} and for nobody else")
        elif body.get("type") == "publication":
            check_keeper(view, str(body.get("subject", "")))


def _check_subject(view: View, party: str, identity: str) -> None:
    other = event_there(view, identity).written.get("party")
    if other != party:
        message = f"{identity} is an entry of {other or 'no party'}; {party} decides on its own"
        raise NotAllowedError(message)
