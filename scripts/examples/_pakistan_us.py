"""The folder ``examples/pakistan-us``: the first batch as published, and the illustration."""

from __future__ import annotations

from examples import (
    _assumptions,
    _contracts,
    _illustration,
    _instruments,
    _own_reports,
    _planned,
    _prices,
    _shares,
)
from examples import _real_batch as real
from examples._oddities import closings
from examples._plan_assumptions import PLAN_ROWS
from examples._tables import Folder, add_events, table

CHAIN_TOML = """\
# The first batch from Pakistan, exactly as far as it was published, and beside it, never mixed with
# it, an illustration: an invented operation on declared assumptions. Lots, sites and parties of the
# illustration begin with illus: or illus-, and every quantity of theirs has the basis `assumed`.
#
# events/     what happened, and the closing of each month: a closed month holds whatever is
#             entered into it later, until a named person decides
# planned/    a planned ledger of the illustration, and which actual lots a planned lot stands for
# contracts/  the terms of the illustration's sales, and prices/ its markets: invented too
# instruments/    money in tranches that wait for what the ledger shows: invented too
# documents.csv   which paper would settle which open question about the first batch
name = "pakistan-us"
title = "Pakistan to the United States: antimony, copper concentrate, rare earths"
currency = "USD"
horizon_start = "2025-07-01"
horizon_end = "2030-06-30"
boundary_view = "dashed"
declared = "2025-07-01"

[defaults]
time_zone = "UTC"
actor = "oreline-editor"

# USD 500 million is the framework, a memorandum of understanding: not the value of the cargo.
[[phases]]
id = "framework"
name = "Framework between FWO and USSM"
budget = "500000000"
currency = "USD"
basis = "reported"
source = "E-03; E-04; E-11"
note = "Only the total is reported; how it is split over the phases is UNKNOWN."

[[phases]]
id = "exploration"
name = "Exploration"
basis = "reported"
source = "E-15"
note = "Budget and dates UNKNOWN."

[[phases]]
id = "beneficiation"
name = "Beneficiation"
basis = "reported"
source = "E-15"
note = "Budget and dates UNKNOWN."

[[phases]]
id = "concentrate"
name = "Concentrate production"
basis = "reported"
source = "E-15"
note = "Budget and dates UNKNOWN."

[[phases]]
id = "refineries"
name = "Refineries in Pakistan"
basis = "reported"
source = "E-08; E-15"
note = "Eventual, in the words of the report. Budget and dates UNKNOWN."
"""


def folder() -> Folder:
    """Return all files of the folder."""
    made = Folder()
    made.add("chain.toml", CHAIN_TOML.encode())
    made.add("parties.csv", table(real.PARTIES_COLUMNS, (*real.PARTIES, *_illustration.PARTIES)))
    made.add("sites.csv", table(real.SITES_COLUMNS, (*real.sites(), *_illustration.SITES)))
    made.add(
        "materials.csv",
        table(real.MATERIALS_COLUMNS, (*real.MATERIALS, *_illustration.materials())),
    )
    made.add("routes.csv", table(real.ROUTES_COLUMNS, (*real.routes(), *_illustration.ROUTES)))
    made.add("permits.csv", table(_illustration.GATED_COLUMNS, _illustration.PERMITS))
    made.add("rules.csv", table(_illustration.RULES_COLUMNS, _illustration.RULES))
    rows = (*_assumptions.ROWS, *PLAN_ROWS)
    made.add("assumptions.csv", table(_assumptions.COLUMNS, rows))
    made.add("documents.csv", table(real.DOCUMENTS_COLUMNS, real.DOCUMENTS))
    made.add("evidence/evidence.csv", table(real.EVIDENCE_COLUMNS, real.evidence()))
    add_events(made, [*real.events(), *_illustration.operation(), *closings()])
    texts = {**_contracts.FILES, **_instruments.FILES, **_own_reports.FILES}
    for path, text in texts.items():
        made.add(path, text.encode())
    _prices.add(made)
    _shares.add(made)
    _planned.add(made)
    return made
