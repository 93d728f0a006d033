"""HTML: the article without what stands around it, and what its head says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from oreline.model import Severity
from oreline.watch._intake import Piece
from oreline.watch._markup import tree_of
from oreline.watch._source import UNTOLD, Told

if TYPE_CHECKING:
    from oreline.watch._intake import Intake

_JSON_DAY: Final = re.compile(r"\"datePublished\"\s*:\s*\"((?:19|20)\d\d-\d\d-\d\d)")
_DAYS: Final = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "pubdate",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
)


def html_piece(intake: Intake, name: str, page: str, encoding: str) -> Iterator[Piece]:
    """Give the article of a page, its title, outlet and days of publication."""
    head = _meta(page)
    text, title, site, address = _article(page)
    if not text.strip():
        intake.say(
            "ORL-1301",
            Severity.FATAL,
            name,
            "there is no article in the page",
            "save the page with its text, not only its frame",
        )
        return
    site = head.get("og:site_name") or site
    outlet = Told(site, "name of the site") if site else UNTOLD
    address = head.get("og:url") or address
    if outlet is UNTOLD and address:
        host = urlsplit(address).hostname
        outlet = Told(host.removeprefix("www."), "address of the page") if host else UNTOLD
    title = head.get("og:title") or title
    told = Told(title, "title of the page") if title else UNTOLD
    yield Piece(name, "html", text, encoding, told, outlet, address=address, days=_days(page, head))


def _meta(page: str) -> dict[str, str]:
    from lxml import etree, html

    parser = html.HTMLParser(huge_tree=False, no_network=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(
            page[:400_000].encode("utf-8", errors="replace"), parser=parser
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return {}
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        content = tag.get("content")
        if name and content:
            found.setdefault(name.lower(), content.strip()[:500])
    time = next(iter(tree.xpath("//time/@datetime")), None)
    if time is not None:
        found.setdefault("time element", str(time))
    return found


def _days(page: str, head: dict[str, str]) -> list[tuple[str, date]]:
    raw = [(f"meta {key}", head[key]) for key in _DAYS if key in head]
    json_day = _JSON_DAY.search(page[:400_000])
    raw += [("JSON-LD datePublished", json_day.group(1))] if json_day else []
    raw += [("time element", head["time element"])] if not raw and "time element" in head else []
    found = []
    for basis, value in raw:
        try:
            found.append((basis, date.fromisoformat(value[:10])))
        except ValueError:
            continue
    return found


def _article(page: str) -> tuple[str, str | None, str | None, str | None]:
    import trafilatura

    tree = tree_of(page)
    if tree is None:
        return "", None, None, None
    found = trafilatura.bare_extraction(
        tree, with_metadata=True, include_comments=False, include_tables=False, include_images=False
    )
    if found is None or isinstance(found, dict):
        return "", None, None, None
    # Paragraphs come as lines; between lines stands nothing that would tell a wrapped line.
    text = "\n\n".join(line for line in (found.text or "").split("\n") if line.strip())
    return text, found.title, found.sitename, found.url
