"""What users get wrong is named with its place by command, API and page.

Each case is a user's file in a chain's folder: drill holes with negative grades, a wrong unit,
holes without collars, a kriging system without a solution; flowsheets with splits over 100 %, a
recycle without bleed, a unit of measure that does not fit, a cascade that cannot do what is asked.
"""

from __future__ import annotations

import html
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from browsing import Site, served
from typer.testing import CliRunner

from oreline.cli import app

sys.path.append(str(Path(__file__).parents[1] / "explore" / "support"))
from drillhole_sets import FILES

MODEL = """
[composites]
length = "2 m"
analytes = ["Cu"]
[variogram.all]
nugget = 0.0
structures = [{ kind = "spherical", sill = 0.02, ranges_m = [60, 60, 60] }]
[grid]
size_m = [20, 20, 5]
[search]
passes = [{ radii_m = [200, 200, 200], min_samples = 2, max_samples = 12 }]
"""
BANKS = """\
name = "Two banks"
basis = "assumed"
source = "a test"
[components]
elements = ["Cu"]
[[feeds]]
id = "ore"
to = "rougher"
dry_t_per_h = 100
grades = { Cu = "1 %" }
[[units]]
id = "rougher"
law = "split"
outlets = { concentrate = "cleaner", tailings = "tails" }
parameters.to_concentrate = { Cu = 0.9, rest = 0.1 }
[[units]]
id = "cleaner"
law = "split"
outlets = { concentrate = "product", tailings = "rougher" }
parameters.to_concentrate = { Cu = 0.8, rest = 0.05 }
[[products]]
id = "product"
[[products]]
id = "tails"
"""
CASCADE = """\
name = "A cascade"
basis = "assumed"
source = "a test"
[components]
elements = ["Nd", "Pr"]
[[feeds]]
id = "liquor"
to = "cascade"
dry_t_per_h = 1
phase = "solution"
grades = { Nd = "75 %", Pr = "25 %" }
[[units]]
id = "cascade"
law = "sx_cascade"
outlets = { extract = "neodymium", raffinate = "praseodymium" }
parameters.factor = { Nd = 1.4, Pr = 1.0 }
parameters.extraction_stages = 24
parameters.scrub_stages = 22
parameters.solvent = 0.5
parameters.extract = 0.75
[[products]]
id = "neodymium"
[[products]]
id = "praseodymium"
"""


@dataclass(frozen=True)
class Wrong:
    """What is wrong: the file's text before and after, and what every face must say of it."""

    name: str
    code: str
    place: str
    said: str
    changes: tuple[tuple[str, str, str], ...] = ()
    model: str = ""
    sheet: str = ""

    @property
    def is_design(self) -> bool:
        return bool(self.sheet)


def changed(text: str, *pairs: tuple[str, str]) -> str:
    for before, after in pairs:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


