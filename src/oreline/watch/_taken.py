"""What is taken from a report: its claims and names, and what it is recognised by; not its text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from oreline.model import Finding, Severity
from oreline.watch._claim import Claim
from oreline.watch._copies import Prints, prints_of
from oreline.watch._extract import claims_and_names
from oreline.watch._intake import DEFAULT_LIMITS, take_in
from oreline.watch._limits import Limits
from oreline.watch._names import Names
from oreline.watch._source import Document
from oreline.watch._trust import marks_of

READ_LANGUAGES: Final = ("en", None)
"""Reports in other languages are kept, and no rule reads them."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One report, read: everything that putting reports together asks of it."""

    document: Document
    claims: tuple[Claim, ...]
    names: Names
    prints: Prints


@dataclass(frozen=True, slots=True)
class FileTaken:
    """What a file gave: a feed, a mail or an archive may hold several reports.

    ``texts`` are those of the reports, where they were asked for.
    """

    name: str
    reports: tuple[Taken, ...]
    findings: tuple[Finding, ...]
    texts: tuple[str, ...] = ()


def taken(document: Document) -> Taken:
    """Read a report."""
    claims: tuple[Claim, ...] = ()
    book = Names()
    if document.language.value in READ_LANGUAGES:
        claims, book = claims_and_names(document)
    read = replace(document, marks=marks_of(document.text))
    return Taken(read, claims, book, prints_of(document.text))


def without_text(one: Taken) -> Taken:
    """Give what was read of a report, its text left out."""
    return replace(one, document=replace(one.document, text=""))


def file_bytes(name: str, path: Path, limits: Limits) -> bytes | Finding:
    """Give the bytes of a file, or what keeps it from being read."""
    try:
        size = path.stat().st_size
        if size > limits.file_bytes_max:
            # Not opened: what is too large is told by its size alone.
            message = f"the file has {size} bytes; file_bytes_max is {limits.file_bytes_max}"
            fix = "cut it, or raise the limit"
            return Finding("ORL-1300", Severity.FATAL, name, message, fix)
        return path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        return Finding("ORL-1316", Severity.FATAL, name, message, "see that it is there and yours")


def take_file(
    file: tuple[str, Path],
    *,
    today: date | None = None,
    limits: Limits = DEFAULT_LIMITS,
    with_texts: bool = False,
) -> FileTaken:
    """Read a file, given as (its name, where it lies); what is wrong with it is a finding.

    It can run in another process: what it gives depends on the file alone.
    """
    name, path = file
    data = file_bytes(name, path, limits)
    if isinstance(data, Finding):
        return FileTaken(name, (), (data,))
    documents, findings = take_in(name, data, today=today, limits=limits)
    texts = tuple(one.text for one in documents) if with_texts else ()
    reports = tuple(without_text(taken(one)) for one in documents)
    return FileTaken(name, reports, findings, texts)


def file_taker(
    today: date | None, limits: Limits, *, with_texts: bool = False
) -> partial[FileTaken]:
    """Give :func:`take_file` with everything but the file, as workers are given it."""
    return partial(take_file, today=today, limits=limits, with_texts=with_texts)
