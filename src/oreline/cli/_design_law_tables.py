"""How unit laws and cascades look in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oreline.cli._design_tables import RUNGS, number, percent
from oreline.cli._render import print_note, print_table, print_title

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.design import CascadeReport, Law


def print_laws(console: Console, laws: Sequence[Law]) -> None:
    """Print every law with its rung, its outlets and what it is for."""
    rows = [
        (law.name, str(law.rung), ", ".join(law.outlets) or "as named", law.meaning) for law in laws
    ]
    print_table(console, ("law", "rung", "outlets", "what it is for"), rows)
    told = ", ".join(f"{rung} {meaning}" for rung, meaning in RUNGS.items())
    print_note(console, f"Rungs: {told}. `oreline design laws LAW` gives the numbers of one.")


def print_law(console: Console, law: Law) -> None:
    """Print the card of one law."""
    print_title(console, f"{law.name}: {law.meaning}")
    print_note(console, f"Rung {law.rung}, {RUNGS[law.rung]}. Source: {law.source}.")
    outlets = ", ".join(law.outlets) or "as the file names them"
    broken = " Minerals fed to it become elements." if law.breaks_minerals else ""
    print_note(console, f"Outlets: {outlets}.{broken}")
    rows = [
        (
            f"{name}[component]" if spec.per_component else name,
            spec.unit,
            f"{spec.low:g} to {spec.high:g}",
            "" if spec.default is None else f"{spec.default:g}",
            spec.meaning,
        )
        for name, spec in law.parameters.items()
    ]
    if rows:
        print_table(console, ("number", "unit", "holds", "default", "meaning"), rows)


def print_cascade(console: Console, found: CascadeReport) -> None:
    """Print a cascade: stages, solvent, reagents, and where each metal goes."""
    stages = found.extraction_stages + found.scrub_stages
    print_title(console, f"{stages} theoretical stages, {found.real_stages} real ones")
    rows = [
        ("separation factor of the cut", number(found.beta)),
        ("stages at total reflux", number(found.fewest_stages, 4)),
        ("extraction + scrub", f"{found.extraction_stages} + {found.scrub_stages}"),
        ("least solvent, mol per mol fed", number(found.least_solvent, 4)),
        ("solvent, mol per mol fed", number(found.solvent, 4)),
        ("NaOH, t per t of oxides fed", number(found.base_t_per_t, 4)),
        ("HCl, t per t of oxides fed", number(found.acid_t_per_t, 4)),
        ("NaCl out, t per t of oxides fed", number(found.salt_t_per_t, 4)),
        ("solvent round, m3 per t of oxides fed", number(found.organic_m3_per_t, 4)),
        ("solvent held, m3 for 1 t/h of oxides", number(found.inventory_m3_per_t_h, 4)),
    ]
    print_table(console, ("of the cascade", ""), rows)
    print_table(
        console,
        ("metal", "factor", "to product", "in product", "in raffinate"),
        [
            (
                row.metal,
                number(row.factor),
                percent(row.to_extract),
                percent(row.in_extract),
                percent(row.in_raffinate),
            )
            for row in found.metals
        ],
    )
    for note in found.notes:
        print_note(console, f"{note}.")
