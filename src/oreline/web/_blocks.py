"""The blocks that pages are built of: escaped text in a few forms that look the same everywhere.

Every block is :class:`markupsafe.Markup`. Whatever is put into one with ``h`` is escaped unless it
is markup already, so a lot's name can never become a tag.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from oreline.model import text_range, with_u95
from oreline.web._finding_words import SEVERITIES, TITLES
from oreline.web._strings import Translate, translator

BASIS_LETTERS = {
    "measured": "M",
    "reported": "R",
    "derived": "D",
    "assumed": "A",
    "planned": "P",
    "unknown": "?",
}
"""The mark of each basis behind a number; the foot of every page says what they mean."""
_TINTS = {"derived": "measured", "planned": "assumed"}
NOTHING = Markup("")
ENGLISH = translator("en")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``key`` names the cell of a row."""

    key: str
    title: str
    is_number: bool = False


def h(template: str, /, *values: object, **named: object) -> Markup:
    """Return a template with every value escaped.

    >>> h("<b>{}</b>", "<i>")
    Markup('<b>&lt;i&gt;</b>')
    """
    # The template is our own text; what is put into it is escaped.
    return Markup(template).format(*values, **named)  # noqa: S704


def joined(parts: Iterable[Markup], between: str = "") -> Markup:
    """Return parts one behind the other."""
    return Markup(between).join(parts)  # noqa: S704 - our own text


def basis_mark(basis: str, t: Translate) -> Markup:
    """Return the letter that says how a number is known."""
    known = basis if basis in BASIS_LETTERS else "unknown"
    return h(
        '<abbr class="mark tag-{}" title="{}">{}</abbr>',
        _TINTS.get(known, known),
        t(known),
        BASIS_LETTERS[known],
    )


def basis_tag(basis: str, t: Translate) -> Markup:
    """Return the word that says how something is known."""
    known = basis if basis in BASIS_LETTERS else "unknown"
    word = t("UNKNOWN") if known == "unknown" else t(known)
    return h('<span class="tag tag-{}">{}</span>', _TINTS.get(known, known), word)


def amount(figure: Mapping[str, Any] | None, t: Translate) -> Markup:
    """Return a mass as answers give it (low, high, u95, unit, basis), with its basis mark."""
    if figure is None:
        return h('<span class="amount">{}</span>', t("UNKNOWN"))
    low, high, unit = figure.get("low"), figure.get("high"), str(figure.get("unit", "kg"))
    spread = figure.get("u95")
    if spread is None:
        told = text_range(_short(low), _short(high), unit)
    else:
        told = with_u95(low, high, spread, unit)
    mark = basis_mark(str(figure["basis"]), t) if "basis" in figure else NOTHING
    return h('<span class="amount">{}</span>{}', told, mark)


def _short(text: str | None) -> str | None:
    """Return a decimal number as people read it: thousands apart, three decimals at most.

    >>> _short("630300.461378"), _short("0.5"), _short("0.0004")
    ('630,300.461', '0.5', '0.0004')
    """
    if text is None:
        return None
    value = Decimal(text)
    if value and abs(value) < Decimal("0.01"):
        return text
    told = f"{value:,.3f}"
    return told.rstrip("0").rstrip(".")


def table(
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, object]],
    *,
    caption: str = "",
    empty: str = "",
) -> Markup:
    """Return a table; on a narrow screen each row becomes a card. ``empty`` stands where no row is.

    A cell is text, or markup from this module.
    """
    if not rows and empty:
        return h('<p class="hint">{}</p>', empty)
    head = joined(h('<th scope="col"{}>{}</th>', _side(column), column.title) for column in columns)
    body = joined(_row(columns, row) for row in rows)
    title = h("<caption>{}</caption>", caption) if caption else NOTHING
    return h(
        '<div class="data" tabindex="0" role="region" aria-label="{}"><table class="cards">{}'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        caption or (columns[0].title if columns else ""),
        title,
        head,
        body,
    )


def _row(columns: Sequence[Column], row: Mapping[str, object]) -> Markup:
    cells = []
    for number, column in enumerate(columns):
        tag = "td" if number else "th"
        scope = NOTHING if number else Markup(' scope="row"')
        cells.append(
            h(
                '<{tag}{scope} data-label="{title}"{side}>{cell}</{tag}>',
                tag=_TAGS[tag],
                scope=scope,
                title=column.title,
                side=_side(column),
                cell=row.get(column.key, ""),
            )
        )
    return h("<tr>{}</tr>", joined(cells))


_TAGS = {"th": Markup("th"), "td": Markup("td")}


def _side(column: Column) -> Markup:
    return Markup(' class="num"') if column.is_number else NOTHING


def called(names: Mapping[str, str], identity: str) -> Markup:
    """Return what something is called, with its id beside it; the id alone where it has no name."""
    name = names.get(identity, identity)
    if name == identity:
        return h("{}", identity)
    return h('{} <span class="source">{}</span>', name, identity)


def facts(pairs: Iterable[tuple[str, object]]) -> Markup:
    """Return terms and what is said of them."""
    items = joined(h("<dt>{}</dt><dd>{}</dd>", term, said) for term, said in pairs)
    return h('<dl class="facts">{}</dl>', items) if items else NOTHING