A, C, M = "assay.csv", "collar.csv", "explore.toml"
CASES = (
    Wrong("negative-grade", "ORL-0911", "assay.csv row 4 column Cu_pct", "-0.50 % is negative",
          ((A, "A1,4,6,0.50", "A1,4,6,-0.50"),)),
    Wrong("unit-mismatch", "ORL-0912", "assay.csv row 2 column Cu_pct", "is more than 100 %",
          ((A, "A1,0,2,0.40", "A1,0,2,4000"),)),
    Wrong("unit-unknown", "ORL-0900", "explore.toml:30", "say which unit of grade",
          ((M, 'unit = "ppm"', 'unit = "percents"'),)),
    Wrong("no-collar", "ORL-0903", "assay.csv row 8", "A9 has no collar",
          ((A, "A2,0,10", "A9,0,10"),)),
    Wrong("singular-kriging", "ORL-0930", "A4 0-2 m", "without a nugget",
          ((C, "A4,1050,2050,851", "A4,1050,2000,852"),), MODEL),
    Wrong("split-over-100", "ORL-1010", "designs/split-over-100.toml:15", "tailings -10 %",
          sheet=changed(BANKS, ("{ Cu = 0.9, rest = 0.1 }", "{ Cu = 1.1, rest = 0.1 }"))),
    Wrong("no-bleed", "ORL-1011", "designs/no-bleed.toml", "Cu",
          sheet=changed(BANKS, ("{ Cu = 0.9, rest = 0.1 }", "{ Cu = 1.0, rest = 0.1 }"),
                        ("{ Cu = 0.8, rest = 0.05 }", "{ Cu = 0.0, rest = 0.05 }"))),
    Wrong("flow-in-metres", "ORL-1005", "designs/flow-in-metres.toml:9", "'m' is no unit",
          sheet=changed(BANKS, ("dry_t_per_h = 100", 'dry_t_per_h = "100 m"'))),
    Wrong("grades-negative", "ORL-1009", "designs/grades-negative.toml:10", "below 0",
          sheet=changed(BANKS, ('Cu = "1 %"', 'Cu = "-1 %"'))),
    Wrong("cascade-too-little", "ORL-1016", "designs/cascade-too-little.toml:12", "solvent",
          sheet=CASCADE),
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an example into whose folder somebody put all the wrong files."""
    with served("pakistan-us", tmp_path_factory.mktemp("wrong")) as one:
        for case in CASES:
            if case.is_design:
                place = one.folder / one.name / "designs" / f"{case.name}.toml"
                place.write_text(case.sheet, encoding="utf-8")
                continue
            folder = one.folder / one.name / "drillholes" / case.name
            folder.mkdir()
            files = dict(FILES)
            for file, before, after in case.changes:
                files[file] = changed(files[file], (before, after))
            files[M] += case.model
            for file, text in files.items():
                (folder / file).write_text(text, encoding="utf-8")
        yield one


def by_command(site: Site, case: Wrong) -> str:
    chain = site.folder / site.name
    if case.is_design:
        words = ["design", "solve", str(chain / "designs" / f"{case.name}.toml")]
    else:
        verb = "model" if case.model else "check"
        words = ["explore", verb, str(chain), "--set", case.name]
    called = CliRunner(env={"COLUMNS": "300", "NO_COLOR": "1"}).invoke(app, words)
    assert called.exit_code != 0, called.output
    assert "Traceback" not in called.output
    return called.output + (called.stderr or "")


def by_api(site: Site, case: Wrong) -> str:
    def got(path: str, **given: str) -> tuple[int, Any]:
        address = f"{site.address}/api/v1/{path}?{urlencode(given)}"
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    if case.is_design:
        status, told = got("design/solution", file=f"designs/{case.name}.toml")
        assert status == 422, told
        return json.dumps(told, ensure_ascii=False)
    if case.model:
        # What the other blocks hold is told, with what is wrong beside it.
        status, told = got("explore/model", set=case.name)
        assert status == 200, told
        return json.dumps(told, ensure_ascii=False)
    _, told = got("explore")
    (one,) = (row for row in told["result"]["sets"] if row["set"] == case.name)
    return json.dumps(one["findings"], ensure_ascii=False)


def by_page(site: Site, case: Wrong) -> str:
    """Return what the page holds before anything is computed later."""
    given = {"file": f"designs/{case.name}.toml"} if case.is_design else {"set": case.name}
    address = f"{site.address}/{'design' if case.is_design else 'explore'}?{urlencode(given)}"
    with urllib.request.urlopen(address, timeout=60) as answer:
        told = answer.read().decode()
    assert answer.status == 200
    # The page carries its parts as JSON in a script, their markup escaped.
    return html.unescape(html.unescape(told).replace("\\u0027", "'"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_face_names_it_with_its_place(site: Site, case: Wrong) -> None:
    faces = [by_command, by_api]
    # What a model finds comes onto the page later, from the answer that is asked for here.
    faces += [] if case.model else [by_page]
    for told in (face(site, case) for face in faces):
        for said in (case.code, case.place.removeprefix("designs/"), case.said):
            assert said in told, (case.name, told)
