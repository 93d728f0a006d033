"""Claims of a user's report attached to the ledger: kept whole, once, and taken back."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from called import Oreline

from oreline.record import load_ledger, open_store
from oreline.watch import Claim, read_reports, watch

REPORT = """Zeta Wire
2025-01-20

Zeta Metals Corp has delivered 40 tonnes of antimony concentrate to Omega Smelting Ltd on 8 January.
"""


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Return a folder with one report of a user."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    # With a mark and ends of lines of its own: what arrived and its text have different hashes.
    (folder / "zeta.txt").write_bytes(REPORT.replace("\n", "\r\n").encode("utf-8-sig"))
    return folder


def claim_of(reports: Path) -> Claim:
    (found,) = [one for one in watch(read_reports(reports)[0]).claims if one.kind == "shipment"]
    return found


def test_an_attached_claim_keeps_its_sentence_hashes_span_rule_and_version_and_is_kept_once(
    oreline: Oreline, reports: Path, ledger: Path
) -> None:
    claim = claim_of(reports)
    words = ("watch", "attach", claim.id[:8], "--to", "lot:p:B1", "--by", "desk",
             "--reports", reports)  # fmt: skip
    first = oreline(*words, "--note", "the only cargo of that day", "--json")
    assert first.code == 0, first.everything
    assert first.json["result"]["appended"] == 1
    with open_store(ledger) as store:
        event = load_ledger(store).other[-1]
    body, extra = event["body"], event["extra"]
    assert (body["type"], body["subject"]) == ("reported-claim", "p:B1")
    assert body["statement"] in REPORT
    assert body["statement"] == claim.sentence
    document = read_reports(reports)[0][0]
    arrived = hashlib.sha256((reports / "zeta.txt").read_bytes()).hexdigest()
    assert body["hash"] == extra["watch.text_sha256"] == document.text_sha256
    assert event["evidence"] == [extra["watch.sha256"]] == [arrived]
    assert document.text[claim.start : claim.end] == body["statement"]
    assert (extra["watch.start"], extra["watch.end"]) == (str(claim.start), str(claim.end))
    assert extra["watch.rule"] == claim.rule
    assert extra["watch.rules_version"] == claim.version
    assert extra["watch.published"] == "2025-01-20"
    assert extra["watch.basis"] == "reported"
    assert event["note"] == "the only cargo of that day"
    again = oreline(*words, "--json").json["result"]
    assert again["appended"] == 0
    assert again["already"]["event"] == event["id"]
    listed = oreline("watch", "attached", "--reports", reports, "--json").json["result"]["attached"]
    assert [(one["subject"], one["read_now"]) for one in listed] == [
        ("lot:p:B1", "read the same now")
    ]


QUESTIONS = (
    ("trace", "origins", "p:B1", "-e", "Sb"),
    ("trace", "custody", "p:B1"),
    ("balance", "sites", "-e", "Sb"),
    ("balance", "events", "-e", "Sb"),
    ("settle", "exposure"),
)


def test_no_number_changes_by_an_attached_claim_and_voiding_takes_it_back(
    oreline: Oreline, reports: Path
) -> None:
    before = [oreline(*words, "--json").json["result"] for words in QUESTIONS]
    claim = claim_of(reports)
    words = ("watch", "attach", claim.id, "--to", "lot:p:B1", "--by", "desk",
             "--reports", reports)  # fmt: skip
    event = oreline(*words, "--json").json["result"]["file"]
    assert [oreline(*one, "--json").json["result"] for one in QUESTIONS] == before
    for subject in ("event:dig-1", "site:mine"):
        call = oreline("watch", "attach", claim.id, "--to", subject, "--by", "desk",
                       "--reports", reports)  # fmt: skip
        assert call.code == 0, call.everything
    assert [oreline(*one, "--json").json["result"] for one in QUESTIONS] == before
    voided = oreline("record", "correct", event, "--void", "--reason", "other cargo", "--by", "x")
    assert voided.code == 0, voided.everything
    left = oreline("watch", "attached", "--reports", reports, "--json").json["result"]["attached"]
    assert [one["subject"] for one in left] == ["event:dig-1", "site:mine"]
    anew = oreline(*words, "--json").json["result"]
    assert (anew["appended"], anew["file"]) == (1, f"{event}-2")


def test_what_other_rules_read_is_told_with_the_version_that_read_it(
    oreline: Oreline, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oreline.watch import _extract

    claim = claim_of(reports)
    oreline("watch", "attach", claim.id, "--to", "lot:p:B1", "--by", "d", "--reports", reports)
    monkeypatch.setattr(_extract, "RULES", ())
    (one,) = oreline("watch", "attached", "--reports", reports, "--json").json["result"]["attached"]
    version = claim.version
    assert one["read_now"].startswith(f"attached under rules version {version} as shipment")
    assert one["read_now"].endswith("no claim is read there now")
    (reports / "zeta.txt").unlink()
    (reports / "other.txt").write_text("Omega\n2025-02-01\n\nNothing was said.\n")
    (gone,) = oreline("watch", "attached", "--reports", reports, "--json").json["result"][
        "attached"
    ]
    assert gone["read_now"].endswith("its report is not among those read")


@pytest.mark.parametrize(
    ("claim", "subject", "said"),
    [
        (None, "lot:p:BB1", "did you mean p:B1"),
        (None, "party:nobody", "there is no party nobody"),
        (None, "event:none", "no event none"),
        (None, "cargo:1", "names nothing to attach to"),
        (None, "lot:", "names nothing to attach to"),
        ("ffffffffffff", "lot:p:B1", "no claim here"),
        ("", "lot:p:B1", "no claim here"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_is_written(
    oreline: Oreline, reports: Path, ledger: Path, claim: str | None, subject: str,
    said: str,
) -> None:  # fmt: skip
    name = claim_of(reports).id if claim is None else claim
    with open_store(ledger) as store:
        size = store.size()
    call = oreline("watch", "attach", name, "--to", subject, "--by", "d", "--reports", reports)
    assert call.code == 2
    assert said in " ".join(call.everything.split())
    with open_store(ledger) as store:
        assert store.size() == size


def test_a_planned_ledger_takes_no_claim(bare: Oreline, reports: Path, plan: Path) -> None:
    claim = claim_of(reports).id
    call = bare("watch", "attach", claim, "--to", "lot:p:B1", "--by", "d", "--reports", reports,
                "--ledger", plan)  # fmt: skip
    assert call.code == 2
    assert "claims are of what is" in " ".join(call.everything.split())
