"""Takes in what arrives: bytes of a file become reports, and findings on what is wrong."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from oreline.model import Finding, Severity
from oreline.watch._extract import is_addressed_to_machines
from oreline.watch._header import (
    assistance,
    is_release,
    issuer_of,
    language_of,
    outlet_of,
    published_of,
    wire_of,
    written_day,
)
from oreline.watch._limits import Limits
from oreline.watch._segments import headline
from oreline.watch._source import UNTOLD, Document, Published, Told

DEFAULT_LIMITS: Final = Limits()
_CONTROL: Final = bytes((*range(9), *range(14, 27)))
"""Bytes that no text has."""
PLAIN_SHARE_MIN: Final = 0.05
"""The share of bytes beyond plain letters from which an encoding is guessed by a library."""
SUFFIXES: Final = (
    ".txt",
    ".md",
    ".html",
    ".htm",
    ".xhtml",
    ".pdf",
    ".rss",
    ".atom",
    ".xml",
    ".json",
    ".eml",
    ".zip",
)
"""The names of files that are taken from a folder."""


@dataclass(slots=True)
class Piece:
    """What a format gives of one report, before it is a document."""

    name: str
    kind: str
    text: str
    encoding: str
    title: Told = UNTOLD
    outlet: Told = UNTOLD
    issuer: Told = UNTOLD
    address: str | None = None
    days: list[tuple[str, date]] = field(default_factory=list)
    data: bytes = b""
    is_release: bool = False


@dataclass(slots=True)
class Intake:
    """What was taken in."""

    limits: Limits
    today: date | None
    documents: list[Document] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def say(self, code: str, severity: Severity, where: str, message: str, fix: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(code, severity, where, message, fix))


def take_in(
    name: str, data: bytes, *, today: date | None = None, limits: Limits = DEFAULT_LIMITS
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Give the reports in the bytes of a file, and everything that is wrong with it.

    Parameters
    ----------
    name
        The name of the file.
    data
        Its bytes: text, HTML, PDF, RSS, Atom, JSON feed, e-mail, or a ZIP archive of those. What
        it is follows from the bytes, not from the name.
    today
        Dates after it are no dates of publication; None tests none.
    """
    intake = Intake(limits, today)
    take(intake, name, data, 0)
    return tuple(intake.documents), tuple(intake.findings)


def take(intake: Intake, name: str, data: bytes, depth: int) -> None:
    if len(data) > intake.limits.file_bytes_max:
        intake.say(
            "ORL-1300",
            Severity.FATAL,
            name,
            f"the file has {len(data)} bytes; file_bytes_max is {intake.limits.file_bytes_max}",
            "cut it, or raise the limit",
        )
        return
    if not data.strip():
        intake.say(
            "ORL-1301", Severity.FATAL, name, "the file is empty", "leave it out, or fetch it again"
        )
        return
    for piece in _pieces(intake, name, data, depth):
        if len(intake.documents) >= intake.limits.documents_max:
            intake.say(
                "ORL-1314",
                Severity.WARNING,
                name,
                f"there are more than documents_max = {intake.limits.documents_max} reports",
                "split the folder, or raise the limit",
            )
            return
        if not piece.data:
            piece.data = data
        document = finished(intake, piece)
        if document is not None:
            intake.documents.append(document)


