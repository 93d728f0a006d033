"""Plans as text, small enough to be reckoned by hand or by trying everything."""

from __future__ import annotations

import re

import numpy as np

from oreline.model import Finding
from oreline.plan import Change, PlanText, Problem

TINY = """
name = "One mine, one mill"
currency = "USD"
first_year = 2027
last_year = 2030
basis = "assumed"
source = "a test"

[terms]
rate = "10 %/y"
timing = "end"
money = "real"
money_year = 2027
tax = "post-tax"
end = "closed"

[[sites]]
id = "pit"
country = "PK"
[[sites]]
id = "port"
country = "US"

[[materials]]
id = "ore"
grades = { Sb = "10 %" }
[[materials]]
id = "concentrate"
grades = { Sb = "50 %" }
[[materials]]
id = "tailings"
grades = { Sb = "1 %" }
discard = true

[[resources]]
id = "lode"
site = "pit"
grades = { Sb = "10 %" }
tonnage = "250 kt"

[[units]]
id = "mine"
site = "pit"
phase = "works"
lead_years = 1
life_years = 10
estimate_class = 5
sizes = [{ id = "one", capacity = "100 kt/y", capital = "20 USD m", fixed_cost = "1 USD m/y" }]
recipes = [{ id = "dig", resource = "lode", rates = { ore = 1 }, cost = "30 USD/t" }]

[[units]]
id = "mill"
site = "pit"
phase = "works"
lead_years = 1
life_years = 10
closure = "2 USD m"
estimate_class = 5
sizes = [{ id = "one", capacity = "100 kt/y", capital = "30 USD m" }]
[[units.recipes]]
id = "float"
rates = { ore = -1, concentrate = 0.18, tailings = 0.8 }
cost = "20 USD/t"

[[routes]]
id = "sea"
from = "pit"
to = "port"
materials = ["concentrate"]
cost = "100 USD/t"

[[prices]]
id = "sb"
values = "10000 USD/t"

[[markets]]
id = "buyer"
site = "port"
materials = ["concentrate"]
pays = [{ price = "sb", element = "Sb", payable = "80 %" }]

[[phases]]
id = "works"
budget = "60 USD m"

[[levies]]
id = "royalty"
rate = "5 %"
base = "gross revenue"
payee = "province"
country = "PK"
"""

RANGED = TINY.replace(
    'sizes = [{ id = "one", capacity = "100 kt/y", capital = "30 USD m" }]',
    """[[units.sizes]]
id = "one"
capacity = "150 kt/y"
capital = "40 USD m"
fixed_cost = "0.5 USD m/y"
[units.sizes.least]
capacity = "20 kt/y"
capital = "14 USD m"
""",
)
"""The same with a mill of any capacity from 20 to 150 kt a year, 0.2 USD m for each kt more."""


def problem_of(text: str, changes: tuple[Change, ...] = ()) -> Problem:
    """Return the problem of a text in which nothing is wrong."""
    problem, findings = PlanText(text.encode()).problem(changes)
    assert problem is not None, "\n".join(map(str, findings))
    return problem


def findings_of(text: str) -> tuple[Finding, ...]:
    """Return what is said of a text."""
    return PlanText(text.encode()).problem()[1]


