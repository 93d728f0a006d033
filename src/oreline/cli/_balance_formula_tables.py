"""How the answers of the calculators look in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oreline.cli._render import print_findings, print_note, print_pairs, print_table, print_title

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.balance import (
        ContainedMetal,
        DuplicatePrecision,
        Estimate,
        GoldGrains,
        MetalChain,
        ProductYields,
        SamplingPlan,
        SiteFactors,
        TwoProduct,
    )

RANDOM_WORDS = "± is the expanded uncertainty, k = 2"


def stated(item: Estimate | None, scale: float = 1.0, unit: str | None = None) -> str:
    """Return a number with its expanded uncertainty, to the digits that this leaves it."""
    if item is None:
        return "UNKNOWN"
    unit = item.unit if unit is None else unit
    value = item.value * scale
    spread = None if item.expanded is None else item.expanded * scale
    if spread is None:
        return f"{value:.5g} ± UNKNOWN {unit}".rstrip()
    if not spread:
        return f"{value:.6g} ± 0 {unit}".rstrip()
    digits = max(0, min(12, 1 - _exponent(spread)))
    return f"{value:,.{digits}f} ± {spread:,.{digits}f} {unit}".rstrip()


def percent(item: Estimate | None) -> str:
    """Return a fraction of one in per cent with its expanded uncertainty."""
    return stated(item, 100.0, "%")


def _exponent(number: float) -> int:
    return int(f"{number:e}".partition("e")[2])


def print_assays(console: Console, rows: Sequence[tuple[str, TwoProduct]]) -> None:
    """Print yields and recoveries of the two-product formula."""
    print_title(console, "Yield and recovery by the two-product formula")
    table = [
        (
            name,
            stated(item.feed),
            percent(item.mass_yield),
            percent(item.recovery),
        )
        for name, item in rows
    ]
    columns = ("case", "feed", "yield", "recovery")
    print_table(console, columns, table, right=columns[1:])
    console.print(f"{RANDOM_WORDS}.", style="dim")
    for name, item in rows:
        if item.shares is not None and len(rows) == 1:
            parts = zip(("feed", "concentrate", "tailings"), item.shares, strict=True)
            told = ", ".join(f"{part} {share:.0%}" for part, share in parts)
            console.print(f"The recovery's variance comes from: {told}.")
        if item.reason:
            print_note(console, f"{name}: {item.reason}" if name else item.reason)
        if item.findings:
            print_findings(console, item.findings)


def print_products(console: Console, found: ProductYields) -> None:
    """Print yields, recoveries and residuals of the n-product formula."""
    print_title(console, "Yields and recoveries by the n-product formula")
    elements = list(found.products[0].recoveries)
    columns = ("product", "yield", *elements)
    rows = [
        (
            product.name,
            percent(product.mass_yield),
            *(percent(product.recoveries[element]) for element in elements),
        )
        for product in found.products
    ]
    print_table(console, columns, rows, right=columns[1:])
    console.print(f"{RANDOM_WORDS}. Under each element: its recovery.", style="dim")
    lines = [
        (item.element, f"{item.residual:.4g} {item.unit}", f"{item.standardized:.2f}")
        for item in found.residuals
    ]
    headings = ("element", "feed less products", "in u")
    print_table(console, headings, lines, right=headings[1:])
    if found.chi2 is None:
        print_note(console, "as many elements as unknowns: nothing is left to test")
    else:
        console.print(
            f"Chi-square {found.chi2:.4g} with {found.freedom} degrees of freedom, "
            f"95 % limit {found.limit:.4g}."
        )
    if found.findings:
        print_findings(console, found.findings)


def print_duplicates(console: Console, found: DuplicatePrecision) -> None:
    """Print the variance components and the precision of the lot mean."""
    unit = found.unit
    print_title(console, f"Precision from duplicates of {len(found.pairs)} lots")
    pairs: list[tuple[str, object]] = [
        ("one sample, standard deviation", f"{found.sd:.4g} {unit}"),
        ("  95 % interval", f"{found.sd_low:.4g} to {found.sd_high:.4g} {unit}"),
        ("mean of A and B, standard deviation", f"{found.lot_mean_sd:.4g} {unit}"),
        ("precision of the lot mean (2 sigma)", f"{found.precision:.4g} {unit}"),
        ("mean of all lots", f"{found.mean:.6g} {unit}"),
        ("A less B, mean", f"{found.bias:.4g} {unit}"),
    ]
    within = {
        "sampling": " and preparation" if found.portions == 1 else "",
        "preparation": " and measurement" if found.repeats == 1 else "",
        "measurement": "",
    }
    pairs += [
        (f"variance of {name}{more}", f"{value:.4g} ({unit})²")
        for name, more in within.items()
        if (value := getattr(found, name)) is not None
    ]
    if found.sampling is None:
        pairs.append(("components", "UNKNOWN: no portions and no repeats"))
    print_pairs(console, pairs)
    if found.findings:
        print_findings(console, found.findings)


def print_contained(console: Console, found: ContainedMetal) -> None:
    """Print contained metal, where its variance comes from, and which purposes it serves."""
    print_title(console, f"Metal contained: {stated(found.metal)}")
    console.print(f"{RANDOM_WORDS}.", style="dim")
    if found.expanded_rel is not None:
        console.print(f"Relative: ± {found.expanded_rel:.3%}.")
    if found.shares is not None:
        names = ("wet mass", "moisture", "grade")
        told = ", ".join(f"{n} {s:.0%}" for n, s in zip(names, found.shares, strict=True))
        console.print(f"The variance comes from: {told}.")
    simulated = found.simulated
    if simulated is not None:
        console.print(
            f"{simulated.trials:,} trials, seed {simulated.seed}: mean {simulated.mean:.6g}, "
            f"u {simulated.u:.4g}, 95 % from {simulated.low:.6g} to {simulated.high:.6g}."
        )
    print_allotments(console, found)


def print_allotments(console: Console, found: ContainedMetal) -> None:
    """Print which purposes the uncertainty is good enough for."""
    from oreline.balance import ALLOTMENTS

    words = {True: "kept", False: "NOT KEPT", None: "UNKNOWN"}
    rows = [
        (item.purpose, item.metal, f"{item.relative:.0%}", words[found.within(item)])
        for item in ALLOTMENTS
    ]
    columns = ("purpose", "metal", "allotted", "is it")
    print_table(console, columns, rows, right=columns[2:3])
    console.print(f"Allotted by {ALLOTMENTS[0].source}.", style="dim")


def print_factors(console: Console, found: MetalChain) -> None:
    """Print the factors of a chain."""
    print_title(console, "How much of the metal is still there")
    words = {True: "not one", False: "may be one", None: "UNKNOWN"}
    columns = ("factor", "of", "metal", "tonnes", "grade", "surely")
    names = {(item.earlier, item.later): item.name for item in found.named}
    steps = {(item.earlier, item.later) for item in found.steps}
    more = [item for item in found.named if (item.earlier, item.later) not in steps]
    rows = [
        (
            names.get((item.earlier, item.later), ""),
            f"{item.later} / {item.earlier}",
            stated(item.metal, 1.0, ""),
            "" if item.tonnes is None else f"{item.tonnes.value:.4g}",
            "" if item.grade is None else f"{item.grade.value:.4g}",
            words[item.differs],
        )
        for item in (*found.steps, *more, found.whole)
    ]
    print_table(console, columns, rows, right=columns[2:5])
    console.print(f"{RANDOM_WORDS}.", style="dim")
    if found.findings:
        print_findings(console, found.findings)


def print_site_factors(console: Console, found: SiteFactors) -> None:
    """Print the factors of a plant, as far as its lots tell."""
    print_title(console, f"{found.element} at {found.site}, {found.period}")
    words = {True: "not one", False: "may be one", None: "UNKNOWN"}
    columns = ("factor", "metal", "surely")
    rows = [
        (f"{item.later} / {item.earlier}", stated(item.metal, 1.0, ""), words[item.differs])
        for item in found.factors
    ]
    print_table(console, columns, rows, right=columns[1:2])
    console.print(f"{RANDOM_WORDS}.", style="dim")
    told = f"{found.trips} lots arrived, {found.under_way} are under way."
    if found.shipped is not None and found.received is not None:
        told += f" Sent {stated(found.shipped)}, arrived {stated(found.received)}."
    console.print(told)
    for name, reason in found.reasons:
        print_note(console, f"{name}: {reason}")


def print_plan_of_sampling(
    console: Console,
    plan: SamplingPlan,
    assay: Estimate | None,
    umpire: dict[str, str] | None = None,
) -> None:
    """Print the stages of a sampling plan."""
    print_title(console, "Sampling plan after Gy")
    columns = ("stage", "top size", "liberation", "least mass", "mass", "error, 1 sigma")
    rows = [
        (
            place,
            f"{stage.top_size_cm:g} cm",
            f"{stage.liberation:.4g}",
            mass_words(stage.minimum_g),
            mass_words(stage.mass_g),
            f"{stage.relative_sd:.3%}",
        )
        for place, stage in enumerate(plan.stages, 1)
    ]
    print_table(console, columns, rows, right=columns[1:])
    console.print(
        f"Fundamental error of the whole: {plan.achieved:.3%} at k = {plan.coverage:g}; wanted "
        f"{plan.relative_error:.3%}. Least masses have a safety factor of {plan.safety:g}."
    )
    print_note(console, "segregation, cutting and preparation come on top of this error")
    if assay is not None:
        console.print(f"A lot's assay under this plan: {stated(assay)} ({RANDOM_WORDS}).")
    if umpire is not None:
        own, one = (float(umpire[name]) for name in ("own_samples", "one_sample"))
        console.print(
            f"Umpire at a splitting limit of {umpire['limit_pct']} %: {own:.1%} of lots if each "
            f"party samples by this plan, {one:.1%} if both analyse parts of one sample."
        )
    if plan.findings:
        print_findings(console, plan.findings)


def print_gold(console: Console, found: GoldGrains) -> None:
    """Print how many grains a sample holds and what follows."""
    print_title(console, "Grains of gold in a sample")
    print_pairs(
        console,
        (
            ("sample", mass_words(found.sample_g)),
            ("mass of a grain", f"{found.grain_mg:.4g} mg"),
            ("grains expected", f"{found.expected:.4g}"),
            ("relative error, 1 sigma", f"{found.relative_sd:.3g}"),
            ("samples without any grain", f"{found.probability_of_none:.2%}"),
        ),
    )


def mass_words(grams: float) -> str:
    """Return a mass as a person says it.

    >>> mass_words(1369631.6), mass_words(438.28), mass_words(0.0724)
    ('1.37 t', '438 g', '0.0724 g')
    """
    if grams >= 1e6:
        return f"{grams / 1e6:,.3g} t"
    if grams >= 1e3:
        return f"{grams / 1e3:.3g} kg"
    return f"{grams:.3g} g"
