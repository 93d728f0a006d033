"""Calculators for the metallurgist: formulas and sampling, each with its numbers and a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oreline.api import (
    View,
    contained,
    contained_in_lots,
    duplicates,
    factors,
    gold_sample,
    ore_of,
    products,
    sampling,
    two_product,
)
from oreline.web._blocks import h, tabs
from oreline.web._calculator_answers import (
    show_contained,
    show_duplicates,
    show_factors,
    show_gold,
    show_plan,
    show_products,
    show_two_product,
)
from oreline.web._calculator_forms import HERE, Show, form, number_of, table_form
from oreline.web._calculator_money import MONEY_PARTS, money_part
from oreline.web._calculator_tables import EXAMPLES
from oreline.web._frame import Visit, head, later, markup, page
from oreline.web._strings import msg

PARTS = (
    ("two-product", msg("Two products")),
    ("products", msg("Several products")),
    ("contained", msg("Contained metal")),
    ("sampling", msg("Sampling plan")),
    ("gold", msg("Coarse gold")),
    ("duplicates", msg("Duplicates")),
    ("factors", msg("Factors")),
)


@page(HERE, "Calculators")
async def calculators_page(visit: Visit) -> None:
    """Show one calculator: its form, and below it the answer."""
    t = visit.t
    head(
        t("Calculators"),
        t("Formulas with their uncertainty. They need no entry of the ledger and write none."),
    )
    part = visit.given("part", "two-product")
    for words, parts in ((t("Metal and sampling"), PARTS), (t("Money"), MONEY_PARTS)):
        markup(h('<p class="hint">{}</p>', words))
        links = ((t(name), visit.link(HERE, part=key), key == part) for key, name in parts)
        markup(tabs(links, words))
    if part in dict(MONEY_PARTS):
        money_part(visit, part)
        return
    forms: dict[str, Callable[[Visit], None]] = {
        "two-product": _two_product,
        "contained": _contained,
        "sampling": _sampling,
        "gold": _gold,
    }
    tables: dict[str, tuple[Callable[..., dict[str, Any]], Show]] = {
        "products": (products, show_products),
        "duplicates": (duplicates, show_duplicates),
        "factors": (factors, show_factors),
    }
    if part in tables:
        table_form(visit, EXAMPLES[part], *tables[part])
    else:
        forms.get(part, _two_product)(visit)


def _hint(visit: Visit) -> None:
    words = visit.t("Write 2, 2+-0.1 or 2+-5%: behind +- stands one standard uncertainty.")
    markup(h('<p class="hint">{}</p>', words))


def _two_product(visit: Visit) -> None:
    fields = (
        ("feed", msg("Grade of the feed"), "2+-5%"),
        ("concentrate", msg("Grade of the concentrate"), "20+-5%"),
        ("tailings", msg("Grade of the tailings"), "0.5+-5%"),
    )
    form(visit, "two-product", fields, unit=True)
    _hint(visit)
    feed, concentrate, tailings = (visit.given(name, first) for name, _, first in fields)
    unit = visit.given("unit", "%")

    def ask(view: View) -> dict[str, Any]:
        return two_product(view, feed, concentrate, tailings, unit)

    later(visit, visit.t("Yield and recovery"), ask, lambda found: show_two_product(visit, found))


def _contained(visit: Visit) -> None:
    fields = (
        ("wet_t", msg("Wet mass, t"), "1000+-2"),
        ("moisture_pct", msg("Water, % of the wet mass"), "8+-0.2"),
        ("grade", msg("Grade of the dry mass"), "28+-0.14"),
    )
    form(visit, "contained", fields, unit=True)
    _hint(visit)
    wet, moisture, grade = (visit.given(name, first) for name, _, first in fields)
    unit = visit.given("unit", "%")

    def ask(view: View) -> dict[str, Any]:
        return contained(view, wet, moisture, grade, unit, trials=50_000, seed=1)

    later(visit, visit.t("Metal contained"), ask, lambda found: show_contained(visit, found))
    table_form(visit, EXAMPLES["contained"], contained_in_lots, show_contained)


SAMPLING = (
    ("grade_pct", msg("Element in the lot, %"), "5"),
    ("mineral_pct", msg("Element in its mineral, %"), "86.6"),
    ("mineral_density", msg("Density of the mineral, g/cm³"), "7.5"),
    ("gangue_density", msg("Density of the gangue, g/cm³"), "2.65"),
    ("liberation_cm", msg("Liberation size, cm"), "0.015"),
    ("top_sizes", msg("Top size of each stage, cm"), "2.5 0.5 0.1 0.004"),
    ("error_pct", msg("Error wanted of the whole, %"), "2"),
    ("coverage", msg("Coverage factor"), "1.96"),
    ("safety", msg("Safety factor"), "2"),
    ("size_ratio", msg("d95 / d5"), "5"),
    ("shape", msg("Shape factor"), "0.5"),
    ("analysis_u", msg("± of the analysis, %"), "0.02"),
    ("other_pct", msg("All other errors, relative %"), "0.5"),
    ("splitting_limit", msg("Splitting limit of the contract, %"), "0.15"),
)


GOLD_EXAMPLE = {
    "part": "sampling", "gold": "yes", "grade_pct": "0.0003", "mineral_pct": "90",
    "mineral_density": "17", "liberation_cm": "0.002", "top_sizes": "1 0.2 0.0075",
    "error_pct": "16", "shape": "0.2", "analysis_u": "0.000006", "other_pct": "2",
    "splitting_limit": "0.00005",
}  # fmt: skip
"""A sampling plan for fine gold: 3 g/t in grains of 20 µm."""
GOLD = (
    ("no", msg("in a mineral, as most elements are")),
    ("yes", msg("as native gold")),
)


def _sampling(visit: Visit) -> None:
    form(visit, "sampling", SAMPLING, choices=(("gold", msg("The element is there"), GOLD, "no"),))
    is_gold = visit.given("gold") == "yes"
    words = visit.t("Coarse grains are refused here; count them under Coarse gold.")
    link = h('<a href="{}">{}</a>', visit.link(HERE, **GOLD_EXAMPLE), visit.t("Fine gold, worked"))
    markup(h('<p class="hint">{} {}</p>', words if is_gold else "", link))

    def ask(view: View) -> dict[str, Any]:
        given = {name: visit.given(name, first) for name, _, first in SAMPLING}
        words = {name: words for name, words, _ in SAMPLING}
        sizes = [number_of(one, words["top_sizes"]) for one in given.pop("top_sizes").split()]
        number = {name: number_of(text, words[name]) for name, text in given.items()}
        ore = ore_of(
            number["grade_pct"],
            number["mineral_pct"],
            number["mineral_density"],
            number["gangue_density"],
            number["liberation_cm"],
            shape=number["shape"],
            size_ratio=number["size_ratio"],
            is_native_gold=is_gold,
        )
        return sampling(
            view,
            ore,
            sizes,
            number["error_pct"],
            coverage=number["coverage"],
            safety=number["safety"],
            analysis_u=number["analysis_u"],
            other_pct=number["other_pct"],
            limit_pct=number["splitting_limit"],
        )

    later(visit, visit.t("The plan"), ask, lambda found: show_plan(visit, found))


def _gold(visit: Visit) -> None:
    fields = (
        ("grade_g_t", msg("Expected grade, g/t"), "2"),
        ("grain_mm", msg("Size of the coarsest grains, mm"), "0.5"),
        ("grain_shape", msg("Volume for the cube of the size"), "0.5"),
        ("sample_g", msg("Mass of the sample, g"), "50"),
    )
    form(visit, "gold", fields)

    def ask(view: View) -> dict[str, Any]:
        grade, grain, shape, sample = (
            number_of(visit.given(name, first), words) for name, words, first in fields
        )
        return gold_sample(view, grade, grain, shape, sample, None)

    later(visit, visit.t("Grains in a sample"), ask, lambda found: show_gold(visit, found))
