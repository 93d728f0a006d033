"""The tables of a `plan.toml` as types; the JSON Schema and the reference page come from them.

What only the whole file can tell (is there such a unit, does a recipe close, does the budget reach)
is checked when a problem is built from it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from oreline.design import NUMBER_FORMS, NumberTable, as_number_table
from oreline.model import Basis
from oreline.plan._levies import LevyBase

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$")]
Year = Annotated[int, Field(ge=1900, le=2300)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanNumber(NumberTable):
    """A number with its unit, range, basis and source, or the id of an assumption."""

    times: float | None = Field(
        None, description="Multiplies it, range and all: the Nd in a grade that is stated as TREO."
    )


Number = Annotated[PlanNumber, BeforeValidator(as_number_table), NUMBER_FORMS]


def _as_years(given: Any) -> Any:
    """Read one number for all years, or a table of years and spans of years."""
    if isinstance(given, dict) and given and all(key[:1].isdigit() for key in given):
        return given
    return {"": given}


Yearly = Annotated[
    dict[str, Number],
    BeforeValidator(_as_years),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "string"},
                {"x-table": "NumberTable"},
                {
                    "type": "object",
                    "description": "A number for each year, `2027`, or span of years, `2028-2035`.",
                    "patternProperties": {
                        "^[0-9]{4}(-[0-9]{4})?$": {
                            "anyOf": [
                                {"type": "number"},
                                {"type": "string"},
                                {"x-table": "NumberTable"},
                            ]
                        }
                    },
                },
            ]
        }
    ),
]


class TermsTable(_Table):
    """The conventions of every value: nothing of them has a default."""

    rate: Number = Field(description="Discount rate, `%/y`; real where money is real.")
    timing: Literal["end", "middle"] = Field(description="When in its year a flow counts.")
    money: Literal["real", "nominal"] = Field(
        description="Whether costs stay as written, or grow by `inflation` from `money_year`."
    )
    money_year: Year = Field(description="Of which year the money of all costs is.")
    inflation: Number | None = Field(None, description="`%/y`; needed where money is nominal.")
    tax: Literal["pre-tax", "post-tax"] = Field(
        description="Whether levies on profit before tax are taken off."
    )
    end: Literal["closed", "left open"] = Field(
        description="`closed`: what stands after the last year is closed in it, at its closure "
        "cost. `left open`: neither that cost nor any residual value is counted."
    )


class SiteTable(_Table):
    """A place; one of sites.csv need not stand here, unless it stores."""

    id: Id = Field(description="Its name.")
    name: str = Field("", description="What people call it.")
    country: str = Field("", description="Two letters; else that of sites.csv.")
    operator: str = Field("", description="Party that runs it, for a planned ledger.")
    storage: Number | None = Field(
        None, description="What it can hold over a year's end, in all. Without it, nothing."
    )


class MaterialTable(_Table):
    """A material of fixed composition: ores of two grades are two materials."""

    id: Id = Field(description="Its name, that of materials.csv where it stands there.")
    name: str = Field("", description="What people call it.")
    grades: dict[str, Number] = Field(
        default_factory=dict, description="Parts of the dry mass by element: `Sb`, `Nd`."
    )
    discard: bool = Field(False, description="Whether it may be left unused: tailings, slag.")
    discard_cost: Number | None = Field(None, description="What that costs, `USD/t`.")


class ContainedTable(_Table):
    """What a resource holds of an element; its tonnage follows from the grade."""

    element: str = Field(description="One of its grades.")
    amount: Number = Field(description="Of that element, `t`.")


class ResourceTable(_Table):
    """What is in the ground at one grade: a tranche. Each grade is a resource of its own."""

    id: Id = Field(description="Its name.")
    site: str = Field(description="Where it lies.")
    grades: dict[str, Number] = Field(description="Parts of the dry mass by element.")
    tonnage: Number | None = Field(
        None, description="What there is to be drawn in all years together."
    )
    contained: ContainedTable | None = Field(
        None, description="Instead of tonnage: how much of an element it holds."
    )
    per_year: Number | None = Field(None, description="What can be drawn in a year.")
    after: tuple[str, ...] = Field(
        (), description="Units that must be ready before, as a drilling."
    )


class SupplyTable(_Table):
    """Material bought from outside of the plan."""

    id: Id = Field(description="Its name.")
    site: str = Field(description="Where it is handed over; its country is the origin.")
    material: str = Field(description="What it is.")
    price: Yearly = Field(description="What it costs, `USD/t`.")
    most: Yearly = Field(description="What can be had in a year.")


class PriceTable(_Table):
    """A price deck: a number for each year of the plan, never carried on from another."""

    id: Id = Field(description="Its name.")
    values: Yearly = Field(description="`USD/t`, of the material or of an element in it.")
    floor: Number | None = Field(
        None, description="A contract's least price: it is paid if higher."
    )


class LeastTable(_Table):
    """The least in which a size can be built; between it and the size, costs lie on a line."""

    capacity: Number = Field(description="Throughput at full running, `kt/y`.")
    capital: Number = Field(description="What it costs to build, `USD m`.")
    fixed_cost: Number | None = Field(None, description="Each year that it stands, `USD m/y`.")


class SizeTable(_Table):
    """One size in which a unit can be built."""

    id: Id = Field(description="Its name: `small`.")
    capacity: Number = Field(description="Throughput at full running, `kt/y`.")
    capital: Number = Field(description="What it costs to build, `USD m`.")
    fixed_cost: Number | None = Field(None, description="Each year that it stands, `USD m/y`.")
    least: LeastTable | None = Field(
        None,
        description="Where it can be built smaller: any capacity from this one up to that of the "
        "size; capital and fixed cost lie on the line between both.",
    )


class RecoverTable(_Table):
    """An output whose rate follows from grades and a recovery."""

    material: str = Field(description="The output; it has no rate of its own.")
    element: str = Field(description="Of which the recovery is.")
    recovery: Number | None = Field(
        None, description="Part of the element that goes there; or `streams`, not both."
    )
    streams: tuple[str, ...] = Field(
        (),
        description="Streams or products of the recipe's design that are this output: the recovery "
        "is what they hold of the element, as a part of what the design `takes`.",
    )


class YieldTable(_Table):
    """An output whose rate is the dry mass of streams of the recipe's design."""

    material: str = Field(description="The output; it has no rate of its own.")
    streams: tuple[str, ...] = Field(
        min_length=1, description="Streams or products of the design that are this output."
    )


