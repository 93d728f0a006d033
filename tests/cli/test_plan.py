"""The commands of ``oreline plan``."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from called import Oreline

TABLES = Path(__file__).parents[2] / "docs" / "tutorials" / "calculators"
LOAN = ("--periods", "1", "--currency", "USD", "--present-value")


def test_a_loan_and_what_compares_projects(bare: Oreline) -> None:
    words = ("--rate", "7.5%/12", "--periods", "180", "--present-value", "200000")
    call = bare("plan", "annuity", *words, "--currency", "USD")
    assert "-1,854.02 USD" in call.out
    told = bare("plan", "annuity", *words, "--currency", "USD", "--begin", "--json").json["result"]
    assert told["payment"].startswith("-1842.50")
    call = bare(
        "plan", "annual-equivalent", "--rate", "0.1", "--years", "3", "--npv", "178.77",
        "--currency", "USD", "--json",
    )  # fmt: skip
    assert call.json["result"]["annuity"].startswith("71.886")


def test_a_cash_flow_with_its_conventions(bare: Oreline, tmp_path: Path) -> None:
    target = tmp_path / "flow.csv"
    call = bare("plan", "npv", TABLES / "cash-flow.csv", "--rate", "10%", "--export", target)
    assert call.code == 0, call.everything
    assert "today; each counts at the end of its period" in call.out
    values = pl.read_csv(target)["present_value"]
    told = bare("plan", "npv", TABLES / "cash-flow.csv", "--rate", "10%", "--json").json["result"]
    assert float(told["npv"]) == pytest.approx(values.sum())
    (rate,) = told["irr"]["rates_per_period"]
    again = bare("plan", "npv", TABLES / "cash-flow.csv", "--rate", rate, "--json").json["result"]
    assert float(again["npv"]) == pytest.approx(0, abs=1e-9)


def test_a_levy_without_a_base_leaves_the_total_unknown(bare: Oreline) -> None:
    call = bare(
        "plan", "levies", TABLES / "levies.csv", "--currency", "USD", "--gross-revenue", "100",
        "--net-smelter-return", "80",
    )  # fmt: skip
    assert call.code == 0
    assert "UNKNOWN" in call.out
    assert "Known of it: 5.80 USD" in call.out
    assert "ORL-0555" in call.out


def test_a_claim_that_does_not_fit_leaves_with_1(bare: Oreline) -> None:
    words = ("plan", "estimate-class", "--low-pct", "-15", "--high-pct", "15", "--cost", "5.7")
    call = bare(*words, "--engineering-pct", "8")
    assert call.code == 1
    assert "does NOT fit" in call.out
    assert "Cost from 4.845 to 6.555" in call.out
    assert bare(*words, "--engineering-pct", "20", "--json").json["result"]["consistent"]


def test_an_advance_royalty(bare: Oreline) -> None:
    paid = [word for amount in ("5", "7.5", "10") for word in ("--instalment", amount)]
    told = bare(
        "plan", "advance", *paid, "--cap", "50", "--years", "8", "--currency", "MUSD", "--json"
    ).json["result"]
    assert [year["instalment"] for year in told["years"]][-3:] == ["7.5", "0.0", "0.0"]
    text = bare("plan", "advance", *paid, "--cap", "50", "--years", "8", "--currency", "MUSD").out
    assert "42.5" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("annuity", "--rate", "ten", *LOAN, "1"),
         "is no rate"),
        (("annuity", "--rate", "1%", *LOAN, "x"),
         "is no number"),
        (("npv", str(TABLES / "cash-flow.csv"), "--rate", "1%", "--discounting", "start"),
         "end or middle"),
        (("npv", str(TABLES / "levies.csv"), "--rate", "1%"), "cannot be used"),
        (("npv", "no-such.csv", "--rate", "1%"), "cannot be read"),
    ],
)  # fmt: skip
def test_wrong_calls_are_told_in_words(bare: Oreline, words: tuple[str, ...], told: str) -> None:
    call = bare("plan", *words)
    assert call.code == 2
    assert told in " ".join(call.everything.split())
