"""A trade between two parties: what one sells to the other, and a third who has no part in it."""

from __future__ import annotations

from typing import Any

from small_ledger import event, grade, mass, site


def dated(kind: str, identity: str, day: int, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Write an event of the seller's mine unless told otherwise."""
    return event(identity, kind, day, body, **{"site": "mine", "party": "seller", **more})


EVENTS = [
    *(
        event(f"d-{name}", "declare", 1, {"type": "party", "id": name, "data": {"name": name}})
        for name in ("seller", "buyer", "other")
    ),
    site("mine", "PK", "Chitral", operator="seller"),
    site("plant", "US", "Missouri", operator="buyer"),
    dated(
        "extract", "dug", 2,
        {
            "outputs": [
                {"lot": f"seller:{name}", "dry": mass("10", u="0.01"),
                 "grades": [grade("Sb", "50", u="0.2")]}
                for name in ("A", "B", "rest")
            ]
        },
    ),
    dated(
        "dispatch", "sent", 5,
        {
            "lots": [
                {"lot": f"seller:{name}", "wet": mass("11", u="0.01"),
                 "moisture": grade("H2O", "9", u="0.1")}
                for name in ("A", "B")
            ],
            "mode": "sea",
        },
        to_site="plant", to_party="buyer",
    ),
    dated(
        "receive", "came", 20,
        {
            "lots": [
                {"lot": "seller:A", "wet": mass("10.9", u="0.01"),
                 "moisture": grade("H2O", "9", u="0.1")},
                {"lot": "seller:B", "wet": mass("11.05", u="0.01"),
                 "moisture": grade("H2O", "9.5", u="0.1")},
            ],
            "dispatch": "sent",
        },
        site="plant", party="buyer", to_party="seller",
    ),
    dated(
        "transfer", "sold", 20, {"lots": ["seller:A", "seller:B"]},
        site="plant", to_party="buyer",
    ),
]  # fmt: skip
