"""``oreline explore variogram``: experimental variograms and the models fitted to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._explore_source import Folder, SetName
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.cli._explore_model_source import ModelInput
    from oreline.explore import Fitted, ModelSections, Samples, Variogram, VariogramTerms
    from oreline.model import Finding

Analytes = Annotated[
    list[str] | None,
    typer.Option("--analyte", "-a", metavar="NAME", help="Only this one; may be given again."),
]
Lag = Annotated[
    float | None,
    typer.Option("--lag-m", metavar="M", help="Width of a lag, for the file's."),
]
Lags = Annotated[
    int | None, typer.Option("--lags", metavar="N", help="Number of lags, in place of the file's.")
]
OfDomain = Annotated[
    list[str] | None,
    typer.Option("--domain", metavar="CODE", help="Only this domain; may be given again."),
]
Scores = Annotated[
    bool, typer.Option("--normal-scores", help="Of normal scores, as simulation needs them.")
]


@question(Needs.NOTHING, export=True)
def variogram(
    _reader: Reader,
    folder: Folder,
    name: SetName = None,
    analyte: Analytes = None,
    lag_m: Lag = None,
    lags: Lags = None,
    normal_scores: Scores = False,
    domain: OfDomain = None,
) -> Answer:
    """Compare the composites by distance, fit a model, and show the lines for explore.toml.

    How is declared in [variogram.NAME] or [variogram.all], as fit = { lag_m = ... }; or by --lag-m
    alone: then a spherical model, with the nugget from downhole. Where [search] keeps domains
    apart, each is fitted by itself.

    Example: oreline explore variogram my-chain --analyte Nd2O3 --lag-m 25
    """
    from oreline.cli._explore_model_source import read_model_input
    from oreline.explore import scored, unfitted_domain
    from oreline.model import InputError

    given = read_model_input(folder, name)
    wanted = analyte or list(given.samples.analytes)
    unknown = [one for one in wanted if one not in given.samples.analytes]
    if unknown:
        known = ", ".join(given.samples.analytes)
        raise InputError(f"no analyte {', '.join(unknown)}; there are {known}")
    fits: list[Fitted] = []
    few_found: list[Finding] = []
    for code in _domains(given, domain):
        inside = given.samples if not code else _inside(given.samples, code)
        for one in wanted:
            few = unfitted_domain(inside, one, code) if code else None
            if few is None:
                terms = _terms(one, given.sections, lag_m, lags, code)
                samples = scored(inside, one) if normal_scores else inside
                try:
                    fits.append(_fit(samples, one, terms, code))
                except InputError as error:
                    if not code:
                        raise
                    few = unfitted_domain(inside, one, code, error)
            few_found += [] if few is None else [few]
    if not fits:
        raise InputError("no domain has enough composites to be fitted", few_found)

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings

        for made in fits:
            _show(console, made)
        print_findings(console, few_found)

    def frame() -> Any:
        import polars as pl

        frames = []
        for made in fits:
            told = [pl.lit(made.domain).alias("domain")] if made.domain else []
            frames.append(made.fit.to_frame().with_columns(*told))
        return pl.concat(frames)

    findings = few_found + [finding for made in fits for finding in made.fit.findings]
    result = {"set": given.name, "samples": given.samples.n, "normal_scores": normal_scores,
              "variograms": [made.to_json() for made in fits]}  # fmt: skip
    return Answer(result, show, frame, findings=tuple(findings))


def _domains(given: ModelInput, asked: list[str] | None) -> list[str]:
    """Return the domains that are fitted by themselves; one without a name is all together."""
    import numpy as np

    from oreline.model import InputError

    search, codes = given.sections.search, given.samples.domain
    there = [] if codes is None else sorted({str(code) for code in np.asarray(codes) if code})
    unknown = [code for code in asked or () if code not in there]
    if unknown:
        named = ", ".join(there) or "none"
        raise InputError(f"no domain {', '.join(unknown)}; the composites have {named}")
    if asked:
        return asked
    apart = search is not None and search.is_by_domain and there
    only = () if search is None else search.only
    return [code for code in there if not only or code in only] if apart else [""]


def _inside(samples: Samples, code: str) -> Samples:
    import numpy as np

    return samples.taken(np.asarray(samples.domain).astype(str) == code)


def _terms(
    analyte: str, sections: ModelSections, lag_m: float | None, lags: int | None, domain: str
) -> VariogramTerms:
    """Return how an analyte is fitted, as settings and call say."""
    from oreline.explore import FitSection, VariogramSection, terms_of
    from oreline.model import InputError

    section = terms_of(sections.variogram, analyte, domain)
    fit = None if section is None else section.fit
    changes: dict[str, Any] = {}
    if lag_m is not None:
        changes["lag_m"] = lag_m
    if lags is not None:
        changes["lags"] = lags
    if fit is None and lag_m is None:
        raise InputError(
            f"say how wide a lag is: --lag-m, or fit = {{ lag_m = ... }} in [variogram.{analyte}]"
        )
    whole = {**({} if fit is None else fit.model_dump()), **changes}
    try:
        made = FitSection.model_validate(whole)
    except ValueError as error:
        raise InputError(f"lags cannot be {lags} of {lag_m} m: widths over 0, 3 to 200") from error
    turned = {} if section is None else section.rotation().to_json()
    nugget = section.nugget if section is not None and section.fit is not None else None
    return VariogramSection(fit=made, nugget=nugget, **turned)


def _fit(samples: Samples, analyte: str, terms: VariogramTerms, domain: str) -> Fitted:
    from dataclasses import replace

    from oreline.cli._progress import progress_bar
    from oreline.explore import fit_of

    with progress_bar() as progress:
        return replace(fit_of(samples, analyte, terms, None, progress), domain=domain)


def _show(console: Console, made: Fitted) -> None:
    from oreline.cli._render import print_findings, print_table, print_title

    fit = made.fit
    place = f" in {made.domain}" if made.domain else ""
    print_title(
        console, f"Variogram of {fit.analyte}{place}, {fit.experimental.samples} composites"
    )
    rows = [
        (row["direction"], f"{row['from_m']:.4g}-{row['to_m']:.4g}", f"{row['pairs']:,}",
         _told(row["distance_m"]), _told(row["gamma"]), _told(row["model"]))
        for row in fit.to_frame().to_dicts()
    ]  # fmt: skip
    columns = ("direction", "lag, m", "pairs", "distance, m", "variogram", "model")
    print_table(console, columns, rows, right=columns[2:])
    console.print(f"Variance {fit.experimental.variance:.4g}; nugget {fit.nugget_from}.",
                  style="dim", markup=False)  # fmt: skip
    print_findings(console, fit.findings)
    console.print(
        toml_lines(fit.analyte, fit.variogram, made.domain), markup=False, highlight=False
    )


def _told(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def toml_lines(analyte: str, model: Variogram, domain: str = "") -> str:
    """Return a model as the lines that state it in explore.toml."""
    import json

    # A basic string of TOML is written as one of JSON.
    of = f".domain.{json.dumps(domain)}" if domain else ""
    lines = [f"[variogram.{analyte}{of}]", f"nugget = {model.nugget:.6g}", "structures = ["]
    for part in model.structures:
        ranges = ", ".join(f"{value:.6g}" for value in part.ranges_m)
        turned = part.rotation
        angles = (f"azimuth_deg = {turned.azimuth_deg:g}, dip_deg = {turned.dip_deg:g}, "
                  f"plunge_deg = {turned.plunge_deg:g}")  # fmt: skip
        lines.append(
            f'  {{ kind = "{part.kind}", sill = {part.sill:.6g}, ranges_m = [{ranges}], '
            f"{angles} }},"
        )
    return "\n".join([*lines, "]"])
