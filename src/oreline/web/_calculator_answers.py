"""How the answers of the calculators look on their page: numbers, a picture, findings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from oreline.web._blocks import Column, callout, facts, finding_list, h, table, tiles
from oreline.web._charts import Line, Mark, bar_chart, log_chart, scatter_chart
from oreline.web._frame import Visit, markup
from oreline.web._strings import msg

Found = Mapping[str, Any]
UNKNOWN = "UNKNOWN"
INPUTS = {
    "feed": msg("Feed"),
    "concentrate": msg("Concentrate"),
    "tailings": msg("Tailings"),
    "wet": msg("Wet mass"),
    "moisture": msg("Moisture"),
    "grade": msg("Grade"),
}


PURPOSES = (
    msg("exploration"),
    msg("balance"),
    msg("sales of concentrate"),
    msg("environment"),
)
"""Purposes as the allotments call them."""


def stated(item: Found | None, scale: float = 1.0, unit: str | None = None) -> str:
    """Return a number with its expanded uncertainty, to the digits that this leaves it.

    >>> stated({"value": "0.76923077", "expanded": "0.035", "unit": "fraction"}, 100, "%")
    '76.9 ± 3.5 %'
    """
    if item is None:
        return UNKNOWN
    unit = str(item["unit"]) if unit is None else unit
    value = float(item["value"]) * scale
    if item["expanded"] is None:
        return f"{value:.5g} ± {UNKNOWN} {unit}".rstrip()
    spread = float(item["expanded"]) * scale
    if not spread:
        return f"{value:.6g} {unit}".rstrip()
    digits = max(0, min(9, 1 - math.floor(math.log10(spread))))
    return f"{value:,.{digits}f} ± {spread:,.{digits}f} {unit}".rstrip()


def percent(item: Found | None) -> str:
    """Return a fraction of one in per cent."""
    return stated(item, 100.0, "%")


def _share_bars(visit: Visit, shares: Mapping[str, str] | None) -> None:
    """Show where the variance comes from."""
    if shares is None:
        return
    t = visit.t
    bars = [(t(INPUTS[name]), float(one), f"{float(one):.0%}") for name, one in shares.items()]
    told = ", ".join(f"{name} {text}" for name, _, text in bars)
    markup(h("<h3>{}</h3>", t("Where the uncertainty comes from")))
    markup(bar_chart(bars, told))


def _findings(visit: Visit, found: Found) -> None:
    if found.get("findings"):
        markup(finding_list(found["findings"], visit.t))


def show_two_product(visit: Visit, found: Found) -> None:
    """Show yield and recovery."""
    t = visit.t
    markup(
        tiles(
            (
                (t("Recovery"), percent(found["recovery"]), t("± expanded uncertainty, k = 2")),
                (t("Yield"), percent(found["yield"]), t("mass of concentrate for mass of feed")),
            )
        )
    )
    if found["reason"]:
        markup(callout(found["reason"], "warn"))
    _share_bars(visit, found["variance_shares"])
    _findings(visit, found)


def show_products(visit: Visit, found: Found) -> None:
    """Show yields and recoveries of several products, and how well the elements close."""
    t = visit.t
    elements = list(found["products"][0]["recoveries"])
    columns = [
        Column("name", t("Product")),
        Column("yield", t("Yield"), is_number=True),
        *(Column(f"of-{one}", one, is_number=True) for one in elements),
    ]
    rows = [
        {
            "name": item["name"],
            "yield": percent(item["yield"]),
            **{f"of-{one}": percent(item["recoveries"][one]) for one in elements},
        }
        for item in found["products"]
    ]
    markup(table(columns, rows, caption=t("Yield, and recovery of each element, ± k = 2")))
    bars = [
        (item["element"], abs(float(item["standardized"])), f"{float(item['standardized']):.2f}")
        for item in found["residuals"]
    ]
    words = t("How far each element is from closing, in standard uncertainties")
    markup(h("<h3>{}</h3>", words))
    markup(bar_chart(bars, words))
    if found["chi2"] is None:
        markup(callout(t("As many elements as unknowns: nothing is left to test."), "warn"))
    else:
        chi2, limit = _short(found["chi2"]), _short(found["chi2_limit95"])
        said = t(
            "Chi-square {chi2} with {n} degrees of freedom; its 95 % limit is {limit}.",
            chi2=chi2,
            n=found["degrees_of_freedom"],
            limit=limit,
        )
        markup(h("<p>{}</p>", said))
    _findings(visit, found)


def show_contained(visit: Visit, found: Found) -> None:
    """Show contained metal, its sources of uncertainty, and which purposes it serves."""
    t = visit.t
    relative = found["expanded_rel"]
    shown = [
        (t("Metal"), stated(found["metal"]), t("± expanded uncertainty, k = 2")),
        (t("Relative"), UNKNOWN if relative is None else f"± {float(relative):.2%}", "k = 2"),
    ]
    drawn = found["monte_carlo"]
    if drawn is not None:
        span = f"{float(drawn['low95']):,.2f} – {float(drawn['high95']):,.2f}"
        shown.append((t("95 % by simulation"), span, t("{n} trials", n=drawn["trials"])))
    markup(tiles(shown))
    _share_bars(visit, found["variance_shares"])
    words = {True: t("kept"), False: t("NOT KEPT"), None: UNKNOWN}
    rows = [
        {
            "purpose": t(item["purpose"]),
            "metal": item["metal"],
            "allotted": f"{float(item['relative']):.0%}",
            "within": words[item["within"]],
        }
        for item in found["allotments"]
    ]
    columns = (
        Column("purpose", t("Purpose")),
        Column("metal", t("Metal")),
        Column("allotted", t("Allotted"), is_number=True),
        Column("within", t("Is it kept")),
    )
    markup(table(columns, rows, caption=t("Total uncertainty that purposes allow (F. F. Pitard)")))


def show_plan(visit: Visit, found: Found) -> None:
    """Show the stages of a sampling plan, with the lines of error against mass."""
    t = visit.t
    stages = found["stages"]
    shown = [
        (
            t("Error of the whole"),
            f"{float(found['achieved_relative_error']):.2%}",
            t("fundamental error alone, k = {k}", k=found["coverage_factor"]),
        )
    ]
    if found["assay"] is not None:
        shown.append((t("A lot's assay"), stated(found["assay"]), t("under this plan, k = 2")))
    if found["umpire"] is not None:
        own, one = (float(found["umpire"][name]) for name in ("own_samples", "one_sample"))
        share = f"{one:.1%}"
        words = t("if each party samples; {share} from parts of one sample", share=share)
        shown.append((t("Lots that go to the umpire"), f"{own:.1%}", words))
    markup(tiles(shown))
    rows = [
        {
            "stage": place,
            "size": f"{float(one['top_size_cm']):g} cm",
            "liberation": f"{float(one['liberation_factor']):.4g}",
            "mass": mass_words(float(one["mass_g"])),
            "error": f"{float(one['relative_sd']):.3%}",
        }
        for place, one in enumerate(stages, 1)
    ]
    columns = (
        Column("stage", t("Stage")),
        Column("size", t("Top size"), is_number=True),
        Column("liberation", t("Liberation factor"), is_number=True),
        Column("mass", t("Mass to take"), is_number=True),
        Column("error", t("Error, 1 sigma"), is_number=True),
    )
    markup(table(columns, rows, caption=t("The stages of the plan")))
    markup(_nomogram(visit, stages))
    words = t("Segregation, cutting and preparation come on top of the fundamental error.")
    markup(h('<p class="hint">{}</p>', words))
    _findings(visit, found)


def _nomogram(visit: Visit, stages: Sequence[Found]) -> Any:
    t = visit.t
    lines, marks = [], []
    for place, one in enumerate(stages, 1):
        factor = float(one["sampling_constant_g_cm3"]) * float(one["top_size_cm"]) ** 3
        size = f"{float(one['top_size_cm']):g} cm"
        error = float(one["relative_sd"])
        mass = float(one["mass_g"])
        points = tuple((end, 100 * math.sqrt(factor / end)) for end in (mass / 30, mass * 30))
        lines.append(Line(size, points))
        name = t("Stage {n}: {mass}", n=place, mass=mass_words(mass))
        marks.append(Mark(mass, 100 * error, name))
    says = t("Error against mass of the sample, a line for each top size, a dot for each stage")
    return log_chart(lines, marks, t("Mass of the sample, g"), t("Error, 1 sigma, %"), says)


def show_gold(visit: Visit, found: Found) -> None:
    """Show how many grains of gold a sample holds, and what chance does to it."""
    t = visit.t
    none = float(found["probability_of_none"])
    markup(
        tiles(
            (
                (t("Grains expected"), f"{float(found['expected_grains']):.3g}", t("in a sample")),
                (t("Samples without a grain"), f"{none:.1%}", t("they tell of no gold")),
                (t("Relative error"), f"{float(found['relative_sd']):.3g}", t("1 sigma")),
            )
        )
    )
    masses = [float(found["sample_g"]) * 10 ** (step / 4) for step in range(-8, 17)]
    grains = float(found["expected_grains"]) / float(found["sample_g"])
    points = tuple((mass, 100 / math.sqrt(grains * mass)) for mass in masses)
    here = Mark(float(found["sample_g"]), 100 * float(found["relative_sd"]), t("this sample"))
    says = t("Error against mass of the sample")
    line = Line(f"{float(found['grain_mm']):g} mm", points)
    markup(log_chart([line], [here], t("Mass of the sample, g"), t("Error, 1 sigma, %"), says))


def show_duplicates(visit: Visit, found: Found) -> None:
    """Show the precision from duplicates, and A against B."""
    t, unit = visit.t, found["unit"]
    precision = f"± {float(found['precision']):.3g} {unit}"
    sd = f"{float(found['sd']):.3g} {unit}"
    span = t("95 %: {low} to {high}", low=_short(found["sd_low"]), high=_short(found["sd_high"]))
    markup(
        tiles(
            (
                (t("Precision of a lot"), precision, t("mean of A and B, two sigma")),
                (t("One sample"), sd, span),
                (t("A less B"), f"{float(found['bias']):.3g} {unit}", t("mean of all lots")),
            )
        )
    )
    names = {
        "sampling": t("Sampling"),
        "preparation": t("Preparation"),
        "measurement": t("Measurement"),
    }
    parts = [
        (words, f"{float(found[name]):.4g}" if found[name] is not None else UNKNOWN)
        for name, words in names.items()
    ]
    markup(h("<h3>{}</h3>", t("Variances")))
    markup(facts(parts))
    marks = [
        Mark(float(pair["a"]), float(pair["b"]), pair["lot"], bool(pair["odd"]))
        for pair in found["pairs"]
    ]
    says = t("Sample B against sample A of each lot; a cross marks a pair that differs oddly")
    markup(scatter_chart(marks, f"A, {unit}", f"B, {unit}", says))
    _findings(visit, found)


def show_factors(visit: Visit, found: Found) -> None:
    """Show the metal of each stage and the factors between them."""
    t = visit.t
    bars = [
        (item["name"], float(item["metal"]["value"]), stated(item["metal"]))
        for item in found["stages"]
    ]
    says = t("Metal at each stage, tonnes")
    markup(h("<h3>{}</h3>", says))
    markup(bar_chart(bars, says))
    words = {True: t("not one"), False: t("may be one"), None: UNKNOWN}
    rows = [
        {
            "name": item["name"],
            "of": f"{item['later']} / {item['earlier']}",
            "metal": stated(item["metal"], 1.0, ""),
            "surely": words[item["differs_from_one"]],
        }
        for item in (*found["steps"], *found["named"], found["whole"])
    ]
    columns = (
        Column("name", t("Factor")),
        Column("of", t("Of")),
        Column("metal", t("Metal"), is_number=True),
        Column("surely", t("Surely")),
    )
    markup(table(columns, rows, caption=t("Factors of metal, ± expanded uncertainty")))
    _findings(visit, found)


def mass_words(grams: float) -> str:
    """Return a mass as a person says it.

    >>> mass_words(1369631.6), mass_words(24500.7), mass_words(0.0724)
    ('1.37 t', '24.5 kg', '0.0724 g')
    """
    if grams >= 1e6:
        return f"{grams / 1e6:,.3g} t"
    return f"{grams / 1e3:.3g} kg" if grams >= 1e3 else f"{grams:.3g} g"


def _short(text: str) -> str:
    return f"{float(text):.3g}"
