"""The inputs of an event's form, each writing into one tree of values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui

from oreline.web._blocks import h
from oreline.web._form_fields import Field
from oreline.web._frame import action, markup
from oreline.web._strings import Translate, msg

MASS_UNITS = ("t", "kg", "g", "lb", "oz", "ozt", "short ton", "long ton", "kt", "mg")
GRADE_UNITS = ("%", "g/t", "ppm", "kg/t", "mg/kg", "ppb", "fraction")
BASES = ("measured", "reported", "assumed", "planned", "derived")
_BULKY = ("mass", "grade", "group", "groups")
"""Kinds that take much room: what need not be given is folded away."""
FORMS = (msg("value"), msg("low and high"), msg("below"), msg("above"), msg("unknown"))
VALUE_WORDS = {"unknown": msg("Why it is unknown"), "low and high": msg("From")}
"""What the value of a quantity is called, by what it is."""


@dataclass(frozen=True, slots=True)
class Box:
    """An input on the form: where its value stands in the draft, and what it is called there."""

    path: tuple[str, ...]
    words: str
    element: ui.element


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form under way: whom to tell of a change, in which zone its moments are, its inputs."""

    t: Translate
    zone: str
    changed: Callable[[], None]
    boxes: list[Box] = field(default_factory=list)

    def box_at(self, path: Sequence[str]) -> Box | None:
        """Return the input that a place of the draft is about, else the first one below it."""
        self.boxes[:] = [box for box in self.boxes if not box.element.is_deleted]
        above = [box for box in self.boxes if tuple(path[: len(box.path)]) == box.path]
        if above:
            return max(above, key=lambda box: len(box.path))
        below = (box for box in self.boxes if box.path[: len(path)] == tuple(path))
        return next(below, None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the form a field is put: the path of the group it is in, and that group's words."""

    path: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def inside(self, name: str, words: str) -> Place:
        """Return the place of what is inside a group."""
        return Place((*self.path, name), (*self.words, words))

    def row(self, number: int) -> Place:
        """Return the place of one of several of a group."""
        return Place((*self.path, str(number)), self.words)


Put = Callable[[Sheet, Field, dict[str, Any], Place], None]


def put_fields(sheet: Sheet, fields: Sequence[Field], values: dict[str, Any], place: Place) -> None:
    """Put the inputs of fields on the page; what is typed goes into ``values``.

    What most people do not need is folded away.
    """
    later = [one for one in fields if not one.is_first]
    with ui.element("div").classes("inputs"):
        for one in fields:
            if one.is_first:
                put_field(sheet, one, values, place)
    if later:
        with ui.element("details").classes("opt"):
            markup(h("{}", sheet.t("More")), tag="summary")
            with ui.element("div").classes("inputs"):
                for one in later:
                    put_field(sheet, one, values, place)


def put_field(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    """Put one field on the page."""
    put = _PUT.get(field.kind, _text)
    if field.kind in _BULKY and not field.required and not field.is_first:
        with ui.element("details").classes("opt"):
            markup(h("{}", sheet.t(field.label)), tag="summary")
            put(sheet, field, values, place)
        return
    put(sheet, field, values, place)


def _known(sheet: Sheet, place: Place, name: str, words: str, element: ui.element) -> None:
    """Remember an input, so that what is wrong with its value can be said beside it."""
    path = (*place.path, name) if name else place.path
    sheet.boxes.append(Box(path, ": ".join((*place.words, words)), element))


def _label(sheet: Sheet, field: Field) -> str:
    return sheet.t(field.label) + (" *" if field.required else "")


def _set(sheet: Sheet, values: dict[str, Any], name: str) -> Callable[[Any], None]:
    def take(event: Any) -> None:
        values[name] = event.value
        sheet.changed()

    return take


def _text(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    box = ui.input(
        _label(sheet, field),
        value=str(values.get(field.name, "")),
        on_change=_set(sheet, values, field.name),
    )
    box.props("outlined dense debounce=250 autocomplete=off")
    if field.suggested:
        box.props(f"data-pick={field.suggested}")
    _known(sheet, place, field.name, sheet.t(field.label), box)


def _moment(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    """Put a moment on the page, as the clocks of the chain show it."""
    words = sheet.t("{what} (time in {zone})", what=sheet.t(field.label), zone=sheet.zone)
    box = ui.input(
        words + (" *" if field.required else ""),
        value=str(values.get(field.name, "")),
        on_change=_set(sheet, values, field.name),
    )
    box.props("outlined dense type=datetime-local stack-label debounce=250")
    _known(sheet, place, field.name, sheet.t(field.label), box)


def _long(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    box = ui.textarea(
        _label(sheet, field),
        value=str(values.get(field.name, "")),
        on_change=_set(sheet, values, field.name),
    )
    box.props("outlined dense autogrow debounce=250").classes("broad")
    _known(sheet, place, field.name, sheet.t(field.label), box)


def _whole(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    def take(event: Any) -> None:
        text = str(event.value or "").strip()
        values[field.name] = int(text) if text.isascii() and text.isdigit() else text
        sheet.changed()

    box = ui.input(_label(sheet, field), on_change=take)
    box.props("outlined dense inputmode=numeric")
    _known(sheet, place, field.name, sheet.t(field.label), box)


def _flag(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    ui.checkbox(
        _label(sheet, field),
        value=bool(values.get(field.name)),
        on_change=_set(sheet, values, field.name),
    )


def _choice(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    box = ui.select(
        {"": "", **{name: sheet.t(name.replace("_", " ")) for name in field.choices}},
        label=_label(sheet, field),
        value=values.get(field.name, ""),
        on_change=_set(sheet, values, field.name),
    )
    box.props("outlined dense options-dense")
    _known(sheet, place, field.name, sheet.t(field.label), box)


def _day(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    box = ui.input(
        _label(sheet, field),
        value=str(values.get(field.name, "")),
        on_change=_set(sheet, values, field.name),
    )
    box.props("outlined dense type=date stack-label")
    _known(sheet, place, field.name, sheet.t(field.label), box)


def _words(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    def take(event: Any) -> None:
        values[field.name] = [word for word in str(event.value or "").split() if word]
        sheet.changed()

    box = ui.input(_label(sheet, field), value=" ".join(values.get(field.name, ())), on_change=take)
    box.props(f'outlined dense debounce=250 hint="{sheet.t("separated by spaces")}"')
    box.classes("broad")
    if field.suggested:
        box.props(f"data-pick={field.suggested} data-pick-several autocomplete=off")
    _known(sheet, place, field.name, sheet.t(field.label), box)


def _mass(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    put_quantity(_Quantity(sheet, field, MASS_UNITS, "t"), values, place)


def _grade(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    put_quantity(_Quantity(sheet, field, GRADE_UNITS, "%"), values, place)


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A quantity of the form: its units, and the one that stands there first."""

    sheet: Sheet
    field: Field
    units: Sequence[str]
    unit: str

    @property
    def is_grade(self) -> bool:
        """Return whether it is of an analyte."""
        return self.units is GRADE_UNITS

    def written(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """Return the quantity as the ledger takes it; nothing while no value is typed."""
        one, two, form = typed["one"].strip(), typed["two"].strip(), typed["form"]
        if not one:
            return {}
        named = {"analyte": typed["analyte"].strip()} if self.is_grade else {}
        if form == "unknown":
            return {**named, "unknown": one}
        said = {"value": {"value": one}, "low and high": {"low": one, "high": two}}
        more = {name: typed[name] for name in ("u", "method") if typed[name].strip()}
        known = {"unit": typed["unit"], "basis": typed["basis"], **more}
        return {**named, **said.get(form, {form: one}), **known}


def put_quantity(quantity: _Quantity, values: dict[str, Any], place: Place) -> None:
    """Put a quantity on the page: value, unit and how it is known; what is rarer is folded away."""
    sheet, one_field = quantity.sheet, quantity.field
    t, name = sheet.t, one_field.name
    held: dict[str, Any] = values.setdefault(name, {}) if name else values
    typed = {"form": "value", "two": "", "unit": quantity.unit, "basis": "measured"}
    typed |= {"analyte": "H2O" if name == "moisture" else "", "u": "", "method": ""}
    typed |= {key: str(held[key]) for key in typed if key in held}
    typed["one"] = str(held.get("value", ""))
    words = t(one_field.label) if one_field.label else t("Result")
    within = place.inside(name, words) if name else place

    def into(key: str) -> Callable[[Any], None]:
        def take(event: Any) -> None:
            typed[key] = str(event.value or "")
            if key == "form":
                two.set_visibility(typed["form"] == "low and high")
                one.props(f'label="{t(VALUE_WORDS.get(typed["form"], "Value"))}"')
            held.clear()
            held.update(quantity.written(typed))
            sheet.changed()

        return take

    def text(key: str, label: str, kind: str = "short", **more: str) -> ui.input:
        box = ui.input(label, value=typed[key], on_change=into(key))
        box.props("outlined dense debounce=250 autocomplete=off").classes(kind)
        for attribute, value in more.items():
            box.props(f"{attribute.replace('_', '-')}={value}")
        return box

    def choice(key: str, label: str, options: Mapping[str, str]) -> None:
        box = ui.select(dict(options), label=label, value=typed[key], on_change=into(key))
        box.props("outlined dense options-dense").classes("short")
        _known(sheet, within, key, label, box)

    with ui.element("fieldset").classes("quantity"):
        markup(h("{}", words + (" *" if one_field.required else "")), tag="legend")
        if quantity.is_grade and name != "moisture":
            analyte = text("analyte", t("Element or oxide"), data_pick="analytes")
            _known(sheet, within, "analyte", t("Element or oxide"), analyte)
        one = text("one", t("Value"), "value", inputmode="decimal")
        _known(sheet, within, "", t("Value"), one)
        two = text("two", t("to"), "value", inputmode="decimal")
        _known(sheet, within, "high", t("to"), two)
        two.set_visibility(typed["form"] == "low and high")
        choice("unit", t("Unit"), {unit: unit for unit in quantity.units})
        choice("basis", t("How it is known"), {basis: t(basis) for basis in BASES})
        with ui.element("details").classes("opt"):
            markup(h("{}", t("Uncertainty, method, limits")), tag="summary")
            with ui.element("div").classes("inputs"):
                choice("form", t("It is"), {form: t(form) for form in FORMS})
                u = text("u", t("± standard uncertainty"), inputmode="decimal")
                _known(sheet, within, "u", t("± standard uncertainty"), u)
                _known(sheet, within, "method", t("Method"), text("method", t("Method")))


def _group(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
    held = values.setdefault(field.name, {})
    with ui.element("fieldset").classes("group"):
        markup(h("{}", _label(sheet, field)), tag="legend")
        put_fields(sheet, field.inside, held, place.inside(field.name, sheet.t(field.label)))


def _groups(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
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
                for row, item in enumerate(items):
                    with ui.element("div").classes("item"):
                        put_fields(sheet, field.inside, item, within(row))
                        if len(items) > 1 or not field.required:
                            action(sheet.t("Remove"), lambda _, at=row: drop(at), "quiet small")

        def within(row: int) -> Place:
            words = sheet.t(field.label)
            rows = words if len(items) == 1 else f"{words}, {row + 1}"
            return place.inside(field.name, rows).row(row)

        def drop(row: int) -> None:
            del items[row]
            draw()
            sheet.changed()

        def add() -> None:
            items.append({})
            draw()

        draw()
        action(sheet.t("Add one"), add, "quiet small")


def _pairs(sheet: Sheet, field: Field, values: dict[str, Any], place: Place) -> None:
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
    _known(sheet, place, field.name, sheet.t(field.label), box)


_PUT: Mapping[str, Put] = {
    "long": _long,
    "whole": _whole,
    "flag": _flag,
    "choice": _choice,
    "day": _day,
    "moment": _moment,
    "words": _words,
    "mass": _mass,
    "grade": _grade,
    "group": _group,
    "groups": _groups,
    "pairs": _pairs,
}
