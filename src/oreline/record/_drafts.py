"""The form of an event before it is appended: everything that needs no look into the ledger."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from oreline.model import (
    Envelope,
    Finding,
    InputError,
    LimitExceededError,
    Severity,
    canonical_json,
    canonical_json_of_checked,
    parse_event,
)
from oreline.record._withheld import withhold

Written = Mapping[str, Any] | Envelope
"""An event as a caller gives it: a JSON object or the typed event."""

_ASSIGNED = ("recorded", "seq", "salt", "withheld")
_BLANK = re.compile(rb":(?:null|\[\]|\{\})")
_ANY_SALT = "0" * 32


@dataclass(frozen=True, slots=True)
class Draft:
    """A well-formed event that is not yet in the ledger."""

    event: Mapping[str, Any]
    content: bytes
    withhold: tuple[str, ...]


def drafts_of(batch: Iterable[Written]) -> tuple[list[Draft], list[Finding]]:
    """Check the form of every event and list every problem of all of them."""
    drafts, findings = [], []
    for position, written in enumerate(batch):
        draft, wrong = _draft(written, position)
        findings.extend(wrong)
        if draft is not None:
            drafts.append(draft)
    return drafts, findings


def content_hash(event: Mapping[str, Any]) -> bytes:
    """Return the hash of what was written, without what the ledger assigned.

    The event must have passed ``canonical_json``.
    """
    written = {name: value for name, value in event.items() if name not in _ASSIGNED}
    return hashlib.sha256(canonical_json_of_checked(written)).digest()


def _draft(written: object, position: int) -> tuple[Draft | None, list[Finding]]:
    if isinstance(written, Envelope):
        written = written.model_dump(mode="json", by_alias=True, exclude_none=True)
    if not isinstance(written, Mapping):
        fix = "give the event as an object with schema, id, time, actor and body"
        message = f"not a JSON object but {type(written).__name__}"
        return None, [Finding("ORL-0100", Severity.FATAL, f"event {position}", message, fix)]
    raw = dict(written)
    pointers = tuple(raw.pop("withhold", None) or ())
    where = f"event {raw.get('id', position)}"
    data, unwritable = b"", []
    try:
        data = canonical_json(raw)
        if _BLANK.search(data):
            raw = {name: value for name, value in _filled(raw).items() if name != "withhold"}
            data = canonical_json(raw)
    except (InputError, LimitExceededError) as error:
        fix = "use text, true, false, whole numbers, lists and objects only"
        unwritable = [Finding("ORL-0112", Severity.FATAL, where, str(error), fix)]
    _, malformed = parse_event(raw, where)
    wrong = [*malformed, *_assigned(raw, where)] or unwritable
    if not wrong:
        wrong = [*incomplete(raw, where), *_cannot_be_withheld(raw, pointers, where)]
    if wrong:
        return None, wrong
    return Draft(raw, hashlib.sha256(data).digest(), pointers), []


def _filled(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object without fields that say nothing: null, an empty list, an empty object.

    A field left out, null and an empty list mean the same, so they must not make two contents of
    one event. What somebody declares (``data``) is kept as it is.
    """
    kept = {}
    for name, item in value.items():
        if name == "data":
            kept[name] = item
            continue
        full = _filled_item(item)
        if name == "body" or not (full is None or full == [] or full == {}):
            kept[name] = full
    return kept


def _filled_item(item: Any) -> Any:
    if isinstance(item, dict):
        return _filled(item)
    if isinstance(item, list):
        return [_filled_item(part) for part in item]
    return item


def _assigned(raw: Mapping[str, Any], where: str) -> Iterator[Finding]:
    for name in _ASSIGNED:
        if name in raw:
            message = f"{name} is given, but the ledger assigns it"
            yield Finding("ORL-0110", Severity.FATAL, f"{where} {name}", message, "leave it out")


def incomplete(raw: Mapping[str, Any], where: str) -> Iterator[Finding]:
    """Yield what an event lacks on which others are judged: a closed period, a final invoice."""
    body = raw["body"]
    if raw["schema"] == "money/1" and "stage" in body:
        yield from _incomplete_invoice(raw, where)
    if raw["schema"] != "declare/1" or body["type"] != "period":
        return
    data = body["data"]
    if data.get("status") != "closed":
        return
    lacks = [name for name in ("valid_from", "valid_to") if name not in body]
    if not isinstance(data.get("site"), str):
        lacks.append("data/site")
    for name in lacks:
        message = f"a period is closed without saying its {name.rpartition('/')[2]}"
        fix = "give valid_from, valid_to and data/site"
        yield Finding("ORL-0113", Severity.FATAL, f"{where} body/{name}", message, fix)


def _incomplete_invoice(raw: Mapping[str, Any], where: str) -> Iterator[Finding]:
    """Yield what an invoice for material lacks: nobody could tell what it settles without it."""
    body = raw["body"]
    if body["type"] != "invoice":
        message = f"a {body['type']} has a stage, as only an invoice for material has"
        fix = "leave the stage out, or write type invoice"
        yield Finding("ORL-0114", Severity.FATAL, f"{where} body/stage", message, fix)
        return
    lacks = ["party", "to_party"] if body["stage"] == "final" else []
    missing = [name for name in lacks if name not in raw]
    if not body.get("lots"):
        missing.append("body/lots")
    for name in missing:
        message = f"a {body['stage']} invoice does not say its {_MEANING[name]}"
        fix = "give party (who sells), to_party (who buys) and body/lots"
        yield Finding("ORL-0114", Severity.FATAL, f"{where} {name}", message, fix)


_MEANING = {"party": "seller", "to_party": "buyer", "body/lots": "lots"}


def _decides_about_others(raw: Mapping[str, Any], pointer: str) -> bool:
    """Tell whether others could not judge events without a field: they would hold other ones."""
    if raw["schema"] == "declare/1":
        return bool(raw["body"]["type"] == "period")
    parts = pointer.split("/")
    if raw["schema"] == "money/1":
        return parts[2] in _INVOICED
    within_body = parts[:4] == ["", "body", "replacement", "body"] and len(parts) > 4
    if raw["schema"] != "correct/1":
        return False
    if not within_body:
        return True
    is_invoice = "stage" in raw["body"]["replacement"]["body"]
    return parts[4] in _CORRECTION or (is_invoice and parts[4] in _INVOICED)


_CORRECTION = frozenset({"target", "action", "replacement"})
"""What a correction of a correction replaces."""
_INVOICED = frozenset({"lots", "stage"})
"""What says which lots an invoice settles."""


def _cannot_be_withheld(
    raw: Mapping[str, Any], pointers: tuple[str, ...], where: str
) -> Iterator[Finding]:
    """Yield why fields cannot be withheld: what is left must still be an event."""
    if not pointers:
        return
    try:
        stripped, _ = withhold(raw, pointers, lambda: _ANY_SALT)
    except InputError as error:
        fix = "name optional fields below /body/, such as /body/price or /body/outputs/0/wet"
        yield Finding("ORL-0111", Severity.FATAL, where, str(error), fix)
        return
    for pointer in pointers:
        if _decides_about_others(raw, pointer):
            message = f"{pointer} cannot be withheld: how other events count rests on it"
            fix = "withhold it nowhere; of a correction, fields below /body/replacement/body/"
            yield Finding("ORL-0111", Severity.FATAL, where, message, fix)
    for found in parse_event(stripped, where)[1]:
        message = f"it cannot be withheld, the event means nothing without it ({found.message})"
        fix = "withhold optional fields only"
        yield Finding("ORL-0111", Severity.FATAL, found.where, message, fix)
