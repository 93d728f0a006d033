"""Plants' own layouts: two header rows, mixed units, markers, templates, and real lab files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from oreline.exchange import import_chain, read_events, read_folder_drafts, read_mapping
from oreline.model import check_event
from oreline.record import Store

MAPPING = """
source = "plant/*.xlsx"
sheet = "Schicht"
header_rows = [2, 3]
unit_row = 4
decimal_comma = true
time_zone = "Europe/Berlin"
time_format = "%d.%m.%Y %H:%M"
below = ["n.n.", "<"]
unknown = ["offen"]
blank = ["-"]
ignore = ["Bemerkung"]

[columns]
"Wiegung Zeit" = "time"
"Wiegung Nass" = "wet_t"
"Wiegung Tara" = "tare_kg"
"Analyse Feuchte" = "moisture_pct"

[constants]
kind = "weigh"
site = "mill-1"
party = "fwo"
basis = "measured"
source = "weighbridge book"

[templates]
event = "wb-{Halde}-{Nr}"
lot = "fwo:{Halde}"
ticket = "{Nr}"

[[skip]]
column = "Nr"
matches = "^Summe"
reason = "totals"
"""


def write_plant(folder: Path) -> Path:
    (folder / "mapping").mkdir(exist_ok=True)
    (folder / "plant").mkdir(exist_ok=True)
    (folder / "mapping" / "plant.toml").write_text(MAPPING, encoding="utf-8")
    rows = [
        ["Schichtbuch Mai"],
        ["", "", "Wiegung", "Wiegung", "Wiegung", "Analyse", ""],
        ["Nr", "Halde", "Zeit", "Nass", "Tara", "Feuchte", "Bemerkung"],
        ["", "", "", "t", "kg", "%", ""],
        ["1", "P 1", "01.09.2025 08:00", "24,35", "1.250,5", "4,2", "x"],
        ["2", "P 1", "01.09.2025 09:30", "23,1", "-", "offen", ""],
        ["Summe", "", "", "47,45", "", "", ""],
    ]
    path = folder / "plant" / "mai.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Deckblatt").write(0, 0, "Mai")
        sheet = book.add_worksheet("Schicht")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def test_a_plant_book_gives_the_same_events(folder: Path) -> None:
    write_plant(folder)
    read = read_folder_drafts(folder)
    assert [(f.code, f.message) for f in read.findings] == [
        ("ORL-0354", "1 rows were left out: totals")
    ]
    first, second = [event for event in read.events if event["schema"] == "weigh/1"]
    quality = {"basis": "measured", "source": "weighbridge book"}
    assert first == {
        "schema": "weigh/1",
        "id": "wb-P.1-1",
        "time": "2025-09-01T06:00:00Z",
        "actor": "clerk-1",
        "party": "fwo",
        "site": "mill-1",
        "body": {
            "lot": "fwo:P.1",
            "wet": {"value": "24.35", "unit": "t", **quality},
            "tare": {"value": "1250.5", "unit": "kg", **quality},
            "moisture": {"analyte": "H2O", "value": "4.2", "unit": "%", **quality},
            "ticket": "1",
        },
    }
    assert second["body"]["moisture"]["unknown"] == "offen"
    assert "tare" not in second["body"]
    assert check_event(second) == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("source =", "sourse =", "ORL-0350"),
        ('"wet_t"', '"wet_tons"', "ORL-0350"),
        ('"tare_kg"', '"wet_t"', "ORL-0350"),
        ("Europe/Berlin", "Europe/Berln", "ORL-0350"),
        ('"^Summe"', '"("', "ORL-0350"),
        ("[2, 3]", "[0, 3]", "ORL-0350"),
        ("header_rows", "[header_rows", "ORL-0301"),
        ("Wiegung Nass", "Wiegung Nas", "ORL-0351"),
        ('"Schicht"', '"Schichten"', "ORL-0351"),
        ("plant/*", "plont/*", "ORL-0355"),
        ("%d.%m.%Y", "%d/%m/%Y", "ORL-0331"),
        ('matches = "^Summe"', 'matches = "^Nichts"', "ORL-0309"),
        ("ignore = ", "#", "ORL-0353"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_named(folder: Path, old: str, new: str, code: str) -> None:
    write_plant(folder)
    path = folder / "mapping" / "plant.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    codes = [finding.code for finding in read_folder_drafts(folder).findings]
    assert code in codes, codes


def test_two_mappings_for_one_file(folder: Path) -> None:
    write_plant(folder)
    (folder / "mapping" / "more.toml").write_text(MAPPING)
    assert "ORL-0355" in [f.code for f in read_folder_drafts(folder).findings]


LAB = """
source = "lab/*.csv"
header_rows = [{header}]
unit_row = {unit}
first_row = {first}
take_analytes = true
ignore = {ignore}

[columns]
{columns}

[constants]
kind = "assay"
time = "2020-01-01T00:00:00Z"
basis = "measured"
laboratory = "ALS"
role = "survey"

[templates]
event = "als-{{{serial}}}"
sample = "{{{field}}}"

[analytes]
{units}

