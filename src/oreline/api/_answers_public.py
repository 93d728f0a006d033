"""What the owner of a lot has made public of it: exactly that, to anybody."""

from __future__ import annotations

from typing import Any

from oreline.api._answering import answering
from oreline.api._answers_lots import lot, lot_custody, origins
from oreline.api._desk import Desk, Reading
from oreline.api._entering import check_keeper
from oreline.api._people import LOCAL
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.model import InputError

ASPECTS = ("material", "country", "composition", "mass", "custody", "documents")
"""What can be made public of a lot: what it is, the countries that its metal comes from, grades,
dry mass, the times and kinds of what happened to it, the hashes of its documents."""


@answering
def published(view: View, name: str) -> dict[str, Any]:
    """Return what is public of a lot, and since when."""
    view.lot(name)
    return {"lot": name, "aspects": list(_aspects(view.reading, name)), "choices": list(ASPECTS)}


def publication(view: View, name: str, aspects: list[str]) -> dict[str, Any]:
    """Return the attestation that makes these aspects of a lot public, and no others.

    Raises
    ------
    NotAllowedError
        If the person's party neither holds nor owns the lot.
    InputError
        If an aspect is none.
    """
    view.lot(name)
    unknown = set(aspects) - set(ASPECTS)
    if unknown:
        raise InputError(
            f"{', '.join(sorted(unknown))} cannot be made public; {', '.join(ASPECTS)}"
        )
    check_keeper(view, name)
    body: dict[str, Any] = {
        "type": "publication",
        "subject": name,
        "statement": f"public: {' '.join(aspects) if aspects else 'nothing'}",
    }
    if view.person.party is not None:
        body["issuer"] = view.person.party
    return {"schema": "attest/1", "body": body}


def _aspects(reading: Reading, name: str) -> tuple[str, ...]:
    """Return what the latest publication in force says."""
    latest: tuple[str, ...] = ()
    for event in sorted(reading.ledger.other, key=lambda item: int(item["seq"])):
        body = event["body"]
        is_publication = event["schema"] == "attest/1" and body["type"] == "publication"
        if is_publication and body["subject"] == name:
            words = str(body.get("statement", "")).removeprefix("public:").split()
            latest = tuple(word for word in ASPECTS if word in words)
    return latest


def public_lot(desk: Desk, name: str) -> dict[str, Any]:
    """Return what is public of a lot.

    Raises
    ------
    NotFoundError
        If nothing is, or there is no such lot: the two cannot be told apart.
    """
    reading = desk.reading()
    aspects = reading.ask(lambda: _aspects(reading, name))
    if not aspects:
        raise NotFoundError("nothing is public under this name")
    view = View(LOCAL, reading, desk)
    whole = lot(view, name)
    told: dict[str, Any] = {"lot": name, "aspects": list(aspects), "log": reading.ledger.header.id}
    if "material" in aspects:
        told["material"] = {
            key: whole[key] for key in ("material_name", "form", "stage", "hs_code")
        }
    if "mass" in aspects:
        told["dry"] = {**whole["dry"], "basis": whole["basis"]}
    if "composition" in aspects:
        told["composition"] = [
            {"element": item["element"], "grade_percent": item["grade_percent"],
             "basis": item["mass"]["basis"]}
            for item in whole["composition"]
        ]  # fmt: skip
    if "country" in aspects:
        told["origins"] = [
            {
                "element": item["element"],
                "countries": [
                    {"country": row["origin"], "share_low": row["share_low"],
                     "share_high": row["share_high"]}
                    for row in origins(view, name, item["element"], "country")["origins"]
                ],
            }
            for item in whole["composition"]
        ]  # fmt: skip
    if "custody" in aspects:
        told["custody"] = [
            {"time": step["time"], "kind": step["kind"]}
            for step in lot_custody(view, name)["steps"]
        ]
    if "documents" in aspects:
        told["documents"] = [
            {"what": item["what"], "sha256": item["sha256"]}
            for item in whole["documents"]
            if item["sha256"]
        ]
    told["root"] = reading.ledger.root.hex()
    told["size"] = reading.ledger.size
    return told
