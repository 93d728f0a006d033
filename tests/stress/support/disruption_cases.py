"""A small chain as a scenario file, and models as arrays, for the tests of disruptions."""

from __future__ import annotations

import numpy as np

from oreline.stress._model_arrays import ModelArrays

TEXT = """
name = "two stages"
mineral = "antimony"
year = 2024
focal = "USA"
basis = "assumed"
source = "a test"

[market]
demand_elasticity = { value = 0.25, low = 0.12, high = 0.5 }
diversion = 0.5

[[blocs]]
id = "USA"
countries = ["USA"]
demand_share = 0.2

[[blocs]]
id = "CHN"
countries = ["CHN"]
demand_share = 0.3

[[blocs]]
id = "rest"
demand_share = 0.5

[[stages]]
id = "mine"
supply_elasticity = 0.3
price_share = 0.4
producers = [
  { country = "CHN", share = 0.5 },
  { country = "AUS", share = 0.3 },
  { country = "USA", share = 0.2 },
]

[[stages]]
id = "refining"
supply_elasticity = { value = 0.2, low = 0.1, high = 0.4 }
price_share = 0.6
producers = [
  { country = "CHN", share = 0.8, capacity = 0.9 },
  { country = "Belgium", share = 0.2 },
]

[[events]]
id = "CHN-restriction"
country = "CHN"
type = "export restriction"
probability = { value = 0.4, low = 0.2, high = 0.6 }
targets = ["USA", "rest"]
leakage = 0.1

[[events]]
id = "quake"
country = "AUS"
type = "disaster"
probability = 0.1
severity = 0.5
duration_months = 3.0

[[stocks]]
bloc = "USA"
stage = "refining"
days = 30.0

[[measures]]
id = "smelter"
kind = "plant"
stage = "refining"
country = "USA"
amount = 0.05
cost_usd_per_year = 20000000.0

[[measures]]
id = "store"
kind = "stock"
stage = "refining"
amount = 60.0
cost_usd_per_year = 5000000.0

[economy]
use_t = 24000.0
domestic_t = 2000.0
price_usd_per_t = 12000.0
psi = { value = 0.001, low = 0.0005, high = 0.002 }
uses = [{ industry = "325", share = 0.6 }, { industry = "335", share = 0.4 }]
"""
"""A scenario file with every kind of table."""


def model(
    stages: int = 4, countries: int = 11, seed: int = 0, *, restricted: int = 2
) -> ModelArrays:
    """Return a chain with one event a country, the first of them export restrictions."""
    rng = np.random.default_rng(seed)
    size = stages * countries
    share = np.concatenate([rng.dirichlet(np.ones(countries)) for _ in range(stages)])
    country = np.tile(np.arange(countries), stages)
    hits = [np.flatnonzero(country == one) for one in range(countries)]
    targets = np.zeros((countries, 3), np.bool_)
    targets[:restricted, 0] = True
    targets[:1, 1] = restricted > 0
    return ModelArrays(
        share=share, capacity=share * 1.15,
        stage_of=np.repeat(np.arange(stages), countries).astype(np.int64),
        is_local=np.zeros(size, np.bool_),
        eta=rng.uniform(0.1, 0.5, stages), theta=rng.dirichlet(np.ones(stages)),
        lag_months=np.full(stages, 3.0), host=np.ones(stages), eps=0.25, ln_choke=np.log(20.0),
        demand=np.array([0.2, 0.3, 0.5]), stock=np.full((3, stages), 0.02), focal=0,
        diversion=0.5, rho=0.3,
        country_id=np.arange(100, 100 + countries).astype(np.uint32),
        event_id=np.arange(1000, 1000 + countries).astype(np.uint32),
        event_country=np.arange(countries), threshold=np.full(countries, -1.2815515655446004),
        is_restriction=np.arange(countries) < restricted, targets=targets,
        leakage=np.full(countries, 0.1), severity_fixed=np.full(countries, np.nan),
        severity_a=np.full(countries, 4.0), severity_b=np.full(countries, 2.0),
        ln_months=np.full(countries, np.log(6.0)), ln_months_sd=np.full(countries, np.log(2.0)),
        hit_start=np.concatenate([[0], np.cumsum([len(one) for one in hits])]).astype(np.int64),
        hits=np.concatenate(hits).astype(np.int64),
    )  # fmt: skip