[[skip]]
column = "{field}"
matches = "(?i)blank|duplicate|^$"
reason = "quality control samples"
"""


def lab_mapping(path: Path, **parts: object) -> Path:
    path.write_text(LAB.format(**parts), encoding="utf-8")
    return path


def test_a_real_laboratory_file_with_a_unit_row(shared_dir: Path, tmp_path: Path) -> None:
    source = shared_dir / "facts" / "lab" / "als_multielement_An6-Trenchs_Result.csv"
    parts = {
        "header": 3, "unit": 4, "first": 5, "serial": "Lab ID", "field": "Field ID", "units": "",
    }  # fmt: skip
    path = lab_mapping(
        tmp_path / "als.toml", columns='"Au#1" = "Au_ppm"', ignore='["Serial No"]', **parts
    )
    mapping, findings = read_mapping(path)
    assert findings == ()
    # Two columns are headed Au, by fire assay and by aqua regia: which one is meant is not guessed.
    drafts, findings = read_events(source, mapping=mapping)
    assert drafts == []
    assert [f.code for f in findings if f.severity == "fatal"] == ["ORL-0352"]
    path = lab_mapping(
        tmp_path / "als.toml",
        columns='"Au#1" = "Au_ppm"\n"Au#2" = "x_au_aqua_regia_ppm"',
        ignore='["Serial No"]',
        **parts,
    )
    mapping, _ = read_mapping(path)
    drafts, findings = read_events(source, mapping=mapping)
    # From its row 215 on, the published file lacks a column: every value stands one too far left,
    # and manganese in ppm is read as magnesium in per cent.
    assert drafts == []
    assert findings[0].where.startswith(f"{source.name} row 215 ")
    assert findings[0].where.endswith("column Mg_pct")
    rule = (
        'column = "Lab ID"\nmatches = "/(25[1-9]|2[6-9].|[3-9]..)$"\nreason = "shifted columns"\n'
    )
    shifted = f"[[skip]]\n{rule}"
    path.write_text(path.read_text() + shifted)
    mapping, _ = read_mapping(path)
    drafts, findings = read_events(source, mapping=mapping)
    assert {f.code for f in findings} == {"ORL-0353", "ORL-0354"}
    by_sample = {draft["body"]["sample"]: draft for draft in drafts}
    first = by_sample["T2-TR1-001"]
    assert first["id"] == "als-AN6/041"
    assert first["extra"] == {"au_aqua_regia_ppm": "<0.02"}
    grades = {grade["analyte"]: grade for grade in first["body"]["results"]}
    assert grades["Au"]["below"] == "0.01"
    assert (grades["Al"]["value"], grades["Al"]["unit"]) == ("3.18", "%")
    assert len(grades) == 51


def test_a_real_laboratory_file_without_units(shared_dir: Path, tmp_path: Path) -> None:
    source = shared_dir / "facts" / "lab" / "als_multielement_An1-RC.csv"
    parts = {
        "unit": 2, "first": 3, "serial": "lab Serial", "field": "Field No", "header": 1,
        "columns": "", "ignore": '["Prospect", "Type", "x", "y", "z", "Depth(m)"]',
    }  # fmt: skip
    mapping, _ = read_mapping(lab_mapping(tmp_path / "a.toml", units="", **parts))
    drafts, findings = read_events(source, mapping=mapping)
    assert drafts == []
    assert any("Sb has no unit" in finding.message for finding in findings)
    percent = {"Al", "Ca", "Fe", "K", "Mg", "Na", "S", "Ti"}
    header = source.read_text(encoding="utf-8-sig").split("\n", maxsplit=1)[0].strip().split(",")
    units = "\n".join(
        f'{name} = "{"%" if name in percent else "ppm"}"' for name in header[10:] if name.isalpha()
    )
    mapping, found = read_mapping(lab_mapping(tmp_path / "a.toml", units=units, **parts))
    assert found == ()
    drafts, findings = read_events(source, mapping=mapping)
    # The laboratory put a star behind one result and says nowhere what it means.
    assert [(f.code, f.where) for f in findings if f.severity == "fatal"] == [
        ("ORL-0333", "als_multielement_An1-RC.csv row 695 column Au_ppm")
    ]
    assert drafts == []
    path = tmp_path / "a.toml"
    path.write_text(path.read_text().replace("[columns]", 'unknown = ["1.5*"]\n[columns]'))
    mapping, _ = read_mapping(path)
    drafts, findings = read_events(source, mapping=mapping)
    assert [f.code for f in findings] == ["ORL-0353", "ORL-0354", "ORL-0354"][: len(findings)]
    assert len(drafts) > 600
    assert drafts[0]["body"]["results"][0] == {
        "analyte": "Au", "below": "0.01", "unit": "ppm", "basis": "measured",
    }  # fmt: skip


def test_a_mapped_file_is_imported_once(folder: Path, new_store: Callable[[str], Store]) -> None:
    write_plant(folder)
    store = new_store("one")
    assert import_chain(folder, store).appended == 17
    assert import_chain(folder, store).appended == 0


def test_a_clock_in_a_template_is_written_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "shifts.csv"
    path.write_text("Day;From;To;Lot;t\n01.10.2025;06:00;14:30;Pile 1;12.5\n")
    (tmp_path / "shifts.toml").write_text(
        """
source = "*.csv"
header_rows = [1]
time_zone = "Asia/Karachi"
time_format = "%d.%m.%Y %H:%M"
[columns]
"t" = "dry_t"
[constants]
kind = "extract"
party = "mill"
actor = "clerk"
site = "mine"
basis = "measured"
[templates]
event = "s-{Day}-{From}"
time = "{Day} {To}"
time_start = "{Day} {From}"
lot = "mill:{Lot}"
note = "from {From} to {To}"
"""
    )
    mapping, findings = read_mapping(tmp_path / "shifts.toml")
    assert findings == ()
    drafts, findings = read_events(path, mapping=mapping)
    assert [finding.message for finding in findings if finding.severity == "fatal"] == []
    (draft,) = drafts
    assert (draft["time_start"], draft["time"]) == ("2025-10-01T01:00:00Z", "2025-10-01T09:30:00Z")
    assert (draft["id"], draft["note"]) == ("s-01.10.2025-06.00", "from 06:00 to 14:30")
    assert draft["body"]["outputs"][0]["lot"] == "mill:Pile.1"
