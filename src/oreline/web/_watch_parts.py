"""The parts of Watch: the links between its pages, what verdicts and kinds are called, cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import NOTHING, h, joined, tabs
from oreline.web._frame import Visit
from oreline.web._strings import Translate, msg

PARTS = (
    ("/watch", msg("Events")),
    ("/watch/market", msg("Market")),
    ("/watch/alerts", msg("Alerts")),
)
"""The pages of the verb, in the order of their tabs."""
VERDICTS = {
    "agreed": msg("agreed"),
    "differs": msg("differs"),
    "single": msg("single"),
    "compatible": msg("fits"),
}
"""What verdicts are called."""
AGAINST = {
    "contradicts": msg("contradicts the ledger"),
    "more than the ledger": msg("more than the ledger"),
}
"""What makes an event stand out beside the ledger, by its gravest verdict."""
_TINTS = {"agreed": "measured", "differs": "contested", "single": "unknown"}
KINDS = {
    "deal": msg("Deals"),
    "shipment": msg("Shipments"),
    "facility": msg("Facilities"),
    "policy": msg("Policies"),
    "funding": msg("Funding"),
    "acquisition": msg("Acquisitions"),
    "discovery": msg("Discoveries"),
    "move": msg("Prices and shares"),
    "valuation": msg("Valuations"),
    "quotation": msg("Quotations"),
}
"""What kinds of events are called, several of them."""
KIND = {
    "deal": msg("Deal"),
    "shipment": msg("Shipment"),
    "facility": msg("Facility"),
    "policy": msg("Policy"),
    "funding": msg("Funding"),
    "acquisition": msg("Acquisition"),
    "discovery": msg("Discovery"),
    "move": msg("Price or share"),
    "valuation": msg("Valuation"),
    "quotation": msg("Quotation"),
}
"""What one event of a kind is called."""
SLOTS = {
    "status": msg("Step"),
    "when": msg("When"),
    "parties": msg("Parties"),
    "company": msg("Company"),
    "seller": msg("Seller"),
    "target": msg("Target"),
    "from": msg("From"),
    "to": msg("To"),
    "agency": msg("Agency"),
    "recipient": msg("Recipient"),
    "materials": msg("Materials"),
    "amount": msg("Amount"),
    "quantity": msg("Quantity"),
    "grade": msg("Grade"),
    "share": msg("Share"),
    "percent": msg("Change"),
    "close": msg("Close"),
    "ticker": msg("Ticker"),
    "instrument": msg("Instrument"),
    "ordinal": msg("Which one"),
    "count": msg("How many"),
    "facility": msg("Facility"),
    "place": msg("Place"),
    "purpose": msg("Purpose"),
    "asset": msg("Asset"),
    "action": msg("Action"),
    "speaker": msg("Speaker"),
    "role": msg("Role"),
    "words": msg("Words"),
    "forms": msg("Forms"),
    "said by": msg("Said by"),
    "as_of": msg("As of"),
    "removed": msg("Taken off"),
    "total": msg("Total"),
    "unnamed": msg("Not named"),
    "shipment": msg("Shipment"),
}
"""What the points of an event are called."""


def watch_tabs(visit: Visit) -> Markup:
    """Return the links between the pages of the verb."""
    t, here = visit.t, visit.request.url.path
    return tabs(((t(name), visit.link(path), path == here) for path, name in PARTS), t("Watch"))


def verdict_tag(verdict: str, t: Translate) -> Markup:
    """Return the word of a verdict as a tag."""
    tint = _TINTS.get(verdict, "reported")
    return h('<span class="tag tag-{}">{}</span>', tint, t(VERDICTS.get(verdict, verdict)))


def title_of(event: Mapping[str, Any]) -> Markup:
    """Return what an event is called, without its kind: it stands beside it."""
    return h('<bdi lang="en">{}</bdi>', str(event["title"]).partition(": ")[2] or event["title"])


def days_text(time: Mapping[str, Any], t: Translate) -> str:
    """Return the days of an event as people read them."""
    first, last = time["first"], time["last"]
    if first is None or last is None:
        return t("UNKNOWN")
    if time["contested"]:
        return t("contested, between {first} and {last}", first=first, last=last)
    return str(first) if first == last else t("{first} to {last}", first=first, last=last)


def event_link(visit: Visit, event: Mapping[str, Any]) -> Markup:
    """Return an event's title as a link to its page."""
    address = visit.link("/watch/event", id=event["id"], day=visit.given("day"))
    return h('<a href="{}">{}</a>', address, title_of(event))