class ReagentTable(_Table):
    """A material that goes in as the recipe's design uses it up."""

    material: str = Field(description="The material of the plan; it has no rate of its own.")
    reagent: str = Field(description="What the design calls it: `NaOH`.")
    units: tuple[str, ...] = Field((), description="Only what these units of the design use.")


class RecipeDesignTable(_Table):
    """The flowsheet that a recipe is solved from: change it, and the plan changes."""

    file: str = Field(
        pattern=r"^(processes\.toml|designs/[A-Za-z0-9][A-Za-z0-9._-]{0,79}\.toml)$",
        description="Beside the plan: `processes.toml`, or one in `designs/`.",
    )
    takes: tuple[str, ...] = Field(
        min_length=1,
        description="Feeds or streams of it that are what the recipe treats: a tonne of them, dry, "
        "is a tonne of throughput.",
    )
    sets: dict[str, float] = Field(
        default_factory=dict,
        alias="set",
        description="Numbers of it that are others here, as its feed's composition: "
        '`{ "ore.grade[stibnite]" = 0.09 }`, in the units in which `oreline design check` '
        "lists them.",
    )
    costs: tuple[str, ...] = Field(
        (),
        description="Operating lines of the costs beside it whose money, for a tonne of what it "
        "takes, is the recipe's cost.",
    )


class RecipeTable(_Table):
    """What a unit makes of a tonne of throughput: negative in, positive out."""

    id: Id = Field(description="Its name.")
    rates: dict[str, Number] = Field(
        default_factory=dict,
        description="For each material t per t of throughput: `ore = -1`, `concentrate = 0.08`.",
    )
    design: RecipeDesignTable | None = Field(
        None, description="The flowsheet from which recoveries, yields, reagents and cost come."
    )
    recovers: tuple[RecoverTable, ...] = Field(
        (), description="Outputs whose rates follow from grades."
    )
    yields: tuple[YieldTable, ...] = Field((), description="Outputs by mass, from the design.")
    reagents: tuple[ReagentTable, ...] = Field((), description="What the design uses up.")
    rest: str = Field(
        "",
        description="The output that takes what is left, as tailings do.",
    )
    resource: str = Field("", description="What a mine draws, 1 t per t of throughput.")
    cost: Number | None = Field(None, description="Per tonne of throughput, `USD/t`.")


class BlendTable(_Table):
    """A limit of what enters together in a year, by grade."""

    element: str = Field(description="Of which element.")
    most: Number | None = Field(None, description="At most this part of the dry mass.")
    least: Number | None = Field(None, description="At least this part of the dry mass.")