RANDOM = """
name = "random SEED"
currency = "USD"
first_year = 2027
last_year = LAST
basis = "assumed"
source = "a seed"
DECKS
[terms]
rate = "<2 15> %/y"
timing = "TIMING"
money = "real"
money_year = 2027
tax = "post-tax"
end = "closed"
[[sites]]
id = "pit"
country = "PK"
[[sites]]
id = "works"
country = "PK"
[[sites]]
id = "port"
country = "US"
[[materials]]
id = "rich"
grades = { Sb = "9 %" }
[[materials]]
id = "poor"
grades = { Sb = "4 %" }
[[materials]]
id = "concentrate"
grades = { Sb = "50 %" }
[[materials]]
id = "metal"
grades = { Sb = "99 %" }
[[materials]]
id = "waste"
discard = true
discard_cost = "<0 4> USD/t"
[[resources]]
id = "vein"
site = "pit"
grades = { Sb = "9 %" }
tonnage = "<30 200> kt"
[[resources]]
id = "halo"
site = "pit"
grades = { Sb = "4 %" }
tonnage = "<100 400> kt"
[[units]]
id = "drilling"
site = "pit"
phase = "first"
lead_years = 0
life_years = 20
estimate_class = 5
sizes = [{ id = "s", capacity = "0 kt/y", capital = "<1 4> USD m" }]
[[units]]
id = "mine"
site = "pit"
phase = "second"
after = ["drilling"]
lead_years = LEAD
life_years = LIFE
ramp_up = ["<40 90> %"]
closure = "<0 3> USD m"
estimate_class = 5
[[units.sizes]]
id = "s"
capacity = "<40 120> kt/y"
capital = "<4 15> USD m"
fixed_cost = "<0 1> USD m/y"
[[units.recipes]]
id = "rich"
resource = "vein"
rates = { rich = 1 }
cost = "<20 60> USD/t"
[[units.recipes]]
id = "poor"
resource = "halo"
rates = { poor = 1 }
cost = "<10 40> USD/t"
[[units]]
id = "mill"
site = "pit"
phase = "second"
after = ["drilling"]
lead_years = 1
life_years = 9
estimate_class = 4
[[units.sizes]]
id = "s"
capacity = "<40 120> kt/y"
capital = "<8 25> USD m"
fixed_cost = "<0 2> USD m/y"
[[units.recipes]]
id = "rich"
rates = { rich = -1, concentrate = 0.155, waste = 0.8 }
cost = "<10 30> USD/t"
[[units.recipes]]
id = "poor"
rates = { poor = -1, concentrate = 0.066, waste = 0.9 }
cost = "<10 30> USD/t"
[[units]]
id = "refinery"
site = "works"
phase = "second"
lead_years = 1
life_years = 8
estimate_class = 5
sizes = [{ id = "s", capacity = "<3 12> kt/y", capital = "<5 30> USD m" }]
[[units.recipes]]
id = "smelt"
rates = { concentrate = -1, metal = 0.48 }
cost = "<200 900> USD/t"
[[routes]]
id = "road"
from = "pit"
to = "works"
materials = ["concentrate"]
cost = "<5 40> USD/t"
[[routes]]
id = "sea"
from = "works"
to = "port"
materials = ["concentrate", "metal"]
capacity = "<4 12> kt/y"
cost = "<50 200> USD/t"
[[markets]]
id = "trader"
site = "port"
materials = ["concentrate"]
pays = [{ price = "sb", element = "Sb", payable = "<50 80> %" }]
charge = "<0 300> USD/t"
[[markets]]
id = "maker"
site = "port"
materials = ["metal"]
pays = [{ price = "metal", payable = "<85 98> %" }]
most = "<1 5> kt/y"
[[phases]]
id = "first"
budget = "5 USD m"
[[phases]]
id = "second"
budget = "<30 80> USD m"
[[levies]]
id = "royalty"
rate = "<1 8> %"
base = "gross revenue"
[[levies]]
id = "export"
rate = "<0 3> %"
base = "export value"
"""
"""Two ores, one mill and a refinery; ``<low high>`` stands for a number to be drawn."""


def random_plan(seed: int, years: int = 4) -> str:
    """Return a plan of two ores, one mill and a refinery, with numbers drawn from a seed."""
    draw = np.random.default_rng(seed)

    def some(low: float, high: float) -> str:
        return f"{draw.uniform(low, high):.4g}"

    decks = "\n".join(
        f'[[prices]]\nid = "{name}"\nvalues = {{ '
        + ", ".join(f'{2027 + year} = "{some(*span)} USD/t"' for year in range(years))
        + " }"
        for name, span in (("sb", (6000, 16000)), ("metal", (9000, 26000)))
    )
    text = re.sub("<([0-9.]+) ([0-9.]+)>", lambda one: some(float(one[1]), float(one[2])), RANDOM)
    for name, value in (
        ("DECKS", decks),
        ("SEED", str(seed)),
        ("LAST", str(2026 + years)),
        ("TIMING", ("end", "middle")[int(draw.integers(2))]),
        ("LEAD", str(int(draw.integers(0, 2)))),
        ("LIFE", str(int(draw.integers(2, 6)))),
    ):
        text = text.replace(name, value)
    return text
