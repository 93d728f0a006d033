"""A separation cascade as a planner asks for it: stages, solvent, reagents, what it separates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oreline.design._law_cascade import BinaryDuty, size_cascade
from oreline.design._law_cascade_keys import KeyDuty, design_key_cascade, see_purity
from oreline.design._law_cascade_stages import CascadeFlows, CascadeProfile, simulate_cascade
from oreline.design._law_inputs import above_zero
from oreline.design._law_stoichiometry import OXIDES, mass_fraction, molar_mass_g_per_mol
from oreline.design._separation_factors import factor_note
from oreline.model import InputError

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class CascadeOrder:
    """What is asked of a cascade.

    ``feed`` is mol of each metal, ``factors`` how strongly each extracts; the cut is between
    ``stronger`` and ``weaker``. ``hold_min`` is how long the solvent stays in one mixer-settler.
    Either recoveries of both keys are given, or, for two metals, the purities of both products.
    """

    feed: Mapping[str, float]
    factors: Mapping[str, float]
    stronger: str
    weaker: str
    recovery: float | None = None
    rejection: float | None = None
    purity: float | None = None
    raffinate_purity: float | None = None
    solvent_ratio: float = 1.3
    efficiency: float = 0.8
    loading_g_per_l: float = 20.0
    hold_min: float = 15.0


@dataclass(frozen=True, slots=True)
class MetalOfCascade:
    """Where one metal of a cascade goes, and how pure each product is of it, by mol."""

    metal: str
    feed: float
    factor: float
    to_extract: float
    in_extract: float
    in_raffinate: float


@dataclass(frozen=True, slots=True)
class CascadeReport:
    """A cascade in theoretical and real stages, with what it takes for each tonne of oxides fed.

    ``solvent`` is mol of rare earths in the loaded solvent for each mol of feed.
    ``inventory_m3_per_t_h`` is the solvent that fills the real stages of extraction and scrub, for
    each tonne of oxides an hour; strip stages come to it.
    """

    beta: float
    fewest_stages: float
    least_solvent: float
    extraction_stages: int
    scrub_stages: int
    real_stages: int
    solvent: float
    reflux: float
    base_t_per_t: float
    acid_t_per_t: float
    salt_t_per_t: float
    organic_m3_per_t: float
    inventory_m3_per_t_h: float
    metals: tuple[MetalOfCascade, ...]
    closure: float
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "separation_factor": self.beta,
            "fewest_stages": self.fewest_stages,
            "least_solvent_mol_per_mol": self.least_solvent,
            "extraction_stages": self.extraction_stages,
            "scrub_stages": self.scrub_stages,
            "real_stages": self.real_stages,
            "solvent_mol_per_mol": self.solvent,
            "reflux_mol_per_mol": self.reflux,
            "base_t_naoh_per_t_oxides": self.base_t_per_t,
            "acid_t_hcl_per_t_oxides": self.acid_t_per_t,
            "salt_t_nacl_per_t_oxides": self.salt_t_per_t,
            "organic_m3_per_t_oxides": self.organic_m3_per_t,
            "solvent_inventory_m3_per_t_h": self.inventory_m3_per_t_h,
            "metals": [
                {
                    "metal": row.metal,
                    "feed_mol": row.feed,
                    "factor": row.factor,
                    "to_extract": row.to_extract,
                    "purity_in_extract": row.in_extract,
                    "purity_in_raffinate": row.in_raffinate,
                }
                for row in self.metals
            ],
            "closure": self.closure,
            "notes": list(self.notes),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return a row for each metal."""
        import polars as pl

        return pl.DataFrame(self.to_json()["metals"])


