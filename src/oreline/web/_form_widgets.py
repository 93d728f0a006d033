"""The inputs of an event's form, each writing into one tree of values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from oreline.web._blocks import h
from oreline.web._form_fields import Field
from oreline.web._frame import action, markup
from oreline.web._strings import Translate

MASS_UNITS = ("t", "kg", "g", "lb", "oz", "ozt", "short ton", "long ton", "kt", "mg")
GRADE_UNITS = ("%", "g/t", "ppm", "kg/t", "mg/kg", "ppb", "fraction")
BASES = ("measured", "reported", "assumed", "planned", "derived")
_BULKY = ("mass", "grade", "group", "groups")
"""Kinds that take much room: what need not be given is folded away."""
_USUAL = ("", "wet", "dry", "mass", "outputs")
FORMS = ("value", "low and high", "below", "above", "unknown")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form under way: what is known to suggest, and whom to tell of a change."""

    t: Translate
    suggestions: Mapping[str, Sequence[str]]
    changed: Callable[[], None]


def put_fields(sheet: Sheet, fields: Sequence[Field], values: dict[str, Any]) -> None:
    """Put the inputs of fields on the page; what is typed goes into ``values``."""
    with ui.element("div").classes("inputs"):
        for field in fields:
            put_field(sheet, field, values)


