"""The optimum of shared problems beside Pyomo's and PyPSA's; what PyPSA cannot say is named."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from build_up import best_value
from plan_texts import TINY, problem_of, random_plan

from oreline.model import InputError
from oreline.plan import make_plan, write_network
from oreline_testing.absent import absent

NEAR = 1e-6


def needs(package: str) -> None:
    """Skip, and say so, where what is compared with is not installed."""
    if importlib.util.find_spec(package) is None:
        absent(f"{package} is not installed (make bench installs it)", system=False)


def unbound(text: str) -> str:
    """Return a plan without phases, budgets and prerequisites."""
    text = re.sub(r"\[\[phases\]\].*?(?=\n\[\[levies)", "", text, flags=re.DOTALL)
    return re.sub(r'phase = "\w+"\n|after = \[.*?\]\n', "", text)


FULL = (
    unbound(random_plan(3, 6)).replace(
        'id = "maker"',
        'id = "maker"\nleast = { 2027-2029 = "0 kt/y", 2030-2032 = "1 kt/y" }\n'
        'penalty = "30000 USD/t"',
    )
    + """
[[sites]]
id = "yard"
country = "US"
storage = "1.5 kt"
[[supplies]]
id = "trader"
site = "yard"
material = "metal"
price = { 2027-2029 = "9000 USD/t", 2030-2032 = "19000 USD/t" }
most = { 2027-2028 = "2 kt/y", 2029-2032 = "0.5 kt/y" }
[[routes]]
id = "short"
from = "yard"
to = "port"
materials = ["metal"]
"""
)
"""Two ores, a mill, a refinery, a shared sea route, purchases, a stock, a delivery with a price."""


@pytest.mark.parametrize("text", [TINY, FULL], ids=["tiny", "full"])
def test_a_network_of_pypsa_has_the_same_optimum(text: str, tmp_path: Path) -> None:
    needs("pypsa")
    import logging
    import warnings

    problem = problem_of(text)
    plan = make_plan(problem)
    write_network(problem, tmp_path / "network")
    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pypsa

        network = pypsa.Network(str(tmp_path / "network"))
        network.optimize(solver_name="highs", output_flag=False, mip_rel_gap=1e-9)
    logging.disable(logging.NOTSET)
    assert plan.certificate.value > 1
    assert -network.objective == pytest.approx(plan.certificate.value, rel=NEAR)


@pytest.mark.parametrize("seed", [1, 3])
def test_pyomo_finds_the_same(seed: int) -> None:
    needs("pyomo")
    from build_up_pyomo import PyomoRows

    problem = problem_of(random_plan(seed, years=5))
    found = best_value(problem, solver=PyomoRows)
    assert found is not None
    assert found > 1
    assert make_plan(problem).npv == pytest.approx(found, rel=NEAR)


def test_the_network_s_tables_say_what_the_plan_says(tmp_path: Path) -> None:
    """Without PyPSA: what the sea carries, what a block of the mine costs, what a kt sold gains."""
    write_network(problem_of(FULL), tmp_path / "network")
    text = {one.name: one.read_text() for one in (tmp_path / "network").iterdir()}
    assert text["snapshots.csv"].splitlines()[0] == ",snapshot,objective,stores,generators"
    problem = problem_of(TINY)
    write_network(problem, tmp_path / "tiny")
    rows = (tmp_path / "tiny" / "generators.csv").read_text().splitlines()
    heading = rows[0].split(",")
    (mine,) = [one.split(",") for one in rows if one.startswith("mine begun 2027")]
    found = dict(zip(heading, mine, strict=True))
    # 20 m in the first year, 1 m in each of the next three, at 10 %, for 100 kt/y.
    cost = 20 / 1.1 + 1 / 1.1**2 + 1 / 1.1**3 + 1 / 1.1**4
    assert float(found["capital_cost"]) == pytest.approx(cost / 100)
    gains = (tmp_path / "tiny" / "links-marginal_cost.csv").read_text().splitlines()
    place = gains[0].split(",").index("sell buyer concentrate")
    # Half Sb at 10 m a kt: 80 % is paid of it, the royalty is 5 % of all of it.
    assert float(gains[1].split(",")[place]) == pytest.approx(-(0.8 * 5 - 0.05 * 5))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('budget = "60 USD m"', 'budget = "40 USD m"', "the budget of works may bind"),
        ('id = "mill"', 'id = "mill"\nafter = ["mine"]', "mill waits for mine"),
        (
            'base = "gross revenue"',
            'base = "profit before tax"\ndepreciation_years = 5',
            "royalty is taken of profit",
        ),
        ('base = "gross revenue"', 'base = "net smelter return"', "takes freight off its base"),
        (
            'id = "pit"\ncountry = "PK"',
            'id = "pit"\ncountry = "PK"\nstorage = "5 kt"',
            "several materials share the storage of pit",
        ),
        (
            "pays = [{ price",
            'blends = [{ element = "Sb", least = "40 %" }]\npays = [{ price',
            "buyer limits the grade",
        ),
    ],
)
def test_what_does_not_fit_is_named(old: str, new: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_network(problem_of(TINY.replace(old, new, 1)), tmp_path / "network")
    assert [one.code for one in caught.value.findings] == ["ORL-1118"]
    assert told in caught.value.findings[0].message
    assert not (tmp_path / "network").exists()