def report_cascade(order: CascadeOrder) -> CascadeReport:
    """Return the cascade that does what is asked, simulated stage by stage.

    Raises
    ------
    InputError
        With finding ORL-1020 where no number of stages reaches it.

    Examples
    --------
    >>> found = report_cascade(CascadeOrder({"Nd": 75, "Pr": 25}, {"Nd": 1.4, "Pr": 1.0},
    ...     "Nd", "Pr", purity=0.99, raffinate_purity=0.99))
    >>> found.extraction_stages, found.scrub_stages, found.real_stages
    (25, 21, 58)
    """
    above_zero("the efficiency of a stage", order.efficiency)
    flows, fewest, least, profile = _cascade(order)
    if not order.efficiency <= 1:
        raise InputError(f"a stage efficiency lies above 0 and up to 1, not {order.efficiency}")
    real = -(-flows.stages // order.efficiency)
    whole = sum(order.feed.values())
    oxides = sum(
        mol * molar_mass_g_per_mol(metal) / mass_fraction(_oxide(metal), metal)
        for metal, mol in order.feed.items()
    )
    metals = sum(mol * molar_mass_g_per_mol(metal) for metal, mol in order.feed.items())
    exchanged = 3 * flows.solvent * whole / oxides
    organic = flows.solvent * metals / oxides / above_zero("loading", order.loading_g_per_l) * 1000
    rows = tuple(
        MetalOfCascade(
            metal,
            order.feed[metal],
            order.factors[metal],
            float(part),
            float(profile.extract[index]),
            float(profile.raffinate[index]),
        )
        for index, (metal, part) in enumerate(zip(profile.metals, profile.to_extract, strict=True))
    )
    return CascadeReport(
        beta=order.factors[order.stronger] / order.factors[order.weaker],
        fewest_stages=fewest,
        least_solvent=least,
        extraction_stages=flows.extraction_stages,
        scrub_stages=flows.scrub_stages,
        real_stages=int(real),
        solvent=flows.solvent,
        reflux=flows.solvent - flows.extract,
        base_t_per_t=exchanged * molar_mass_g_per_mol("NaOH"),
        acid_t_per_t=exchanged * molar_mass_g_per_mol("HCl"),
        salt_t_per_t=exchanged * molar_mass_g_per_mol("NaCl"),
        organic_m3_per_t=organic,
        inventory_m3_per_t_h=real * organic * above_zero("the hold", order.hold_min) / 60,
        metals=rows,
        closure=profile.closure,
        notes=factor_note({metal: order.factors[metal] for metal in order.feed}),
    )


def _oxide(metal: str) -> str:
    if metal not in OXIDES:
        raise InputError(f"{metal} is no metal whose oxide is known here; write its symbol")
    return OXIDES[metal]


def _cascade(order: CascadeOrder) -> tuple[CascadeFlows, float, float, CascadeProfile]:
    """Return flows, fewest stages, least solvent and profile, by purities or by recoveries."""
    missing = [key for key in (order.stronger, order.weaker) if key not in order.feed]
    if missing:
        raise InputError(f"{', '.join(missing)} is not in the feed; add it or cut elsewhere")
    recoveries = order.recovery is not None and order.rejection is not None
    purities = order.purity is not None and order.raffinate_purity is not None
    if recoveries:
        assert order.recovery is not None
        assert order.rejection is not None
        duty = KeyDuty(
            order.feed, order.factors, order.stronger, order.weaker, order.recovery, order.rejection
        )
        if order.purity is not None:
            see_purity(duty, order.stronger, order.purity)
        found = design_key_cascade(duty, order.solvent_ratio)
        return found.flows, found.fewest_stages, found.least_solvent, found.profile
    if not purities or len(order.feed) != 2:
        raise InputError(
            "give the recovery of the stronger and the rejection of the weaker metal; purities of "
            "both products do for two metals only"
        )
    return _by_purity(order)


def _by_purity(order: CascadeOrder) -> tuple[CascadeFlows, float, float, CascadeProfile]:
    from oreline.design._law_cascade import fewest_stages, least_solvent

    missing = [metal for metal in order.feed if metal not in order.factors]
    if missing:
        raise InputError(f"no separation factor for {', '.join(missing)}")
    assert order.purity is not None
    assert order.raffinate_purity is not None
    pair = BinaryDuty(
        order.factors[order.stronger] / order.factors[order.weaker],
        order.feed[order.stronger] / sum(order.feed.values()),
        order.purity,
        order.raffinate_purity,
    )
    sized = size_cascade(pair, order.solvent_ratio)
    flows = CascadeFlows(
        sized.extraction_stages, sized.scrub_stages, sized.solvent, sized.extract_per_feed
    )
    profile = simulate_cascade(order.feed, order.factors, flows)
    return flows, fewest_stages(pair), least_solvent(pair), profile
