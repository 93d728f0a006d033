"""Write docs/validation/acceptance.md: published numbers beside ours, each computed now.

The cases stand in tests/acceptance/support/acceptance_cases.py; a test runs this with ``--check``.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validation" / "acceptance.md"
sys.path.append(str(ROOT / "tests" / "acceptance" / "support"))

from acceptance_cases import groups  # noqa: E402 (only now can it be found)
from acceptance_model import Case  # noqa: E402

HEAD = """\
# Published numbers and ours

Concentrators, cascades, cost formulas and feasibility studies: what others print, what oreline
computes of the same inputs, and how far off it is. Each number of ours is computed when this page
is written, by `scripts/build_acceptance.py`; a test fails when the page says anything else.

**met**: within the digits that are printed, or those of the source's own tolerance.
**contradicted**: ours is another number, and the reason stands with it. No line is adjusted to fit.

"""
TAIL = """\
## Against drill holes and tables that are not part of this repository

Real drill holes (Babbitt, Forrestania) and the 50 flows of a simulator are compared by tests that
read them where they are; see [Validation](README.md#block-models): copper of Babbitt in the
tutorial's domain has mean 0.2414 % (printed 0.24149), its kriged blocks lie within 3 % of the
printed 0.2117 %.

## What is printed and cannot be computed from what is printed

"""

NOT_COMPUTED = (
    ("Leach liquor and strip liquors of the Kentucky flowsheet (PrOMMiS)",
     ("its feed's acid and the pH of every stage are results of its solver and stand in no "
     "published table; here a unit has one distribution, and pH is not followed stage by stage. "
     "Metals of constant distribution, log D fits, cost accounts and present value stand above")),
    ("Its fixed and variable operating cost (6.80 and 1.36 MUSD/y)",
     "rest on staffing and prices that are not printed with the result"),
    ("Molycorp 2010: alloy is 57.2 % of revenue",
     "of the 503.5 MUSD that this implies, 150 are of lines that are not in the excerpt"),
    ("Ngualla 2017: 34.20 USD/kg",
     ("the notice does not say what becomes of by-products: two readings lie 21 % apart "
     "([costs](README.md#costs-of-a-design))")),
    ("Bear Lodge 2014: 6,813 t/y at 88.3 % hydrometallurgical recovery",
     "grade and mass of its concentrate are not in the notice"),
    ("Songwe 2022; Mountain Pass's split (Ce 50.2, La 32.3, NdPr 15.7, SEG+ 1.8 %)",
     "compositions, with no flowsheet behind them; the split sums to 100"),
    ("Kocabag 2012: 66.8 % Sb at 79.5 %",
     "one laboratory test without its feed's grade and mass"),
    ("Hillgrove 2025: NPV8 280 MAUD, IRR 48 %", "capital and costs are not in the notices"),
)  # fmt: skip
"""What others print and cannot be computed from what they print, and why."""


def number(value: float) -> str:
    """Write a number with six digits at most, as people do."""
    if value == int(value) and abs(value) < 1e7:
        return f"{value:,.0f}"
    return f"{value:,.6g}" if 1e-3 <= abs(value) < 1e7 else f"{value:.5g}"


def row(case: Case) -> str:
    """Return one case as a line of a table, computed now."""
    ours = case.ours()
    error = ours / case.printed - 1
    off = "0" if abs(error) < 5e-7 else f"{100 * error:+.2g} %"
    verdict = f"contradicted: {case.why}" if case.why else "met"
    cells = (case.what, f"{number(case.printed)} {case.unit}", number(ours), off, verdict,
             case.source, f"`{case.test}`")  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    every = [case for group in groups() for case in group.cases]
    against = sum(bool(case.why) for case in every)
    parts.append(f"{len(every) - against} numbers are met, {against} are contradicted.\n\n")
    for group in groups():
        parts.append(f"## {group.title}\n\n")
        parts.append(f"{group.note}\n\n" if group.note else "")
        parts.append(
            "| what | printed | ours | error | | source | test |\n|---|---|---|---|---|---|---|\n"
        )
        parts += [f"{row(case)}\n" for case in group.cases]
        parts.append("\n")
    parts += [TAIL, "| what | why not |\n|---|---|\n"]
    parts += [f"| {what} | {why} |\n" for what, why in NOT_COMPUTED]
    return "".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` tell by 1 that it is not what is computed now."""
    text = page()
    if arguments == ["--check"]:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
