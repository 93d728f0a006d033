"""The tables of a `processes.toml` as types; the JSON Schema and the reference page come from them.

What only the whole file can tell (does the outlet lead somewhere, has the law its numbers) is
checked when a flowsheet is built from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from oreline.design._file_forms import file_schema
from oreline.design._flowsheet import ProductKind
from oreline.design._law import StreamPhase
from oreline.model import Basis

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$"
Id = Annotated[str, Field(pattern=ID_PATTERN)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NumberTable(_Table):
    """A number with its unit, range, basis and source, or the id of an assumption."""

    value: float | None = Field(None, description="The number, in `unit`.")
    unit: str | None = Field(None, description="Its unit; where left out, the one expected.")
    low: float | None = Field(None, description="Low end of its range, in `unit`.")
    high: float | None = Field(None, description="High end of its range, in `unit`.")
    u: float | None = Field(
        None, ge=0, description="Standard uncertainty, instead of low and high: drawn as normal."
    )
    basis: Basis | None = Field(None, description="Where left out, that of its table or the file.")
    source: str | None = Field(None, description="Where left out, that of its table or the file.")
    note: str = Field("", description="What a reader should know of it.")
    assumption: str | None = Field(
        None, description="Instead of all others: the id of a row of assumptions.csv."
    )


def as_number_table(given: Any) -> Any:
    """Read the short forms: ``0.944``, ``"94.4 %"`` and ``"A-REC"``."""
    if isinstance(given, bool):
        raise ValueError(f"{given} is no number")
    if isinstance(given, int | float | Decimal):
        return {"value": float(given)}
    if not isinstance(given, str):
        return given
    text = given.strip()
    if text.startswith("A-"):
        return {"assumption": text}
    number, _, unit = text.partition(" ")
    try:
        return {"value": float(number), "unit": unit.strip() or None}
    except ValueError:
        raise ValueError(
            f'{given!r} is no number with a unit; write "94.4 %", 0.944 or an id "A-..." of '
            "assumptions.csv"
        ) from None


NUMBER_FORMS = WithJsonSchema(
    {
        "anyOf": [
            {"type": "number"},
            {"type": "string", "description": "Number and unit, or an id A-..."},
            {"x-table": "NumberTable"},
        ]
    }
)
"""How a number may be written, for the schema."""
Number = Annotated[NumberTable, BeforeValidator(as_number_table), NUMBER_FORMS]


def _as_numbers(given: Any) -> Any:
    """Read a parameter: one number, or one for each component."""
    if isinstance(given, Mapping) and not set(given) & set(NumberTable.model_fields):
        return dict(given)
    return {"": given}


Numbers = Annotated[
    dict[str, Number],
    BeforeValidator(_as_numbers),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "string"},
                {"x-table": "NumberTable"},
                {
                    "type": "object",
                    "description": "One for each component, `*` for all that are not named.",
                    "additionalProperties": {
                        "anyOf": [
                            {"type": "number"},
                            {"type": "string"},
                            {"x-table": "NumberTable"},
                        ]
                    },
                },
            ]
        }
    ),
]


class ComponentsTable(_Table):
    """What is followed through the chain. Whatever is not named is `rest`."""

    elements: tuple[str, ...] = Field((), description="Symbols: `Sb`, `Nd`.")
    minerals: tuple[str, ...] = Field(
        (), description="Names of known minerals, or of those in `[minerals.NAME]`."
    )
    oxides: tuple[str, ...] = Field((), description="Formulas of oxides and salts: `CaO`.")
    groups: tuple[str, ...] = Field(
        (), description="What is assayed together and not taken apart: `REO`, `gangue`."
    )


class MineralTable(_Table):
    """A mineral of the deposit: a formula, and its rare earths where it holds `Ln`."""

    formula: str | None = Field(
        None, description="`CeCO3F`; may hold `Ln`. Where left out, that of the known mineral."
    )
    rare_earths: dict[str, float] = Field(
        default_factory=dict, description="Mass shares of the metals in `Ln`."
    )
    source: str | None = Field(None, description="Where its composition is from.")


class OreTable(_Table):
    """Whose ore a feed is: a table that `oreline explore ore` wrote."""

    file: str = Field(
        pattern=r"^ores/[A-Za-z0-9][A-Za-z0-9_.-]{0,79}[.]csv$",
        description="The table, in `ores/` of the chain's folder: `ores/copper.csv`.",
    )
    year: int | None = Field(
        None, ge=1, le=999, description="A year of mining; where left out, the mean of all."
    )


class TogetherTable(_Table):
    """How the ranks of two grades of one feed go together, and who says so."""

    of: tuple[str, str] = Field(description="Two grades, or `ore` for the dry mass and a grade.")
    rank: float = Field(gt=-1, lt=1, description="Spearman's coefficient, between -1 and 1.")
    source: str = Field(min_length=1, description="Who says so.")


class FeedTable(_Table):
    """What enters from outside: ore, reagents, water, air, scrap."""

    id: Id = Field(description="Its name.")
    to: Id = Field(description="The unit it enters.")
    dry_t_per_h: Number | None = Field(
        None, description="Dry mass; also written in kg/h, t/d, t/y, kt/y. Of an ore, its tonnes."
    )
    ore: OreTable | None = Field(
        None, description="A resource whose tonnes, moisture and grades the feed has."
    )
    grades: dict[str, Number] = Field(
        default_factory=dict,
        description="Parts of the dry mass, by component or formula. What they leave is `rest`.",
    )
    together: tuple[TogetherTable, ...] = Field(
        (), description="Grades that are drawn together; of an ore its table says it too."
    )
    moisture: Number | None = Field(None, description="Water as a part of the wet mass.")
    water_t_per_h: Number | None = Field(
        None, description="Water in it, instead of `moisture`; a feed of water alone has 0 dry."
    )
    phase: StreamPhase = Field(StreamPhase.SOLID, description="`solid`, `solution` or `gas`.")
    minerals: tuple[str, ...] = Field(
        (), description="Minerals into which the assays are turned, by nonnegative least squares."
    )
    material: str = Field("", description="Its id in materials.csv, for a planned ledger.")
    site: str = Field("", description="Its id in sites.csv.")
    basis: Basis | None = Field(None, description="Of its numbers that do not say it.")
    source: str | None = Field(None, description="Of its numbers that do not say it.")


class OutletTable(_Table):
    """Where an outlet leads, and what leaves by it."""

    to: Id = Field(description="A unit or a product.")
    phase: StreamPhase | None = Field(
        None,
        description="Where left out, that of the law; of a split or mix, that of what enters it.",
    )


def _as_outlet(given: Any) -> Any:
    return {"to": given} if isinstance(given, str) else given


Outlet = Annotated[
    OutletTable,
    BeforeValidator(_as_outlet),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"x-table": "OutletTable"}]}),
]


class UnitTable(_Table):
    """A process unit: a law, its numbers, and where its outlets lead."""

    id: Id = Field(description="Its name.")
    law: str = Field(description="The name of a unit law.")
    outlets: dict[str, Outlet] = Field(description="For each outlet a unit or a product.")
    parameters: dict[str, Numbers] = Field(
        default_factory=dict, description="The numbers of the law, by its names."
    )
    site: str = Field("", description="Its id in sites.csv.")
    plant: str = Field("", description="The plant it is part of.")
    basis: Basis | None = Field(None, description="Of its numbers that do not say it.")
    source: str | None = Field(None, description="Of its numbers that do not say it.")


class ProductTable(_Table):
    """Where material leaves: a product, a waste or an emission."""

    id: Id = Field(description="Its name.")
    kind: ProductKind = Field(ProductKind.PRODUCT, description="`product`, `waste`, `emission`.")
    name: str = Field("", description="What people call it.")
    material: str = Field("", description="Its id in materials.csv, for a planned ledger.")
    site: str = Field("", description="Its id in sites.csv.")


class ProcessFile(_Table):
    """A flowsheet: what is followed, what enters, the units, and what leaves."""

    name: str = Field(description="What the flowsheet is called.")
    description: str = Field("", description="For a reader.")
    basis: Basis | None = Field(None, description="Of numbers that do not say it.")
    source: str | None = Field(None, description="Of numbers that do not say it.")
    hours_per_year: Number | None = Field(None, description="How long it runs in a year.")
    components: ComponentsTable = Field(description="What is followed.")
    minerals: dict[str, MineralTable] = Field(
        default_factory=dict, description="Minerals whose composition is stated here."
    )
    feeds: tuple[FeedTable, ...] = Field(min_length=1, description="What enters.")
    units: tuple[UnitTable, ...] = Field(min_length=1, description="What is done.")
    products: tuple[ProductTable, ...] = Field(min_length=1, description="What leaves.")


def process_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a `processes.toml`.

    It knows keys and forms. Whether outlets lead somewhere and laws have their numbers is told by
    ``read_processes``.
    """
    return file_schema(
        ProcessFile, "Processes", {"NumberTable": NumberTable, "OutletTable": OutletTable}
    )


def process_tables() -> dict[str, type[BaseModel]]:
    """Return the types of the tables of a `processes.toml`, by their heading in the reference."""
    return {
        "The file": ProcessFile,
        "[components]": ComponentsTable,
        "[minerals.NAME]": MineralTable,
        "[[feeds]]": FeedTable,
        "Ores": OreTable,
        "Grades that go together": TogetherTable,
        "[[units]]": UnitTable,
        "Outlets": OutletTable,
        "[[products]]": ProductTable,
        "Numbers": NumberTable,
    }