class UnitTable(_Table):
    """Something that can be built: a drilling, a mine, a plant."""

    id: Id = Field(description="Its name.")
    name: str = Field("", description="What people call it.")
    site: str = Field(description="Where it stands.")
    phase: str = Field("", description="The phase whose budget pays for it.")
    sizes: tuple[SizeTable, ...] = Field(min_length=1, description="At most one is built.")
    recipes: tuple[RecipeTable, ...] = Field(
        (), description="What it can do; recipes share its capacity. A drilling has none."
    )
    after: tuple[str, ...] = Field((), description="Units that must be ready before it is begun.")
    earliest: Year | None = Field(None, description="First year in which it may be begun.")
    latest: Year | None = Field(None, description="Last year in which it may be begun.")
    standing: Year | None = Field(None, description="It stands since then, in its first size.")
    lead_years: int = Field(description="Years from its beginning until it runs.")
    life_years: int = Field(description="Years that it can run.")
    ramp_up: tuple[Number, ...] = Field(
        (), description='Part of its capacity in its first years: `["50 %", "80 %"]`, then all.'
    )
    spend: tuple[float, ...] = Field(
        (), description="How its capital falls on the lead years; else evenly."
    )
    closure: Number | None = Field(None, description="What closing it costs, `USD m`.")
    estimate_class: Annotated[int, Field(ge=1, le=5)] = Field(
        description="Class of the estimate of its capital, 5 the coarsest."
    )
    engineering: Number | None = Field(None, description="How much of it is done, `%`.")
    blends: tuple[BlendTable, ...] = Field((), description="What its feed may hold.")
    availability: Yearly | None = Field(
        None, description="Part of its capacity that can be had in a year, `%`: an outage."
    )
    owners: dict[str, Number] = Field(
        default_factory=dict,
        description='The part of it that each party owns: `{ fwo = "70 %", ussm = "30 %" }`, '
        "together 100 %; else as at the head of the file.",
    )
    basis: Basis | None = Field(None, description="Of its numbers that do not say it.")
    source: str | None = Field(None, description="Of its numbers that do not say it.")


class RouteTable(_Table):
    """A way; from, to, cost and days are those of routes.csv where they do not stand here."""

    id: Id = Field(description="Its name.")
    origin: str = Field("", alias="from", description="Site.")
    destination: str = Field("", alias="to", description="Site.")
    materials: tuple[str, ...] = Field(min_length=1, description="What it can carry.")
    capacity: Number | None = Field(None, description="Of all materials together, `kt/y`.")
    cost: Number | None = Field(None, description="`USD/t`.")
    days: Number | None = Field(None, description="For a reader: a year holds every journey.")
    availability: Yearly | None = Field(
        None, description="Part of its capacity that can be had in a year, `%`: a closure."
    )


class PayTable(_Table):
    """One thing that a market pays for."""

    price: str = Field(description="The price deck.")
    element: str = Field("", description="Priced per tonne of it; else per tonne of material.")
    payable: Number = Field(description="The part that is paid.")


class MarketTable(_Table):
    """Who takes material, at which price, how much at least and at most."""

    id: Id = Field(description="Its name.")
    name: str = Field("", description="What people call it.")
    site: str = Field(description="Where it is handed over; its country is the destination.")
    materials: tuple[str, ...] = Field(min_length=1, description="What is taken.")
    pays: tuple[PayTable, ...] = Field((), description="Prices; none where only need is met.")
    charge: Number | None = Field(None, description="Treatment charge, `USD/t` of material.")
    least: Yearly | None = Field(None, description="What has to be delivered a year.")
    most: Yearly | None = Field(None, description="What is taken a year at most.")
    penalty: Number | None = Field(
        None, description="`USD/t` for what lacks to `least`; without it, `least` must be met."
    )
    blends: tuple[BlendTable, ...] = Field((), description="What a year's deliveries may hold.")


class PhaseTable(_Table):
    """A phase of the build-up: its money, its years, and what must be ready before."""

    id: Id = Field(description="Its name, that of chain.toml where it stands there.")
    name: str = Field("", description="What people call it.")
    budget: Number | None = Field(None, description="For the capital of its units, `USD m`.")
    first_year: Year | None = Field(None, description="Nothing of it is spent before.")
    last_year: Year | None = Field(None, description="Nothing of it is spent after.")
    after: tuple[str, ...] = Field((), description="Units that must be ready: its gate.")


class BudgetTable(_Table):
    """Money for the capital of several phases together."""

    id: Id = Field(description="Its name.")
    amount: Number = Field(description="`USD m`.")
    phases: tuple[str, ...] = Field((), description="Which; none named: all.")
    last_year: Year | None = Field(None, description="What is spent up to then; else in all.")


class LevyTable(_Table):
    """A royalty or tax with its base: never assumed."""

    id: Id = Field(description="Its name.")
    rate: Number = Field(description="Part of the base, `%`.")
    base: LevyBase = Field(
        description="`gross revenue` (contained metal at price), `export value` (what is paid less "
        "charges), `net smelter return` (that less freight) or `profit before tax`."
    )
    markets: tuple[str, ...] = Field((), description="Whose sales; none named: all.")
    payee: str = Field("", description="Who is paid.")
    country: str = Field("", description="Of the payee, for what a country retains.")
    depreciation_years: int | None = Field(
        None, description="Of capital, in equal parts; needed for profit before tax."
    )
    losses_carried: bool = Field(
        False, description="Whether a loss lowers the profit of later years, until it is used up."
    )


