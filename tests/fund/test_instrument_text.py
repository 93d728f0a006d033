"""An instrument as text: all that is wrong at once, at its line, as the pages of codes show it."""

from __future__ import annotations

from pathlib import Path

import pytest
from framework import TEXT
from lending import LOAN

from oreline.fund import WORDS, read_instrument
from oreline.model import Finding

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "findings"


def found(before: str, after: str) -> tuple[Finding, ...]:
    assert before in TEXT, before
    instrument, findings = read_instrument(TEXT.replace(before, after, 1), "equity.toml")
    assert (instrument is None) == bool(findings)
    return findings


CAUSES = {
    "ORL-1160": ('"plant") >= 4', '"plant") >='),
    "ORL-1161": ("received_t", "recieved_t"),
    "ORL-1162": ('"plant") >= 4', '"plant")'),
    "ORL-1163": ('received_t("Sb", "plant")', 'received_t("Sb")'),
    "ORL-1171": ('amount = "500"', 'amount = "40,000"'),
    "ORL-1172": ('amount = "300"', 'amount = "400"'),
    "ORL-1173": ('amount = "200"', 'amount = "200"\nafter = ["second"]'),
}


@pytest.mark.parametrize("code", CAUSES)
def test_the_page_of_a_code_shows_the_line_that_its_cause_gives(code: str) -> None:
    lines = [str(one) for one in found(*CAUSES[code])]
    assert lines[0] in (PAGES / f"{code}.md").read_text("utf-8"), lines


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('amount = "500"', 'amount = "0"', "more than nothing"),
        ('amount = "500"', "amount = 500", "valid string"),
        ('currency = "USD"', 'currency = "dollars"', "currency"),
        ('kind = "equity"', 'kind = "gift"', "kind"),
        ('approvals = ["fwo", "ussm"]', 'approvals = ["fwo"]', "approvals"),
        ('approvals = ["fwo", "ussm"]', 'approvals = ["fwo", "fwo"]', "stands twice"),
        ('after = ["first"]', 'after = ["frist"]', "no tranche"),
        ('id = "second"', 'id = "first"', "stands twice"),
        ('rule("may-export")', 'rule("may")', "no rule"),
        ('permit("export-1")', 'rule("may-export") == "PASS"', "ask for one another"),
        ('weakest_basis = "reported"', 'weakest_basis = "guessed"', "weakest_basis"),
        ("title = ", "titel = ", "titel"),
        ("[[rules]]", "[[rules]", "not TOML"),
    ],
)
def test_what_cannot_be_used_is_named(before: str, after: str, said: str) -> None:
    findings = found(before, after)
    assert any(said in str(one) for one in findings), [str(one) for one in findings]
    assert all(one.where.startswith("equity.toml:") and one.fix for one in findings)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('kind = "loan"', 'kind = "grant"', "the instrument is of kind grant and has terms"),
        ('rate_pct = "9"', 'rate_pct = "-9"', "rate_pct"),
        ("months = 6", "months = 5", "months"),
        ('"ACT/360"', '"ACT/361"', "day_count"),
        ("grace = 1", "grace = -1", "grace"),
        ('repayment = "straight"', 'repayment = "sculpted"', "target_dscr belongs"),
        ("repayments = 2", "repayments = 0", "repayments"),
        ('id = "life"', 'id = "cover"', "covenant cover stands twice"),
        ('ratio = "llcr"', 'ratio = "icr"', "ratio"),
        ("[[covenants]]", '[[loan.drawdowns]]\nday = 2025-08-01\namount = "501"\n\n[[covenants]]',
         "sum to 501"),
        ("[[covenants]]", '[[loan.drawdowns]]\nday = 2025-06-01\namount = "1"\n\n[[covenants]]',
         "before the periods begin"),
        ("[loan]", "[lone]", "lone"),
        ("begins = 2025-07-01", "begins = 9998-12-01", "no calendar holds that"),
    ],
)  # fmt: skip
def test_terms_of_a_loan_that_contradict_are_named(before: str, after: str, said: str) -> None:
    assert before in LOAN
    _, findings = read_instrument(LOAN.replace(before, after, 1), "loan.toml")
    assert any(said in str(one) for one in findings), [str(one) for one in findings]
    assert all(one.where.startswith("loan.toml:") and one.fix for one in findings)


def test_all_problems_come_at_once() -> None:
    text = TEXT.replace("received_t", "got_t").replace('spent("equity")', "spent()")
    _, findings = read_instrument(text.replace('"300"', '"301"'), "equity.toml")
    assert [one.code for one in findings] == ["ORL-1161", "ORL-1163", "ORL-1172"]


def test_each_word_stands_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "conditions.md").read_text("utf-8")
    for word in WORDS.values():
        assert f"`{word.form}`" in page, word.form
        assert word.meaning in page, word.form