def kind_of(data: bytes) -> str:
    """Give what bytes are: pdf, zip, filing, mail, feed, json, html, text or binary.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"<!DOCTYPE html><p>x"), kind_of(b"Pakistan has")
    ('pdf', 'html', 'text')
    """
    head = data[:4_096].lstrip(b"\xef\xbb\xbf \t\r\n")
    low = head.lower()
    if head.startswith(b"%PDF"):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if re.match(
        rb"(?:-----BEGIN PRIVACY-ENHANCED|<sec-(?:document|header)>|<document>\s*<type>)", low
    ):
        return "filing"
    if re.match(rb"<(?:\?xml|rss|feed|rdf:rdf|!doctype rss)", low) and b"<html" not in low:
        return "feed"
    if re.search(rb"<(?:!doctype html|html|head|body|article|div|p|meta|title)\b", low[:2_000]):
        return "html"
    if head[:1] == b"{" and b"jsonfeed.org" in low:
        return "json"
    if re.match(rb"(?:[A-Za-z-]+: [^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}", head) and re.search(
        rb"^(?:From|Subject|Message-ID|Received|MIME-Version):", head, re.IGNORECASE | re.MULTILINE
    ):
        return "mail"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "text"
    control = len(head) - len(head.translate(None, _CONTROL))
    return "binary" if control > max(1, len(head) // 200) else "text"


def _pieces(intake: Intake, name: str, data: bytes, depth: int) -> Iterator[Piece]:
    # Formats are imported where a file of theirs arrives: a run over texts loads none of them.
    kind = kind_of(data)
    if kind == "binary":
        intake.say(
            "ORL-1302",
            Severity.FATAL,
            name,
            "this is no text, HTML, PDF, feed or e-mail",
            "export it as text or PDF",
        )
    elif kind == "zip":
        from oreline.watch._intake_archive import members

        for inside, bytes_ in members(intake, name, data):
            if kind_of(bytes_) == "zip":
                intake.say(
                    "ORL-1304",
                    Severity.FATAL,
                    inside,
                    "an archive lies within an archive",
                    "unpack it yourself if you trust it",
                )
            else:
                take(intake, inside, bytes_, depth + 1)
    elif kind == "filing":
        from oreline.watch._intake_filing import filing_pieces

        yield from filing_pieces(intake, name, data)
    elif kind == "pdf":
        from oreline.watch._intake_pdf import pdf_piece

        yield from pdf_piece(intake, name, data)
    elif kind in ("feed", "json"):
        from oreline.watch._intake_feed import feed_pieces

        yield from feed_pieces(intake, name, data, kind)
    elif kind == "mail":
        from oreline.watch._intake_mail import mail_pieces

        yield from mail_pieces(intake, name, data)
    elif kind == "html":
        from oreline.watch._intake_html import html_piece

        text, encoding = decoded(intake, name, data)
        yield from html_piece(intake, name, text, encoding)
    else:
        text, encoding = decoded(intake, name, data)
        yield Piece(name, "text", text, encoding)


def decoded(intake: Intake, name: str, data: bytes) -> tuple[str, str]:
    """Give bytes as text, and the encoding with what it was told by."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), f"{encoding} (byte order mark)"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        declared = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]{3,20})", data[:3_000], re.IGNORECASE)
        if declared is not None:
            try:
                encoding = declared.group(1).decode("ascii")
                return data.decode(encoding), f"{encoding} (declared)"
            except (UnicodeDecodeError, LookupError):
                pass  # said below: what is declared does not hold
    guess = "cp1252"
    # In a text of nearly plain letters the others are those of western Europe.
    if sum(byte > 127 for byte in data) > PLAIN_SHARE_MIN * len(data):
        from charset_normalizer import from_bytes

        best = from_bytes(data[:200_000]).best()
        guess = "cp1252" if best is None else best.encoding
    intake.say(
        "ORL-1306",
        Severity.WARNING,
        name,
        f"the encoding is not declared; {guess} was taken",
        "save it as UTF-8 if letters look wrong",
    )
    return data.decode(guess, errors="replace"), f"{guess} (guessed)"


_SPACES: Final = str.maketrans(
    dict.fromkeys("\xa0\u2007\u202f\u2002\u2003\r\u2028\u2029\x85\x0c\x0b", " ")
)


def clean(text: str) -> str:
    r"""Give a text with plain spaces; every character keeps its place.

    >>> clean("U.S.\u00a0Strategic\r\n")
    'U.S. Strategic \n'
    """
    return unicodedata.normalize("NFC", text).translate(_SPACES).replace("\x00", " ")


def finished(intake: Intake, piece: Piece) -> Document | None:
    """Give a piece as a document, with findings on what is not known of it."""
    text = clean(piece.text)
    is_cut = len(text) > intake.limits.text_chars_max
    if is_cut:
        intake.say(
            "ORL-1313",
            Severity.WARNING,
            piece.name,
            f"the text has {len(text)} characters;"
            f" text_chars_max is {intake.limits.text_chars_max}",
            "split it; what is beyond was not read",
        )
        text = text[: intake.limits.text_chars_max]
    if not text.strip():
        intake.say(
            "ORL-1301",
            Severity.FATAL,
            piece.name,
            "there is no text in it",
            "give the text; pictures of pages are not read",
        )
        return None
    wire = wire_of(text)
    release = piece.is_release or is_release(text, wire)
    published = published_of(text, piece.days, intake.today)
    written = written_day(text, published.day)
    if written is not None and published.day is not None:
        _say_crawled(intake, piece.name, published.day, written)
        published = Published(written, "dateline of the text", (written, published.day))
    language = language_of(text)
    outlet = piece.outlet if piece.outlet.value else outlet_of(text)
    if piece.title.value:
        title = piece.title
    else:
        head = headline(text)
        title = UNTOLD if head is None else Told(text[head[0] : head[1]].strip(), "first line")
    document = Document(
        piece.name,
        piece.kind,
        hashlib.sha256(piece.data or piece.text.encode()).hexdigest(),
        hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest(),
        text,
        title,
        outlet,
        wire,
        piece.issuer if piece.issuer.value else issuer_of(text, is_release=release),
        published,
        language,
        piece.encoding,
        piece.address,
        assistance(text),
        release,
        is_cut,
    )
    _report(intake, piece, document)
    return document


def _say_crawled(intake: Intake, name: str, day: date, written: date) -> None:
    intake.say(
        "ORL-1355",
        Severity.WARNING,
        name,
        f"the page gives {day.isoformat()}, its dateline {written.isoformat()}: the page's may be"
        " the day on which it was copied; that of the dateline was taken",
        "write the day of publication as YYYY-MM-DD at the top",
    )


def _report(intake: Intake, piece: Piece, document: Document) -> None:
    name, published = piece.name, document.published
    if intake.today is not None:
        for basis, day in piece.days:
            if day > intake.today:
                intake.say(
                    "ORL-1308",
                    Severity.WARNING,
                    name,
                    f"{basis} gives {day.isoformat()}, which lies in the future; it is not used",
                    "correct the date",
                )
    if published.day is None and published.candidates:
        both = " or ".join(day.isoformat() for day in published.candidates)
        intake.say(
            "ORL-1310",
            Severity.WARNING,
            name,
            f"the date of publication is {both}",
            "write it as YYYY-MM-DD",
        )
    elif published.day is None:
        intake.say(
            "ORL-1307",
            Severity.WARNING,
            name,
            "no date of publication was found; days told by weekday or month stay unknown",
            "put a line such as Published: 2025-10-03 at the top",
        )
    elif (
        len(published.candidates) > 1
        and published.basis != "dateline of the text"
        and (max(published.candidates) - min(published.candidates)).days > 1
    ):
        days = ", ".join(day.isoformat() for day in published.candidates)
        intake.say(
            "ORL-1309",
            Severity.WARNING,
            name,
            f"the metadata contradict each other: {days}; {published.basis} was taken",
            "check the page that it was taken from",
        )
    if document.outlet.value is None:
        intake.say(
            "ORL-1311",
            Severity.NOTE,
            name,
            "no outlet was found",
            "put a line such as Outlet: NAME at the top",
        )
    if document.language.value not in ("en", None):
        intake.say(
            "ORL-1312",
            Severity.WARNING,
            name,
            f"the language seems to be {document.language.value}; only English is read",
            "give a translation, and say so in it",
        )
    if is_addressed_to_machines(document.text):
        intake.say(
            "ORL-1315",
            Severity.WARNING,
            name,
            "the text gives instructions to programs that read it",
            "look who published it; no rule obeys a text, and such sentences make no claim",
        )
