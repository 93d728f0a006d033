"""Streams as plain tables: ``streams.csv``, and ``shared.csv`` for errors in common."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from oreline.balance._declared_errors import CommonError, shared_of
from oreline.balance._network import (
    DRY,
    Measurement,
    Network,
    Quantity,
    SharedError,
    Stream,
    StreamKind,
)
from oreline.balance._network_check import check_network, check_streams
from oreline.exchange import DEFAULT_LIMITS, HeadedSheet, read_table, records
from oreline.model import Finding, InputError, Severity, is_fatal

_BASES = ("measured", "reported", "derived", "assumed", "planned")
_FIXED = ("stream", "from_node", "to_node", "kind", "dry_t", "dry_t_u", "basis", "source", "note")
_REQUIRED = ("stream", "from_node", "to_node", "dry_t", "dry_t_u", "basis")
_SHARED = ("error", "stream", "quantity")
_DRY_UNITS = {
    "t": 1.0, "kg": 1e-3, "lb": 0.45359237e-3, "kt": 1e3, "short_ton": 0.90718474,
}  # fmt: skip
"""What one of each is in t; each may be an amount, or a flow such as ``dry_kg_per_h``."""
_GRADE_UNITS = {"pct": 1.0, "ppm": 1e-4, "gpt": 1e-4, "ppb": 1e-7}
"""What one of each is in per cent."""
_MASS = re.compile(
    rf"dry_(?P<unit>{'|'.join(_DRY_UNITS)})(?P<time>_per_(?:h|d|month|y))?(?P<u>_u)?"
)
_GRADE = re.compile(
    rf"(?P<analyte>[A-Za-z][A-Za-z0-9]*)_(?P<unit>{'|'.join(_GRADE_UNITS)})(?P<u>_u)?"
)
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def read_streams(
    data: bytes,
    name: str = "streams.csv",
    shared: tuple[bytes, str] | None = None,
    sums: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Network | None, tuple[Finding, ...]]:
    """Read a table of streams; return the network, or None, and every problem at its row.

    Parameters
    ----------
    data, name
        The bytes of the table, and what to call it.
    shared
        The table of errors in common, in the same way; see ``docs/reference/reconcile.md``.
    sums
        Analytes that are the sum of others.
    """
    table, findings = read_table(data, name, DEFAULT_LIMITS)
    if table is None:
        return None, tuple(findings)
    named, wrong = _named(table)
    findings += wrong
    analytes, wrong = _columns(table, named)
    findings += wrong
    streams: list[Stream] = []
    if not is_fatal(findings):
        for number, cells in records(table):
            stream, wrong = _stream(cells, analytes, named, table.sheet.where(number))
            findings += wrong
            if stream is not None:
                streams.append(stream)
        if not table.rows:
            fix = "write one row for each stream"
            findings.append(_fatal("ORL-0309", name, "the table has no streams", fix))
    errors: tuple[SharedError, ...] = ()
    common: tuple[CommonError, ...] = ()
    if shared is not None:
        errors, common, wrong = _shared_errors(*shared)
        findings += wrong
    whole = {total: tuple(parts) for total, parts in (sums or {}).items()}
    network = Network(tuple(streams), analytes, whole, errors)
    try:
        network = replace(network, shared=(*errors, *shared_of(network, common)))
    except InputError as error:
        fix = "name streams and quantities that have a value; * stands for any letters"
        findings.append(_fatal("ORL-0526", shared[1] if shared else name, str(error.args[0]), fix))
    # Nodes are not checked while rows are missing: they would seem to be incomplete.
    findings += (check_streams if is_fatal(findings) else check_network)(network)
    return (None if is_fatal(findings) else network), tuple(findings)


def _fatal(code: str, where: str, message: str, fix: str) -> Finding:
    return Finding(code, Severity.FATAL, where, message, fix)


Named = Mapping[str, tuple[str, float]]
"""For each quantity, in the unit that counts, its column and what one of that is."""


def _named(table: HeadedSheet) -> tuple[Named, list[Finding]]:
    """Return which column holds which quantity, whatever the unit in its name."""
    found: dict[str, tuple[str, float]] = {}
    times: dict[str, str] = {}
    findings = []
    for column in table.columns:
        mass, grade = _MASS.fullmatch(column), _GRADE.fullmatch(column)
        if mass is not None:
            name, factor = f"{DRY}{mass['u'] or ''}", _DRY_UNITS[mass["unit"]]
            times[column] = mass["time"] or ""
        elif grade is not None and grade["analyte"] != "dry":
            name = f"{grade['analyte']}_pct{grade['u'] or ''}"
            factor = _GRADE_UNITS[grade["unit"]]
        else:
            continue
        if name in found:
            message = f"{column} holds what {found[name][0]} holds"
            where = table.sheet.where(column=column)
            findings.append(_fatal("ORL-0307", where, message, "keep one of them"))
        found.setdefault(name, (column, factor))
    if len(set(times.values())) > 1:
        message = f"{' and '.join(times)} are for different times"
        findings.append(_fatal("ORL-0307", table.sheet.where(), message, "write all for one time"))
    return found, findings


def _columns(table: HeadedSheet, named: Named) -> tuple[tuple[str, ...], list[Finding]]:
    """Return the analytes that have a column, and what is wrong with the columns."""
    findings = []
    known = {column for column, _ in named.values()}
    analytes = [
        name.removesuffix("_pct") for name in named if name.endswith("_pct") and name != DRY
    ]
    for column in table.columns:
        if column and column not in known and column not in _FIXED:
            fix = "correct the name; a grade is written as Cu_pct and Cu_pct_u, a mass as dry_t"
            where = table.sheet.where(column=column)
            message = f"the column {column} is not known"
            findings.append(_fatal("ORL-0307", where, message, fix))
    pairs = [f"{analyte}_pct_u" for analyte in analytes]
    for column in (*_REQUIRED, *pairs):
        if column not in table.columns and column not in named:
            message = f"the column {column} is missing"
            findings.append(_fatal("ORL-0308", table.sheet.where(), message, f"add {column}"))
    return tuple(analytes), findings


def _stream(
    cells: Mapping[str, str], analytes: Sequence[str], named: Named, where: str
) -> tuple[Stream | None, list[Finding]]:
    findings: list[Finding] = []
    name = cells.get("stream", "")
    if not name:
        findings.append(_empty(where, "stream"))
    basis = cells.get("basis", "")
    if not basis:
        fix = f"write {', '.join(_BASES)}"
        findings.append(_fatal("ORL-0334", f"{where} column basis", "no basis is given", fix))
    elif basis not in _BASES:
        message = f"not a word known here (given: {basis!r})"
        fix = f"write {', '.join(_BASES)}"
        findings.append(_fatal("ORL-0310", f"{where} column basis", message, fix))
    kind = cells.get("kind", "flow")
    if kind not in set(StreamKind):
        message = f"not a word known here (given: {kind!r})"
        fix = "write flow, opening or closing"
        findings.append(_fatal("ORL-0310", f"{where} column kind", message, fix))
    of = {}
    for column in (DRY, *(f"{analyte}_pct" for analyte in analytes)):
        measurement, wrong = _measurement(cells, column, named, basis, where)
        findings += wrong
        if measurement is not None:
            of[column] = measurement
    if findings:
        return None, findings
    grades = {name: of[f"{name}_pct"] for name in analytes if f"{name}_pct" in of}
    ends = cells.get("from_node") or None, cells.get("to_node") or None
    return Stream(name, *ends, of.get(DRY), grades, StreamKind(kind), where), []


def _measurement(
    cells: Mapping[str, str], column: str, named: Named, basis: str, where: str
) -> tuple[Measurement | None, list[Finding]]:
    numbers, findings = [], []
    (own, _), (own_u, _) = (named[name] for name in (column, f"{column}_u"))
    for name in (column, f"{column}_u"):
        stands, factor = named[name]
        number, wrong = _number(cells.get(stands, ""), f"{where} column {stands}")
        findings += wrong
        numbers.append(None if number is None else number * factor)
    value, u = numbers
    if value is not None and u is None and not findings:
        message = f"{cells[own]} has no standard uncertainty"
        fix = f"write one sigma into {own_u}, in the unit of the value; none is assumed"
        findings.append(_fatal("ORL-0522", f"{where} column {own_u}", message, fix))
    if value is None and u is not None and not findings:
        message = "an uncertainty without its value"
        fix = f"write the value into {own}, or clear the uncertainty"
        findings.append(_fatal("ORL-0522", f"{where} column {own}", message, fix))
    if findings or value is None or u is None:
        return None, findings
    return Measurement(value, u, basis, cells.get("source", where)), []


def _number(cell: str, where: str) -> tuple[float | None, list[Finding]]:
    if not cell:
        return None, []
    if _NUMBER.fullmatch(cell) is None:
        fix = "write digits with a decimal point and no unit, such as 1250.5"
        return None, [_fatal("ORL-0333", where, f"{cell!r} is no number", fix)]
    return float(cell), []


def _empty(where: str, column: str) -> Finding:
    return _fatal("ORL-0309", f"{where} column {column}", "the cell is empty", f"fill in {column}")


def _shared_errors(
    data: bytes, name: str
) -> tuple[tuple[SharedError, ...], tuple[CommonError, ...], list[Finding]]:
    """Read errors in common: those with a part in the unit of the value, and those with a share."""
    table, findings = read_table(data, name, DEFAULT_LIMITS)
    if table is None:
        return (), (), findings
    findings += [
        _fatal("ORL-0308", table.sheet.where(), f"the column {column} is missing", f"add {column}")
        for column in _SHARED
        if column not in table.columns
    ]
    if not {"u", "share"} & set(table.columns):
        message = "the column u or share is missing"
        fix = "add u (in the unit of the value) or share (of its uncertainty)"
        findings.append(_fatal("ORL-0308", table.sheet.where(), message, fix))
    if is_fatal(findings):
        return (), (), findings
    parts: dict[str, dict[Quantity, float]] = {}
    places: dict[str, str] = {}
    common: list[CommonError] = []
    for number, cells in records(table):
        where = table.sheet.where(number)
        wrong = list(_shared_row(cells, where))
        findings += wrong
        if wrong:
            continue
        what = cells["quantity"].removesuffix("_pct")
        if cells.get("share"):
            share, of = float(cells["share"]), (cells["stream"],)
            common.append(CommonError(cells["error"], what, share, of, where))
            continue
        quantity = Quantity(cells["stream"], what)
        of_error = parts.setdefault(cells["error"], {})
        places.setdefault(cells["error"], where)
        if quantity in of_error:
            message = f"{quantity} stands twice under {cells['error']}"
            findings.append(_fatal("ORL-0526", where, message, "give it once"))
        of_error[quantity] = float(cells["u"])
    errors = (SharedError(error, of, places[error]) for error, of in parts.items())
    return tuple(errors), tuple(common), findings


def _shared_row(cells: Mapping[str, str], where: str) -> Iterator[Finding]:
    for column in _SHARED:
        if column not in cells:
            yield _empty(where, column)
    given = [name for name in ("u", "share") if cells.get(name)]
    if len(given) != 1:
        message = "both u and share are given" if given else "neither u nor share is given"
        fix = "write u in the unit of the value, or share of its standard uncertainty"
        yield _fatal("ORL-0526", where, message, fix)
        return
    number, wrong = _number(cells[given[0]], f"{where} column {given[0]}")
    yield from wrong
    if given == ["share"] and number is not None and not 0 < number <= 1:
        message = f"a share of {number:g} cannot be"
        fix = "write a share above 0 and at most 1"
        yield _fatal("ORL-0526", f"{where} column share", message, fix)
