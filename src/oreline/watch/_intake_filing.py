"""Filings as EDGAR gives them: a header, a report, and the releases furnished with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from oreline.model import Severity
from oreline.watch._intake import Piece, decoded
from oreline.watch._markup import plain
from oreline.watch._source import UNTOLD, Told

if TYPE_CHECKING:
    from oreline.watch._intake import Intake

READ_TYPES: Final = re.compile(r"(?:8-K|6-K|10-K|10-Q|20-F|40-F)(?:/A)?|EX-99(?:\.\d+)?")
"""Documents of a filing that are read: the report itself, and what is furnished with it as news."""
DOCUMENTS_MAX: Final = 400
"""A filing of more documents than that is read no further."""

_DOCUMENT: Final = re.compile(r"<DOCUMENT>(.*?)(?:</DOCUMENT>|\Z)", re.DOTALL)
_TYPE: Final = re.compile(r"<TYPE>([^\n<]{1,40})")
_TEXT: Final = re.compile(r"<TEXT>(.*?)(?:</TEXT>|\Z)", re.DOTALL)
_COMPANY: Final = re.compile(r"COMPANY CONFORMED NAME:[ \t]*([^\n]{2,120})")
_FILED: Final = re.compile(r"FILED AS OF DATE:[ \t]*(\d{4})(\d\d)(\d\d)\b")
_ITEM: Final = re.compile(r"ITEM INFORMATION:[ \t]*([^\n]{2,160})")
_LEADING_LINE: Final = re.compile(r"^\s*<(?:XBRL|PAGE|PDF)>[^\n]*\n?", re.MULTILINE)


def filing_pieces(intake: Intake, name: str, data: bytes) -> Iterator[Piece]:
    """Give the report of a filing and the releases furnished with it, each as a report.

    The issuer, the day of filing and the items are those of the header. An exhibit is its issuer's
    own words: it is a release. Pictures, tables of data and contracts are left out.
    """
    text, encoding = decoded(intake, name, data)
    company = _COMPANY.search(text)
    issuer = Told(company.group(1).strip(), "header of the filing") if company else UNTOLD
    days = [("day of filing", day) for day in _filed(text)]
    items = "; ".join(dict.fromkeys(one.strip() for one in _ITEM.findall(text)))
    found = 0
    for number, match in enumerate(_DOCUMENT.finditer(text)):
        if number >= DOCUMENTS_MAX:
            break
        kind = _TYPE.search(match.group(1))
        label = "" if kind is None else kind.group(1).strip()
        body = _TEXT.search(match.group(1))
        if body is None or not READ_TYPES.fullmatch(label):
            continue
        found += 1
        title = Told(f"{label}: {items}", "items of the filing") if items else UNTOLD
        yield Piece(
            f"{name}#{label}",
            "filing",
            plain(_LEADING_LINE.sub("", body.group(1))),
            encoding,
            title,
            Told("EDGAR", "form of the filing"),
            issuer,
            days=list(days),
            is_release=label.startswith("EX"),
        )
    if not found:
        intake.say(
            "ORL-1356",
            Severity.WARNING,
            name,
            "the filing has no report and no exhibit 99 that can be read",
            "save the document that you want read by itself",
        )


def _filed(text: str) -> Iterator[date]:
    match = _FILED.search(text)
    if match is None:
        return
    try:
        yield date(*(int(part) for part in match.groups()))
    except ValueError:
        return
