"""The first batch stands exactly as far as it was published: nothing is made up about it."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

from oreline.exchange import read_chain

from .conftest import EXAMPLES, NAMES, Row, event_rows, table

QUANTITY_STARTS = ("wet_", "dry_", "gross_", "tare_", "mass_", "moisture_")
UNITS = ("_pct", "_ppm", "_ppb", "_g_per_t", "_kg_per_t")
QUESTIONS = {
    "mass",
    "moisture",
    "assay",
    "form",
    "mine",
    "district",
    "port_of_loading",
    "hs_code",
    "price",
    "bill_of_lading",
    "receiving_plant",
    "next_processor",
    "status",
    "title",
    "signing_date",
}


def quantities(row: Row) -> list[str]:
    """Name the cells of a row that hold a quantity."""
    return [
        column
        for column, cell in row.items()
        if cell
        and (column.startswith(QUANTITY_STARTS) or column.removesuffix("_u").endswith(UNITS))
    ]


def spaced(text: str) -> str:
    """Write a text with plain spaces: the reports have some that do not break."""
    return " ".join(text.split())


def batch_rows() -> list[Row]:
    return [row for row in event_rows("pakistan-us") if row["lot"].startswith("fwo:")]


def test_the_batch_is_only_observed_and_has_no_quantity() -> None:
    rows = batch_rows()
    assert {row["lot"] for row in rows} == {
        "fwo:first-batch-antimony",
        "fwo:first-batch-copper-concentrate",
        "fwo:first-batch-rare-earths",
    }
    assert {row["kind"] for row in rows} == {"observe"}
    assert {row["basis"] for row in rows} == {"reported"}
    assert [name for row in rows for name in quantities(row)] == []


def test_both_claims_about_its_status_stand() -> None:
    said = {row["event"]: row["status"] for row in batch_rows() if row["status"]}
    assert said == {
        "first-batch-delivered-benzinga": "delivered",
        "first-batch-dispatched-web-desk": "dispatched",
        "first-batch-delivered-release": "delivered",
    }


def test_its_form_is_not_stated_but_for_the_copper() -> None:
    forms = {(row["lot"], row["form"]) for row in batch_rows()}
    assert forms == {
        ("fwo:first-batch-antimony", "not stated"),
        ("fwo:first-batch-copper-concentrate", "concentrate"),
        ("fwo:first-batch-rare-earths", "not stated"),
    }


def test_its_origin_is_a_country_that_one_report_states() -> None:
    for row in batch_rows():
        claimed = {name for name in row if name.startswith("origin_") and row[name]}
        if row["event"] == "first-batch-delivered-benzinga":
            assert not claimed
        else:
            assert claimed == {"origin_country"}
            assert row["origin_country"] == "PK"
        assert not row.get("site")
        assert not row.get("to_site")


def test_batch_and_illustration_never_meet_in_an_event() -> None:
    for name in NAMES:
        lots: dict[str, set[str]] = {}
        for row in event_rows(name):
            if row.get("lot"):
                lots.setdefault(row["event"], set()).add(row["lot"].partition(":")[0])
        assert {frozenset(issuers) for issuers in lots.values()} <= {
            frozenset({"fwo"}),
            frozenset({"illus"}),
        }


@pytest.mark.parametrize("name", NAMES)
def test_no_event_happens_at_a_candidate_site(name: str) -> None:
    candidates = {row["id"] for row in table(name, "sites.csv") if row["role"] == "candidate"}
    assert candidates
    used = {row.get(column, "") for row in event_rows(name) for column in ("site", "to_site")}
    assert not used & candidates
    assert {site for site in used if site} == {site for site in used if site.startswith("illus-")}


@pytest.mark.parametrize("name", NAMES)
def test_a_candidate_site_has_the_precision_of_its_position(name: str) -> None:
    for row in table(name, "sites.csv"):
        if row["role"] == "candidate":
            assert row["precision_km"], row["id"]
            assert row["basis"] == "reported"
            assert row["source"]
        else:
            assert not row["lat"], "an invented place has no position"
            assert "(invented)" in row["name"]


@pytest.mark.parametrize("name", NAMES)
def test_borders_in_dispute_are_drawn_dashed(name: str) -> None:
    chain, findings = read_chain(EXAMPLES / name)
    assert not findings
    assert chain is not None
    assert chain.boundary_view == "dashed"


def test_the_framework_is_a_total_without_a_split() -> None:
    toml = tomllib.loads((EXAMPLES / "pakistan-us" / "chain.toml").read_text("utf-8"))
    budgets = {phase["id"]: phase.get("budget") for phase in toml["phases"]}
    assert budgets.pop("framework") == "500000000"
    assert set(budgets) == {"exploration", "beneficiation", "concentrate", "refineries"}
    assert set(budgets.values()) == {None}


def test_every_open_question_has_a_paper_that_would_settle_it() -> None:
    rows = table("pakistan-us", "documents.csv")
    settled = {question for row in rows for question in row["settles"].split()}
    assert settled == QUESTIONS
    parties = {row["id"] for row in table("pakistan-us", "parties.csv")}
    assert {row["holder"] for row in rows} <= parties


def test_every_claim_rests_on_evidence_that_is_listed() -> None:
    evidence = table("pakistan-us", "evidence", "evidence.csv")
    hashes = {row["sha256"] for row in evidence}
    claims = [row for row in batch_rows() if row["status"]]
    assert {row["evidence"] for row in claims} == hashes
    for claim in claims:
        assert any(
            row["quote"] in claim["statement"] or claim["statement"] in row["quote"]
            for row in evidence
            if row["sha256"] == claim["evidence"]
        )


@pytest.mark.parametrize("name", NAMES)
def test_every_quoted_sentence_is_in_the_report(name: str, shared_dir: Path) -> None:
    files = sorted((shared_dir / "facts" / "reports").glob("report-*.txt"))
    reports = {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in files}
    rows = table(name, "evidence", "evidence.csv")
    assert rows
    for row in rows:
        report = reports[row["sha256"]]
        assert row["date"] in report.name
        assert row["quote"] in spaced(report.read_text("utf-8")), row["id"]


def test_the_claims_quote_the_reports(shared_dir: Path) -> None:
    reports = (shared_dir / "facts" / "reports").glob("*.txt")
    texts = [spaced(report.read_text("utf-8")) for report in reports]
    claims = [row["statement"] for row in batch_rows() if row["statement"]]
    assert len(claims) == 3
    for claim in claims:
        assert any(claim in text for text in texts), claim
