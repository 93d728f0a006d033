"""What the events of a ledger say, as passages of its shelf.

Only what is written in the events themselves: a withheld value is not in its event, and so not on
the shelf. The log only grows, so only events after the last that is there are put there; where the
log is another one than the shelf was filled from, all of it is thrown away first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import orjson

from oreline.record._shelf import Passage, Shelf, Source
from oreline.record._store import Store, StoredRow

EVENTS: Final = "events"
"""The group of the events on a shelf."""
EVENTS_A_SOURCE: Final = 1_000
"""How many events are put there in one piece."""
PASSAGE_CHARS: Final = 2_000
"""How much of a long event is one passage."""
_NO_WORDS: Final = frozenset({"salt", "recorded", "schema", "basis", "unit", "u", "withheld"})
"""Fields that everybody's events have alike, or that are no words."""
_IN_TITLE: Final = frozenset({"id", "external_id", "time"})
"""Fields of the event itself that need not be told twice."""
_NUMBER: Final = re.compile(r"-?[0-9.]+(?:[eE][-+]?[0-9]+)?|[0-9a-f]{32,}")


def shelve_events(store: Store) -> int:
    """Put what events say on the shelf of their ledger; return how many are new there."""
    shelf = store.shelf()
    start = _shelved(store, shelf)
    rows = store.rows(start)
    count = 0
    while part := list(islice(rows, EVENTS_A_SOURCE)):
        stop = part[-1].seq + 1
        passages = [passage for row in part for passage in event_passages(row)]
        mark = f"{stop} {store.root(stop).hex()}"
        shelf.put(EVENTS, [Source(f"{part[0].seq:012}", mark, passages)])
        count += len(part)
    return count


def _shelved(store: Store, shelf: Shelf) -> int:
    """Return how many events are on the shelf; none if they are of another log."""
    marks = shelf.marks(EVENTS)
    if not marks:
        return 0
    stop, root = marks[max(marks)].split()
    if int(stop) <= store.size() and store.root(int(stop)).hex() == root:
        return int(stop)
    shelf.drop(EVENTS)
    return 0


def event_passages(row: StoredRow) -> Iterator[Passage]:
    """Yield what an event says, in pieces if it is long."""
    event = orjson.loads(row.data)
    kind = str(event["schema"]).partition("/")[0]
    body = event["body"]
    title = " ".join(
        str(one)
        for one in (kind, body.get("type"), body.get("id"), event.get("external_id"), row.id)
        if one is not None
    )
    told = {name: value for name, value in event.items() if name not in _IN_TITLE}
    text = " ".join("; ".join(_words(told)).split())
    day = str(event["time"])[:10]
    for start in range(0, max(1, len(text)), PASSAGE_CHARS):
        piece = text[start : start + PASSAGE_CHARS]
        yield Passage("event", row.id, title, piece, day=day, seq=row.seq)


def _words(value: Any, name: str = "") -> Iterator[str]:
    """Yield the words of an event, each list of them after the name of its field."""
    if isinstance(value, Mapping):
        for key in sorted(value):
            if key not in _NO_WORDS:
                yield from _words(value[key], str(key))
    elif isinstance(value, list):
        for one in value:
            yield from _words(one, name)
    elif isinstance(value, str) and not _NUMBER.fullmatch(value):
        yield f"{name} {value}"
