"""The forms of the calculators: numbers whose answer has an address, and tables to fill in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from oreline.model import InputError
from oreline.web._blocks import h, input_field, question_form, select_field
from oreline.web._frame import Visit, action, asked, markup, panel

HERE = "/calculators"
GRADE_UNITS = ("%", "g/t", "ppm")
Show = Callable[[Visit, dict[str, Any]], None]
Fields = Sequence[tuple[str, str, str]]
"""Each field: its name, its words, and its value at first."""
Choice = tuple[str, str, Sequence[tuple[str, str]], str]
"""A field to choose in: its name, its words, (value, words) of each option, the one at first."""


def form(
    visit: Visit, part: str, fields: Fields, *, unit: bool = False, choices: Sequence[Choice] = ()
) -> None:
    """Put a form on the page whose answer has an address."""
    t = visit.t
    hidden = h('<input type="hidden" name="part" value="{}">', part)
    shown = [input_field(name, t(words), visit.given(name, first)) for name, words, first in fields]
    if unit:
        units = [(one, one) for one in GRADE_UNITS]
        shown.append(select_field("unit", t("Unit of grades"), units, visit.given("unit", "%")))
    for name, words, options, first in choices:
        told = [(value, t(text)) for value, text in options]
        shown.append(select_field(name, t(words), told, visit.given(name, first)))
    markup(question_form(HERE, (hidden, *shown), t("Compute")))


def values(visit: Visit, fields: Fields) -> tuple[str, ...]:
    """Return what was asked for in each field."""
    return tuple(visit.given(name, first) for name, _, first in fields)


def number_of(text: str, words: str) -> float:
    """Return a field as a number.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{words}: {text!r} is no number") from None


def table_form(
    visit: Visit,
    example: str,
    compute: Callable[..., dict[str, Any]],
    show: Show,
    fields: Fields = (),
) -> None:
    """Put a table to fill in on the page, with fields beside it; the answer stands below.

    ``compute`` is asked with the text of the table and the text of each field.
    """
    t = visit.t
    with panel(t("A table, as it comes from a spreadsheet"), identity="table"):
        given = [ui.input(t(words), value=first).props("outlined dense")
                 for _, words, first in fields]  # fmt: skip
        box = ui.textarea(t("Rows with the names of the columns first"), value=example)
        box.props("outlined autogrow input-style=font-family:monospace").classes("broad")

        async def run() -> None:
            texts = [str(one.value or "") for one in given]
            found = await asked(visit, said, compute, str(box.value or ""), *texts)
            if found is not None:
                with said:
                    show(visit, found)

        action(t("Compute from the table"), run)
        said = ui.element("div").props("aria-live=polite")
