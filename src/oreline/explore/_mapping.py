"""What the columns of a set of drill hole tables mean: the content of ``explore.toml``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from oreline.exchange import Located, TomlSyntaxError, located_toml
from oreline.explore._model_settings import ModelSections
from oreline.explore._words import METRES_PER_UNIT, PERCENT_PER_UNIT
from oreline.model import Basis, Finding, Frozen, InputError, Severity, analyte

MAPPING_FILE = "explore.toml"
"""The name of the mapping in a folder of drill hole tables."""

Valued = Literal["half", "zero", "limit", "interval"]
"""What a grade below detection counts as: half the limit, nothing, the limit, or all between."""


def _length_unit(unit: str) -> str:
    if unit not in METRES_PER_UNIT:
        raise ValueError(f"say which unit of length: {', '.join(METRES_PER_UNIT)}; got {unit!r}")
    return unit


def _grade_unit(unit: str) -> str:
    if unit not in PERCENT_PER_UNIT:
        raise ValueError(f"say which unit of grade: {', '.join(PERCENT_PER_UNIT)}; got {unit!r}")
    return unit


LengthUnit = Annotated[str, AfterValidator(_length_unit)]
GradeUnit = Annotated[str, AfterValidator(_grade_unit)]


class TablePlace(Frozen):
    """Where a table is, and the column that names the hole."""

    file: str
    sheet: str | None = None
    hole: str


class CollarColumns(TablePlace):
    """The columns of the table of collars; ``azimuth`` and ``dip`` only where no survey is."""

    x: str
    y: str
    z: str
    depth: str | None = None
    azimuth: str | None = None
    dip: str | None = None


class SurveyColumns(TablePlace):
    """The columns of the table of readings down the hole."""

    depth: str
    azimuth: str
    dip: str


class AnalyteColumn(Frozen):
    """A column of grades.

    ``analyte`` is what is assayed, by default the name of the entry; ``limit`` the detection limit
    in ``unit``, needed where below detection is a word; ``value`` what such a grade counts as.
    """

    column: str
    unit: GradeUnit
    analyte: str | None = None
    limit: float | None = Field(default=None, gt=0)
    value: Valued | None = None


class AssayColumns(TablePlace):
    """The columns of the table of assays; ``density`` in t/m3.

    An interval ends at ``to``, or ``length`` below where it starts.
    ``x``, ``y`` and ``z`` are the middle of each interval, where a table has no collars beside it.
    """

    start: str = Field(alias="from")
    to: str | None = None
    length: str | None = None
    density: str | None = None
    x: str | None = None
    y: str | None = None
    z: str | None = None
    analytes: dict[str, AnalyteColumn] = Field(min_length=1)


class GeologyColumns(TablePlace):
    """The columns of the table of rock or ore codes; ``length`` as in the table of assays."""

    start: str = Field(alias="from")
    to: str | None = None
    length: str | None = None
    code: str


class CellCodes(Frozen):
    """How cells of grades that hold no plain number are read.

    ``not_sampled`` means that no sample was taken, ``missing`` that its result is lost: the first
    may be valued in composites, the second never. ``negative`` says whether a negative number means
    below that number.
    """

    not_sampled: tuple[str, ...] = ("",)
    missing: tuple[str, ...] = ()
    below_detection: tuple[str, ...] = ()
    negative: Literal["wrong", "below detection"] = "wrong"
    value: Valued | None = None


class HoleMapping(ModelSections):
    """A whole mapping; docs/reference/explore.md explains every setting."""

    title: str | None = None
    source: str | None = None
    basis: Basis | None = None
    licence: str | None = None
    length_unit: LengthUnit
    coordinate_unit: LengthUnit
    crs: str
    dip: Literal["positive down", "negative down"] | None = None
    azimuth: Literal["grid", "true", "magnetic", "not stated"]
    azimuth_correction_deg: float = 0.0
    decimal: Literal[".", ","] = "."
    collars: CollarColumns | None = None
    surveys: SurveyColumns | None = None
    assays: AssayColumns
    geology: GeologyColumns | None = None
    codes: CellCodes = CellCodes()

    def value_of(self, name: str) -> Valued | None:
        """Return what a grade of an analyte below detection counts as; None if nothing says."""
        return self.assays.analytes[name].value or self.codes.value


def read_mapping_text(
    text: str, name: str = MAPPING_FILE
) -> tuple[HoleMapping | None, tuple[Finding, ...]]:
    r"""Read the text of an ``explore.toml``; every problem is told at its line.

    >>> mapping, findings = read_mapping_text('length_unit = "yd"\n')
    >>> findings[0].where, findings[0].message
    ('explore.toml:1', "length_unit: say which unit of length: m, ft, us ft; got 'yd'")
    """
    try:
        located = located_toml(text)
    except TomlSyntaxError as error:
        where = f"{name}:{error.line}"
        message = f"this is not TOML: {error}"
        return None, (_wrong(where, message, "correct the line; text stands in quotes"),)
    try:
        mapping = HoleMapping.model_validate(located.values)
    except ValidationError as error:
        found = (_of_validation(one, located, name) for one in error.errors())
        return None, tuple(found)
    findings = _unclear(mapping, located, name)
    return (None if findings else mapping), tuple(findings)


def _of_validation(detail: Any, located: Located, name: str) -> Finding:
    path = tuple(detail["loc"])
    key = ".".join(str(part) for part in path)
    said = str(detail["msg"]).removeprefix("Value error, ")
    said = said[:1].lower() + said[1:]
    fix = "docs/reference/explore.md lists every setting"
    if detail["type"] == "missing":
        said, fix = "this setting is missing", f"write {path[-1]} = ..."
    elif detail["type"] == "extra_forbidden":
        said, fix = "no such setting", "correct its name, or remove it"
    return _wrong(located.where(path, name), f"{key}: {said}", fix)


def _unclear(mapping: HoleMapping, located: Located, name: str) -> list[Finding]:
    """Return what no single setting shows: analytes that are none, codes that contradict."""
    findings = []
    for identity, column in mapping.assays.analytes.items():
        where = located.where(("assays", "analytes", identity), name)
        symbol = column.analyte or identity
        try:
            analyte(symbol)
        except InputError as error:
            findings.append(_wrong(where, str(error), "or name it by analyte = ..."))
        if identity in RESERVED:
            message = f"{identity} is a column of every table of assays"
            findings.append(_wrong(where, message, "give the analyte another name"))
    seen: dict[str, str] = {}
    for kind in ("not_sampled", "missing", "below_detection"):
        for word in getattr(mapping.codes, kind):
            folded = word.strip().casefold()
            if folded in seen:
                where = located.where(("codes", kind), name)
                message = f"{word!r} is listed as {seen[folded]} and as {kind}"
                findings.append(_wrong(where, message, "keep it in one of them"))
            seen[folded] = kind
    return findings + _unclear_places(mapping, located, name)


def _unclear_places(mapping: HoleMapping, located: Located, name: str) -> list[Finding]:
    """Return what is missing to know where the holes lie."""
    findings = []
    collars, assays = mapping.collars, mapping.assays
    where = located.where(("collars",), name)
    points = (assays.x, assays.y, assays.z)
    if collars is None and None in points:
        message = "there are no collars, and the assays do not say where each interval lies"
        fix = "add [collars], or x, y and z to [assays]"
        findings.append(_wrong(where, message, fix))
    if collars is not None and (collars.azimuth is None) != (collars.dip is None):
        message = "azimuth and dip of the collars are given only together"
        findings.append(_wrong(where, message, "give both or none"))
    for part in ("assays", "geology"):
        table = getattr(mapping, part)
        if table is not None and (table.to is None) == (table.length is None):
            fix = "write to = ..., or length = ... where a column has lengths of intervals"
            message = f"{part}: an interval ends at to, or has a length: one of them is named"
            findings.append(_wrong(located.where((part,), name), message, fix))
    has_dips = mapping.surveys is not None or (collars is not None and collars.dip is not None)
    if has_dips and mapping.dip is None:
        fix = 'write dip = "negative down" or dip = "positive down"'
        message = "dip: nothing says which sign points downwards"
        findings.append(_wrong(located.where(("dip",), name), message, fix))
    return findings


RESERVED = frozenset(
    {"hole", "from_m", "to_m", "length_m", "density_t_per_m3", "domain", "x_m", "y_m", "z_m"}
)
"""Names that no analyte may have, because tables have columns of that name."""


def _wrong(where: str, message: str, fix: str) -> Finding:
    return Finding("ORL-0900", Severity.FATAL, where, message, fix)
