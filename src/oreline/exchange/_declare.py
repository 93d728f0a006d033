"""Turns the tables of a chain folder into `declare` events."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from oreline.exchange._tables import FORMS, TableForm
from oreline.model import Chain, canonical_json

Draft: TypeAlias = dict[str, Any]
"""An event before it is appended: a JSON object."""

_DATED = ("valid_from", "valid_to")


def declarations(chain: Chain) -> list[Draft]:
    """Return the tables of a chain as `declare` events, assumptions first.

    Ids are made of type, id and content: the same row gives the same event, which the ledger takes
    as already known, and a changed row gives a new version beside the old one.
    """
    tables = [(form.declares, getattr(chain, form.name)) for form in FORMS]
    return [
        declaration(kind, identity, written_row(value), chain)
        for kind, table in [*tables, ("phase", chain.phases)]
        if kind is not None
        for identity, value in table.items()
    ]


def declaration(
    kind: str,
    identity: str,
    written: Mapping[str, str | list[str]],
    chain: Chain,
    between: tuple[str, str] | None = None,
) -> Draft:
    """Return one row as a `declare` event, between two parties where it concerns only them."""
    body: dict[str, Any] = {
        "type": kind,
        "id": identity,
        "data": {k: v for k, v in sorted(written.items()) if k not in ("id", *_DATED) and v},
    }
    body |= {name: written[name] for name in _DATED if name in written}
    draft: Draft = {
        "schema": "declare/1",
        "time": f"{chain.declared}T00:00:00Z",
        "actor": chain.defaults.get("actor", "import"),
        "body": body,
    }
    if between is not None:
        draft["party"], draft["to_party"] = between
    content = hashlib.sha256(canonical_json(draft)).hexdigest()
    # An event id has at most 120 characters; a long row id is shortened, the hash keeps it unique.
    draft["id"] = f"{kind}/{identity[:80]}/{content[:16]}"
    return draft


def written_row(value: Any) -> dict[str, str | list[str]]:
    """Return a typed row as the text that a table holds; what is not stated is left out."""
    written: dict[str, str | list[str]] = {}
    for name, content in value.model_dump(by_alias=True, exclude_defaults=True).items():
        if name == "owners":
            written[name] = [_share_text(share) for share in value.owners]
        elif name == "extra":
            written |= content
        elif isinstance(content, tuple):
            written[name] = [str(item) for item in content]
        else:
            written[name] = f"{content:f}" if isinstance(content, Decimal) else str(content)
    if getattr(value, "basis", None) is not None:
        written["basis"] = str(value.basis)
    return written


def _share_text(share: Any) -> str:
    return share.party if share.share_pct is None else f"{share.party}:{share.share_pct:f}%"


def versioned(drafts: Iterable[Draft], known: Mapping[tuple[str, str], list[str]]) -> list[Draft]:
    """Give a row that returns to an earlier content an id of its own.

    ``known`` holds the ids of the declarations of each (type, id) that the ledger has, in order.
    Without this, changing a row and changing it back would leave the middle version standing.
    """
    fitted = []
    for draft in drafts:
        earlier = known.get((draft["body"]["type"], draft["body"]["id"]), [])
        plain = draft["id"]
        same = [name for name in earlier if name == plain or returned_id(name) == plain]
        if same and same[-1] == earlier[-1]:
            fitted.append({**draft, "id": same[-1]})
        elif same:
            fitted.append({**draft, "id": f"{plain}/{len(same) + 1}"})
        else:
            fitted.append(draft)
    return fitted


def returned_id(name: str) -> str:
    """Return the plain id of a declaration that returned to an earlier content, else nothing."""
    plain, _, count = name.rpartition("/")
    return plain if count.isdecimal() and len(count) < 7 and plain.count("/") >= 2 else ""


def form_of(kind: str) -> TableForm | None:
    """Return the table that declares a kind of thing."""
    return next((form for form in FORMS if form.declares == kind), None)
