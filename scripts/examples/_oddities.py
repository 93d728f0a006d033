"""What goes wrong in any plant's books: a wrong ticket, an entry made twice, months closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from examples._calendar import at, compact, days, is_month_end, month_of, next_month
from examples._circuit import Circuit, circuits
from examples._operation import DUPLICATE, OPERATOR, WRONG_TICKET
from examples._tables import Entered, Row


def correction(entered: Iterable[Entered]) -> Entered:
    """Return the correction of the ore ticket whose digits were exchanged.

    The receipt of the same day bears the right weight, so that anyone can see which is wrong.
    """
    name = f"illus-{compact(WRONG_TICKET)}-cu"
    by_id = {event.rows[0]["event"]: event for event in entered}
    wrong, right = by_id[f"{name}-top-up"], by_id[f"{name}-receive"].rows[0]
    found = date(2025, 9, 29)
    first: Row = {
        "event": f"{name}-top-up-correction",
        "kind": "correct",
        "time": at(found, 9),
        "actor": "illus-accountant",
        "party": OPERATOR,
        "site": right["site"],
        "target": f"{name}-top-up",
        "action": "replace",
        "reason": f"Digits exchanged: {wrong.rows[1]['wet_t']} was entered, the weighbridge ticket "
        f"says {right['wet_t']} t.",
        "as_kind": "blend",
    }
    lines = [{k: v for k, v in row.items() if k in _LINE} for row in wrong.rows]
    lines[1] |= {"wet_t": right["wet_t"], "wet_t_u": right["wet_t_u"]}
    return Entered(f"{month_of(found)}-cu", at(found, 9), (first | lines[0], lines[1]))


_LINE = frozenset(
    {
        "side",
        "lot",
        "material",
        "continuing",
        "all",
        "wet_t",
        "wet_t_u",
        "moisture_pct",
        "moisture_pct_u",
        "basis",
        "method",
        "source",
    }
)


def duplicate(entered: Iterable[Entered]) -> Entered:
    """Return the tally sheet that was entered a second time: same document, other event."""
    name = f"illus-{compact(DUPLICATE)}-sb-top-up"
    original = next(event for event in entered if event.rows[0]["event"] == name)
    again = date(2025, 10, 23)
    first = original.rows[0] | {
        "event": f"{name}-again",
        "actor": "illus-gate-2",
        "note": "The same tally sheet entered again by another shift.",
    }
    return Entered(f"{month_of(again)}-sb", at(again, 8), (first, *original.rows[1:]))


def closings() -> list[Entered]:
    """Return the closing of each month of each circuit, declared on the fifth of the next."""
    ends = [day for day in days() if is_month_end(day)]
    return [_closing(month_of(day), circuit) for day in ends for circuit in circuits()]


def _closing(month: str, circuit: Circuit) -> Entered:
    after = next_month(month)
    time = at(date.fromisoformat(after), 4 * 24 + 9)
    row = {
        "event": f"illus-close-{month}-{circuit.code}",
        "kind": "declare",
        "time": time,
        "actor": "illus-accountant",
        "party": OPERATOR,
        "type": "period",
        "subject": f"illus-period-{month}-{circuit.code}",
        "valid_from": f"{month}-01",
        "valid_to": after,
        "data_status": "closed",
        "data_site": circuit.mill,
    }
    return Entered(f"{month}-closing", time, (row,))
