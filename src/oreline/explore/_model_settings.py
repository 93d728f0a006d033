"""The sections of ``explore.toml`` that say how a block model is made."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from oreline.explore._classes import ClassRule, ClassSettings
from oreline.explore._mine_settings import MineSettings
from oreline.explore._search import SearchPass
from oreline.explore._tonnage import Equivalent, Worth
from oreline.explore._variogram import Rotation, Structure, StructureKind, Variogram
from oreline.explore._words import length_of_text
from oreline.model import Basis, Frozen, InputError

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Triple = tuple[Positive, Positive, Positive]

ANY = "all"
"""The section of variograms that counts for analytes without one of their own."""


def _length(text: str) -> str:
    try:
        length_of_text(text)
    except InputError as error:
        raise ValueError(str(error)) from error
    return text


LengthText = Annotated[str, AfterValidator(_length)]


class TurnedAxes(Frozen):
    """How the axes of an ellipsoid lie: azimuth, dip (negative down), plunge."""

    azimuth_deg: float = 0.0
    dip_deg: float = 0.0
    plunge_deg: float = 0.0

    def rotation(self) -> Rotation:
        """Return the angles as they are reckoned with."""
        return Rotation(self.azimuth_deg, self.dip_deg, self.plunge_deg)


class CompositesSection(Frozen):
    """``[composites]``: what is estimated from, and of what."""

    length: LengthText
    by_geology: bool = False
    residual: Literal["merge", "keep", "drop", "even"] = "merge"
    coverage: Share = 0.5
    unsampled_pct: float | None = Field(default=None, ge=0)
    analytes: tuple[str, ...] = ()
    rare_earths: tuple[str, ...] = ()
    """Oxides and sums (``TREO``) to add, formed from what was assayed."""
    top_cuts_pct: dict[str, Positive] = Field(default_factory=dict)


class StructureSection(TurnedAxes):
    """One structure of a stated variogram."""

    kind: StructureKind
    sill: Annotated[float, Field(ge=0)]
    ranges_m: Triple

    def structure(self, factor: float, axes: Rotation) -> Structure:
        """Return the structure, with the axes of its section where it has none of its own."""
        own = self.rotation()
        turned = axes if own == Rotation() else own
        return Structure(self.kind, self.sill * factor, self.ranges_m, turned)


class FitSection(Frozen):
    """How an experimental variogram is made and fitted."""

    lag_m: Positive
    lags: Annotated[int, Field(ge=3, le=200)] = 12
    kinds: Annotated[tuple[StructureKind, ...], Field(min_length=1, max_length=3)] = (
        StructureKind.SPHERICAL,
    )
    directional: bool = False
    tolerance_deg: Annotated[float, Field(gt=0, le=90)] = 22.5
    bandwidth_m: Positive | None = None
    downhole_nugget: bool = True


class VariogramTerms(TurnedAxes):
    """A stated model, or how one is fitted.

    ``sills = "shares"`` says that nugget and sills are shares of the variance of each analyte, and
    sum to 1: one model then serves a whole suite.
    """

    nugget: Annotated[float, Field(ge=0)] | None = None
    structures: tuple[StructureSection, ...] = ()
    sills: Literal["squared per cent", "shares"] = "squared per cent"
    fit: FitSection | None = None

    @property
    def is_silent(self) -> bool:
        """Return whether neither a model nor a fit is given."""
        return self.fit is None and not self.structures

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        return self._seen()

    def _seen(self) -> Self:
        if (self.fit is None) == (not self.structures):
            raise ValueError("give either structures, or fit = { lag_m = ... }")
        if self.structures and self.nugget is None:
            raise ValueError("a stated model needs its nugget, 0 if there is none")
        whole = (self.nugget or 0.0) + sum(part.sill for part in self.structures)
        if self.structures and self.sills == "shares" and abs(whole - 1) > 1e-6:
            raise ValueError(f"nugget and sills are shares and sum to {whole:g}, not to 1")
        if self.structures and not whole > 0:
            raise ValueError("the sill is zero: nothing would vary")
        return self

    def stated(self, variance: float) -> Variogram:
        """Return the stated model of an analyte with this variance."""
        factor = variance if self.sills == "shares" else 1.0
        axes = self.rotation()
        parts = tuple(part.structure(factor, axes) for part in self.structures)
        return Variogram((self.nugget or 0.0) * factor, parts)


class VariogramSection(VariogramTerms):
    """``[variogram.<analyte>]``, with ``[variogram.<analyte>.domain.<code>]`` for one domain.

    The section itself may be silent where domains have models of their own.
    """

    domain: dict[str, VariogramTerms] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        return self if self.domain and self.is_silent else self._seen()

    def of(self, domain: str) -> VariogramTerms | None:
        """Return what holds in a domain: its own terms, else those of the section."""
        own = self.domain.get(domain)
        return own or (None if self.is_silent else self)


class GridSection(Frozen):
    """``[grid]``: where blocks lie; without origin and count, around the composites."""

    size_m: Triple
    origin_m: tuple[float, float, float] | None = None
    count: tuple[int, int, int] | None = None
    bearing_deg: float = 0.0
    margin_m: Annotated[float, Field(ge=0)] = 0.0
    points: tuple[int, int, int] = (3, 3, 2)

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.origin_m is None) != (self.count is None):
            raise ValueError("give origin_m and count, or neither: then the grid lies around "
                             "the composites")  # fmt: skip
        if self.origin_m is None and self.bearing_deg != 0:
            raise ValueError("a turned grid needs origin_m and count")
        if min(self.points) < 1 or max(self.points) > 10:
            raise ValueError("points of a block are 1 to 10 each way")
        return self


class PassSection(TurnedAxes):
    """One pass of the search."""

    radii_m: Triple
    min_samples: Annotated[int, Field(ge=1)] = 4
    max_samples: Annotated[int, Field(ge=1, le=200)] = 16
    max_per_hole: Annotated[int, Field(ge=1)] | None = None
    max_per_octant: Annotated[int, Field(ge=1)] | None = None
    min_octants: Annotated[int, Field(ge=0, le=8)] = 0

    @model_validator(mode="after")
    def _possible(self) -> Self:
        try:
            self.search()
        except InputError as error:
            raise ValueError(str(error)) from error
        return self

    def search(self) -> SearchPass:
        """Return the pass as it is reckoned with."""
        return SearchPass(
            self.radii_m,
            self.rotation(),
            self.min_samples,
            self.max_samples,
            self.max_per_hole,
            self.max_per_octant,
            self.min_octants,
        )


class SoftSection(Frozen):
    """A soft contact: samples of one domain count in the other if they are near it."""

    between: tuple[str, str]
    within_m: Positive

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.between[0] == self.between[1]:
            raise ValueError("a soft contact is between two domains")
        return self


class SearchSection(Frozen):
    """``[search]``: the passes, and whether samples of another domain count.

    With hard domains each has variograms of its own, unless they are ``pooled``.
    """

    passes: Annotated[tuple[PassSection, ...], Field(min_length=1, max_length=9)]
    domains: Literal["hard", "none"] = "none"
    only: tuple[str, ...] = ()
    variograms: Literal["by domain", "pooled"] = "by domain"
    soft: tuple[SoftSection, ...] = ()

    @model_validator(mode="after")
    def _of_domains(self) -> Self:
        if self.soft and self.domains != "hard":
            raise ValueError('soft contacts are exceptions to domains = "hard"')
        return self

    @property
    def is_by_domain(self) -> bool:
        """Return whether each domain has variograms of its own."""
        return self.domains == "hard" and self.variograms == "by domain"


class SimulationSection(Frozen):
    """``[simulation]``: conditional simulations of the block model.

    ``variogram`` holds those of the normal scores, in the grammar of ``[variogram]``; without it
    the shape of the model's own variograms is taken.
    """

    seed: Annotated[int, Field(ge=0)]
    realisations: Annotated[int, Field(ge=2, le=1000)] = 50
    variogram: dict[str, VariogramSection] = Field(default_factory=dict)


class ClassesSection(Frozen):
    """``[classes]``: the declared limits of the screening classes, and the rule that decides."""

    analyte: str
    rule: ClassRule
    passes: tuple[int, int, int] = (1, 2, 3)
    min_holes: tuple[int, int, int] = (1, 1, 1)
    spacing_m: Triple | None = None
    holes: int = 3
    relative_error_max: Positive = 0.15
    blocks_per_month: Positive = 1.0

    @model_validator(mode="after")
    def _possible(self) -> Self:
        try:
            self.settings()
        except InputError as error:
            raise ValueError(str(error)) from error
        if self.rule in (ClassRule.WORST, ClassRule.MAJORITY) and self.spacing_m is None:
            raise ValueError(f"the rule {self.rule} needs spacing_m as well")
        return self

    def settings(self) -> ClassSettings:
        """Return the limits as they are reckoned with."""
        return ClassSettings(
            self.rule,
            self.passes,
            self.spacing_m,
            self.holes,
            self.relative_error_max,
            self.blocks_per_month,
            self.min_holes,
        )


class DensitySection(Frozen):
    """``[density]``: dry tonnes of a cubic metre, one for all, by domain, or from samples."""

    basis: Basis
    source: str
    t_per_m3: Annotated[float, Field(gt=0, lt=25)] | None = None
    by_domain: dict[str, Annotated[float, Field(gt=0, lt=25)]] = Field(default_factory=dict)
    from_samples: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.t_per_m3 is None and not self.by_domain and not self.from_samples:
            raise ValueError("give t_per_m3, by_domain, or from_samples = true")
        return self


class WorthSection(Frozen):
    """What one analyte brings to an equivalent grade."""

    price_usd_per_t: Positive
    recovery: Annotated[float, Field(gt=0, le=1)]
    source: Annotated[str, Field(min_length=1)]


class CutoffsSection(Frozen):
    """``[cutoffs]``: where curves are told, and of what."""

    analyte: str
    pct: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(min_length=1, max_length=200)]
    equivalent: dict[str, WorthSection] = Field(default_factory=dict)

    def made(self) -> Equivalent | None:
        """Return the equivalent, named as ``analyte`` says, where one is stated."""
        if not self.equivalent:
            return None
        parts = {
            name: Worth(part.price_usd_per_t, part.recovery, part.source)
            for name, part in self.equivalent.items()
        }
        return Equivalent(self.analyte, parts)


class ModelSections(Frozen):
    """All sections about the block model; docs/reference/explore-model.md explains each."""

    composites: CompositesSection | None = None
    variogram: dict[str, VariogramSection] = Field(default_factory=dict)
    grid: GridSection | None = None
    search: SearchSection | None = None
    classes: ClassesSection | None = None
    density: DensitySection | None = None
    cutoffs: CutoffsSection | None = None
    simulation: SimulationSection | None = None
    mine: MineSettings | None = None
