"""Writes events as rows of an event table: the way back of ``_bodies`` and ``_rows``.

Not every event fits a table. :func:`event_rows` writes what it can; the caller reads the rows back
and compares, so that nothing rests on this module being complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from oreline.exchange._bodies import Json
from oreline.exchange._cells import NOT_STATED
from oreline.exchange._columns import BODY, ENVELOPE, LINE, QUALITIES, grade_column, mass_column

Row = dict[str, str]
_PLAIN_ENVELOPE = (
    "time", "time_start", "actor", "party", "to_party", "site", "to_site", "external_id", "note",
)  # fmt: skip
_MASSES = ("wet", "dry", "gross", "tare", "mass")


class _UnwritableError(Exception):
    """The event says something for which the table has no column."""


def event_rows(event: Mapping[str, Any]) -> list[Row] | None:
    """Return an event as rows of a table, None where no row can say what it says."""
    kind = event["schema"].partition("/")[0]
    try:
        rows = _WRITERS[kind](event["body"])
        rows[0] |= _envelope(event)
    except (_UnwritableError, KeyError, TypeError, AttributeError):
        return None
    for row in rows:
        row |= {"event": event["id"], "kind": kind}
    return rows


def column_order(rows: Iterable[Row]) -> list[str]:
    """Return the columns of some rows in the order in which a person reads them.

    Columns of grades keep the order in which they first appear, for it is the order of the results.
    """
    names = list(dict.fromkeys(["event", "kind", "time", *(name for row in rows for name in row)]))
    seen = {name: place for place, name in enumerate(names)}
    masses = (*_MASSES, "moisture")

    def key(name: str) -> tuple[int, int, int]:
        if name in _EARLY:
            return 0, _EARLY[name], 0
        if name in _LATE:
            return 2, _LATE[name], 0
        if name.startswith(("x_", "data_")):
            return 3, seen[name], 0
        head = name.partition("_")[0]
        place = masses.index(head) if head in masses else len(masses)
        return 1, place, seen[name]

    return sorted(names, key=key)


_EARLY = {name: place for place, name in enumerate((*ENVELOPE, *LINE))}
_LATE = {name: place for place, name in enumerate((*QUALITIES, *BODY))}


def _envelope(event: Mapping[str, Any]) -> Row:
    row = {name: event[name] for name in _PLAIN_ENVELOPE if name in event}
    for name in ("refs", "evidence"):
        if name in event:
            row[name] = " ".join(event[name])
    for key, value in event.get("extra", {}).items():
        row[f"x_{key}"] = value
    return row


def _amount(quantity: Mapping[str, Any]) -> str:
    if "unknown" in quantity:
        reason = quantity["unknown"]
        return "unknown" if reason == NOT_STATED else f"unknown: {reason}"
    for name, form in (("value", "{}"), ("below", "<{}"), ("above", ">{}")):
        if name in quantity:
            return form.format(quantity[name])
    return f"{quantity['low']}..{quantity.get('high', '')}"


def _put(row: Row, quantity: Mapping[str, Any], field: str) -> None:
    """Write one quantity into a row; its basis, source, ... must agree with the row's others."""
    unit = quantity.get("unit")
    if field == "grade":
        name = grade_column(quantity["analyte"], unit or "%")
    elif field == "moisture":
        name = grade_column("moisture", unit or "%")
    else:
        name = mass_column(field, unit or "t")
    if name in row:
        raise _UnwritableError(name)
    row[name] = _amount(quantity)
    if "u" in quantity:
        row[f"{name}_u"] = quantity["u"]
    for quality in QUALITIES:
        if quality in quantity and row.setdefault(quality, quantity[quality]) != quantity[quality]:
            raise _UnwritableError(quality)


def _quantities(row: Row, line: Mapping[str, Any], grades: Sequence[Json]) -> Row:
    for name in _MASSES:
        if isinstance(line.get(name), Mapping):
            _put(row, line[name], name)
    if "moisture" in line:
        _put(row, line["moisture"], "moisture")
    for grade in grades:
        _put(row, grade, "grade")
    return row


def _line(line: Mapping[str, Any], side: str | None = None) -> Row:
    row: Row = {} if side is None else {"side": side}
    row |= {name: line[name] for name in ("lot", "material") if name in line}
    row |= {name: "yes" for name in ("all", "continuing") if line.get(name)}
    return _quantities(row, line, line.get("grades", ()))


def _flows(body: Json) -> list[Row]:
    rows = [_line(line, "in") for line in body.get("inputs", ())]
    rows += [_line(line, "out") for line in body.get("outputs", ())]
    for loss in body.get("losses", ()):
        row = {"side": "loss", "stream": loss["stream"]}
        rows.append(_quantities(row, loss, loss.get("grades", ())))
    if not rows:
        raise _UnwritableError("an event without lines")
    rows[0] |= _words(body, "unit", "purpose")
    if body.get("all_inputs_recorded"):
        rows[0]["all_inputs_recorded"] = "yes"
    return rows


def _words(body: Json, *names: str, **renamed: str) -> Row:
    row = {name: body[name] for name in names if name in body}
    return row | {column: body[name] for name, column in renamed.items() if name in body}


def _joined(body: Json, field: str, column: str, mark: str = " ") -> Row:
    return {column: mark.join(body[field])} if field in body else {}


