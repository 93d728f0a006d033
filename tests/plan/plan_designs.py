"""A mill as a flowsheet with its costs, and the small plan whose mill is solved from it."""

from __future__ import annotations

from plan_texts import TINY

MILL = """\
name = "a mill"
basis = "reported"
source = "a test"
hours_per_year = 8000

[components]
elements = ["Sb"]

[[feeds]]
id = "ore"
to = "bank"
dry_t_per_h = 12.5
grades = { Sb = "10 %" }

[[units]]
id = "bank"
law = "split"
outlets = { concentrate = "product", tailings = "tails" }
parameters.to_concentrate = { Sb = 0.9, rest = 0.1 }

[[products]]
id = "product"
[[products]]
id = "tails"
kind = "waste"
"""
COSTS = """\
format = "oreline-costs-1"
[estimate]
currency = "USD"
year = "2027"
class = 5
allocation = "mass"
[flows]
ore = { feed = "ore" }
product = { product = "product" }
[[operating]]
name = "power"
kind = "energy"
stage = "mill"
price = { value = 12, unit = "USD/t", basis = "assumed", source = "a test" }
amount_of = "ore"
at = "bank"
[[operating]]
name = "people"
kind = "general"
stage = "mill"
price = { value = 8, unit = "USD/t", basis = "assumed", source = "a test" }
amount_of = "ore"
at = "bank"
[[products]]
name = "product"
amount_of = "product"
price = { value = 1000, unit = "USD/t", basis = "assumed", source = "a test" }
day = "2027"
"""
_WRITTEN = """rates = { ore = -1, concentrate = 0.18, tailings = 0.8 }
cost = "20 USD/t"
"""
assert _WRITTEN in TINY
DESIGNED = TINY.replace(
    _WRITTEN,
    """rates = { ore = -1 }
recovers = [{ material = "concentrate", element = "Sb", streams = ["product"] }]
rest = "tailings"
[units.recipes.design]
file = "designs/mill.toml"
takes = ["ore"]
costs = ["power", "people"]
""",
)
"""The mill recovers 90 % into a concentrate of 50 %, for 20 USD/t: the recipe of TINY."""
