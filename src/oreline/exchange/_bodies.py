"""Builds the body of each kind of event from the rows of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from oreline.exchange._cells import Wrong, parse_signed, parse_yes
from oreline.model import Finding

Json = dict[str, Any]
ORIGIN = ("origin_country", "origin_district", "origin_site", "origin_party")


@dataclass(slots=True)
class EventRow:
    """One row, parsed: words by column, quantities by field, grades in the order of columns.

    ``is_wrong`` says that a cell was refused, so that what it leaves out is not missed again.
    """

    number: int
    words: dict[str, str]
    masses: dict[str, Json] = field(default_factory=dict)
    moisture: Json | None = None
    grades: list[Json] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)
    is_wrong: bool = False


@dataclass(slots=True)
class Group:
    """The rows of one event, the words they agree on, and where to report a problem."""

    rows: Sequence[EventRow]
    words: dict[str, str]
    place: Callable[[int, str], str]
    findings: list[Finding]

    def wrong(self, wrong: Wrong, column: str, row: EventRow | None = None) -> None:
        """Report a problem with a cell."""
        number = (row or self.rows[0]).number
        self.findings.append(wrong.finding(self.place(number, column)))


@dataclass(frozen=True, slots=True)
class KindForm:
    """Which columns a kind uses: words, fields of quantities, and the function for its body.

    ``side`` is what a row without a side means; empty where a row has to say it.
    """

    body: Callable[[Group], Json]
    words: frozenset[str]
    quantities: frozenset[str] = frozenset()
    side: str = ""


def _line(row: EventRow, group: Group) -> Json:
    words = row.words
    line: Json = {"lot": words["lot"]} if "lot" in words else {}
    if "material" in words:
        line["material"] = words["material"]
    line |= {name: mass for name, mass in row.masses.items() if name in {"wet", "dry"}}
    if row.moisture is not None:
        line["moisture"] = row.moisture
    for name in ("all", "continuing"):
        if name in words and _yes(words[name], name, row, group):
            line[name] = True
    if row.grades:
        line["grades"] = row.grades
    return line


def _yes(cell: str, column: str, row: EventRow, group: Group) -> bool | None:
    value = parse_yes(cell)
    if isinstance(value, Wrong):
        group.wrong(value, column, row)
        return None
    return value


def _flows(group: Group, default: str) -> Json:
    body: Json = {}
    for row in group.rows:
        side = row.words.get("side", default)
        if side in {"in", "out"}:
            body.setdefault("inputs" if side == "in" else "outputs", []).append(_line(row, group))
        elif side == "loss":
            body.setdefault("losses", []).append(_loss(row, group))
        else:
            shown = f"side {side!r} is not known" if side else "the row does not say its side"
            wrong = Wrong("ORL-0338", shown, "write in, out or loss into the column side")
            group.wrong(wrong, "side", row)
    return body


def _loss(row: EventRow, group: Group) -> Json:
    loss: Json = {"stream": row.words["stream"]} if "stream" in row.words else {}
    if "dry" in row.masses:
        loss["dry"] = row.masses["dry"]
    if row.grades:
        loss["grades"] = row.grades
    for column in sorted({"lot", "material", "continuing", "all"} & row.words.keys()):
        fix = "a loss names a stream; what is kept is a lot with side out"
        group.wrong(Wrong("ORL-0338", f"a loss has no {column}", fix), column, row)
    if "wet" in row.masses or row.moisture is not None:
        fix = "give its dry mass; what is kept is a lot with side out"
        group.wrong(Wrong("ORL-0338", "a loss has no wet mass", fix), "wet", row)
    return loss


def _origin(row: EventRow) -> Json | None:
    origin = {name.removeprefix("origin_"): row.words[name] for name in ORIGIN if name in row.words}
    if not origin:
        return None
    origin |= {name: row.words[name] for name in ("basis", "source") if name in row.words}
    return origin


def _extract(group: Group) -> Json:
    body = _flows(group, "out")
    origins = [origin for row in group.rows if (origin := _origin(row)) is not None]
    if any(origin != origins[0] for origin in origins):
        fix = "write one event for each origin"
        wrong = Wrong("ORL-0336", "the rows of the event name different origins", fix)
        group.wrong(wrong, "origin_country")
    return body | ({"origin": origins[0]} if origins else {})


def _process(group: Group) -> Json:
    body = _flows(group, "") | _picked(group, "unit")
    if "all_inputs_recorded" in group.words:
        cell = group.words["all_inputs_recorded"]
        if _yes(cell, "all_inputs_recorded", group.rows[0], group):
            body["all_inputs_recorded"] = True
    return body


def _mixing(group: Group) -> Json:
    return _flows(group, "")


def _consume(group: Group) -> Json:
    return _flows(group, "in") | _picked(group, "purpose")


def _lots(group: Group) -> list[str]:
    return [row.words["lot"] for row in group.rows if "lot" in row.words]


def _picked(group: Group, *names: str, **renamed: str) -> Json:
    """Return the words of the event under their own names, or ``field=column`` renamed."""
    words = group.words
    picked = {name: words[name] for name in names if name in words}
    return picked | {name: words[column] for name, column in renamed.items() if column in words}


def _spaced(group: Group, field_name: str, column: str) -> Json:
    cell = group.words.get(column)
    return {} if cell is None else {field_name: cell.split()}


def _several(group: Group, field_name: str, column: str) -> Json:
    """Return names that may contain spaces, separated by semicolons."""
    cell = group.words.get(column)
    if cell is None:
        return {}
    return {field_name: [part.strip() for part in cell.split(";") if part.strip()]}


def _pack(group: Group) -> Json:
    body = _picked(group, "container") | {"lots": _lots(group)} | _spaced(group, "seals", "seals")
    return body | _single_masses(group, "tare")


def _unpack(group: Group) -> Json:
    body = _picked(group, "container") | _spaced(group, "seals_found", "seals")
    if lots := _lots(group):
        body["lots"] = lots
    if "seals_intact" in group.words:
        intact = _yes(group.words["seals_intact"], "seals_intact", group.rows[0], group)
        body["seals_intact"] = bool(intact)
    return body


def _dispatch(group: Group) -> Json:
    body = {"lots": [_line(row, group) for row in group.rows]}
    return body | _picked(group, "mode", "carrier", "incoterm") | _papers(group)


def _receive(group: Group) -> Json:
    body = {"lots": [_line(row, group) for row in group.rows]}
    return body | _picked(group, "dispatch") | _papers(group)


def _papers(group: Group) -> Json:
    documents = _several(group, "documents", "documents")
    return _spaced(group, "containers", "containers") | documents


def _only_row(group: Group) -> EventRow:
    if len(group.rows) > 1:
        fix = "give each row an event id of its own"
        message = f"a {group.words['kind']} event has one row, but {len(group.rows)} have this id"
        group.wrong(Wrong("ORL-0336", message, fix), "event", group.rows[1])
    return group.rows[0]


def _single_masses(group: Group, *names: str) -> Json:
    masses: Json = {}
    for row in group.rows:
        for name in names:
            if name in row.masses and masses.setdefault(name, row.masses[name]) != row.masses[name]:
                fix = "write it in one row of the event only"
                message = f"the rows of the event give different {name} masses"
                group.wrong(Wrong("ORL-0336", message, fix), name, row)
    return masses


def _weigh(group: Group) -> Json:
    row = _only_row(group)
    body = _picked(group, "lot", "container", "ticket") | dict(row.masses)
    return body | ({} if row.moisture is None else {"moisture": row.moisture})


def _sample(group: Group) -> Json:
    row = _only_row(group)
    body = _picked(group, "sample", "lot", "parent", "standard", "witness", event="of_event")
    body |= _spaced(group, "seals", "seals") | dict(row.masses)
    if "increments" in group.words:
        cell = group.words["increments"]
        if re.fullmatch(r"[0-9]{1,9}", cell):
            body["increments"] = int(cell)
        else:
            wrong = Wrong("ORL-0333", f"{cell[:60]!r} is not a whole number", "write it in digits")
            group.wrong(wrong, "increments")
    if "parts" in group.words:
        body["parts"] = _parts(group)
    return body


def _parts(group: Group) -> list[Json]:
    parts = []
    for text in group.words["parts"].split(";"):
        if not text.strip():
            continue
        match = re.fullmatch(r"\s*([^=\s]+)\s*=\s*(\S+):([a-z]+)(?:\s*@\s*(.+?))?\s*", text)
        if match is None:
            fix = "write part=holder:purpose, such as S1-A=ussm:buyer; S1-B=fwo:seller"
            group.wrong(Wrong("ORL-0310", f"{text.strip()[:60]!r} is not a part", fix), "parts")
            continue
        names = ("part", "holder", "purpose", "seal")
        parts.append({n: value for n, value in zip(names, match.groups(), strict=True) if value})
    return parts


def _assay(group: Group) -> Json:
    names = ("sample", "lot", "laboratory", "certificate", "role", "reported")
    body = _picked(group, *names, event="of_event")
    if results := [grade for row in group.rows for grade in row.grades]:
        body["results"] = results
    moistures = [row.moisture for row in group.rows if row.moisture is not None]
    if len(moistures) > 1:
        fix = "write it in one row of the event only"
        group.wrong(Wrong("ORL-0336", "two rows give the moisture", fix), "moisture")
    return body | ({"moisture": moistures[0]} if moistures else {})


def _count(group: Group) -> Json:
    row = _only_row(group)
    return _line(row, group) | _picked(group, "method")


def _transfer(group: Group) -> Json:
    return {"lots": _lots(group)} | _picked(group, "risk_passes", document="documents")


def _observe(group: Group) -> Json:
    lots = []
    for row in group.rows:
        seen = {name: row.words[name] for name in ("lot", "material", "form") if name in row.words}
        origin = _origin(row)
        lots.append(seen | ({} if origin is None else {"origin": origin}))
    return {"lots": lots} | _picked(group, "status", "statement", "basis")


def _declare(group: Group) -> Json:
    data = {
        name.removeprefix("data_"): cell
        for row in group.rows
        for name, cell in row.own.items()
        if name.startswith("data_")
    }
    return _picked(group, "type", "valid_from", "valid_to", id="subject") | {"data": data}


def _attest(group: Group) -> Json:
    names = ("type", "subject", "statement", "issuer", "decision", "hash", "valid_from", "valid_to")
    return _picked(group, *names)


def _credit(group: Group) -> Json:
    names = ("action", "model", "account", "to_account", "analyte", "attribute", "lot", "expires")
    return _picked(group, *names, "claim") | dict(_only_row(group).masses)


def _money(group: Group) -> Json:
    postings = []
    for row in group.rows:
        names = ("account", "amount", "currency")
        posting = {name: row.words[name] for name in names if name in row.words}
        amount = parse_signed(posting.get("amount", "0"))
        if isinstance(amount, Wrong):
            group.wrong(amount, "amount", row)
        if posting:
            postings.append(posting)
    words = ("type", "instrument", "price", "price_unit", "stage", "contract", "statement")
    body = _picked(group, *words, document="documents")
    if lots := _lots(group):
        body["lots"] = lots
    return body | ({"postings": postings} if postings else {})


_LINE = frozenset({"side", "lot", "material", "continuing", "all", "stream"})
_MOVED = frozenset({"lot", "material", "continuing", "all", "containers", "documents"})
_MASSES = frozenset({"wet", "dry", "moisture", "grade"})
KIND_FORMS: dict[str, KindForm] = {
    "extract": KindForm(_extract, _LINE - {"stream"} | {*ORIGIN}, _MASSES, "out"),
    "process": KindForm(_process, _LINE | {"unit", "all_inputs_recorded"}, _MASSES),
    "blend": KindForm(_mixing, _LINE, _MASSES),
    "split": KindForm(_mixing, _LINE, _MASSES),
    "consume": KindForm(_consume, _LINE - {"stream"} | {"purpose"}, _MASSES, "in"),
    "pack": KindForm(_pack, frozenset({"container", "lot", "seals"}), frozenset({"tare"})),
    "unpack": KindForm(_unpack, frozenset({"container", "lot", "seals", "seals_intact"})),
    "dispatch": KindForm(_dispatch, _MOVED | {"mode", "carrier", "incoterm"}, _MASSES),
    "receive": KindForm(_receive, _MOVED | {"dispatch"}, _MASSES),
    "weigh": KindForm(
        _weigh,
        frozenset({"lot", "container", "ticket"}),
        frozenset({"wet", "gross", "tare", "moisture"}),
    ),
    "sample": KindForm(
        _sample,
        frozenset({
            "sample", "lot", "of_event", "parent", "increments", "standard", "witness", "seals",
            "parts",
        }),
        frozenset({"mass"}),
    ),
    "assay": KindForm(
        _assay,
        frozenset({"sample", "lot", "of_event", "laboratory", "certificate", "role", "reported"}),
        frozenset({"moisture", "grade"}),
    ),
    "count": KindForm(_count, frozenset({"lot"}), _MASSES),
    "transfer": KindForm(_transfer, frozenset({"lot", "documents", "risk_passes"})),
    "observe": KindForm(
        _observe, frozenset({"lot", "material", "form", *ORIGIN, "status", "statement"})
    ),
    "declare": KindForm(_declare, frozenset({"type", "subject", "valid_from", "valid_to"})),
    "attest": KindForm(
        _attest,
        frozenset({
            "type", "subject", "statement", "issuer", "decision", "hash", "valid_from", "valid_to",
        }),
    ),
    "credit": KindForm(
        _credit,
        frozenset({
            "action", "model", "account", "to_account", "analyte", "attribute", "lot", "expires",
            "claim",
        }),
        frozenset({"mass"}),
    ),
    "money": KindForm(
        _money,
        frozenset({
            "type", "account", "amount", "currency", "instrument", "documents", "price",
            "price_unit", "lot", "stage", "contract", "statement",
        }),
    ),
}  # fmt: skip
"""How each kind is written in a table; a correction is written as the kind that it corrects."""
