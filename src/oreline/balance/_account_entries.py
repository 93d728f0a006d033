"""Which entries are about the account of a site and a time: its own, and what decides on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from oreline.record import Ledger


@dataclass(frozen=True, slots=True)
class LaterEntry:
    """An entry about a site and a time; ``about`` is the entry that it corrects or decides on."""

    seq: int
    event: str
    kind: str
    recorded: str
    actor: str
    about: str
    reason: str


def entries_about(
    ledger: Ledger, positions: list[int], site: str, start: str, end: str
) -> Iterator[LaterEntry]:
    """Give those of some entries that are about a site and a time (half open).

    Of a correction, before and after count; of an assay, the entry that it names.
    """
    by_id: dict[str, int] = {}
    for seq in positions:
        event = orjson.loads(ledger.raw[seq])
        body = event["body"]
        if _named(body) and not by_id:
            by_id = {orjson.loads(data)["id"]: one for one, data in ledger.raw.items()}
        if not any(_is_at(one, site, start, end) for one in _spoken_of(ledger, event, by_id)):
            continue
        yield LaterEntry(
            seq=seq,
            event=event["id"],
            kind=event["schema"].partition("/")[0],
            recorded=event["recorded"],
            actor=event["actor"],
            about=_named(body),
            reason=body.get("reason") or event.get("note") or "",
        )


def _named(body: Mapping[str, Any]) -> str:
    """Return the entry that an entry is about: what it corrects, or what its assay is of."""
    return str(body.get("target") or body.get("event") or "")


def _spoken_of(
    ledger: Ledger, event: Mapping[str, Any], by_id: Mapping[str, int]
) -> Iterator[Mapping[str, Any]]:
    """Give an entry, what it is about, and what that becomes by it."""
    seen: set[str] = set()
    waiting = [event]
    while waiting:
        one = waiting.pop()
        yield one
        name = _named(one["body"])
        if name in seen or name not in by_id:
            continue
        seen.add(name)
        earlier = orjson.loads(ledger.raw[by_id[name]])
        waiting.append(earlier)
        waiting.append({**earlier, **(one["body"].get("replacement") or {})})


def _is_at(event: Mapping[str, Any], site: str, start: str, end: str) -> bool:
    if event["schema"] in ("attest/1", "declare/1"):
        return False
    return bool(event.get("site") == site and start <= event["time"] < end)