def tiles(items: Iterable[tuple[str, object, object]]) -> Markup:
    """Return the few numbers that somebody looks for first: (what, value, more)."""
    return h(
        '<ul class="tiles">{}</ul>',
        joined(
            h(
                '<li><span class="what">{}</span><span class="value">{}</span>'
                '<span class="more">{}</span></li>',
                what,
                value,
                more,
            )
            for what, value, more in items
        ),
    )


def callout(text: object, kind: str = "") -> Markup:
    """Return a remark that must not be overlooked; ``kind`` is good, warn or bad."""
    return h('<div class="callout {}"><p>{}</p></div>', kind, text)


def empty_state(title: str, remedy: object = "") -> Markup:
    """Return what stands where there is nothing yet, with what to do about it."""
    return h('<div class="state"><strong>{}</strong>{}</div>', title, remedy)


def waiting_state(t: Translate) -> Markup:
    """Return what stands while an answer is computed."""
    return h(
        '<div class="waiting" role="status"><b class="sr">{}</b>'
        "<span></span><span></span><span></span></div>",
        t("Computing"),
    )


def error_state(
    title: str, detail: str, findings: Sequence[Mapping[str, str]] = (), t: Translate = ENGLISH
) -> Markup:
    """Return what stands where an answer failed: why, and every finding with its remedy."""
    return h(
        '<div class="state error" role="alert"><strong>{}</strong>{}</div>{}',
        title,
        detail,
        finding_list(findings, t),
    )


def finding_list(findings: Sequence[Mapping[str, str]], t: Translate) -> Markup:
    """Return findings as answers give them: code, severity, where, message, fix.

    Messages are in English, whatever the page; elsewhere the title of the code is told before them.
    """
    return joined(_finding(found, t) for found in findings)


def _finding(found: Mapping[str, str], t: Translate) -> Markup:
    title = TITLES.get(found["code"], "")
    told = t(title) if title else ""
    severity = found.get("severity", "")
    return h(
        '<div class="finding {severity}"><p><a href="/help/findings/{code}.md">{code}</a> '
        '<b>{asks}</b> <span class="where">{where}</span></p>{title}'
        '<p lang="en">{message}</p>{remedy}</div>',
        code=found["code"],
        severity=severity,
        asks=t(SEVERITIES[severity]) if severity in SEVERITIES else severity,
        where=found.get("where", ""),
        title=h("<p><strong>{}</strong></p>", told) if told != title else NOTHING,
        message=found.get("message", ""),
        remedy=h('<p lang="en">{}</p>', found["fix"]) if found.get("fix") else NOTHING,
    )


def chips(items: Iterable[tuple[str, str, bool]], label: str) -> Markup:
    """Return a choice as links: (text, address, whether it is the present one)."""
    return _links(items, label, "chips", _IS_CHOSEN)


def tabs(items: Iterable[tuple[str, str, bool]], label: str) -> Markup:
    """Return the parts of a page as links: (text, address, whether it is the present one)."""
    return _links(items, label, "tabs", _IS_HERE)


_IS_CHOSEN, _IS_HERE = Markup(' aria-current="true"'), Markup(' aria-current="page"')


def _links(
    items: Iterable[tuple[str, str, bool]], label: str, kind: str, present: Markup
) -> Markup:
    links = joined(
        h('<li><a href="{}"{}>{}</a></li>', address, present if is_present else NOTHING, text)
        for text, address, is_present in items
    )
    return h('<nav aria-label="{}"><ul class="{}">{}</ul></nav>', label, kind, links)


def select_field(
    name: str, label: str, options: Iterable[tuple[str, str]], chosen: str = ""
) -> Markup:
    """Return a labelled choice of a form: options are (value, text)."""
    return h(
        '<div><label for="f-{name}">{label}</label>'
        '<select class="in" id="f-{name}" name="{name}">{options}</select></div>',
        name=name,
        label=label,
        options=joined(
            h(
                '<option value="{}"{}>{}</option>',
                value,
                Markup(" selected") if value == chosen else NOTHING,
                text,
            )
            for value, text in options
        ),
    )


def input_field(
    name: str,
    label: str,
    value: str = "",
    kind: str = "text",
    placeholder: str = "",
    pick: str = "",
) -> Markup:
    """Return a labelled input of a form; with ``pick`` it offers names, see ``pick.js``."""
    return h(
        '<div><label for="f-{name}">{label}</label><input class="in" id="f-{name}" name="{name}" '
        'type="{kind}" value="{value}" placeholder="{placeholder}"{pick}></div>',
        pick=h(' data-pick="{}"', pick) if pick else NOTHING,
        name=name,
        label=label,
        value=value,
        kind=kind,
        placeholder=placeholder,
    )


def question_form(action: str, fields: Iterable[Markup], submit: str) -> Markup:
    """Return a form whose answer is a page with an address of its own."""
    return h(
        '<form class="fields" method="get" action="{}">{}<div><button class="btn">{}</button></div>'
        "</form>",
        action,
        joined(fields),
        submit,
    )
