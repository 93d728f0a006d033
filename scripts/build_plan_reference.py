"""Write the reference of `plan.toml` and its JSON Schema from the types themselves.

A test checks that both are up to date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from oreline.plan import plan_schema, plan_tables

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "plan-file.md"
SCHEMA = ROOT / "docs" / "reference" / "plan.schema.json"

INTRODUCTION = """\
# Plans: plan.toml

What can be built, what does it take and give, who pays, and by which conventions is it valued?
`plan.toml` in a chain folder, beside `chain.toml`, says so; `oreline plan check PLACE` tells all
that is wrong with it, each with its line, and `oreline plan solve PLACE` finds the best plan.
Programs may use the [JSON Schema](plan.schema.json). What is computed from it stands in
[Plan](plan.md).

This page is written from the types by `scripts/build_plan_reference.py`.

```toml
name = "One mine, one mill"
currency = "USD"
first_year = 2027
last_year = 2036
basis = "assumed"
source = "an example"

[terms]
rate = "10 %/y"
timing = "end"
money = "real"
money_year = 2026
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
tonnage = { value = 250, low = 100, high = 400, unit = "kt" }

[[units]]
id = "mine"
site = "pit"
lead_years = 1
life_years = 10
estimate_class = 5
sizes = [{ id = "one", capacity = "100 kt/y", capital = "20 USD m", fixed_cost = "1 USD m/y" }]
recipes = [{ id = "dig", resource = "lode", rates = { ore = 1 }, cost = "30 USD/t" }]

[[units]]
id = "mill"
site = "pit"
lead_years = 1
life_years = 10
ramp_up = ["60 %"]
closure = "2 USD m"
estimate_class = 5
sizes = [{ id = "one", capacity = "100 kt/y", capital = "30 USD m" }]
recipes = [
    { id = "float", rates = { ore = -1, concentrate = 0.18, tailings = 0.8 }, cost = "20 USD/t" },
]

[[routes]]
id = "sea"
from = "pit"
to = "port"
materials = ["concentrate"]
cost = "100 USD/t"

[[prices]]
id = "sb"
values = { 2027-2030 = "12000 USD/t", 2031-2036 = "9000 USD/t" }

[[markets]]
id = "buyer"
site = "port"
materials = ["concentrate"]
pays = [{ price = "sb", element = "Sb", payable = "80 %" }]
```

## How numbers are written

- As text with its unit, `"12 kt/y"`; as the id of a row of `assumptions.csv`, `"A-MILL-CAPITAL"`;
  or as a table with range, basis, source and note: `{ value = 30, low = 20, high = 45, unit = "USD
  m", basis = "reported", source = "study 2024" }`. A part of a whole may be a plain number,
  `0.18`.
- Masses are dry, in `t`, `kt`, `kg`, `Mt`; money in `USD`, `kUSD`, `USD m`, `USD bn` (or the
  plan's own currency); time in `y`; parts in `%`, `g/t`, `kg/t`, `ppm`; and what is made of them:
  `USD/t`, `t/y`, `USD m/y`. Each is turned into kilotonnes, millions and years, of one kind with
  what stands there.
- `basis` is `measured`, `reported`, `assumed`, `planned` or `derived`. Basis and source hold for a
  unit or for the whole file, where its numbers do not say their own. A number without both is
  refused.
- A yearly number is one for all years, or a table of years and spans that leaves no year out.
"""


def page() -> str:
    """Return the page of `plan.toml`."""
    parts = [INTRODUCTION]
    for heading, model in plan_tables().items():
        meaning = " ".join((model.__doc__ or "").split())
        parts.append(f"## {heading}\n\n{meaning}\n\n{_fields(model)}\n")
    return "\n".join(parts)


def _fields(model: type[BaseModel]) -> str:
    lines = ["| key | meaning |", "|---|---|"]
    for name, field in model.model_fields.items():
        key = field.alias or name
        shown = f"**{key}**" if field.is_required() else key
        lines.append(f"| {shown} | {(field.description or '').replace('|', chr(92) + '|')} |")
    return "\n".join(lines)


def outputs() -> dict[Path, str]:
    """Return what each file should hold."""
    schema = json.dumps(plan_schema(), indent=1, ensure_ascii=False) + "\n"
    return {PAGE: page(), SCHEMA: schema}


def main() -> None:
    """Write the files, or with --check say whether they are up to date."""
    stale = [
        path.name
        for path, text in outputs().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    if "--check" in sys.argv:
        sys.exit(f"run scripts/build_plan_reference.py: {', '.join(stale)}" if stale else 0)
    for path, text in outputs().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
