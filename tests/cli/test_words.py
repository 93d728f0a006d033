"""Whatever a person types, the answer is words, an exit status, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from called import Oreline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oreline.cli import ExitCode

DOCS = Path(__file__).parents[2] / "docs" / "reference"

BAD_CALLS = [
    ("trace origins p:B1", 2),
    ("trace origins p:B1 -e Xx", 2),
    ("trace origins p:B1 -e Cu", 2),
    ("trace origins p:B9 -e Sb", 2),
    ("trace origins p:B1 -e Sb --level planet", 2),
    ("trace origins p:B1 -e Sb --as-of 2025-13-01", 2),
    ("trace origins p:B1 -e Sb --known-at never", 2),
    ("trace origins p:B1 -e Sb --chain .", 2),
    ("trace origins p:B1 -e Sb --export table.pdf", 2),
    ("trace origins p:B1 -e Sb --known-at 16", 2),
    ("trace origins p:B1 -e Sb --known-at 99999999999999999999999", 2),
    ("trace origins p:B1 -e Sb --known-at -1", 2),
    ("trace origins p:B1 -e Sb --export nowhere/table.csv", 3),
    ("trace origins p:B1 -e Sb --export nowhere/table.xlsx", 3),
    ("trace recall Atlantis -e Sb", 2),
    ("trace recall PK -e Sb --level planet", 2),
    ("trace path p:B1 p:nothing", 2),
    ("trace explain p:B1 -e Sb --steps 0", 2),
    ("trace orgins p:B1", 2),
    ("record show nothing", 2),
    ("record lot nothing", 2),
    ("record append nothing.jsonl", 1),
    ("record prove nothing -o proof.json", 2),
    ("record prove dig-1 -o nowhere/proof.json", 3),
    ("record prove dig-1 --size 99 -o proof.json", 2),
    ("record verify --checkpoint nothing", 2),
    ("record verify --verifier nothing", 2),
    ("record verify --copy nothing", 2),
    ("record checkpoint -o new.txt --key nothing", 2),
    ("record derive x --tense actual", 2),
    ("record derive ../x --tense planned", 2),
    ("record derive x/y --tense planned", 2),
    ("record release dig-1 --by me", 2),
    ("record append .", 1),
    ("record verify --checkpoint .", 2),
    ("record keygen --name a+b", 2),
    ("record import nothing", 1),
    ("exchange export -o out.docx", 2),
    ("exchange export --format jsonl -o out.xlsx", 2),
    ("exchange import nothing.csv", 1),
    ("exchange import nothing.csv --mapping nothing.toml", 1),
    ("balance events -e Xx", 2),
    ("balance events -e Sb --event nothing", 2),
    ("balance sites -e Sb --site nothing", 2),
    ("balance sites -e Sb --period week", 2),
    ("balance sites -e Sb --period 2025-01-01..2024-01-01", 2),
    ("balance sites -e Sb --time-zone Mars/Olympus", 2),
    ("balance recovery -e Sb --of tree", 2),
    ("balance plan -e Sb --plan nothing.db --match a=b", 3),
    ("balance plan -e Sb --plan nothing.db", 2),
    ("balance plan -e Sb --plan nothing.db --match a", 2),
    ("balance plan -e Sb --plan nothing.db --mapping nothing.toml", 2),
    ("balance what-if assay-1 --grade Sb", 2),
    ("balance cusum nothing -e Sb", 2),
    ("balance account nothing --period 2025-01", 2),
    ("balance account mill --period 2025-13", 2),
    ("balance account mill --period 2024-01", 2),
    ("balance account mill --period 2025-01 -e Xx", 2),
    ("balance account mill --period 2025-01 --sign A --as B", 2),
    ("balance account mill --period 2025-01 --sign A --review B --as C --by d", 2),
    ("balance account mill --period 2025-01 --review A --as B --by c", 2),
    ("balance account mill --period 2025-01 --sign A --as B --by c --known-at 5", 2),
    ("balance account mill --period 2025-01 --against 99999", 2),
    ("balance account mill --period 2025-01 --out account.docx", 2),
    ("balance cusum mill -e Sb --period week", 2),
    ("balance cusum mill -e Sb --since 2024-01", 2),
    ("balance cusum mill -e Sb --price 9500", 2),
    ("balance cusum mill -e Sb --price-source x", 2),
    ("balance cusum mill -e Sb --price 1 --price-source x --price-unit USD/mtu", 2),
    ("balance what-if assay-1 --grade Sb=lots", 2),
    ("balance what-if assay-1 --grade Cu=5", 2),
    ("balance what-if nothing --grade Sb=5", 2),
    ("balance what-if assay-1 --grade Sb=-5", 2),
    ("balance what-if assay-1 --grade Sb=1e400", 2),
    ("balance what-if assay-1 --grade Sb=5 --unit furlong", 2),
    ("balance what-if assay-1 --grade Sb=5 -e Xx", 2),
]


@pytest.mark.parametrize(("line", "code"), BAD_CALLS)
def test_a_bad_call_is_answered_in_words(
    line: str, code: int, oreline: Oreline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call = oreline(*line.split())
    assert call.code == code, call.everything
    assert "Traceback" not in call.everything
    assert "defect" not in call.everything
    told = oreline(*line.split(), "--json")
    assert told.code == code
    assert told.json["ok"] is False
    assert told.json["error"]["message"]


def test_a_misspelt_lot_is_guessed(oreline: Oreline) -> None:
    assert "did you mean p:B1" in oreline("record", "lot", "p:B11").everything


def test_no_ledger_says_how_to_name_one(
    bare: Oreline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call = bare("record", "status")
    assert call.code == 2
    assert "--ledger" in call.everything


def test_a_file_that_is_no_ledger_is_refused(bare: Oreline, tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("this is no database, but it is long enough to look at" * 50)
    call = bare("record", "status", "--ledger", file)
    assert call.code == 3
    assert "defect" not in call.everything


@pytest.mark.parametrize("place", ["://", "foo://x", "mysql://x/y", ".", "sqlite://"])
def test_a_place_that_holds_no_ledger_is_refused(place: str, bare: Oreline) -> None:
    call = bare("record", "status", "--ledger", place)
    assert call.code in {2, 3}
    assert "defect" not in call.everything


def test_a_limit_has_a_status_of_its_own(oreline: Oreline, tmp_path: Path) -> None:
    key = tmp_path / "long.key"
    key.write_text("x" * 5000)
    key.chmod(0o600)
    call = oreline("record", "checkpoint", "--key", key, "-o", tmp_path / "note.txt", "--json")
    assert call.code == 4
    assert "KEY_FILE_BYTES_MAX" in call.json["error"]["message"]


def test_what_the_system_refuses_is_no_defect(
    oreline: Oreline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "ledger.db")

    monkeypatch.setattr("oreline.record.load_ledger", full)
    call = oreline("record", "status")
    assert call.code == ExitCode.STORE
    assert call.everything == "Error: ledger.db: No space left on device\n"


@pytest.mark.parametrize("place", ["chain", "environment", "folder"])
def test_the_ledger_is_found(
    place: str, bare: Oreline, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words: tuple[object, ...] = ("record", "findings")
    if place == "chain":
        words = (*words, "--chain", ledger.parent)
    elif place == "environment":
        monkeypatch.setenv("ORELINE_LEDGER", str(ledger))
    else:
        monkeypatch.chdir(ledger.parent)
    assert bare(*words).code == 0


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(min_size=1, max_size=12),
    where=st.sampled_from(["lot", "element", "level", "time"]),
)
def test_no_text_is_a_defect(text: str, where: str, oreline: Oreline) -> None:
    if text.startswith("-"):
        text = "x" + text
    words = {
        "lot": ("record", "lot", text),
        "element": ("trace", "lots", "-e", text),
        "level": ("trace", "lots", "-e", "Sb", "--level", text),
        "time": ("record", "findings", "--as-of", text),
    }[where]
    call = oreline(*words)
    assert call.code in {0, 2}, call.everything
    assert "defect" not in call.everything


def test_a_defect_is_one_line_with_how_to_report_it(
    oreline: Oreline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("oreline.record.load_ledger", broken)
    call = oreline("record", "status")
    assert call.code == ExitCode.DEFECT
    assert "this is a defect of oreline (ZeroDivisionError: oops)" in call.everything
    assert "ORELINE_DEBUG=1" in call.everything
    assert "Traceback" not in call.everything
    told = oreline("record", "status", "--json").json
    assert told["error"]["kind"] == "defect"
    loud = oreline("record", "status", env={"ORELINE_DEBUG": "1"})
    assert isinstance(loud.result.exception, ZeroDivisionError)


def test_nothing_assumed_is_shown_without_the_word(oreline: Oreline) -> None:
    for words in (
        ("trace", "origins", "p:B1", "-e", "Sb"),
        ("trace", "recall", "PK", "-e", "Sb"),
        ("trace", "lots", "-e", "Sb"),
        ("record", "lot", "p:R2"),
        ("balance", "events", "-e", "Sb"),
        ("balance", "sites", "-e", "Sb"),
    ):
        assert "assumed" in oreline(*words).out


def test_what_is_not_known_is_written_unknown(oreline: Oreline) -> None:
    assert "UNKNOWN" in oreline("trace", "recall", "PK", "-e", "Sb").out
    assert "UNKNOWN" in oreline("trace", "origins", "x:Q", "-e", "Sb").out
    assert "UNKNOWN" in oreline("record", "lot", "x:Q").out


def test_every_exit_status_is_documented() -> None:
    page = (DOCS / "exit-codes.md").read_text()
    for code in ExitCode:
        assert f"| {int(code)} |" in page


def test_all_options_that_are_missing_are_told_at_once(bare: Oreline) -> None:
    call = bare("plan", "annuity")
    assert call.code == ExitCode.WRONG_CALL
    assert "Missing: --rate, --periods, --present-value, --currency" in call.everything
    given = ("--rate=5%", "--present-value", "3", "--currency=USD")
    assert "Missing option '--periods'" in bare("plan", "annuity", *given).everything
