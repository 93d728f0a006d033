"""Write the reference of `processes.toml`, its JSON Schema, and the list of unit laws.

All come from the types and laws themselves; a test checks that the pages are up to date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from oreline.design import ENGINE_LAWS, LAWS, MINERALS, Law, process_schema, process_tables

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "processes.md"
SCHEMA = ROOT / "docs" / "reference" / "processes.schema.json"
LAW_PAGE = ROOT / "docs" / "reference" / "unit-laws.md"

INTRODUCTION = """\
# Flowsheets: processes.toml

How does material go through the plants of a chain? `processes.toml` in a chain folder says what
enters, the units, where their outlets lead, and what leaves. `oreline design check PLACE` tells all
that is wrong with it, each with its line. Programs may use the
[JSON Schema](processes.schema.json). What is computed from it stands in [Design](design.md), the
laws and their numbers in [Unit laws](unit-laws.md).

This page is written from the types by `scripts/build_process_reference.py`.

```toml
name = "Two banks"
basis = "assumed"
source = "an example"

[components]
elements = ["Cu"]

[[feeds]]
id = "ore"
to = "rougher"
dry_t_per_h = { value = 100, low = 90, high = 110 }
grades = { Cu = "0.5 %" }

[[units]]
id = "rougher"
law = "split"
outlets = { concentrate = "cleaner", tailings = "tails" }
parameters.to_concentrate = { Cu = "92 %", "*" = "8 %" }

[[units]]
id = "cleaner"
law = "split"
outlets = { concentrate = "concentrate", tailings = "rougher" }
parameters.to_concentrate = { Cu = "85 %", "*" = "10 %" }

[[products]]
id = "concentrate"

[[products]]
id = "tails"
kind = "waste"
```

## How numbers are written

- As a number in the unit that stands there, `0.92`; as text with its unit, `"92 %"`; as the id of a
  row of `assumptions.csv`, `"A-CU-ROUGHER"`; or as a table with range, basis, source and note:
  `{ value = 0.92, low = 0.88, high = 0.95, basis = "reported", source = "plant report 2024" }`.
- `basis` is `measured`, `reported`, `assumed`, `planned` or `derived`. Basis and source hold for a
  table or for the whole file, where its numbers do not say their own. A number without both is
  refused.
- Parts of the whole may be written in `%`, `g/t`, `ppm`, `kg/t`; flows in `t/h`, `kg/h`, `lb/h`,
  `t/d`, `short ton/d`, and with `hours_per_year` in `t/y`, `kt/y`. Other units are converted
  where they are of one kind. A bare `ton` is refused: it may be short, long or a tonne.
- A number for each component is a table: `{ Nd = 0.61, "*" = 0.04 }`; `"*"` stands for all that are
  not named. The shares of a `split` may be one number for all: `to_bleed = 0.05`.

## What is followed

- **Elements** by symbol, **minerals** and **oxides** by their composition, **groups** that are
  assayed together. `rest` is all that is not named, so that components sum to the dry mass; `water`
  is followed by itself. Neither is declared.
- Physical separation acts on minerals; a unit whose chemistry breaks minerals (leach, roast, smelt)
  sets their elements free. Elements that a mineral holds and the flowsheet does not follow are
  `rest`.
- A grade may be given by formula (`Nd2O3 = "0.9 %"`): it counts for those of its elements that are
  followed, so list Nd under `elements`. A mineral of which none is followed is told as itself.
- **Reagents** that a law asks for enter the balance by themselves; others are feeds like ore.
"""

LAW_INTRODUCTION = """\
# Unit laws

By which law does a unit share its feed between its outlets? A unit of
[processes.toml](processes.md) names one. Rungs are: 0 a cited split, 1 a grade-recovery curve, 2 a
kinetic or equilibrium law, 3 an external engine; every result says on which rung it stands. A
number outside of the range given here is used, with a warning.

This page is written from the laws by `scripts/build_process_reference.py`.
"""


def page() -> str:
    """Return the page of `processes.toml`."""
    parts = [INTRODUCTION]
    for heading, model in process_tables().items():
        meaning = " ".join((model.__doc__ or "").split())
        parts.append(f"## {heading}\n\n{meaning}\n\n{_fields(model)}\n")
    known = ", ".join(f"{name} ({formula})" for name, formula in sorted(MINERALS.items()))
    parts.append(
        "## Known minerals\n\n`Ln` stands for rare earths, whose shares `[minerals.NAME]` gives: "
        f"{known}.\n"
    )
    return "\n".join(parts)


def law_page() -> str:
    """Return the page of the unit laws."""
    laws = [law for _, law in sorted({**LAWS, **ENGINE_LAWS}.items())]
    return "\n".join([LAW_INTRODUCTION, _law_table(laws), *(_law(law) for law in laws)])


def _law_table(laws: list[Law]) -> str:
    lines = ["| law | rung | what it is for | formula or source |", "|---|---|---|---|"]
    for law in laws:
        name = f"[{law.name}](#{law.name})"
        lines.append(f"| {name} | {law.rung} | {_cell(law.meaning)} | {_cell(law.source)} |")
    return "\n".join([*lines, ""])


def _fields(model: type[BaseModel]) -> str:
    lines = ["| key | meaning |", "|---|---|"]
    for name, field in model.model_fields.items():
        shown = f"**{name}**" if field.is_required() else name
        lines.append(f"| {shown} | {_cell(field.description or '')} |")
    return "\n".join(lines)


def _law(law: Law) -> str:
    outlets = ", ".join(
        f"`{port}` ({phase})" for port, phase in zip(law.outlets, law.phases, strict=False)
    ) or ", ".join(f"`{port}`" for port in law.outlets)
    breaks = " Minerals are broken." if law.breaks_minerals else ""
    lines = [
        f"## {law.name}\n",
        f"Rung {law.rung}: {law.meaning or law.name}.{breaks}",
        f"Outlets: {outlets or 'as the file names them'}. Source: {law.source}.\n",
    ]
    if law.parameters:
        lines += ["| number | unit | holds from, to | default | meaning |", "|---|---|---|---|---|"]
        for name, spec in law.parameters.items():
            shown = f"{name}[component]" if spec.per_component else name
            shown = shown.replace("*", "OUTLET")
            default = "" if spec.default is None else f"{spec.default:g}"
            row = [f"`{shown}`", spec.unit, f"{spec.low:g}, {spec.high:g}", default, spec.meaning]
            lines.append("| " + " | ".join(_cell(cell) for cell in row) + " |")
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def outputs() -> dict[Path, str]:
    """Return what each file should hold."""
    schema: dict[str, Any] = process_schema()
    return {
        PAGE: page(),
        SCHEMA: json.dumps(schema, indent=1, ensure_ascii=False) + "\n",
        LAW_PAGE: law_page(),
    }


def main() -> None:
    """Write the files, or with --check say whether they are up to date."""
    stale = [
        path.name
        for path, text in outputs().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    if "--check" in sys.argv:
        sys.exit(f"run scripts/build_process_reference.py: {', '.join(stale)}" if stale else 0)
    for path, text in outputs().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
