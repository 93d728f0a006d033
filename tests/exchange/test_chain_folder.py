"""Reading a chain folder: what is right is typed, what is wrong is named, all of it at once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from oreline.exchange import Limits, _folder, declarations, init_folder, read_chain
from oreline.model import Basis, InputError, check_event
from oreline.reference import UnknownCountryError


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    """Replace a text of one file, which must be there."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_right_folder_is_typed(folder: Path) -> None:
    chain, findings = read_chain(folder)
    assert findings == ()
    assert chain is not None
    assert chain.horizon == ("2025-01-01", "2035-12-31")
    assert chain.parties["jv"].owners[0].share_pct == Decimal(60)
    assert chain.parties["jv"].basis is Basis.ASSUMED
    assert str(chain.sites["mine-1"].lat) == "29.10"
    assert chain.routes["r-1"].from_site == "mine-1"
    assert chain.rules["rule-1"].prefer == ("umpire", "agreed", "seller")
    assert chain.phases["phase-1"].budget == Decimal("500.5")
    assert chain.phases["phase-1"].extra == {"lead": "joint office"}
    assert chain.evidence["rep-1"].outlet == "The Paper"


VALID_FROM = "parties.csv row 4 column valid_from"
QUOTED = "evidence/evidence.csv row 2 column file"
WRONG = [
    ("chain.toml", 'name = "pair"\n', "", "ORL-0309", "chain.toml name"),
    ("chain.toml", "title", "tittle", "ORL-0307", "chain.toml"),
    ("chain.toml", "[defaults]", "[defaults", "ORL-0301", "chain.toml"),
    ("chain.toml", "Asia/Karachi", "Asia/Karaci", "ORL-0310", "chain.toml defaults time_zone"),
    ("chain.toml", "2035-12-31", "2015-12-31", "ORL-0320", "chain.toml horizon_end"),
    ("chain.toml", "start = 2025-09-01", "start = 2025-09-31", "ORL-0301", "chain.toml"),
    ("assumptions.csv", ",60,", ",80,", "ORL-0314", "assumptions.csv row 2"),
    ("assumptions.csv", ",60,", ',"60,5",', "ORL-0310", "assumptions.csv row 2 column value"),
    ("parties.csv", "fwo,Works", "ussm,Works", "ORL-0311", "parties.csv row 3 column id"),
    ("parties.csv", "fwo:60%", "fwo:70%", "ORL-0310", "parties.csv row 4 column owners"),
    ("parties.csv", "ussm:40%", "usm:40%", "ORL-0312", "parties.csv row 4 column owners"),
    ("parties.csv", "A-share", "a guess", "ORL-0313", "parties.csv row 4 column source"),
    ("parties.csv", "A-share", "A-shore", "ORL-0313", "parties.csv row 4 column source"),
    ("parties.csv", "2025-09-01,,a", "2025-09-01,2024-01-01,a", "ORL-0320", "parties.csv row 4"),
    ("parties.csv", "2025-09-01,,a", "1/9/2025,,a", "ORL-0310", VALID_FROM),
    ("parties.csv", "fwo,Works", "f wo,Works", "ORL-0310", "parties.csv row 2 column id"),
    ("parties.csv", "basis", "bases", "ORL-0307", "parties.csv row 1 column bases"),
    ("parties.csv", "lei", "country", "ORL-0306", "parties.csv row 1 column country"),
    ("parties.csv", "reported,rep-1", "reported,rep-1,x", "ORL-0305", "parties.csv row 2"),
    ("sites.csv", "29.10", "92.10", "ORL-0315", "sites.csv row 2 column lat"),
    ("sites.csv", "29.10", "29.10N", "ORL-0315", "sites.csv row 2 column lat"),
    ("sites.csv", "29.10,", ",", "ORL-0315", "sites.csv row 2 column lat"),
    ("sites.csv", "66.55,25,", "66.55,,", "ORL-0316", "sites.csv row 2 column precision_km"),
    ("sites.csv", "fwo,seg", "fow,seg", "ORL-0312", "sites.csv row 2 column operator"),
    ("sites.csv", "First mine,mine", "First mine,", "ORL-0309", "sites.csv row 2 column kind"),
    ("sites.csv", "chain,,,rep", "maybe,,,rep", "ORL-0310", "sites.csv row 2 column role"),
    ("sites.csv", "reported,rep-1", "sure,rep-1", "ORL-0310", "sites.csv row 2 column basis"),
    ("materials.csv", "Sb As Au", "Sb Zz Au", "ORL-0310", "materials.csv row 3 column tracked"),
    ("routes.csv", "mine-1,mill-1", "mine-1,mill-9", "ORL-0312", "routes.csv row 2 column to"),
    ("routes.csv", "120.5", "-120.5", "ORL-0310", "routes.csv row 2 column distance_km"),
    ("permits.csv", "lease,mine-1", "lease,mine-7", "ORL-0312", "permits.csv row 2 column site"),
    ("rules.csv", "grade-book,*", "grade-book,mine-9", "ORL-0312", "rules.csv row 2 column scope"),
    ("evidence/evidence.csv", "rep-1.txt", "rep-2.txt", "ORL-0300", "evidence/rep-2.txt"),
    (
        "evidence/evidence.csv",
        "rep-1.txt",
        "../chain.toml",
        "ORL-0321",
        "evidence/evidence.csv row 2 column file",
    ),
    ("evidence/rep-1.txt", "Tuesday", "Monday", "ORL-0321", QUOTED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "where"), WRONG, ids=[f"{w[3]}-{n}" for n, w in enumerate(WRONG)]
)
def test_what_is_wrong_is_named(
    folder: Path, name: str, old: str, new: str, code: str, where: str
) -> None:
    spoil(folder, name, old, new)
    chain, findings = read_chain(folder)
    assert chain is None
    found = [finding for finding in findings if finding.code == code]
    assert [finding.where for finding in found][:1] == [where], [str(f) for f in findings]
    assert found[0].fix


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    spoil(folder, "assumptions.csv", ",60,", ",80,")
    spoil(folder, "sites.csv", "29.10", "92.10")
    spoil(folder, "routes.csv", "mine-1,mill-1", "mine-1,mill-9")
    spoil(folder, "permits.csv", "2030-01-01", "2030-13-01")
    (folder / "materials.csv").unlink()
    (folder / "fund.toml").write_text("x = ")
    _, findings = read_chain(folder)
    assert {finding.code for finding in findings} >= {
        "ORL-0300", "ORL-0301", "ORL-0310", "ORL-0312", "ORL-0314", "ORL-0315",
    }  # fmt: skip
    assert {finding.where.split()[0] for finding in findings} >= {
        "assumptions.csv", "sites.csv", "routes.csv", "permits.csv", "materials.csv", "fund.toml",
    }  # fmt: skip


