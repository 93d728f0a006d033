"""The unit laws of solvent extraction: dilute metals by Kremser, rare earths by cascades."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from oreline.design._law import Array, Feed, Law, LawResult, StreamPhase, Values, component_values
from oreline.design._law_cascade import MOLES_PER_MOLE
from oreline.design._law_cascade_stages import CascadeFlows, separated_shares
from oreline.design._law_inputs import whole_stages
from oreline.design._law_kremser import kremser_raffinate_fraction
from oreline.design._law_shares import everything_to, number, of_each, two_ways
from oreline.design._law_stoichiometry import mass_fraction, molar_mass_g_per_mol
from oreline.design._separation_factors import factor_note

SOLUTION: Final = StreamPhase.SOLUTION
PHASE_RATIO_MAX: Final = 10.0
"""Organic over aqueous above which a mixer-settler is unlikely: a published case had 171."""


def _apply_kremser(feed: Feed, values: Values) -> LawResult:
    distribution = component_values(values, "d", feed.components, missing=0.0)
    ratio = np.asarray(values["phase_ratio"], dtype=np.float64)
    left = kremser_raffinate_fraction(
        distribution * ratio[..., None], np.asarray(values["stages"], dtype=np.float64)[..., None]
    )
    notes: tuple[str, ...] = ()
    if np.max(ratio) > PHASE_RATIO_MAX or np.min(ratio) < 1 / PHASE_RATIO_MAX:
        notes = (f"O/A of {float(np.max(ratio)):.3g} is outside 0.1 to 10 that settlers take",)
    return LawResult(two_ways(feed, 1 - left, 0.0), {}, notes)


def _apply_cascade(feed: Feed, values: Values) -> LawResult:
    flows = np.atleast_2d(feed.flow_t_per_h)
    samples = len(flows)
    factors = np.broadcast_to(
        component_values(values, "factor", feed.components, missing=0.0), flows.shape
    )
    metals = np.flatnonzero((factors > 0).all(axis=0) & (flows > 0).any(axis=0))
    if len(metals) < 2:
        return LawResult(everything_to(feed, 1, 2), {}, ("there is nothing to separate",))
    names = [feed.components[index] for index in metals]
    mol = flows[:, metals] / np.array([molar_mass_g_per_mol(name) for name in names])
    fed = mol.sum(axis=1)
    solvent = np.broadcast_to(np.asarray(values["solvent"], dtype=np.float64), (samples,))
    extract = np.broadcast_to(np.asarray(values["extract"], dtype=np.float64), (samples,))
    stages = (
        whole_stages("the extraction stages", values["extraction_stages"]),
        whole_stages("the scrub stages", values["scrub_stages"], least=0),
    )
    for index in (int(np.argmin(solvent - extract)), int(np.argmax(extract))):
        CascadeFlows(*stages, float(solvent[index]), float(extract[index]))
    busy = fed > 0
    parts = np.zeros((samples, len(metals)))
    memory = None if feed.memory is None else feed.memory.of(np.flatnonzero(busy))
    parts[busy] = separated_shares(
        mol[busy], factors[busy][:, metals], stages, solvent[busy], extract[busy], memory
    )
    shares = np.zeros_like(flows)
    shares[:, metals] = parts
    exchanged = MOLES_PER_MOLE * solvent * fed
    reagents: Any = {
        "NaOH": exchanged * molar_mass_g_per_mol("NaOH"),
        "HCl": exchanged * molar_mass_g_per_mol("HCl"),
    }
    _give_chloride(feed, flows, shares, MOLES_PER_MOLE * extract * fed, reagents["HCl"])
    splits = two_ways(feed, shares if feed.flow_t_per_h.ndim == 2 else shares[0], 0.0)
    strength = dict(zip(names, factors[0, metals].tolist(), strict=True))
    organic = solvent * flows[:, metals].sum(axis=1) * 1000 / np.asarray(values["loading"])
    notes = (*factor_note(strength), *_ratio_note(feed, organic))
    consumed: Any = {"organic_circulated_m3": organic}
    if feed.flow_t_per_h.ndim == 1:
        consumed = {name: float(amount[0]) for name, amount in consumed.items()}
        reagents = {name: float(amount[0]) for name, amount in reagents.items()}
    return LawResult(splits, consumed, notes, reagents)


def _ratio_note(feed: Feed, organic_m3: Array) -> tuple[str, ...]:
    water = np.atleast_1d(np.asarray(feed.water_t_per_h, dtype=np.float64))
    ratio = np.divide(
        organic_m3, water, out=np.zeros_like(organic_m3 + water), where=water > 0
    ).max()
    if ratio <= PHASE_RATIO_MAX:
        return ()
    return (f"O/A of {ratio:.3g} is above {PHASE_RATIO_MAX:g}: concentrate the feed",)


def _give_chloride(
    feed: Feed, flows: Array, shares: Array, chloride_mol: Array, acid: Array
) -> None:
    """Give the product the three chlorides of each metal, of all there is."""
    if "Cl" not in feed.components:
        return
    column = feed.components.index("Cl")
    there = flows[:, column] + acid * mass_fraction("HCl", "Cl")
    wanted = chloride_mol * molar_mass_g_per_mol("Cl")
    share = np.divide(wanted, there, out=np.zeros_like(there), where=there > 0)
    shares[:, column] = np.minimum(share, 1.0)


def _apply_circuit(feed: Feed, values: Values) -> LawResult:
    """Extract and strip with one solvent that goes round: what strip leaves comes back with it."""
    names = feed.components
    ratio = np.asarray(values["phase_ratio"], dtype=np.float64)[..., None]
    strip_ratio = np.asarray(values["strip_ratio"], dtype=np.float64)[..., None]
    stages = np.asarray(values["stages"], dtype=np.float64)[..., None]
    strips = np.asarray(values["strip_stages"], dtype=np.float64)[..., None]
    factor = component_values(values, "d", names, missing=0.0) * ratio
    left = kremser_raffinate_fraction(factor, stages)
    # What comes back with the solvent stays in it as if it were stripped by the factor 1/E.
    back = np.divide(1.0, factor, out=np.zeros_like(factor), where=factor > 0)
    stays = np.where(factor > 0, kremser_raffinate_fraction(back, stages), 0.0)
    strip_factor = component_values(values, "d_strip", names, missing=0.0) * strip_ratio
    inverse = np.divide(1.0, strip_factor, out=np.full_like(strip_factor, np.inf),
                        where=strip_factor > 0)  # fmt: skip
    unstripped = np.where(
        strip_factor > 0,
        kremser_raffinate_fraction(np.where(np.isfinite(inverse), inverse, 1.0), strips),
        0.0,
    )
    # L loaded, u of it unstripped: L = (1 - left) F + stays u L; the strip liquor is (1 - u) L.
    loaded = (1 - left) / (1 - stays * unstripped)
    return LawResult(two_ways(feed, loaded * (1 - unstripped), 0.0))


EXTRACTION_LAWS: Final = (
    Law(
        name="sx_kremser",
        rung=2,
        outlets=("extract", "raffinate"),
        phases=(SOLUTION, SOLUTION),
        parameters={
            "d": of_each("1", 0, 1e6, "distribution coefficient, organic over aqueous", 0.0),
            "phase_ratio": number("1", 0.1, 10, "organic over aqueous volume, O/A"),
            "stages": number("1", 0, 100, "theoretical stages"),
        },
        source="A. Kremser (1930): raffinate (E - 1)/(E^(N+1) - 1) with E = D O/A",
        apply=_apply_kremser,
        by_feed=False,
        batched=True,
        meaning="solvent extraction of dilute metals and impurities at constant distribution",
    ),
    Law(
        name="sx_circuit",
        rung=2,
        outlets=("strip_liquor", "raffinate"),
        phases=(SOLUTION, SOLUTION),
        parameters={
            "d": of_each("1", 0, 1e6, "distribution in extraction, organic over aqueous", 0.0),
            "d_strip": of_each("1", 0, 1e3, "distribution in stripping", 0.0),
            "phase_ratio": number("1", 0.1, 10, "O/A of extraction"),
            "strip_ratio": number("1", 0.1, 20, "O/A of stripping"),
            "stages": number("1", 1, 100, "theoretical stages of extraction"),
            "strip_stages": number("1", 1, 50, "theoretical stages of stripping"),
        },
        source="Kremser with two inlets for both sections, the solvent's loop closed exactly",
        apply=_apply_circuit,
        by_feed=False,
        batched=True,
        meaning="extraction and strip with one solvent: what is not stripped comes back loaded",
    ),
    Law(
        name="sx_cascade",
        rung=2,
        outlets=("extract", "raffinate"),
        phases=(SOLUTION, SOLUTION),
        parameters={
            "factor": of_each("1", 0, 1e6, "strength of extraction, to any reference", 0.0),
            "extraction_stages": number("1", 1, 300, "theoretical stages of extraction"),
            "scrub_stages": number("1", 0, 300, "theoretical stages of scrub"),
            "solvent": number("1", 0.05, 50, "mol of rare earths in the solvent, for each fed"),
            "extract": number("1", 0.001, 0.999, "mol taken as product, for each mol fed"),
            "loading": number("g/L", 1, 200, "rare earths that the loaded solvent carries", 20.0),
        },
        source="counter-current balances of all stages with scrub and reflux at constant loading",
        apply=_apply_cascade,
        batched=True,
        meaning="separation of rare earths by a saponified acidic extractant; base, acid and salt",
    ),
)
