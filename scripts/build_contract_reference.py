"""Write docs/reference/contract.md and its JSON Schema from the types of a contract.

Every table of a contract is shown with its keys, what they mean and one right way to write them; a
test checks that the page is up to date.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from oreline.settle import (
    ASSAY_COLUMNS,
    PRICE_COLUMNS,
    PRICE_COLUMNS_NEEDED,
    WEIGHT_COLUMNS,
    ParcelFile,
    contract_models,
    contract_schema,
    field_words,
    table_types,
)

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "contract.md"
SCHEMA = ROOT / "docs" / "reference" / "contract.schema.json"

INTRODUCTION = """\
# Contracts, prices and parcels

Under which terms is a shipment paid? A contract is a file `contracts/NAME.toml` of the chain
folder, or one of its own. `oreline settle check PLACE` says everything that is wrong with it, each
with its line and one right way to write it. Programs may use the
[JSON Schema](contract.schema.json); it knows fields, words and units, not whether clauses
contradict.

How each clause is read stands in [Terms of settlement](settle-terms.md), what a statement is in
[Settle](settle.md).

This page is written from the types by `scripts/build_contract_reference.py`.

## How values are written

- **Numbers** in plain digits, `96.5` or `"96.5"`; both are exact.
- **Quantities** as text, number and unit with a space between: `"80 USD/dmt"`, `"8 c/lb"`,
  `"0.30 %"`, `"1 g/dmt"`, `"5 ppm"`. A unit of another dimension is refused: dry mass (`dmt`), wet
  mass (`wmt`) and content (`t`, `kg`, `lb`, `oz`, `mtu`) are different things, and each currency is
  one. `mtu` is 10 kg of content, `c` is a US cent, `st` the short ton.
- **Days** as `2025-09-30`.
- **Events** that days are counted from: `shipment` (dispatch), `arrival` (receipt), `sealing`,
  `delivery_note`, `invoice`, `final_invoice`, `signature`.
- **Amounts** are from the seller's side: what is taken off a payment is negative in `lines`;
  charges and penalties are positive numbers that are taken off.
- Keys of the contract itself stand above the first `[table]`.
"""

PRICES = """\
## Prices

Three tables in `prices/`, as CSV. `holidays.csv` may be left out.

| table | columns (**required**) |
|---|---|
{tables}

- `kind` is `exchange` (a value each business day), `assessed` (now and then), `reference` (a list
  price), `annual` (a yearly average of its last day, which is no contract price) or `fx`.
- `unit` is a price of content, such as `USD/t`; for `fx` one currency per another: `USD/CNY` is
  dollars for one yuan.
- `vat_pct` is the value-added tax that the published value includes, 0 where none.
- `published` is the day on which a value was published, where it was not on the day itself. Several
  rows of one day are what the publisher said one after the other: the first, and its revisions.
- A day on which nothing was published has no row. It is never filled, and never zero.
- Named assessments and markets are never interchanged: a contract names the `id` of one series.

```csv
id,name,kind,unit,vat_pct,market,delivered,calendar,basis,source
lme-cu,Copper cash settlement,exchange,USD/t,0,London,in warehouse,london,reported,LME
```
"""


PARCELS = """\
## Parcels

Who settles without a ledger writes the lots of a shipment into a file, and then:

```console
$ oreline settle statement --contract contracts/copper.toml --parcel parcels/copper.toml \\
    --prices prices --stage final --on 2025-12-05 --export final.pdf
```

```toml
id = "sent-1"
contract = "cu-1"
basis = "measured"
source = "certificates in binder 3"

[days]
shipment = 2025-09-20
arrival = 2025-10-28

[[lots]]
lot = "fwo:CU-1"
loading = { wet = "24.350 wmt", wet_u = "0.030 wmt", moisture = "8.10 %", source = "ticket 2031" }

[lots.assays]
seller = { Cu = "28.10 %", Au = { value = "4.1 g/dmt", u = "0.1 g/dmt" } }
```