def _origin(row: Row, origin: Json) -> Row:
    for name, value in origin.items():
        column = name if name in {"basis", "source"} else f"origin_{name}"
        if row.setdefault(column, value) != value:
            raise _UnwritableError(column)
    return row


def _extract(body: Json) -> list[Row]:
    rows = _flows(body)
    if "origin" in body:
        _origin(rows[0], body["origin"])
    return rows


def _packing(body: Json) -> list[Row]:
    rows: list[Row] = [{"lot": lot} for lot in body.get("lots", ())] or [{}]
    rows[0] |= _words(body, "container") | _joined(body, "seals", "seals")
    rows[0] |= _joined(body, "seals_found", "seals")
    if "seals_intact" in body:
        rows[0]["seals_intact"] = "yes" if body["seals_intact"] else "no"
    if "tare" in body:
        _put(rows[0], body["tare"], "tare")
    return rows


def _moving(body: Json) -> list[Row]:
    rows = [_line(line) for line in body["lots"]]
    rows[0] |= _words(body, "mode", "carrier", "incoterm", "dispatch")
    rows[0] |= _joined(body, "containers", "containers")
    rows[0] |= _joined(body, "documents", "documents", "; ")
    return rows


def _weigh(body: Json) -> list[Row]:
    return [_quantities(_words(body, "lot", "container", "ticket"), body, ())]


def _sample(body: Json) -> list[Row]:
    row = _words(body, "sample", "lot", "parent", "standard", "witness", event="of_event")
    row |= _joined(body, "seals", "seals")
    if "increments" in body:
        row["increments"] = str(body["increments"])
    if "parts" in body:
        row["parts"] = "; ".join(_part(part) for part in body["parts"])
    return [_quantities(row, body, ())]


def _part(part: Json) -> str:
    seal = f" @ {part['seal']}" if "seal" in part else ""
    return f"{part['part']}={part['holder']}:{part['purpose']}{seal}"


def _assay(body: Json) -> list[Row]:
    names = ("sample", "lot", "laboratory", "certificate", "role", "reported")
    first = _words(body, *names, event="of_event")
    if "moisture" in body:
        _put(first, body["moisture"], "moisture")
    rows = [first]
    for result in body.get("results", ()):
        # Results that differ in method, basis or source, or repeat an analyte, begin a new row.
        trial = dict(rows[-1])
        try:
            if any(name.rpartition("_")[0] == result["analyte"] for name in trial):
                raise _UnwritableError(result["analyte"])
            _put(trial, result, "grade")
            rows[-1] = trial
        except _UnwritableError:
            rows.append({})
            _put(rows[-1], result, "grade")
    return rows


def _count(body: Json) -> list[Row]:
    row = _line(body)
    if row.get("method", body.get("method")) != body.get("method"):
        raise _UnwritableError("method")
    return [row | _words(body, "method")]


def _transfer(body: Json) -> list[Row]:
    rows: list[Row] = [{"lot": lot} for lot in body["lots"]]
    rows[0] |= _words(body, "risk_passes", document="documents")
    return rows


def _observe(body: Json) -> list[Row]:
    rows = []
    for seen in body["lots"]:
        row = {name: seen[name] for name in ("lot", "material", "form") if name in seen}
        rows.append(_origin(row, seen["origin"]) if "origin" in seen else row)
    if rows[0].setdefault("basis", body["basis"]) != body["basis"]:
        raise _UnwritableError("basis")
    rows[0] |= _words(body, "status", "statement")
    return rows


def _declare(body: Json) -> list[Row]:
    row = _words(body, "type", "valid_from", "valid_to", id="subject")
    for name, value in body["data"].items():
        if not isinstance(value, str):
            raise _UnwritableError(name)
        row[f"data_{name}"] = value
    return [row]


def _attest(body: Json) -> list[Row]:
    return [dict(body)]


def _credit(body: Json) -> list[Row]:
    row = {name: value for name, value in body.items() if name != "mass"}
    return [_quantities(row, body, ())]


def _money(body: Json) -> list[Row]:
    postings, lots = body.get("postings", ()), ({"lot": lot} for lot in body.get("lots", ()))
    nothing: Json = {}
    pairs = zip_longest(postings, lots, fillvalue=nothing)
    rows: list[Row] = [{**posting, **lot} for posting, lot in pairs] or [{}]
    names = ("type", "instrument", "price", "price_unit", "stage", "contract", "statement")
    rows[0] |= _words(body, *names, document="documents")
    return rows


def _correction(body: Json) -> list[Row]:
    replacement = dict(body.get("replacement", {}))
    new_body = replacement.pop("body", None)
    rows: list[Row] = [{}]
    if new_body is not None:
        # The kind is not said; the table's reader needs it, so the first that reads back is taken.
        raise _UnwritableError("a replaced body")
    rows[0] |= _words(body, "target", "action", "reason")
    return [rows[0] | {f"new_{name}": value for name, value in replacement.items()}]


_WRITERS: dict[str, Callable[[Json], list[Row]]] = {
    "extract": _extract,
    "process": _flows,
    "blend": _flows,
    "split": _flows,
    "consume": _flows,
    "pack": _packing,
    "unpack": _packing,
    "dispatch": _moving,
    "receive": _moving,
    "weigh": _weigh,
    "sample": _sample,
    "assay": _assay,
    "count": _count,
    "transfer": _transfer,
    "observe": _observe,
    "declare": _declare,
    "attest": _attest,
    "credit": _credit,
    "money": _money,
    "correct": _correction,
}
