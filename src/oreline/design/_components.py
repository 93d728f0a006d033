"""The components of a flowsheet, from the tables of its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from oreline.design._flowsheet import Component, ComponentKind
from oreline.design._law import REST, WATER
from oreline.design._minerals import MINERALS, element_fractions
from oreline.design._process_tables import ProcessFile
from oreline.model import Finding, InputError, Severity, analyte

Where = Callable[..., str]
RESERVED: Final = (REST, WATER)
WATER_FORMULA: Final = "H2O"
_ROUNDING: Final = 1e-9
"""Where all elements of a compound are followed, what they leave is the rounding of masses."""


def read_components(
    tables: ProcessFile, where: Where
) -> tuple[tuple[Component, ...], list[Finding]]:
    """Return the components in the order of arrays, and what is wrong with them."""
    findings: list[Finding] = []
    made: dict[str, Component] = {}

    def refuse(place: str, message: str, fix: str) -> None:
        findings.append(Finding("ORL-1008", Severity.FATAL, place, message, fix))

    def add(component: Component, place: str) -> None:
        if component.name in RESERVED:
            fix = "leave it out"
            refuse(place, f"{component.name} is always followed and not declared", fix)
        elif component.name in made:
            refuse(place, f"the component {component.name} stands twice", "name it once")
        else:
            made[component.name] = component

    told = tables.components
    listed = {
        "elements": told.elements,
        "minerals": told.minerals,
        "oxides": told.oxides,
        "groups": told.groups,
    }
    for kind, names in listed.items():
        for number, name in enumerate(names):
            place = where("components", kind, number)
            try:
                add(_component(name, kind, tables), place)
            except InputError as error:
                message, _, fix = str(error).partition("; ")
                refuse(place, message, fix or "give its formula in [minerals.NAME]")
    for name in tables.minerals:
        if name not in told.minerals:
            refuse(
                where("minerals", name),
                f"the mineral {name} is described but not followed",
                "add it to minerals in [components], or remove it",
            )
    ends = (Component(REST, ComponentKind.REST), Component(WATER, ComponentKind.WATER))
    return (*made.values(), *ends), findings


def _is_element(symbol: str) -> bool:
    try:
        return analyte(symbol).kind == "element"
    except InputError:
        return False


def _component(name: str, kind: str, tables: ProcessFile) -> Component:
    if kind == "groups":
        return Component(name, ComponentKind.GROUP)
    if kind == "elements":
        if not _is_element(name):
            raise InputError(f"{name} is no element; write its symbol, such as Sb")
        return Component(name, ComponentKind.ELEMENT)
    is_mineral = kind == "minerals"
    told = tables.minerals.get(name) if is_mineral else None
    formula = (told.formula if told else None) or (MINERALS.get(name) if is_mineral else name)
    if formula is None:
        raise InputError(
            f'no formula of {name} is known; write [minerals.{name}] with formula = "..."'
        )
    fractions = element_fractions(formula, told.rare_earths if told else None)
    return Component(name, ComponentKind.COMPOUND, fractions, formula)


def followed_fractions(name: str, components: tuple[Component, ...]) -> Mapping[str, float]:
    """Return what a component or formula is, as parts of followed components.

    A component is itself. A formula is its elements; those that are not followed are ``rest``, and
    water is water.

    Raises
    ------
    InputError
        If it is neither a component nor a formula.
    """
    known = {component.name for component in components}
    if name in known:
        return {name: 1.0}
    if name == WATER_FORMULA:
        return {WATER: 1.0}
    return of_elements(element_fractions(name), components)


def of_elements(
    fractions: Mapping[str, float], components: tuple[Component, ...]
) -> dict[str, float]:
    """Return element fractions with those that are not followed as ``rest``."""
    known = {one.name for one in components if one.kind is ComponentKind.ELEMENT}
    parts = {name: share for name, share in fractions.items() if name in known}
    followed = sum(parts.values())
    if 1.0 - followed < _ROUNDING:
        return {name: share / followed for name, share in parts.items()}
    return {**parts, REST: 1.0 - followed}