- A number that nobody has is `"unknown: why"`; a result below the limit of detection is `"<5 ppm"`
  and is not known either. Without a moisture the dry mass is UNKNOWN, never the wet one.
- Grades are in the dry material, moisture in % of the wet mass.
- What states no source has the file and line as its evidence.
- Who has weights and assays in a spreadsheet names tables that lie beside the file:
  `weights = "weights.csv"` and `assays = "assays.csv"`, instead of `[[lots]]` or beside them.

| table | columns |
|---|---|
| `weights` | {weights} |
| `assays` | {assays} |
"""


def page() -> str:
    """Return the page."""
    parts, parcels = [INTRODUCTION], PARCELS
    schema = contract_schema()
    for model in contract_models():
        told = schema if model.__name__ == "Contract" else schema["$defs"][model.__name__]
        parts += [f"## {model.__name__}", _places(model), _plain(inspect.getdoc(model))]
        parts.append(_fields(model, told["properties"]))
    parts.append(PRICES.replace("{tables}", "\n".join(map(_columns, PRICE_COLUMNS))))
    for key, columns in (("{weights}", WEIGHT_COLUMNS), ("{assays}", ASSAY_COLUMNS)):
        parcels = parcels.replace(key, " ".join(columns))
    parts.append(parcels)
    for model in contract_models(ParcelFile):
        parts += [f"### {model.__name__}", _plain(inspect.getdoc(model)), _fields(model)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _places(wanted: type[BaseModel]) -> str:
    """Return where a table is written."""
    if wanted.__name__ == "Contract":
        return "At the head of the file, above the first `[table]`."
    found = []
    for model in contract_models():
        for name, field in model.model_fields.items():
            if wanted in table_types(field):
                key = f"[[{name}]]" if "tuple" in str(field.annotation) else f"[{name}]"
                within = f"`{name}` of {model.__name__}"
                found.append(f"`{key}`" if model.__name__ == "Contract" else within)
    return f"Written as {', '.join(found)}."


def _columns(file: str) -> str:
    """Return the row of a table of prices: its columns, those that are needed in bold."""
    shown = " ".join(
        f"**{column}**" if column in PRICE_COLUMNS_NEEDED[file] else column
        for column in PRICE_COLUMNS[file]
    )
    return f"| `{Path(file).name}` | {shown} |"


def _fields(model: type[BaseModel], forms: Mapping[str, Any] | None = None) -> str:
    columns = ["key", "form", "meaning", "example"]
    if forms is None:
        columns.remove("form")
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for name, field in model.model_fields.items():
        key = field.alias or name
        words = field_words(model.__name__, name)
        if words is None:
            raise SystemExit(f"say in _contract_words.py what {model.__name__}.{name} means")
        shown = f"**{key}**" if field.is_required() else key
        form = [] if forms is None else [_form(forms[key])]
        cells = [shown, *form, words.meaning, f"`{words.example}`"]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _form(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        forms = [_form(part) for part in schema["anyOf"] if part.get("type") != "null"]
        return " or ".join(dict.fromkeys(forms))
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        words = "measured, reported, assumed, planned, derived"
        return words if name == "Basis" else f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_form(schema['items'])}"
    if schema.get("type") == ["number", "string"]:
        return "number"
    if "examples" in schema:
        return " or ".join(dict.fromkeys(f"`{one}`" for one in schema["examples"][:3]))
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(
        schema.get("type", ""), "any"
    )


def _plain(text: str | None) -> str:
    parts = [" ".join(part.split()) for part in (text or "").replace("``", "`").split("\n\n")]
    return "\n\n".join(parts)


def main() -> None:
    """Write both files, or with --check say whether they are up to date."""
    schema = json.dumps(contract_schema(), indent=1, ensure_ascii=False) + "\n"
    wanted = {PAGE: page(), SCHEMA: schema}
    if "--check" in sys.argv:
        stale = [path.name for path, text in wanted.items() if path.read_text() != text]
        sys.exit(f"run scripts/build_contract_reference.py: {', '.join(stale)}" if stale else 0)
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
