"""Everything that can be wrong with a flowsheet is named with its line, and all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_sheets import BANKS, changed, found_in

PAGES = Path(__file__).parents[2] / "docs" / "findings"

CLEANER_RETURNS = 'tailings = "rougher" }\nparameters.to_concentrate = { Cu = 0.8, rest = 0.05 }'

# What is changed: the code, the line, and words that are said.
WRONG = [
    (("[components]", "[components"), "ORL-1000", 5, "no TOML"),
    (('id = "ore"', 'id = "ore"\nmoister = 3'), "ORL-1001", 10, "did you mean moisture"),
    (('law = "split"\n', ""), "ORL-1001", 14, "it is missing"),
    (("dry_t_per_h = 100", 'dry_t_per_h = "a lot"'), "ORL-1001", 11, "no number"),
    (('id = "cleaner"', 'id = "rougher"'), "ORL-1002", 21, "stands twice; first in p.toml:15"),
    (('law = "split"', 'law = "spilt"'), "ORL-1003", 16, "did you mean split?"),
    (("to_concentrate", "to_concentrates"), "ORL-1004", 18, "takes no number to_concentrates"),
    (("dry_t_per_h = 100", 'dry_t_per_h = "100 m"'), "ORL-1005", 11, "'m' is no unit"),
    (("dry_t_per_h = 100", 'dry_t_per_h = "9 t/y"'), "ORL-1005", 11, "hours_per_year"),
    (("dry_t_per_h = 100", 'dry_t_per_h = "9 ton/h"'), "ORL-1005", 11, "short tons (907 kg)"),
    (('source = "a test"', ""), "ORL-1006", 11, "states no source"),
    (("dry_t_per_h = 100", 'dry_t_per_h = "A-9"'), "ORL-1006", 11, "A-9 is not in"),
    (('concentrate = "cleaner"', 'concentrate = "cleanr"'), "ORL-1007", 17, "mean cleaner?"),
    (('to = "rougher"', 'to = "product"'), "ORL-1007", 10, "no unit or product"),
    (('[[products]]\nid = "tails"', '[[products]]\nid = "x"\n[[products]]\nid = "tails"'),
     "ORL-1007", 28, "nothing enters the product x"),
    (('{ Cu = "1 %" }', '{ Cu = "1 %", Zn2 = 1 }'), "ORL-1009", 12, "sum to 101 %"),
    (('{ Cu = "1 %" }', '{ Cu = "1 %", pyrite = 0.1 }'), "ORL-1008", 12, "no component here"),
    (("{ Cu = 0.9, rest", "{ Ag = 0.9, rest"), "ORL-1008", 18, "given for Ag"),
    (('elements = ["Cu"]', 'elements = ["Cu", "Qq"]'), "ORL-1008", 6, "Qq is no element"),
    (('{ Cu = "1 %" }', '{ Cu = "101 %" }'), "ORL-1009", 12, "sum to 101 %"),
    (('{ Cu = "1 %" }', '{ Cu = "-1 %" }'), "ORL-1009", 12, "below 0"),
    (('{ Cu = "1 %" }', '{ Cu = "1 %" }\nmoisture = "8 %"\nwater_t_per_h = 3'),
     "ORL-1009", 14, "both a moisture and a flow of water"),
    (('{ Cu = "1 %" }', '{ Cu = "1 %" }\nmoisture = "100 %"'), "ORL-1009", 13, "cannot be water"),
    (("{ Cu = 0.9, rest = 0.1", "{ Cu = 1.1, rest = 0.1"), "ORL-1010", 18, "tailings -10 %"),
    (("{ Cu = 0.9, rest = 0.1", "{ Cu = -0.1, rest = 0.1"), "ORL-1010", 18, "concentrate -10 %"),
]  # fmt: skip


@pytest.mark.parametrize(("pair", "code", "line", "said"), WRONG, ids=lambda value: str(value)[:24])
def test_what_is_wrong_is_named_at_its_line(
    pair: tuple[str, str], code: str, line: int, said: str
) -> None:
    findings = found_in(changed(pair))
    named = [(one.code, one.where) for one in findings if said in str(one)]
    assert (code, f"p.toml:{line}") in named, findings


def test_the_flowsheet_that_they_change_is_good() -> None:
    assert found_in(BANKS) == ()


def test_all_problems_are_told_at_once() -> None:
    text = changed(
        ('concentrate = "cleaner"', 'concentrate = "nowhere"'),
        ('{ Cu = "1 %" }', '{ Cu = "101 %" }'),
        ("{ Cu = 0.8,", "{ Ag = 0.8,"),
    )
    assert [one.code for one in found_in(text)] == ["ORL-1009", "ORL-1007", "ORL-1007", "ORL-1008"]


def test_a_recycle_without_a_bleed_is_named_with_its_loop_and_what_it_traps() -> None:
    text = changed(("{ Cu = 0.9, rest = 0.1 }", "{ Cu = 1, rest = 0.1 }"),
                   ("{ Cu = 0.8, rest = 0.05 }", "{ Cu = 0, rest = 0.05 }"))  # fmt: skip
    (finding,) = found_in(text)
    assert finding.code == "ORL-1011"
    assert "Cu cannot leave the recycle through rougher, cleaner" in finding.message


def test_a_loop_that_nothing_enters_traps_nothing() -> None:
    text = changed(('{ Cu = "1 %" }', "{}"), ("{ Cu = 0.9, rest = 0.1 }", "{ Cu = 1, rest = 0.1 }"),
                   ("{ Cu = 0.8, rest = 0.05 }", "{ Cu = 0, rest = 0.05 }"))  # fmt: skip
    assert found_in(text) == ()


@pytest.mark.parametrize("page", sorted(PAGES.glob("ORL-10[01]?.md")), ids=lambda page: page.stem)
def test_a_page_shows_its_finding_as_it_is_printed(page: Path) -> None:
    text = page.read_text("utf-8")
    assert f" {page.stem} " in text.partition("```text\n")[2].partition("```")[0]
