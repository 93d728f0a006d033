"""The pieces that pages are made of: text made safe, tags of a basis, facts, tables, sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from oreline.ask import Fact, Section, Station, Table, sources_text

_KINDS = {
    "reported": "reported",
    "reported, estimated": "reported",
    "measured": "measured",
    "derived": "measured",
    "assumed": "assumed",
    "planned": "assumed",
    "contested": "contested",
}


def safe(text: str) -> str:
    """Return text that shows as itself in HTML, in attributes too.

    >>> safe('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    return escape(text, quote=True)


def basis_tag(basis: str) -> str:
    """Return the small tag that says how something is known."""
    kind = _KINDS.get(basis, "unknown")
    word = basis if basis in _KINDS else "UNKNOWN"
    return f'<span class="tag tag-{kind}">{safe(word)}</span>'


def fact_item(fact: Fact) -> str:
    """Return one fact as a term and its description, with basis, sources and where to look."""
    text, tag = fact.text, basis_tag(fact.basis)
    # The tag itself says UNKNOWN; the word is not written twice.
    said = f"{tag} {safe(text.removeprefix('UNKNOWN').removeprefix(': '))}"
    told = said if fact.basis == text[:7] == "UNKNOWN" else f"{safe(text)} {tag}"
    lines = [f"<dt>{safe(fact.label)}</dt>", f"<dd>{told}"]
    if fact.sources:
        lines.append(f'<div class="source">{_unbroken(safe(sources_text(fact.sources)))}</div>')
    if fact.see:
        lines.append(f'<div class="see">To see why: <code>{safe(fact.see)}</code></div>')
    lines.append("</dd>")
    return "".join(lines)


def _unbroken(text: str) -> str:
    """Keep the id of a piece of evidence on one line."""
    return re.sub(r"\b[A-Z]+-[0-9]+\b", r'<span class="id">\g<0></span>', text)


def fact_list(facts: Sequence[Fact]) -> str:
    """Return facts as a list of descriptions; a label that repeats is written once."""
    if not facts:
        return ""
    items = []
    before = ""
    for fact in facts:
        label = "" if fact.label == before else fact.label
        before = fact.label
        if label:
            items.append(fact_item(fact))
        else:
            inner = fact_item(fact).partition("</dt>")[2]
            items.append(f'<dt class="again"></dt>{inner}')
    return f'<dl class="facts">{"".join(items)}</dl>'


def table_block(table: Table) -> str:
    """Return a table with its title and note; on a narrow screen each row becomes a card."""
    head = "".join(
        f'<th scope="col"{_side(number, table)}>{safe(name)}</th>'
        for number, name in enumerate(table.columns)
    )
    rows = "".join(_row(row, table) for row in table.rows)
    note = f'<p class="note">{safe(table.note)}</p>' if table.note else ""
    # On a narrow screen a row of figures stays together, its basis beside them.
    kind = "cards tight" if "Basis" in table.columns else "cards"
    inner = (
        f'<table class="{kind}"><caption>{safe(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"
    )
    if not table.is_detail:
        return f'<div class="table" id="table-{safe(table.id)}">{inner}</div>'
    return (
        f'<details class="table" id="table-{safe(table.id)}">'
        f"<summary>{safe(table.title)} ({len(table.rows)})</summary>{inner}</details>"
    )


def _row(row: Sequence[str], table: Table) -> str:
    cells = []
    for number, text in enumerate(row):
        label = safe(table.columns[number])
        content = basis_tag(text) if table.columns[number] == "Basis" else safe(text)
        # The first cell names the row; a reader of screens hears it before the others.
        tag = "th" if number == _naming(table) else "td"
        scope = ' scope="row"' if tag == "th" else ""
        cells.append(f'<{tag}{scope} data-label="{label}"{_side(number, table)}>{content}</{tag}>')
    return f"<tr>{''.join(cells)}</tr>"


def _naming(table: Table) -> int:
    """Return the column that names a row: the first with a heading."""
    return next(number for number, name in enumerate(table.columns) if name)


def _side(number: int, table: Table) -> str:
    return ' class="num"' if number in table.numeric else ""


def path_figure(path: Sequence[Station]) -> str:
    """Return the reported way of a batch as a row of stations, UNKNOWN where nobody said."""
    if not path:
        return ""
    stations = "".join(
        f'<li class="station{" station-unknown" if station.name == "UNKNOWN" else ""}">'
        f'<span class="role">{safe(station.role)}</span>'
        f'<span class="name">{safe(station.name)}</span>'
        + (basis_tag(station.basis) if station.name != "UNKNOWN" else "")
        + f'<span class="why">{safe(station.note)}</span></li>'
        for station in path
    )
    return (
        '<figure class="path"><figcaption>The chain as reported. Dashed boxes are UNKNOWN: no '
        f"report names them.</figcaption><ol>{stations}</ol></figure>"
    )


def section_block(section: Section, figures: str = "", *, facts_last: bool = False) -> str:
    """Return a section: heading, lead, facts, figures, tables.

    With ``facts_last`` the tables come first, then the figures and the facts; tables of detail
    stand at the end in any case.
    """
    tables = "".join(table_block(table) for table in section.tables if not table.is_detail)
    details = "".join(table_block(table) for table in section.tables if table.is_detail)
    facts = fact_list(section.facts)
    parts = (tables, figures, facts) if facts_last else (facts, figures, tables)
    return (
        f'<section id="{safe(section.id)}" aria-labelledby="h-{safe(section.id)}">'
        f'<h2 id="h-{safe(section.id)}">{safe(section.title)}</h2>'
        f'<p class="lead">{safe(section.lead)}</p>{"".join(parts)}{details}</section>'
    )


def contents(sections: Iterable[Section]) -> str:
    """Return the list of sections as links within the page."""
    items = "".join(
        f'<li><a href="#{safe(section.id)}">{safe(section.title)}</a></li>' for section in sections
    )
    return f'<nav aria-label="Sections"><ol>{items}</ol></nav>'
