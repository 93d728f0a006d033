"""E-mail: the message, who sent it, and what is attached to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from typing import TYPE_CHECKING

from oreline.model import Severity
from oreline.watch._intake import Piece, take
from oreline.watch._markup import plain
from oreline.watch._source import UNTOLD, Told

if TYPE_CHECKING:
    from oreline.watch._intake import Intake


def mail_pieces(intake: Intake, name: str, data: bytes, depth: int = 0) -> Iterator[Piece]:
    """Give the text of a message; files attached to it are taken in as files."""
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(data)
    try:
        subject = str(message["subject"] or "").strip()
        sender = parseaddr(str(message["from"] or ""))
        raw = str(message["date"] or "")
        body = message.get_body(preferencelist=("plain", "html"))
        text = "" if body is None else str(body.get_content())
        if body is not None and body.get_content_type() == "text/html":
            text = plain(text)
        attached = list(message.iter_attachments())
    except (LookupError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        intake.say(
            "ORL-1303",
            Severity.FATAL,
            name,
            f"the message cannot be read: {type(error).__name__}",
            "save it again as .eml",
        )
        return
    days: list[tuple[str, date]] = []
    try:
        days = [("date of the message", parsedate_to_datetime(raw).date())] if raw else []
    except ValueError:
        intake.say(
            "ORL-1307",
            Severity.WARNING,
            name,
            f"{raw[:40]!r} is no date",
            "look at the message's header",
        )
    title = Told(subject, "subject of the message") if subject else UNTOLD
    who = sender[0] or sender[1]
    outlet = Told(who, "sender of the message") if who else UNTOLD
    yield Piece(
        name, "mail", f"{subject}\n\n{text}".strip(), "mail", title, outlet, days=days, data=data
    )
    if depth >= intake.limits.mail_depth_max:
        return
    for number, part in enumerate(attached, 1):
        content = (
            part.get_content() if part.get_content_maintype() != "message" else part.get_payload(0)
        )
        label = f"{name}/{part.get_filename() or number}"
        if isinstance(content, EmailMessage):
            yield from mail_pieces(intake, label, content.as_bytes(), depth + 1)
        elif isinstance(content, str | bytes):
            raw_bytes = content.encode() if isinstance(content, str) else content
            take(intake, label, raw_bytes, depth + 1)