def event_cards(visit: Visit, events: Iterable[Mapping[str, Any]]) -> Markup:
    """Return events as cards: verdict, title, when, who says it, and what differs."""
    return h('<ol class="reported">{}</ol>', joined(_card(visit, one) for one in events))


def _card(visit: Visit, event: Mapping[str, Any]) -> Markup:
    t, time = visit.t, event["time"]
    differing = joined(
        h(
            '<li><b>{}</b> <span lang="en">{}</span></li>',
            slot_text(point["slot"], t),
            Markup(' <i class="against">≠</i> ').join(
                dict.fromkeys(h("{}", one["text"]) for one in point["told"])
            ),
        )
        for point in event["points"]
        if point["verdict"] == "differs"
    )
    return h(
        '<li class="{verdict}"><h3>{tag}{beside} <span class="kind">{kind}</span> {link}</h3>'
        '<p class="when">{when} · {known}</p><p class="hint">{counts}</p>{differing}</li>',
        verdict=event["verdict"],
        tag=verdict_tag(event["verdict"], t),
        beside=_beside(event["ledger"], t),
        kind=t(KIND[event["kind"]]),
        link=event_link(visit, event),
        when=t("When: {days}", days=days_text(time, t)),
        known=t("published since {day}", day=time["known_since"] or t("UNKNOWN")),
        counts=_counts(event, t),
        differing=h("<ul>{}</ul>", differing) if differing else NOTHING,
    )


def _beside(verdict: str | None, t: Translate) -> Markup:
    """Return the mark of an event that tells otherwise than the ledger, or more; else nothing."""
    if verdict is None or verdict not in AGAINST:
        return NOTHING
    return h(' <span class="tag tag-contested">{}</span>', t(AGAINST[verdict]))


def _counts(event: Mapping[str, Any], t: Translate) -> str:
    told = t(
        "{n} reports, {m} independent of each other",
        n=len(event["reports"]),
        m=event["independent"],
    )
    if event["interested"]:
        told += " · " + t("said by a party to it: {names}", names=", ".join(event["interested"]))
    return told


def slot_text(slot: str, t: Translate) -> str:
    """Return what a point is called; one that the pages have no word for, as the rules call it."""
    return t(SLOTS[slot]) if slot in SLOTS else slot


def marked(text: str, spans: Sequence[Mapping[str, Any]]) -> Markup:
    """Return a text with the characters of each claim marked; everything in it is escaped.

    A span has its start and end in the text and the id of its claim; with an ``address`` its mark
    leads there, to the first of those that lie over each other.
    """
    ends = (place for one in spans for place in (one["start"], one["end"]))
    cuts = sorted({0, len(text), *(place for place in ends if 0 <= place <= len(text))})
    parts = []
    for start, end in pairwise(cuts):
        over = [one for one in spans if one["start"] <= start and end <= one["end"]]
        words = text[start:end]
        if not over:
            parts.append(h("{}", words))
        elif "address" in over[0]:
            title = "; ".join(dict.fromkeys(one["title"] for one in over))
            parts.append(
                h('<a class="mark-of" href="{}" title="{}"><mark>{}</mark></a>',
                  over[0]["address"], title, words)
            )  # fmt: skip
        else:
            parts.append(h("<mark>{}</mark>", words))
    return joined(parts)
