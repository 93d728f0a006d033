"""Work shared among processes: the same answers bit for bit, and what is wrong said plainly."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from called import Oreline

from oreline.cli import _workers
from oreline.cli._workers import shared_among
from oreline.model import Finding, InputError, Severity

LOCAL: dict[str, Any] = {
    "protocol": "tcp",
    "host": "127.0.0.1",
    "dashboard_address": None,
}
FINDING = Finding("ORL-1117", Severity.FATAL, "plan.toml:3", "no probability", "write one")
PLAN = """
name = "two mines"
currency = "USD"
first_year = 2027
last_year = 2029
basis = "assumed"
source = "invented"
[terms]
rate = "10 %/y"
timing = "end"
money = "real"
money_year = 2027
tax = "post-tax"
end = "left open"
[[budgets]]
id = "money"
phases = ["one"]
amount = "10 USD m"
[[phases]]
id = "one"
[[sites]]
id = "pit"
country = "PK"
[[materials]]
id = "ore"
grades = { Sb = "2 %" }
[[resources]]
id = "lode"
site = "pit"
tonnage = { value = 300, low = 100, high = 400, unit = "kt" }
grades = { Sb = "2 %" }
[[prices]]
id = "p"
values = "100 USD/t"
[[units]]
id = "mine"
phase = "one"
site = "pit"
lead_years = 1
life_years = 9
estimate_class = 5
[[units.sizes]]
id = "s"
capacity = "100 kt/y"
capital = { value = 5, low = 4, high = 9, unit = "USD m" }
[[units.recipes]]
id = "r"
resource = "lode"
rates = { ore = 1 }
cost = { value = 20, low = 10, high = 60, unit = "USD/t" }
[[markets]]
id = "buyer"
site = "pit"
materials = ["ore"]
pays = [{ price = "p", payable = "90 %" }]
[[scenarios]]
id = "cheap"
changes = [{ number = "prices.p", multiply = 0.7 }]
[[scenarios]]
id = "narrow"
changes = [{ number = "units.mine.sizes.s.capacity", multiply = 0.5 }]
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def cluster() -> Iterator[str]:
    """Start a scheduler with a worker in this process; give its address."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, processes=False, **LOCAL) as started:
        yield started.scheduler_address


def told(found: Any) -> Any:
    """Return an answer without what a clock says."""
    if isinstance(found, dict):
        return {name: told(one) for name, one in found.items() if name != "seconds"}
    return [told(one) for one in found] if isinstance(found, list) else found


def half(number: int) -> float:
    if number == 3:
        raise InputError("three cannot be halved", [FINDING])
    return number / 2


def test_two_processes_answer_what_one_does_bit_for_bit(bare: Oreline, plan: Path) -> None:
    asked = ("plan", "tornado", plan, "--json")
    alone = bare(*asked)
    assert alone.code == 0, alone.everything
    together = bare(*asked, "--workers", 2)
    assert together.code == 0, together.everything
    assert told(together.json) == told(alone.json)
    ends = {row["input"]: (row["low"], row["high"]) for row in alone.json["result"]["bars"]}
    assert len(ends) == 3


@pytest.mark.parametrize(
    "asked",
    [
        ("quarters", "--what-if", "cheap", "--what-if", "narrow"),
        (
            "budget",
            "--of",
            "money",
            "--amount",
            6,
            "--amount",
            10,
            "--country",
            "PK",
            "--samples",
            3,
        ),
        ("hedge", "--probability", "cheap=40%"),
        ("break-even", "--resource", "lode", "--element", "Sb", "--samples", 2),
        ("pareto", "--goal", "deliver:Sb@PK", "--points", 3),
    ],
)
def test_a_cluster_answers_what_this_process_does(
    bare: Oreline, plan: Path, cluster: str, asked: tuple[Any, ...]
) -> None:
    words = ("plan", asked[0], plan, *asked[1:], "--json")
    alone, there = bare(*words), bare(*words, "--cluster", cluster)
    assert alone.code == there.code == 0, (alone.everything, there.everything)
    assert told(there.json) == told(alone.json)


def test_results_come_in_order_and_errors_as_what_they_are(cluster: str) -> None:
    with shared_among(1, cluster) as each:
        assert list(each(half, [8, 2, 6])) == [4, 1, 3]
        with pytest.raises(InputError, match="three cannot") as caught:
            list(each(half, [2, 3]))
        assert caught.value.findings == (FINDING,)


def test_one_process_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with shared_among(1, "") as each:
        assert list(each(partial(max, 3), [1, 5])) == [3, 5]


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"oreline\[cluster\]"), shared_among(2, ""):
        pass


@pytest.mark.parametrize(
    ("workers", "address", "told"),
    [
        (0, "", "1 to 256"),
        (257, "", "1 to 256"),
        (2, "tcp://127.0.0.1:1", "ask for one"),
        (1, "tcp://127.0.0.1:1", "no scheduler answers"),
        (1, "no such thing", "no scheduler answers"),
    ],
)
def test_what_cannot_be_shared_is_refused(
    workers: int, address: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_workers, "CONNECT_SECONDS_MAX", 1)
    with pytest.raises(InputError, match=told), shared_among(workers, address):
        pass


def test_a_scheduler_without_workers_is_said_to_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(_workers, "CONNECT_SECONDS_MAX", 0.2)
    with LocalCluster(n_workers=0, processes=False, **LOCAL) as started:
        address = started.scheduler_address
        with pytest.raises(InputError, match="has no workers"), shared_among(1, address):
            pass


def test_workers_of_another_version_are_refused(
    cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_workers, "version_here", older)
    with pytest.raises(InputError, match=r"have oreline 0\.0, this is"), shared_among(1, cluster):
        pass


def older() -> str:
    return "0.0"
