"""Shares from an engine outside: asked once, believed only if they can be, refused by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from small_sheets import changed

from oreline.design import (
    ENGINE_ADAPTERS,
    ENGINE_LAWS,
    LAWS,
    EngineQuestion,
    EngineReply,
    Feed,
    external_laws,
    passport,
    read_processes,
    solve,
    solve_flows,
)
from oreline.model import InputError

LAW = "external_difflow_kremser"
BEFORE = """\
law = "split"
outlets = { concentrate = "cleaner", tailings = "tails" }
parameters.to_concentrate = { Cu = 0.9, rest = 0.1 }"""
AFTER = f"""\
law = "{LAW}"
outlets = {{ extract = "cleaner", raffinate = "tails" }}
parameters.d = {{ Cu = 1.5 }}
parameters.phase_ratio = 0.8
parameters.stages = 3"""
CIRCUIT = changed((BEFORE, AFTER), ("dry_t_per_h = 100", 'phase = "solution"\ndry_t_per_h = 100'))


def stage_by_stage(question: EngineQuestion) -> EngineReply:
    """Solve the balances of all stages: an engine that shares nothing with Kremser's formula."""
    factor = question.numbers["distribution"] * question.numbers["phase_ratio"]
    raffinate = np.empty_like(factor)
    for place in np.ndindex(factor.shape):
        count = int(question.numbers["stages"][place])
        # x[n-1] + E x[n+1] = (1 + E) x[n], with x[0] = 1 and a clean solvent at the far end.
        system = (1 + factor[place]) * np.eye(count) - np.eye(count, k=-1)
        system -= factor[place] * np.eye(count, k=1)
        raffinate[place] = np.linalg.solve(system, np.eye(count)[0])[-1]
    return EngineReply("1.0", {"extract": 1 - raffinate, "raffinate": raffinate})


def solved_with(ask: Callable[[EngineQuestion], EngineReply], text: str = CIRCUIT):
    sheet, findings = read_processes(text, "p.toml", laws={**LAWS, **external_laws(ask)})
    assert sheet is not None, findings
    return solve(sheet)


def refusal(ask: Callable[[EngineQuestion], EngineReply]) -> str:
    with pytest.raises(InputError) as caught:
        solved_with(ask)
    (finding,) = caught.value.findings
    assert (finding.code, finding.where) == ("ORL-1019", "p.toml:15"), finding
    return f"{finding.message}. Fix: {finding.fix}"


def test_a_flowsheet_with_an_engine_is_the_one_with_our_law() -> None:
    ours = solved_with(stage_by_stage, changed((LAW, "sx_kremser"), text=CIRCUIT))
    theirs = solved_with(stage_by_stage)
    assert theirs.to_frame().columns == ours.to_frame().columns
    for got, want in zip(theirs.streams, ours.streams, strict=True):
        assert got.flow_t_per_h == pytest.approx(want.flow_t_per_h, rel=1e-12)
    assert max(theirs.closure.values()) <= 1e-12


def test_the_engine_and_its_version_are_told_and_the_passport_says_rung_3() -> None:
    solution = solved_with(stage_by_stage)
    assert "computed by difflow 1.0" in str(solution.findings)
    rows = [row for row in passport(solution.flowsheet) if row.law == LAW]
    assert {row.rung for row in rows} == {3}
    assert "rougher.d[Cu]" in {row.name for row in rows}


def test_one_solve_asks_once_and_other_numbers_ask_again() -> None:
    asked: list[EngineQuestion] = []

    def counting(question: EngineQuestion) -> EngineReply:
        asked.append(question)
        return stage_by_stage(question)

    sheet, _ = read_processes(CIRCUIT, laws={**LAWS, **external_laws(counting)})
    assert sheet is not None
    solve(sheet)
    assert len(asked) == 1
    assert asked[0].components == ("Cu",)
    solve_flows(sheet, {"rougher.d[Cu]": np.array([1.5, 3.0])})
    assert len(asked) == 2
    assert asked[1].numbers["distribution"].tolist() == [[1.5], [3.0]]


def test_what_is_not_extracted_stays_and_no_engine_is_asked() -> None:
    law = ENGINE_LAWS[LAW]
    feed = Feed(("Cu", "rest", "water"), np.array([1.0, 2.0, 0.0]), 5.0, law.outlets)
    splits = law.apply(feed, {"phase_ratio": 1.0, "stages": 3.0}).splits
    assert splits.tolist() == [[0, 0, 0], [1, 1, 1]]


@pytest.mark.parametrize(
    ("extract", "raffinate", "said"),
    [
        (0.7, 0.299, "does not conserve Cu: 99.9 % of it leaves"),
        (0.7, 0.3 + 1e-8, "does not conserve Cu: 100.000001 %"),
        (1.2, -0.2, "sends 120 % of Cu to one outlet"),
        (np.nan, 0.3, "gives no number for Cu"),
        (np.inf, 0.3, "gives no number for Cu"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(extract: float, raffinate: float, said: str) -> None:
    shares = {"extract": np.array([[extract]]), "raffinate": np.array([[raffinate]])}
    assert said in refusal(lambda _: EngineReply("9.9", shares))


def test_an_answer_for_other_outlets_or_samples_is_refused() -> None:
    half = np.array([[0.5]])
    assert "outlets product, raffinate" in refusal(
        lambda _: EngineReply("9.9", {"product": half, "raffinate": half})
    )
    assert "outlets none" in refusal(lambda _: EngineReply("9.9", {}))
    both = np.array([[0.5], [0.5]])
    assert "once for each component" in refusal(
        lambda _: EngineReply("9.9", {"extract": both, "raffinate": both})
    )


def test_without_an_engine_the_package_to_install_is_named() -> None:
    sheet, _ = read_processes(CIRCUIT, "p.toml")
    assert sheet is not None
    with pytest.raises(InputError) as caught:
        solve(sheet)
    (finding,) = caught.value.findings
    assert finding.code == "ORL-1019"
    assert "install difflow==0.2.2" in finding.fix
    assert "ORELINE_ENGINE_PYTHON" in finding.fix


@pytest.mark.parametrize("name", sorted(ENGINE_ADAPTERS))
def test_each_adapter_says_what_it_is(name: str) -> None:
    adapter, law = ENGINE_ADAPTERS[name], ENGINE_LAWS[f"external_{name}"]
    assert law.rung == 3
    assert adapter.stays in adapter.outlets
    assert adapter.instead in LAWS
    assert len(adapter.phases) == len(adapter.outlets)
