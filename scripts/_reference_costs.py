"""The table of process cost accounts: what a piece of equipment cost, at which size, in which year.

Read by `build_reference.py`. The numbers are those of table 4-28 of Keim and Naumann's final report
to the US Department of Energy (2019, DOI 10.2172/1569277).
"""

from __future__ import annotations

import re

from _reference_cells import Facts, Row

REPORT = "doe-keim-naumann-2019"
UNITS = {
    "dimensionless": "1", "ton/hr": "short ton/h", "ton": "short ton", "ft**2": "ft2",
    "ft**3": "ft3", "ft**3/min": "ft3/min", "gal": "gal", "gal/min": "gal/min", "hp": "hp",
    "MBTU/hr": "MBtu/h",
}  # fmt: skip
"""The units of sizes as this project writes them; a short ton is 907.18474 kg."""


def build_cost_accounts(facts: Facts) -> dict[str, list[Row]]:
    """Build process_cost_accounts; rows of other reports in the same file are left out."""
    rows = []
    for raw in facts.rows("process/prommis_ree_cost_accounts.csv"):
        # That bio-oxidation (accounts 12) is of the same report is not sure.
        if raw["source_group"] != "1" or raw["account"].startswith("12."):
            continue
        section, _, equipment = raw["name"].removeprefix("UKy ").partition(" - ")
        measure = re.sub(r" \([^()]*\)$", "", raw["process_parameter"])
        year = raw["BEC_units"].removeprefix("$")
        cost, size = float(raw["BEC_ref"]), float(raw["RP_value"])
        rows.append(
            {
                "account": raw["account"], "section": section, "equipment": equipment,
                "measure": measure, "size": f"{size:.10g}", "size_unit": UNITS[raw["units"]],
                "value": f"{cost:.10g}", "unit": "USD", "year": year,
                "exponent": f"{float(raw['exponent']):.10g}", "basis": "reported", "source": REPORT,
            }
        )  # fmt: skip
    return {"process_cost_accounts": rows}
