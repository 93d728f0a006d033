"""Reads a file, a folder of reports, or the evidence of a chain folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from oreline.model import EvidenceItem, Finding, InputError
from oreline.watch._header import assistance
from oreline.watch._intake import DEFAULT_LIMITS, SUFFIXES, take_in
from oreline.watch._limits import Limits
from oreline.watch._source import UNTOLD, Document, Published, Told
from oreline.watch._taken import file_bytes

_UNNAMED: Final = "not named"


def files_of(place: Path) -> list[tuple[str, Path]]:
    """Give the files of a place that may be reports, each with its name: from the place on.

    Raises
    ------
    InputError
        If there is no such file or folder.
    """
    if place.is_file():
        return [(place.name, place)]
    if not place.is_dir():
        raise InputError(f"{place} is not there")
    return [(file.relative_to(place).as_posix(), file) for file in report_files(place)]


def read_reports(
    place: Path, *, today: date | None = None, limits: Limits = DEFAULT_LIMITS
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Give the reports of a file, or of all files of a folder and the folders in it, with texts.

    For folders of any size there is :func:`watch_place`, which keeps no text.

    Raises
    ------
    InputError
        If there is no such file or folder, or no report in it.
    """
    documents: list[Document] = []
    findings: list[Finding] = []
    for name, file in _some_files(place):
        data = file_bytes(name, file, limits)
        if isinstance(data, Finding):
            findings.append(data)
            continue
        found, wrong = take_in(name, data, today=today, limits=limits)
        documents += found
        findings += wrong
    return tuple(documents), tuple(findings)


def _some_files(place: Path) -> list[tuple[str, Path]]:
    files = files_of(place)
    if not files:
        raise InputError(f"{place} holds no report; {', '.join(SUFFIXES)} are read")
    return files


def report_files(place: Path) -> list[Path]:
    """Give the files of a folder, and of the folders in it, that may be reports."""
    return sorted(
        file
        for file in place.rglob("*")
        if file.suffix.lower() in SUFFIXES
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(place).parts)
    )


def quoted_reports(evidence: Iterable[EvidenceItem]) -> tuple[Document, ...]:
    """Give the reports of which a chain folder keeps only sentences, one for each report.

    ``sha256`` is that of the whole report, as the folder states it; offsets count the characters
    of the sentences, one under the other.
    """
    by_report: dict[str, list[EvidenceItem]] = {}
    for one in evidence:
        by_report.setdefault(one.sha256, []).append(one)
    return tuple(_quoted(items) for items in by_report.values())


def _quoted(items: list[EvidenceItem]) -> Document:
    first = items[0]
    lines = [one.quote if one.quote.endswith((".", "”", '"')) else f"{one.quote}." for one in items]
    text = "\n\n".join(lines)
    outlet = UNTOLD if first.outlet.startswith(_UNNAMED) else Told(first.outlet, "evidence.csv")
    return Document(
        name=f"evidence.csv: {first.id} to {items[-1].id}",
        kind="quotes",
        sha256=first.sha256,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        title=Told(first.title, "evidence.csv"),
        outlet=outlet,
        wire=UNTOLD,
        issuer=UNTOLD,
        published=Published(date.fromisoformat(first.date), "evidence.csv"),
        language=Told("en", "evidence.csv"),
        encoding="utf-8",
        address=None,
        assisted=assistance(text),
        is_release=False,
    )


def without_quoted(quoted: Iterable[Document], whole: Iterable[Document]) -> tuple[Document, ...]:
    """Give the quoted reports of which the whole text is not there as well."""
    known = {one.sha256 for one in whole}
    return tuple(one for one in quoted if one.sha256 not in known)
