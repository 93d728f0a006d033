"""A plan.toml of any size: mines, mills, hubs, refineries, separations and makers, one seed.

Six commodities go through five materials each, from ore to product. A quarter of the sites mine, a
fifth mill, and so on; routes lead from each tier to the next and carry what is made there. Of the
works, some stand and others may be built, in one of several sizes. All numbers are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

STAGES = ("ore", "concentrate", "refined", "metal", "product")
TIERS = (
    # tier, part of the sites, what comes in, what goes out
    ("mine", 0.25, "", "ore"),
    ("mill", 0.20, "ore", "concentrate"),
    ("hub", 0.15, "concentrate", "concentrate"),
    ("refinery", 0.15, "concentrate", "refined"),
    ("separation", 0.10, "refined", "metal"),
    ("maker", 0.15, "metal", "product"),
)
YIELD = {"ore": 1.0, "concentrate": 0.12, "refined": 0.5, "metal": 0.6, "product": 0.9}
CAPACITY_KT = {"mine": 900, "mill": 900, "refinery": 120, "separation": 60, "maker": 40}
CAPITAL_M = {"mine": 60, "mill": 80, "refinery": 90, "separation": 70, "maker": 40}


@dataclass(frozen=True, slots=True)
class Size:
    """How large a case is; ``simple`` leaves out what a network of PyPSA cannot say."""

    sites: int
    commodities: int
    years: int
    routes: int
    built_each: int = 2
    """Of so many works of a tier, one may be built, the others stand."""
    sizes: int = 3
    simple: bool = False


SMALL = Size(12, 2, 5, 20, sizes=1, simple=True)
STRATEGIC = Size(40, 3, 10, 90, built_each=4, sizes=2)
LARGE = Size(200, 6, 40, 600)


def plan_text(size: Size, seed: int = 1) -> str:
    """Return the plan.toml of a case."""
    draw = np.random.default_rng(seed)
    kinds = [f"c{number}" for number in range(size.commodities)]
    tiers = _tiers(size.sites)
    lines = [
        'name = "a case of the benchmark"',
        'currency = "USD"',
        "first_year = 2027",
        f"last_year = {2026 + size.years}",
        'basis = "assumed"',
        'source = "a seed"',
        "[terms]",
        'rate = "8 %/y"',
        'timing = "end"',
        'money = "real"',
        "money_year = 2027",
        'tax = "post-tax"',
        'end = "left open"',
    ]
    for sites in tiers.values():
        for site in sites:
            lines += ["[[sites]]", f'id = "{site}"', 'country = "PK"']
            if site.startswith("hub") and not size.simple:
                lines.append('storage = "50 kt"')
    for stage in STAGES:
        for kind in kinds:
            lines += ["[[materials]]", f'id = "{kind}-{stage}"', "discard = false"]
    lines += ["[[materials]]", 'id = "waste"', "discard = true", 'discard_cost = "1 USD/t"']
    for tier, _, source, target in TIERS:
        for number, site in enumerate(tiers[tier]):
            if tier != "hub":
                lines += _unit(size, draw, kinds, tier, number, site, source, target)
    lines += _routes(size, draw, kinds, tiers)
    lines += _markets(size, draw, kinds, tiers["maker"])
    if not size.simple:
        lines += ["[[phases]]", 'id = "all"', 'budget = "1500 USD m"']
    return "\n".join(lines) + "\n"


def _tiers(sites: int) -> dict[str, list[str]]:
    found = {}
    for tier, part, _, _ in TIERS:
        found[tier] = [f"{tier}-{number}" for number in range(max(1, round(part * sites)))]
    return found


def _unit(
    size: Size,
    draw: np.random.Generator,
    kinds: list[str],
    tier: str,
    number: int,
    site: str,
    source: str,
    target: str,
) -> list[str]:
    lines = []
    own = kinds if source else [kinds[number % len(kinds)], kinds[(number + 1) % len(kinds)]]
    own = list(dict.fromkeys(own))
    for kind in own if not source else ():
        kt = draw.uniform(5000, 20000)
        lines += [
            "[[resources]]", f'id = "{site}-{kind}"', f'site = "{site}"', "grades = {}",
            f'tonnage = "{kt:.1f} kt"',
        ]  # fmt: skip
    chosen = number % size.built_each == 0
    lines += ["[[units]]", f'id = "{site}-works"', f'site = "{site}"']
    lines += [] if chosen else ["standing = 2020"]
    if chosen and not size.simple:
        lines.append('phase = "all"')
    lead = 1 if chosen else 0
    lines += [f"lead_years = {lead}", "life_years = 60", "estimate_class = 5"]
    sizes = size.sizes if chosen else 1
    for step in range(1, sizes + 1):
        part = step / sizes
        capital = CAPITAL_M[tier] * part**0.7 * draw.uniform(0.7, 1.3)
        lines += [
            "[[units.sizes]]", f'id = "s{step}"',
            f'capacity = "{CAPACITY_KT[tier] * part:.2f} kt/y"',
            f'capital = "{capital:.3f} USD m"', f'fixed_cost = "{0.02 * capital:.4f} USD m/y"',
        ]  # fmt: skip
    for kind in own:
        out = YIELD[target] * draw.uniform(0.9, 1.0)
        rates = f"{kind}-{target} = {out:.5f}"
        if source:
            rates = f"{kind}-{source} = -1, {rates}, waste = {1 - out:.5f}"
        lines += ["[[units.recipes]]", f'id = "{kind}"', f"rates = {{ {rates} }}"]
        lines += [f'resource = "{site}-{kind}"'] if not source else []
        lines.append(f'cost = "{draw.uniform(5, 40):.2f} USD/t"')
    return lines


def _routes(
    size: Size, draw: np.random.Generator, kinds: list[str], tiers: dict[str, list[str]]
) -> list[str]:
    lines = []
    pairs = list(pairwise(TIERS))
    for number in range(size.routes):
        (one, _, _, made), (other, _, _, _) = pairs[number % len(pairs)]
        turn = number // len(pairs)
        start = tiers[one][turn % len(tiers[one])]
        end = tiers[other][int(draw.integers(len(tiers[other])))]
        carried = ", ".join(f'"{kind}-{made}"' for kind in kinds)
        lines += [
            "[[routes]]", f'id = "r{number}"', f'from = "{start}"', f'to = "{end}"',
            f"materials = [{carried}]", f'capacity = "{draw.uniform(100, 600):.2f} kt/y"',
            f'cost = "{draw.uniform(2, 60):.2f} USD/t"',
        ]  # fmt: skip
    return lines


def _markets(
    size: Size, draw: np.random.Generator, kinds: list[str], makers: list[str]
) -> list[str]:
    lines = []
    for kind in kinds:
        values = ", ".join(
            f'{2027 + year} = "{draw.uniform(8000, 30000):.1f} USD/t"' for year in range(size.years)
        )
        lines += ["[[prices]]", f'id = "{kind}"', f"values = {{ {values} }}"]
        for maker in makers:
            lines += [
                "[[markets]]", f'id = "{maker}-{kind}"', f'site = "{maker}"',
                f'materials = ["{kind}-product"]', f'most = "{draw.uniform(2, 20):.2f} kt/y"',
                f'pays = [{{ price = "{kind}", payable = "95 %" }}]',
            ]  # fmt: skip
    return lines
