"""What a person may enter: for whom they speak, and which rights that takes.

Whoever belongs to a party enters what that party does, and changes only what it entered,
into nothing that it could not have entered. They declare nothing by which they would see more: who
operates a site is not theirs to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oreline.api._answers_lots import lot_custody
from oreline.api._people import Right
from oreline.api._problems import NotAllowedError, NotFoundError
from oreline.api._sealing import check_spoken
from oreline.api._views import View
from oreline.record import EventState, amended_event, event_state_at

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
    found = []
    for written in drafts:
        draft = {name: value for name, value in written.items() if name != "actor"}
        if view.person.party is not None:
            draft.setdefault("party", view.person.party)
        _check(view, draft, None)
        found.append(draft)
    return found


def _check(view: View, draft: Mapping[str, Any], before: int | None) -> None:
    """Refuse what this person may not enter: a draft, or what a correction makes of an event.

    ``before`` is the position of the correction that a further one changes: what it corrects must
    stand earlier, so that following corrections of corrections comes to an end.
    """
    person = view.person
    _check_right(view, draft)
    if person.party is not None:
        party = draft.get("party")
        if party != person.party:
            message = f"{person.name} enters what {person.party} does, not what {party} does"
            raise NotAllowedError(message)
        _check_own(view, person.party, draft)
    if str(draft.get("schema", "")).startswith("attest/"):
        check_spoken(view, draft, _body(draft))
    if str(draft.get("schema", "")).startswith("correct/"):
        _check_outcome(view, _body(draft), before)


def _check_outcome(view: View, body: Mapping[str, Any], before: int | None) -> None:
    """Refuse a correction that makes of its target what this person may not enter.

    A correction counts on the event as written; whoever corrected it since may have given it to
    somebody else, so what it makes of the event in force is looked at too. What is no object is
    left to the ledger, which refuses it.
    """
    replacement = body.get("replacement")
    if not isinstance(replacement, Mapping):
        return
    if not isinstance(replacement.get("body", {}), Mapping):
        return
    state = event_there(view, str(body.get("target", "")))
    if before is not None and state.seq >= before:
        raise NotAllowedError(f"a correction changes what came before it, not {body['target']}")
    for base in (state.written, state.in_force):
        if base is not None:
            _check(view, amended_event(base, replacement), state.seq)


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