class OriginTable(_Table):
    """Where material may come from."""

    covered: tuple[str, ...] = Field((), description="Countries whose sites are closed.")
    most_from_one: Number | None = Field(
        None, description="Part of a year's primary supply of an element from one country, `%`."
    )
    elements: tuple[str, ...] = Field((), description="Of which elements; none named: all.")


class RetainedTable(_Table):
    """How much of the value stays in a country."""

    country: str = Field(description="Two letters.")
    local_share: Number = Field(description="Of what is spent at its sites, `%`.")
    owned_share: Number = Field(description="Of the net cash flow after levies, `%`.")


class ChangeTable(_Table):
    """What a scenario changes: a number by its place, or an assumption by its id."""

    number: str = Field(description="`prices.sb` and all below it, or `A-SB-GRADE`.")
    multiply: float | None = Field(None, description="By this.")
    set: float | None = Field(None, description="To this, in the unit that it is written in.")
    years: tuple[Year, ...] = Field((), description="Only of these, where it has years.")


class ScenarioTable(_Table):
    """Another state of the world, as changes of numbers."""

    id: Id = Field(description="Its name.")
    name: str = Field("", description="What it is, in words.")
    probability: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None,
        description="A part of one, for `oreline plan hedge`; what is left of one is that of the "
        "file as it stands.",
    )
    changes: tuple[ChangeTable, ...] = Field((), description="In this order.")


class PlanFile(_Table):
    """A plan: what can be built, what it takes and gives, who pays, and by which conventions."""

    name: str = Field(description="What the plan is called.")
    description: str = Field("", description="For a reader.")
    currency: Currency = Field(description="Of all money.")
    first_year: Year = Field(description="Of the plan; values are those at its beginning.")
    last_year: Year = Field(description="Of the plan.")
    basis: Basis | None = Field(None, description="Of numbers that do not say it.")
    source: str | None = Field(None, description="Of numbers that do not say it.")
    owners: dict[str, Number] = Field(
        default_factory=dict, description="Parts by party of units that do not say it."
    )
    terms: TermsTable = Field(description="Conventions.")
    materials: tuple[MaterialTable, ...] = Field(min_length=1, description="What flows.")
    units: tuple[UnitTable, ...] = Field(min_length=1, description="What can be built.")
    markets: tuple[MarketTable, ...] = Field(min_length=1, description="Who takes it.")
    sites: tuple[SiteTable, ...] = Field((), description="Places.")
    resources: tuple[ResourceTable, ...] = Field((), description="What is in the ground.")
    supplies: tuple[SupplyTable, ...] = Field((), description="What can be bought.")
    prices: tuple[PriceTable, ...] = Field((), description="Price decks.")
    routes: tuple[RouteTable, ...] = Field((), description="Ways between sites.")
    phases: tuple[PhaseTable, ...] = Field((), description="Phases.")
    budgets: tuple[BudgetTable, ...] = Field((), description="Money over several phases.")
    levies: tuple[LevyTable, ...] = Field((), description="Royalties and taxes.")
    origin: OriginTable | None = Field(None, description="Rules of origin.")
    retained: RetainedTable | None = Field(None, description="What stays in a country.")
    scenarios: tuple[ScenarioTable, ...] = Field((), description="Other states of the world.")


def plan_tables() -> dict[str, type[BaseModel]]:
    """Return the types of the tables of a `plan.toml`, by their heading in the reference."""
    return {
        "The file": PlanFile,
        "[terms]": TermsTable,
        "[[sites]]": SiteTable,
        "[[materials]]": MaterialTable,
        "[[resources]]": ResourceTable,
        "[resources.contained]": ContainedTable,
        "[[supplies]]": SupplyTable,
        "[[units]]": UnitTable,
        "[[units.sizes]]": SizeTable,
        "[units.sizes.least]": LeastTable,
        "[[units.recipes]]": RecipeTable,
        "[[units.recipes.recovers]]": RecoverTable,
        "[units.recipes.design]": RecipeDesignTable,
        "[[units.recipes.yields]]": YieldTable,
        "[[units.recipes.reagents]]": ReagentTable,
        "Blends": BlendTable,
        "[[routes]]": RouteTable,
        "[[prices]]": PriceTable,
        "[[markets]]": MarketTable,
        "[[markets.pays]]": PayTable,
        "[[phases]]": PhaseTable,
        "[[budgets]]": BudgetTable,
        "[[levies]]": LevyTable,
        "[origin]": OriginTable,
        "[retained]": RetainedTable,
        "[[scenarios]]": ScenarioTable,
        "[[scenarios.changes]]": ChangeTable,
        "Numbers": PlanNumber,
    }
