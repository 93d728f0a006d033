"""External engines in a Python of their own: the real one where it is, and what goes wrong."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from called import Oreline

from oreline.api._engine import ENGINE_PYTHON, Engine
from oreline.design import ENGINE_ADAPTERS, EngineQuestion
from oreline.model import InputError
from oreline_testing.absent import absent

SHEET = """\
name = "impurities"
basis = "assumed"
source = "extraction factors of a published case"

[components]
elements = ["Al", "Ca", "Fe", "Nd"]

[[feeds]]
id = "liquor"
to = "extraction"
phase = "solution"
dry_t_per_h = 12
water_t_per_h = 100
grades = { Al = "10 %", Ca = "5 %", Fe = "20 %", Nd = "2 %" }

[[units]]
id = "extraction"
law = "external_difflow_kremser"
outlets = { extract = "loaded", raffinate = "raffinate" }
parameters.d = { Al = 0.0531, Ca = 0.0658, Fe = 0.1496, Nd = 6 }
parameters.phase_ratio = 1.2
parameters.stages = 3

[[products]]
id = "loaded"
[[products]]
id = "raffinate"
kind = "waste"
"""
HALF = np.array([[0.5, 2.0]])
QUESTION = EngineQuestion(
    "difflow_kremser", ("Al", "Nd"),
    {"distribution": HALF, "phase_ratio": np.ones((1, 2)), "stages": np.full((1, 2), 3.0)},
)  # fmt: skip


@pytest.fixture(scope="module")
def difflow() -> str:
    """Return a Python that has difflow beside it; the tests of it are skipped loudly without."""
    python = os.environ.get(ENGINE_PYTHON) or sys.executable
    try:
        Engine(python)(QUESTION)
    except InputError as error:
        (finding,) = error.findings
        if "is not installed" not in finding.message:
            raise
        absent(f"difflow is not installed; {ENGINE_PYTHON} can name its Python", system=False)
    return python


def interpreter(folder: Path, script: str) -> str:
    """Write a program that is started as if it were a Python."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\ncat > /dev/null\n{script}\n")
    path.chmod(0o755)
    return str(path)


def refused(engine: Engine) -> str:
    with pytest.raises(InputError) as caught:
        engine(QUESTION)
    (finding,) = caught.value.findings
    assert finding.code == "ORL-1019"
    return f"{finding.message}. {finding.fix}"


def test_the_real_engine_gives_the_flows_of_our_law(
    difflow: str, bare: Oreline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENGINE_PYTHON, difflow)
    streams = {}
    for law in ("external_difflow_kremser", "sx_kremser"):
        (tmp_path / "processes.toml").write_text(SHEET.replace("external_difflow_kremser", law))
        call = bare("design", "solve", tmp_path, "--json")
        assert call.code == 0, call.everything
        streams[law] = call.json["result"]["streams"]
        assert ("computed by difflow" in call.everything) is (law != "sx_kremser")
    theirs, ours = streams.values()
    assert len(ours) > 0
    for got, want in zip(theirs, ours, strict=True):
        assert got["flow_t_per_h"] == pytest.approx(want["flow_t_per_h"], rel=1e-12, abs=1e-15)


def test_the_real_engine_on_many_draws_gives_the_shares_of_our_law(difflow: str) -> None:
    from oreline.design import kremser_raffinate_fraction

    draws = np.random.default_rng(7)
    numbers = {
        "distribution": draws.lognormal(0, 2, (500, 15)),
        "phase_ratio": draws.uniform(0.1, 10, (500, 15)),
        "stages": draws.integers(1, 30, (500, 15)).astype(np.float64),
    }
    metals = tuple(f"M{number}" for number in range(15))
    reply = Engine(difflow)(EngineQuestion("difflow_kremser", metals, numbers))
    want = kremser_raffinate_fraction(
        numbers["distribution"] * numbers["phase_ratio"], numbers["stages"]
    )
    assert reply.version
    # Both ends are compared as parts of the feed: the engine takes one from the other.
    assert np.abs(reply.shares["raffinate"] - want).max() < 1e-9
    assert np.abs(reply.shares["extract"] - (1 - want)).max() < 1e-9


