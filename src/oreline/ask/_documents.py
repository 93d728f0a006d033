"""Which paper says what, and who has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from oreline.ask._subjects import data_rows, subjects
from oreline.model import Finding, Party, Severity

COLUMNS = ("id", "document", "holder", "settles", "basis", "source")


@dataclass(frozen=True, slots=True)
class Document:
    """A paper that may exist: what it would settle, who would have it, and how that is known."""

    id: str
    name: str
    holder: str
    settles: tuple[str, ...]
    basis: str
    source: str


def parse_documents(
    text: str, name: str = "documents.csv"
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Read a table of documents: id, document, holder, settles, basis, source.

    Returns
    -------
    documents, findings
        The rows that can be used; and each problem with its row and remedy.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        message = f"there is no column {', '.join(missing)}"
        fix = f"give the columns {', '.join(COLUMNS)}"
        return (), (Finding("ORL-0600", Severity.FATAL, name, message, fix),)
    documents: list[Document] = []
    findings: list[Finding] = []
    for number, row in enumerate(reader, start=2):
        where = f"{name} row {number}"
        wrong = list(_wrong(row, where, {document.id for document in documents}))
        findings += wrong
        if not any(finding.severity is Severity.FATAL for finding in wrong):
            documents.append(_document(row))
    return tuple(documents), tuple(findings)


def _wrong(row: Mapping[str, str], where: str, seen: set[str]) -> Iterable[Finding]:
    for column in ("id", "document", "holder", "settles"):
        if not (row.get(column) or "").strip():
            fix = f"fill in {column} or leave the row out"
            yield Finding("ORL-0601", Severity.FATAL, f"{where} {column}", "nothing is given", fix)
    if (row.get("id") or "").strip() in seen:
        fix = "give each document an id of its own"
        yield Finding("ORL-0602", Severity.FATAL, f"{where} id", "this id stands twice", fix)
    unknown = [word for word in (row.get("settles") or "").split() if word not in subjects()]
    if unknown:
        message = f"{', '.join(unknown)} is nothing that can be asked"
        fix = f"write any of {', '.join(subjects())}"
        yield Finding("ORL-0603", Severity.WARNING, f"{where} settles", message, fix)


def _document(row: Mapping[str, str]) -> Document:
    return Document(
        id=row["id"].strip(),
        name=row["document"].strip(),
        holder=row["holder"].strip(),
        settles=tuple(word for word in row["settles"].split() if word in subjects()),
        basis=(row["basis"] or "").strip(),
        source=(row["source"] or "").strip(),
    )


def general_documents(parties: Iterable[Party]) -> tuple[Document, ...]:
    """Return the papers that trade practice knows, held by the first of the parties in that role.

    Where no party has the role, the holder is the role itself.
    """
    by_role: dict[str, str] = {}
    for party in parties:
        for role in party.roles:
            by_role.setdefault(role, party.id)
    return tuple(
        _document({**row, "holder": by_role.get(row["holder"], row["holder"])})
        for row in data_rows("documents.csv")
    )
