"""The folder ``examples/mine-to-magnet``: an invented chain with a recycling loop over the sea."""

from __future__ import annotations

from examples import _magnet_tables as tables
from examples._assumptions import COLUMNS
from examples._illustration import PERMITS_COLUMNS, RULES_COLUMNS
from examples._magnet_downstream import (
    buy_iron,
    cast,
    credit,
    make_magnets,
    return_swarf,
    take_stock,
)
from examples._magnet_flow import WEEKS, Works, assumed, share
from examples._magnet_upstream import make_metal, mine, separate
from examples._real_batch import (
    EVIDENCE_COLUMNS,
    MATERIALS_COLUMNS,
    PARTIES_COLUMNS,
    ROUTES_COLUMNS,
    SITES_COLUMNS,
)
from examples._tables import Entered, Folder, add_events, table

MONTH = 4
"""Weeks between stock-takes, returns of swarf and postings of credits."""


def folder() -> Folder:
    """Return all files of the folder."""
    made = Folder()
    made.add("chain.toml", tables.CHAIN_TOML.encode())
    made.add("parties.csv", table(PARTIES_COLUMNS, tables.PARTIES))
    made.add("sites.csv", table(SITES_COLUMNS, tables.SITES))
    made.add("materials.csv", table(MATERIALS_COLUMNS, tables.MATERIALS))
    made.add("routes.csv", table(ROUTES_COLUMNS, tables.ROUTES))
    made.add("permits.csv", table(PERMITS_COLUMNS, tables.PERMITS))
    made.add("rules.csv", table(RULES_COLUMNS, tables.RULES))
    made.add("assumptions.csv", table(COLUMNS, tables.ASSUMPTIONS))
    made.add("evidence/evidence.csv", table(EVIDENCE_COLUMNS, tables.EVIDENCE))
    add_events(made, _year())
    return made


def _year() -> list[Entered]:
    works = Works()
    oxide_kg = 1000 * assumed("A-ALLOYRATE") * share("A-NDPR") / share("A-METAL") / 0.85
    for week in range(WEEKS):
        for land in ("us", "au"):
            mine(works, week, land)
        # Cast before new metal is made: Tuesday's cast cannot use Thursday's metal.
        if week % MONTH == 0:
            buy_iron(works, week)
        cast(works, week)
        make_metal(works, week, "ndpr", oxide_kg)
        if week % MONTH == 0:
            for name, part in (("dy", "A-DY"), ("tb", "A-TB")):
                wanted = 1000 * assumed("A-ALLOYRATE") * share(part) * MONTH
                make_metal(works, week, name, wanted / share("A-METAL") / 0.86)
        separate(works, week)
        make_magnets(works, week)
        if week % MONTH == MONTH - 1:
            return_swarf(works, week)
            credit(works, week)
            take_stock(works, week)
    return works.entered
