"""Feeds: RSS, Atom and JSON feed; each entry is a report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from oreline.model import Severity
from oreline.watch._intake import Piece, decoded
from oreline.watch._markup import plain
from oreline.watch._source import UNTOLD, Told

if TYPE_CHECKING:
    from oreline.watch._intake import Intake


def feed_pieces(intake: Intake, name: str, data: bytes, kind: str) -> Iterator[Piece]:
    """Give the entries of a feed."""
    if kind == "json":
        yield from _json_feed(intake, name, data)
        return
    if not _is_harmless(intake, name, data):
        return
    import feedparser

    parsed = feedparser.parse(data, sanitize_html=True, resolve_relative_uris=False)
    if not parsed.entries:
        intake.say(
            "ORL-1303",
            Severity.FATAL,
            name,
            "the XML is no feed, or has no entry",
            "give the RSS or Atom file of the site",
        )
        return
    outlet = parsed.feed.get("title")
    most = intake.limits.feed_entries_max
    _count(intake, name, len(parsed.entries), most)
    for number, entry in enumerate(parsed.entries[:most], 1):
        body = "".join(part.get("value", "") for part in entry.get("content", [])) or entry.get(
            "summary", ""
        )
        day = entry.get("published_parsed") or entry.get("updated_parsed")
        days = [] if day is None else [("date of the entry", date(*day[:3]))]
        yield _piece(
            f"{name}#{number}", entry.get("title", ""), body, outlet, entry.get("link"), days
        )


def _count(intake: Intake, name: str, count: int, most: int) -> None:
    if count > most:
        intake.say(
            "ORL-1314",
            Severity.WARNING,
            name,
            f"the feed has {count} entries; feed_entries_max is {most}",
            "the entries beyond were not read",
        )


def _is_harmless(intake: Intake, name: str, data: bytes) -> bool:
    """Return whether XML declares no entities and asks for nothing from outside."""
    from xml.sax import SAXException, handler

    from defusedxml import DefusedXmlException
    from defusedxml.sax import parseString

    try:
        parseString(data, handler.ContentHandler(), forbid_dtd=False)
    except DefusedXmlException as error:
        intake.say(
            "ORL-1305",
            Severity.FATAL,
            name,
            f"the XML declares what may harm: {type(error).__name__}",
            "ask who sent it; it was not read further",
        )
        return False
    except (SAXException, ValueError, LookupError):
        # Feeds are often no good XML; the feed parser reads them without entities of their own.
        if re.search(rb"<!ENTITY", data[:100_000], re.IGNORECASE):
            intake.say(
                "ORL-1305",
                Severity.FATAL,
                name,
                "the XML declares what may harm: an entity",
                "ask who sent it; it was not read further",
            )
            return False
    return True


def _json_feed(intake: Intake, name: str, data: bytes) -> Iterator[Piece]:
    text, _ = decoded(intake, name, data)
    try:
        feed = json.loads(text)
        items = feed["items"]
        entries = [item for item in items if isinstance(item, Mapping)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        intake.say(
            "ORL-1303",
            Severity.FATAL,
            name,
            f"the JSON feed cannot be read: {type(error).__name__}",
            "look at it with another reader",
        )
        return
    most = intake.limits.feed_entries_max
    _count(intake, name, len(entries), most)
    for number, item in enumerate(entries[:most], 1):
        body = str(
            item.get("content_text") or item.get("content_html") or item.get("summary") or ""
        )
        days: list[tuple[str, date]] = []
        raw = str(item.get("date_published") or "")[:10]
        try:
            days = [("date of the entry", date.fromisoformat(raw))] if raw else []
        except ValueError:
            intake.say(
                "ORL-1307",
                Severity.WARNING,
                f"{name}#{number}",
                f"{raw!r} is no date",
                "write it as YYYY-MM-DD",
            )
        outlet: Any = feed.get("title")
        yield _piece(
            f"{name}#{number}", str(item.get("title") or ""), body, outlet, item.get("url"), days
        )


def _piece(
    name: str, title: str, body: str, outlet: object, address: object, days: list[tuple[str, date]]
) -> Piece:
    text = f"{title.strip()}\n\n{plain(body)}".strip()
    told = Told(str(outlet), "title of the feed") if outlet else UNTOLD
    head = Told(title.strip(), "title of the entry") if title.strip() else UNTOLD
    return Piece(
        name,
        "feed",
        text,
        "utf-8",
        head,
        told,
        address=str(address) if address else None,
        days=days,
        data=text.encode("utf-8", errors="surrogatepass"),
    )