def test_the_real_engine_solves_what_no_law_of_ours_does(difflow: str) -> None:
    """Its cascade has a pH and a loading: base and solvent extract more, heavy metals go first."""
    metals = ("La", "Nd", "Dy")
    held = np.array([[0.02, 0.02, 0.005]] * 3)
    numbers = {
        "mol_per_l": held,
        "acid": np.full_like(held, 0.01),
        "base": np.array([[0.0] * 3, [0.06] * 3, [0.06] * 3]),
        "extractant": np.array([[0.5] * 3, [0.5] * 3, [0.8] * 3]),
        "phase_ratio": np.full_like(held, 1.2),
        "stages": np.full_like(held, 4.0),
    }
    reply = Engine(difflow)(EngineQuestion("difflow_mass_action_pc88a", metals, numbers))
    extract = reply.shares["extract"]
    assert np.abs(extract + reply.shares["raffinate"] - 1).max() < 1e-12
    assert (np.diff(extract, axis=1) > 0).all()
    assert (np.diff(extract[:, 0]) > 0).all()
    # What 0.2.2 gave when it was asked by itself, without us.
    assert extract[1, 0] == pytest.approx(0.6372, abs=2e-3)


def test_a_unit_asks_the_engine_with_what_it_is_fed(
    bare: Oreline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a file to the question: mol for each litre of the liquor that arrives."""
    script = f"""#!/bin/sh
cat > {tmp_path}/asked.json
echo '{{"version": "9.9", "shares": {{"extract": [[0.8]], "raffinate": [[0.2]]}}}}'
"""
    (tmp_path / "python").write_text(script)
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setenv(ENGINE_PYTHON, str(tmp_path / "python"))
    text = SHEET.replace("external_difflow_kremser", "external_difflow_mass_action_pc88a")
    text = text.replace("parameters.d = { Al = 0.0531, Ca = 0.0658, Fe = 0.1496, Nd = 6 }\n", "")
    (tmp_path / "processes.toml").write_text(text)
    call = bare("design", "solve", tmp_path, "--json")
    assert call.code == 0, call.everything
    (loaded,) = (one for one in call.json["result"]["products"] if one["product"] == "loaded")
    assert loaded["recovery"]["Nd"] == pytest.approx(0.8)
    assert loaded["recovery"]["Al"] == 0
    asked = json.loads((tmp_path / "asked.json").read_text())
    assert (asked["engine"], asked["components"]) == ("difflow_mass_action_pc88a", ["Nd"])
    # 12 t/h at 2 % Nd in 100 t/h of water, 144.242 g/mol.
    assert asked["numbers"]["mol_per_l"] == [[pytest.approx(0.24 * 1e6 / 144.242 / 1e5, rel=1e-4)]]
    assert asked["numbers"]["phase_ratio"] == [[1.2]]


def test_an_engine_that_is_not_there_names_the_package(tmp_path: Path) -> None:
    python = interpreter(tmp_path, """echo '{"absent": "difflow"}'""")
    engine = Engine(python)
    said = refused(engine)
    assert f"difflow is not installed for {python}" in said
    assert "install difflow==0.2.2" in said
    Path(python).unlink()
    assert refused(engine) == said  # it is not looked for again


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'ValueError: no such metal' >&2; exit 1", "failed: ValueError: no such metal"),
        ("exit 3", "exit status 3"),
        ("echo hello", "no JSON"),
        ("echo '[1]'", "no JSON object"),
        ("""echo '{"version": "1"}'""", "cannot be read"),
        ("""echo '{"version": "1", "shares": {"extract": "x"}}'""", "cannot be read"),
    ],
)
def test_an_engine_that_fails_is_told_by_its_last_word(
    tmp_path: Path, script: str, said: str
) -> None:
    assert said in refused(Engine(interpreter(tmp_path, script)))


def test_an_engine_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    engine = Engine(interpreter(tmp_path, "exec sleep 60"), seconds_max=0.2)
    assert "not answered in 0.2 s" in refused(engine)


def test_an_interpreter_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "cannot be started" in refused(Engine(str(tmp_path / "nowhere")))


def test_a_file_that_asks_for_an_engine_is_refused_at_its_line_without_it(
    bare: Oreline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENGINE_PYTHON, interpreter(tmp_path, """echo '{"absent": "difflow"}'"""))
    (tmp_path / "processes.toml").write_text(SHEET)
    target = tmp_path / "out.csv"
    call = bare("design", "solve", tmp_path, "--export", target)
    assert call.code == 2
    assert "ORL-1019" in call.everything
    assert "processes.toml:16" in call.everything
    assert not target.exists()


def test_the_question_is_answered_in_the_program_s_own_words() -> None:
    from oreline.api._engine_program import ENGINES

    assert set(ENGINES) == set(ENGINE_ADAPTERS)
    assert {name: one.package for name, one in ENGINE_ADAPTERS.items()} == {
        name: package for name, (package, _) in ENGINES.items()
    }
