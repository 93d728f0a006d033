"""PDF: the text of its pages, and what its information says."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from oreline.model import Severity
from oreline.watch._intake import Piece
from oreline.watch._source import UNTOLD, Told

if TYPE_CHECKING:
    from oreline.watch._intake import Intake


def pdf_piece(intake: Intake, name: str, data: bytes) -> Iterator[Piece]:
    """Give the text of a PDF, as far as it has text."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # The library tells each oddity of a file on a logger; what matters is told as a finding.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            intake.say(
                "ORL-1303",
                Severity.FATAL,
                name,
                "the PDF asks for a password",
                "save it without one",
            )
            return
        count = len(reader.pages)
        most = intake.limits.pdf_pages_max
        if count > most:
            intake.say(
                "ORL-1314",
                Severity.WARNING,
                name,
                f"the PDF has {count} pages; pdf_pages_max is {most}",
                "split it; the pages beyond were not read",
            )
        pages = []
        size = 0
        for number in range(min(count, most)):
            pages.append(reader.pages[number].extract_text())
            size += len(pages[-1])
            if size > intake.limits.text_chars_max:
                break
        info = reader.metadata
        title = (
            UNTOLD if info is None or not info.title else Told(str(info.title), "PDF information")
        )
        raw = "" if info is None else str(info.get("/CreationDate") or "")
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OSError,
    ) as error:
        intake.say(
            "ORL-1303",
            Severity.FATAL,
            name,
            f"the PDF cannot be read: {type(error).__name__}",
            "save it anew, or give its text",
        )
        return
    made = re.match(r"D:(\d{4})(\d\d)(\d\d)", raw)
    text = "\n\n".join(pages)
    piece = Piece(name, "pdf", text, "pdf", title)
    yield piece
    # A PDF is often made later than what it prints: its own date counts only where no other does.
    if made is not None and intake.documents and intake.documents[-1].name == name:
        _date_by_file(intake, made)


def _date_by_file(intake: Intake, made: re.Match[str]) -> None:
    from dataclasses import replace

    from oreline.watch._source import Published

    document = intake.documents[-1]
    if document.published.day is not None:
        return
    try:
        day = date(int(made.group(1)), int(made.group(2)), int(made.group(3)))
    except ValueError:
        return
    if intake.today is not None and day > intake.today:
        return
    dated = Published(day, "day on which the PDF was made")
    intake.documents[-1] = replace(document, published=dated)
    intake.findings[:] = [
        one
        for one in intake.findings
        if not (one.code == "ORL-1307" and one.where == document.name)
    ]