def test_a_misspelt_reference_is_guessed(folder: Path) -> None:
    spoil(folder, "sites.csv", "fwo,seg", "fow,seg")
    _, findings = read_chain(folder)
    assert any("did you mean fwo?" in finding.fix for finding in findings)


def test_an_unknown_country_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def country(name: str) -> None:
        if name == "US":
            message = "'US' names no country"
            raise UnknownCountryError(message)

    monkeypatch.setattr(_folder, "country", country)
    _, findings = read_chain(folder)
    assert [(f.code, f.where) for f in findings] == [
        ("ORL-0317", "parties.csv row 3 column country"),
        ("ORL-0317", "sites.csv row 4 column country"),
    ]


def test_a_row_without_source_is_a_warning(folder: Path) -> None:
    spoil(folder, "routes.csv", "reported,rep-1", "reported,")
    chain, findings = read_chain(folder)
    assert chain is not None
    assert [finding.code for finding in findings] == ["ORL-0319"]


def test_no_folder_is_a_finding(tmp_path: Path) -> None:
    assert [f.code for f in read_chain(tmp_path / "none")[1]] == ["ORL-0300"]
    assert [f.code for f in read_chain(tmp_path)[1]].count("ORL-0300") == 7


def test_limits_at_and_past(folder: Path) -> None:
    size = max(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and "events" not in path.parts
    )
    files = sum(1 for _ in folder.rglob("*"))
    for name, value in {
        "file_bytes": size,
        "files": files,
        "rows": 4,
        "columns": 16,
        "cell_characters": 64,
    }.items():
        at = Limits(**{name: value})
        assert read_chain(folder, limits=at)[0] is not None, name
        _, findings = read_chain(folder, limits=replace(at, **{name: value - 1}))
        assert "ORL-0304" in {finding.code for finding in findings}, name
        assert any(name in finding.message for finding in findings)


def test_declarations_are_events_with_ids_of_their_content(folder: Path) -> None:
    chain, _ = read_chain(folder)
    assert chain is not None
    first = declarations(chain)
    assert [event for draft in first for event in check_event(draft)] == []
    assert first == declarations(chain)
    assert first[0]["body"]["type"] == "assumption"
    assert {draft["time"] for draft in first} == {"2025-01-01T00:00:00Z"}
    spoil(folder, "sites.csv", "29.10", "29.1")
    changed, _ = read_chain(folder)
    assert changed is not None
    new = {draft["id"] for draft in declarations(changed)} - {draft["id"] for draft in first}
    assert [name.rpartition("/")[0] for name in new] == ["site/mine-1"]


def test_a_new_folder_reads_without_a_finding(tmp_path: Path) -> None:
    made = init_folder(tmp_path / "new", 'the "first" \\ chain', time_zone="Asia/Karachi")
    chain, findings = read_chain(made)
    assert findings == ()
    assert chain is not None
    assert chain.name == 'the "first" \\ chain'
    with pytest.raises(InputError, match="nothing is overwritten"):
        init_folder(made, "again")
    with pytest.raises(InputError, match="needs a name"):
        init_folder(tmp_path / "other", " ")
