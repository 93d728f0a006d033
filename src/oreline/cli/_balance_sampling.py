"""How much to take: the sampling plan after Gy, and the sample of ore with coarse gold."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

GradePct = Annotated[float, typer.Option("--grade-pct", help="The element in the lot, %.")]
MineralPct = Annotated[float, typer.Option("--mineral-pct", help="The element in its mineral, %.")]
MineralDensity = Annotated[float, typer.Option("--mineral-density", help="Of the mineral, g/cm3.")]
GangueDensity = Annotated[float, typer.Option("--gangue-density", help="Of the gangue, g/cm3.")]
Liberation = Annotated[
    float, typer.Option("--liberation-cm", help="Size below which grains are free, cm.")
]
TopSizes = Annotated[
    list[float],
    typer.Option("--top-size-cm", help="Of each stage, coarsest first; once a stage."),
]
ErrorPct = Annotated[
    float, typer.Option("--error-pct", help="Relative error wanted of the whole, %.")
]
Coverage = Annotated[float, typer.Option("--coverage", help="Its coverage factor; 1.96 is 95 %.")]
Safety = Annotated[float, typer.Option("--safety", help="How many times the least mass is taken.")]
SizeRatio = Annotated[
    float, typer.Option("--size-ratio", help="d95/d5 of the pieces; above 4 is not screened.")
]
Taken = Annotated[
    list[float] | None,
    typer.Option("--taken-g", help="What is really taken, g; once a stage."),
]
LotTonnes = Annotated[
    float | None, typer.Option("--lot-t", help="Mass of the lot, t; with --taken-g.")
]
AnalysisU = Annotated[
    float | None,
    typer.Option("--analysis-u", help="Standard uncertainty of the analysis, % of element."),
]
SplittingLimit = Annotated[
    str | None,
    typer.Option(
        "--splitting-limit",
        metavar="PCT",
        help="Of the contract, in % of the element: how often the umpire would be called.",
    ),
]
OtherPct = Annotated[
    float | None,
    typer.Option("--other-pct", help="Relative error of all that Gy leaves out, 1 sigma, %."),
]


@question(Needs.NOTHING, export=True)
def sampling(
    _reader: Reader,
    grade: GradePct,
    mineral: MineralPct,
    density: MineralDensity,
    gangue: GangueDensity,
    liberation: Liberation,
    top_size: TopSizes,
    error_pct: ErrorPct,
    coverage: Coverage = 1.96,
    safety: Safety = 2.0,
    size_ratio: SizeRatio = 5.0,
    shape: Annotated[float, typer.Option("--shape", help="Gy's f: 0.5, of flakes 0.2.")] = 0.5,
    gold: Annotated[bool, typer.Option("--gold", help="The mineral is gold metal.")] = False,
    taken: Taken = None,
    lot_t: LotTonnes = None,
    analysis_u: AnalysisU = None,
    other_pct: OtherPct = None,
    splitting_limit: SplittingLimit = None,
) -> Answer:
    """Plan the stages of sampling so that the fundamental error keeps to a limit (Gy).

    With --analysis-u and --other-pct: what uncertainty the lot's assay has under this plan, and
    with --splitting-limit how often two such assays lie too far apart.

    Example: oreline balance sampling --grade-pct 5 --mineral-pct 86.6 --mineral-density 7.5
    --gangue-density 2.65 --liberation-cm 0.015 --top-size-cm 2.5 --top-size-cm 0.5 --error-pct 2
    """
    from oreline.balance import SampledOre, granulometric_factor, sampling_plan

    ore = SampledOre(
        grade, mineral, density, gangue, liberation, shape, granulometric_factor(size_ratio), gold
    )
    plan = sampling_plan(
        ore,
        top_size,
        error_pct / 100,
        coverage=coverage,
        safety=safety,
        taken_g=taken or None,
        lot_g=None if lot_t is None else lot_t * 1e6,
    )
    assay = _assay(plan, grade, analysis_u, other_pct)
    umpire = _umpire(assay, analysis_u, splitting_limit)

    def show(console: Console) -> None:
        from oreline.cli._balance_formula_tables import print_plan_of_sampling

        print_plan_of_sampling(console, plan, assay, umpire)

    result = {
        **plan.to_json(),
        "assay": None if assay is None else assay.to_json(),
        "umpire": umpire,
    }
    return Answer(result, show, plan.to_frame)


def _assay(plan: Any, grade: float, analysis_u: float | None, other_pct: float | None) -> Any:
    from oreline.balance import Estimate, u_from_plan
    from oreline.model import InputError

    if analysis_u is None and other_pct is None:
        return None
    if analysis_u is None or other_pct is None:
        raise InputError("give --analysis-u and --other-pct together (0 says that there is none)")
    return u_from_plan(
        plan, Estimate(grade, None, "%"), analysis_u=analysis_u, other_rel=other_pct / 100
    )


def _umpire(assay: Any, analysis_u: float | None, limit: str | None) -> dict[str, str] | None:
    from oreline.cli._plan import amount_of
    from oreline.model import InputError
    from oreline.settle import umpire_chances

    if limit is None:
        return None
    if assay is None or analysis_u is None:
        raise InputError("--splitting-limit needs --analysis-u and --other-pct")
    chances: dict[str, str] = umpire_chances(
        assay.u, analysis_u, amount_of(limit, "--splitting-limit")
    )
    return chances


@question(Needs.NOTHING, export=True)
def gold_sample(
    _reader: Reader,
    grade: Annotated[float, typer.Option("--grade-g-t", help="Expected grade, g/t.")],
    grain: Annotated[float, typer.Option("--grain-mm", help="Size of the coarsest grains, mm.")],
    shape: Annotated[
        float,
        typer.Option("--shape", help="Volume for the cube of the size: 0.52 ball, 0.2 flake."),
    ],
    sample: Annotated[
        float | None, typer.Option("--sample-g", help="What a sample of this mass tells, g.")
    ] = None,
    error_pct: Annotated[
        float | None,
        typer.Option("--error-pct", help="What sample leaves this relative error, 1 sigma, %."),
    ] = None,
    density: Annotated[
        float, typer.Option("--density", help="Of the grains, g/cm3; pure gold is 19.3.")
    ] = 19.3,
) -> Answer:
    """Count the grains in a sample of ore with coarse gold, where Gy's formula fails (Poisson).

    Example: oreline balance gold-sample --grade-g-t 2 --grain-mm 0.5 --shape 0.5 --sample-g 50
    """
    from oreline.balance import gold_grains, gold_sample_mass
    from oreline.model import InputError

    if (sample is None) == (error_pct is None):
        raise InputError("give either --sample-g or --error-pct")
    if sample is None:
        assert error_pct is not None
        sample = gold_sample_mass(grade, grain, error_pct / 100, shape=shape, density=density)
    found = gold_grains(sample, grade, grain, shape=shape, density=density)

    def show(console: Console) -> None:
        from oreline.cli._balance_formula_tables import print_gold

        print_gold(console, found)

    return Answer(found.to_json(), show, found.to_frame)
