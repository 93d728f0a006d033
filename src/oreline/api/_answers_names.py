"""Names that a form offers while somebody types: lots, places, parties, of those they may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from oreline.api._answering import answering
from oreline.api._lots_table import Asked
from oreline.api._views import View
from oreline.model import InputError, Material, Party, Site

NAMED = ("lots", "sites", "materials", "parties", "analytes")
"""Of what names are offered."""
LATEST = Asked(sort="last", descending=True)
"""Who names a lot mostly means one of those that something happened to lately."""


@answering
def suggestions(
    view: View, of: str, text: str = "", *, limit: int, after: str | None = None
) -> dict[str, Any]:
    """Return names that contain a text, each with what it stands for, a page of them at a time.

    Of sites and the like, name and meaning together hold every word of the text, and those that
    begin with it come first; lots come the latest first. Whoever belongs to a party is offered its
    own lots only.

    Raises
    ------
    InputError
        If names of such a kind are not offered, or ``after`` is not where a page ended.
    """
    if of not in NAMED:
        raise InputError(f"no names of {of!r} are offered; use one of {', '.join(NAMED)}")
    if of == "lots":
        return _lots(view, text.strip(), limit, after)
    found = sorted(_matching(view, of, text.strip().casefold()))
    ranks = [name for _, name, _ in found]
    if after is not None and after not in ranks:
        raise InputError("'after' is not where a page of these names ended")
    start = 0 if after is None else ranks.index(after) + 1
    shown = found[start : start + limit]
    more = start + limit < len(found)
    return {
        "items": [{"name": name, "meaning": meaning} for _, name, meaning in shown],
        "next": shown[-1][1] if more and shown else None,
    }


def _lots(view: View, text: str, limit: int, after: str | None) -> dict[str, Any]:
    table = view.reading.lots
    asked = Asked(sort=LATEST.sort, descending=LATEST.descending, search=text)
    page = table.page(asked, limit, after, 0)
    return {
        "items": [
            {
                "name": row["lot"],
                "meaning": ", ".join(
                    told for told in (row["material_name"], row["site_name"]) if told
                ),
            }
            for row in table.rows(page.numbers, None)
        ],
        "next": page.next,
    }


def _matching(view: View, of: str, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (how badly it fits, name, meaning) of the names that contain every word of a text."""
    words = text.split()
    for name, meaning in _known(view, of).items():
        whole = f"{name} {meaning}".casefold()
        if all(word in whole for word in words):
            begins = name.casefold().startswith(text) or meaning.casefold().startswith(text)
            yield int(not begins), name, "" if meaning == name else meaning


def _known(view: View, of: str) -> Mapping[str, str]:
    chain = view.reading.chain
    if of == "analytes":
        return dict.fromkeys(view.reading.books.elements, "")
    tables: Mapping[str, Mapping[str, Site | Material | Party]] = {
        "sites": chain.sites, "materials": chain.materials, "parties": chain.parties,
    }  # fmt: skip
    return {name: row.name for name, row in tables[of].items()}


def names_of(view: View, ids: Iterable[str]) -> dict[str, str]:
    """Return what parties, materials and sites are called, of those that the chain names."""
    chain = view.reading.chain
    found = {}
    for identity in ids:
        tables: tuple[Mapping[str, Party | Material | Site], ...] = (
            chain.parties, chain.materials, chain.sites,
        )  # fmt: skip
        row = next((table[identity] for table in tables if identity in table), None)
        if row is not None:
            found[identity] = row.name
    return found