def put_field(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    """Put one field on the page."""
    put = _PUT.get(field.kind, _text)
    if field.kind in _BULKY and not field.required and field.name not in _USUAL:
        with ui.element("details").classes("opt"):
            markup(h("{}", sheet.t(field.label)), tag="summary")
            put(sheet, field, values)
        return
    put(sheet, field, values)


def _label(sheet: Sheet, field: Field) -> str:
    return sheet.t(field.label) + (" *" if field.required else "")


def _set(sheet: Sheet, values: dict[str, Any], name: str) -> Callable[[Any], None]:
    def take(event: Any) -> None:
        values[name] = event.value
        sheet.changed()

    return take


def _text(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    known = list(sheet.suggestions.get(field.suggested, ()))
    box = ui.input(
        _label(sheet, field),
        value=str(values.get(field.name, "")),
        on_change=_set(sheet, values, field.name),
        autocomplete=known or None,
    )
    box.props("outlined dense debounce=250")


def _long(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    box = ui.textarea(
        _label(sheet, field),
        value=str(values.get(field.name, "")),
        on_change=_set(sheet, values, field.name),
    )
    box.props("outlined dense autogrow debounce=250").classes("broad")


def _whole(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    def take(event: Any) -> None:
        text = str(event.value or "").strip()
        values[field.name] = int(text) if text.isascii() and text.isdigit() else text
        sheet.changed()

    ui.input(_label(sheet, field), on_change=take).props("outlined dense inputmode=numeric")


def _flag(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    ui.checkbox(
        _label(sheet, field),
        value=bool(values.get(field.name)),
        on_change=_set(sheet, values, field.name),
    )


def _choice(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    box = ui.select(
        ["", *field.choices],
        label=_label(sheet, field),
        value=values.get(field.name, ""),
        on_change=_set(sheet, values, field.name),
    )
    box.props("outlined dense options-dense")


def _day(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    box = ui.input(
        _label(sheet, field),
        value=str(values.get(field.name, "")),
        on_change=_set(sheet, values, field.name),
    )
    box.props("outlined dense type=date stack-label")


def _words(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    def take(event: Any) -> None:
        values[field.name] = [word for word in str(event.value or "").split() if word]
        sheet.changed()

    box = ui.input(_label(sheet, field), value=" ".join(values.get(field.name, ())), on_change=take)
    box.props(f'outlined dense debounce=250 hint="{sheet.t("separated by spaces")}"')
    box.classes("broad")


def _mass(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    _quantity(sheet, field, values, MASS_UNITS, "t")


def _grade(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    _quantity(sheet, field, values, GRADE_UNITS, "%")


def _quantity(
    sheet: Sheet, field: Field, values: dict[str, Any], units: Sequence[str], unit: str
) -> None:
    """Put a quantity on the page: a value, an interval, a limit or UNKNOWN; unit and basis."""
    t = sheet.t
    is_grade = units is GRADE_UNITS
    held: dict[str, Any] = values.setdefault(field.name, {}) if field.name else values
    typed = {"form": "value", "one": "", "two": "", "unit": unit, "basis": "measured", "u": ""}
    typed |= {"analyte": "H2O" if field.name == "moisture" else "", "method": ""}
    for name in ("analyte", "unit", "basis", "u", "method"):
        typed[name] = str(held.get(name, typed[name]))
    typed["one"] = str(held.get("value", ""))

    def write() -> None:
        held.clear()
        one, two, form = typed["one"].strip(), typed["two"].strip(), typed["form"]
        if not one:
            sheet.changed()
            return
        if is_grade:
            held["analyte"] = typed["analyte"].strip()
        if form == "unknown":
            held["unknown"] = one
        else:
            parts = {"value": {"value": one}, "low and high": {"low": one, "high": two}}
            held.update(parts.get(form, {form: one}))
            held.update({"unit": typed["unit"], "basis": typed["basis"]})
            held.update({name: typed[name] for name in ("u", "method") if typed[name].strip()})
        sheet.changed()

    def into(name: str) -> Callable[[Any], None]:
        def take(event: Any) -> None:
            typed[name] = str(event.value or "")
            if name == "form":
                two.set_visibility(event.value == "low and high")
            write()

        return take

    with ui.element("fieldset").classes("quantity"):
        markup(h("{}", _label(sheet, field) if field.label else t("Result")), tag="legend")
        if is_grade and field.name != "moisture":
            ui.input(t("Analyte"), value=typed["analyte"], on_change=into("analyte")).props(
                "outlined dense debounce=250"
            ).classes("short")
        one = ui.input(t("Value, or why it is unknown"), value=typed["one"], on_change=into("one"))
        one.props("outlined dense debounce=250")
        two = ui.input(t("to"), on_change=into("two")).props("outlined dense debounce=250")
        two.set_visibility(False)
        for name, label, options in (
            ("unit", t("Unit"), list(units)),
            ("form", t("It is"), list(FORMS)),
            ("basis", t("Basis"), list(BASES)),
        ):
            box = ui.select(options, label=label, value=typed[name], on_change=into(name))
            box.props("outlined dense options-dense").classes("short")
        ui.input(t("± standard uncertainty"), value=typed["u"], on_change=into("u")).props(
            "outlined dense debounce=250"
        ).classes("short")
        ui.input(t("Method"), value=typed["method"], on_change=into("method")).props(
            "outlined dense debounce=250"
        ).classes("short")


def _group(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    held = values.setdefault(field.name, {})
    with ui.element("fieldset").classes("group"):
        markup(h("{}", _label(sheet, field)), tag="legend")
        put_fields(sheet, field.inside, held)


def _groups(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    """Put several of a group on the page, with buttons that add and remove one."""
    items: list[dict[str, Any]] = values.setdefault(field.name, [])
    if not items and field.required:
        items.append({})
    with ui.element("fieldset").classes("group"):
        markup(h("{}", _label(sheet, field)), tag="legend")
        body = ui.element("div").classes("items")

        def draw() -> None:
            body.clear()
            with body:
                for place, item in enumerate(items):
                    with ui.element("div").classes("item"):
                        put_fields(sheet, field.inside, item)
                        action(sheet.t("Remove"), lambda _, at=place: drop(at), "quiet small")

        def drop(place: int) -> None:
            del items[place]
            draw()
            sheet.changed()

        def add() -> None:
            items.append({})
            draw()

        draw()
        action(sheet.t("Add one"), add, "quiet small")


def _pairs(sheet: Sheet, field: Field, values: dict[str, Any]) -> None:
    def take(event: Any) -> None:
        found = {}
        for line in str(event.value or "").splitlines():
            name, separator, value = line.partition("=")
            if separator:
                found[name.strip()] = value.strip()
        values[field.name] = found
        sheet.changed()

    box = ui.textarea(_label(sheet, field), on_change=take)
    hint = sheet.t("one NAME = VALUE on each line")
    box.props(f'outlined dense autogrow debounce=250 hint="{hint}"').classes("broad")


_PUT: Mapping[str, Callable[[Sheet, Field, dict[str, Any]], None]] = {
    "long": _long,
    "whole": _whole,
    "flag": _flag,
    "choice": _choice,
    "day": _day,
    "words": _words,
    "mass": _mass,
    "grade": _grade,
    "group": _group,
    "groups": _groups,
    "pairs": _pairs,
}
