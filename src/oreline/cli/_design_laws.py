"""``oreline design laws`` and ``oreline design cascade``: unit laws, and one of them by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.design import Law

Amounts = Annotated[
    list[str],
    typer.Option("--feed", metavar="METAL=AMOUNT", help="What is fed of a metal; give each."),
]
Factors = Annotated[
    list[str],
    typer.Option(
        "--factor",
        metavar="METAL=FACTOR",
        help="How strongly a metal extracts, to any reference; give each.",
    ),
]
Fraction = float | None
SolventRatio = Annotated[float, typer.Option(help="Solvent as a multiple of the least, above 1.")]
Hold = Annotated[float, typer.Option(help="Minutes that the solvent stays in one mixer-settler.")]
Efficiency = Annotated[float, typer.Option(help="Theoretical stages for each real one.")]
Loading = Annotated[float, typer.Option(help="Rare earths in the loaded solvent, g/L.")]


@question(Needs.NOTHING, export=True)
def laws(
    _reader: Reader,
    name: Annotated[
        str | None, typer.Argument(metavar="LAW", help="One law: its numbers, ranges and source.")
    ] = None,
) -> Answer:
    """List the unit laws that a flowsheet may use, or give the card of one.

    Example: oreline design laws flotation_bank
    """
    from oreline.design import ENGINE_LAWS, LAWS
    from oreline.model import InputError

    known = {**LAWS, **ENGINE_LAWS}
    if name is not None and name not in known:
        raise InputError(f"no unit law is called {name}; known: {', '.join(sorted(known))}")
    chosen = [known[name]] if name is not None else [known[key] for key in sorted(known)]
    rows = [_law_json(law) for law in chosen]

    def show(console: Console) -> None:
        from oreline.cli._design_law_tables import print_law, print_laws

        if name is not None:
            print_law(console, known[name])
        else:
            print_laws(console, chosen)

    def frame() -> Any:
        import polars as pl

        numbers = [
            {"law": law.name, "rung": law.rung, "number": key, "unit": spec.unit, "low": spec.low,
             "high": spec.high, "default": spec.default, "meaning": spec.meaning,
             "source": law.source}
            for law in chosen
            for key, spec in law.parameters.items()
        ]  # fmt: skip
        return pl.DataFrame(numbers)

    return Answer({"laws": rows}, show, frame)


def _law_json(law: Law) -> dict[str, Any]:
    return {
        "name": law.name,
        "rung": law.rung,
        "meaning": law.meaning,
        "outlets": list(law.outlets),
        "source": law.source,
        "breaks_minerals": law.breaks_minerals,
        "parameters": {
            key: {
                "unit": spec.unit,
                "low": spec.low,
                "high": spec.high,
                "default": spec.default,
                "per_component": spec.per_component,
                "meaning": spec.meaning,
            }
            for key, spec in law.parameters.items()
        },
    }


@question(Needs.NOTHING, export=True)
def cascade(
    _reader: Reader,
    between: Annotated[
        str,
        typer.Argument(metavar="STRONGER/WEAKER", help="The two metals between which to cut."),
    ],
    feed: Amounts,
    factor: Factors,
    recovery: Annotated[
        Fraction, typer.Option(help="Part of the stronger metal that the product shall hold.")
    ] = None,
    rejection: Annotated[
        Fraction, typer.Option(help="Part of the weaker metal that the raffinate shall hold.")
    ] = None,
    purity: Annotated[
        Fraction, typer.Option(help="Purity of the product, of the stronger metal, by mol.")
    ] = None,
    raffinate_purity: Annotated[
        Fraction, typer.Option(help="Purity of the raffinate, of the weaker metal, by mol.")
    ] = None,
    solvent_ratio: SolventRatio = 1.3,
    efficiency: Efficiency = 0.8,
    loading: Loading = 20.0,
    hold: Hold = 15.0,
    by_mass: Annotated[
        bool, typer.Option("--by-mass", help="The feed is in mass of metal, not in mol.")
    ] = False,
) -> Answer:
    """Size a separation cascade of rare earths, and simulate it stage by stage.

    Two metals: give both purities, or recovery and rejection. More metals: give recovery and
    rejection of the two that are cut; the others go where their factors send them. The range of
    published factors stands beside those used.

    Example: oreline design cascade Nd/Pr --feed Nd=75 --feed Pr=25 --factor Nd=1.4 --factor Pr=1
    --purity 0.99 --raffinate-purity 0.99
    """
    from oreline.design import CascadeOrder, molar_mass_g_per_mol, report_cascade
    from oreline.model import InputError

    stronger, mark, weaker = between.partition("/")
    if not (mark and stronger and weaker):
        raise InputError(f"{between!r}: write the two metals as Nd/Pr, the stronger first")
    amounts = _pairs(feed, "--feed")
    if by_mass:
        amounts = {metal: mass / molar_mass_g_per_mol(metal) for metal, mass in amounts.items()}
    found = report_cascade(
        CascadeOrder(
            amounts,
            _pairs(factor, "--factor"),
            stronger,
            weaker,
            recovery,
            rejection,
            purity,
            raffinate_purity,
            solvent_ratio,
            efficiency,
            loading,
            hold,
        )
    )

    def show(console: Console) -> None:
        from oreline.cli._design_law_tables import print_cascade

        print_cascade(console, found)

    return Answer(found.to_json(), show, found.to_frame)


def _pairs(given: Sequence[str], option: str) -> dict[str, float]:
    """Return METAL=NUMBER as numbers by metal."""
    from oreline.model import InputError

    found: dict[str, float] = {}
    for text in given:
        metal, mark, written = text.partition("=")
        try:
            value = float(written)
        except ValueError:
            value = float("nan")
        if not mark or not metal or not value > 0:
            raise InputError(f"{option} {text}: write METAL=NUMBER, such as Nd=75")
        if metal in found:
            raise InputError(f"{option} {metal} is given twice")
        found[metal] = value
    return found


LAW_COMMANDS = (("laws", laws), ("cascade", cascade))
