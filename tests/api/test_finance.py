"""The calculators of money over the API, beside numbers that others published or worked out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

API = "/api/v1/plan"
TABLES = Path(__file__).parents[2] / "docs" / "tutorials" / "calculators"


def told(client: TestClient, path: str, **given: Any) -> Any:
    answer = client.get(f"{API}/{path}", params=given)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_a_cash_flow_has_a_value_and_its_rates(client: TestClient) -> None:
    table = "period,amount,currency\n0,-100,USD\n1,230,USD\n2,-132,USD\n"
    answer = client.post(f"{API}/cash-flow", json={"table": table, "rate": "10%"})
    found = answer.json()["result"]
    # (x - 1.1)(x - 1.2) = 0: worth nothing at 10 % and at 20 %.
    assert abs(Decimal(found["npv"])) < Decimal("1e-20")
    assert [round(Decimal(one), 6) for one in found["irr"]["rates_per_period"]] == [
        Decimal("0.1"), Decimal("0.2"),
    ]  # fmt: skip
    values = [Decimal(one["present_value"]) for one in found["flows"]]
    assert abs(sum(values)) < Decimal("1e-9")
    bad = client.post(f"{API}/cash-flow", json={"table": "period,amount\n0,1\n", "rate": "10%"})
    assert bad.status_code == 422
    assert bad.json()["findings"]


def test_a_loan_is_paid_off(client: TestClient) -> None:
    found = told(client, "annuity", rate="7.5%/12", periods=180, present_value="200000")
    assert round(Decimal(found["payment"]), 2) == Decimal("-1854.02")
    # Discounted at the same rate, all payments are worth the loan.
    rate = Decimal("0.075") / 12
    worth = sum(-Decimal(found["payment"]) / (1 + rate) ** n for n in range(1, 181))
    assert abs(worth - 200_000) < Decimal("1e-9")
    yearly = told(client, "annual-equivalent", rate="10%", years=3, npv="178.77")
    assert round(Decimal(yearly["annuity"]), 2) == Decimal("71.89")


def test_levies_of_unknown_bases_are_unknown(client: TestClient) -> None:
    table = (TABLES / "levies.csv").read_text()
    given = {"table": table, "currency": "USD", "gross_revenue": "100"}
    found = client.post(f"{API}/levies", json=given).json()["result"]
    assert found["total"] is None
    assert Decimal(found["known"]) == 5
    assert {one["code"] for one in found["findings"]} == {"ORL-0555"}


def test_the_other_formulas(client: TestClient) -> None:
    found = told(client, "estimate-class", engineering_pct="8", low_pct="-15", high_pct="15",
                 cost="5.7")  # fmt: skip
    assert (found["consistent"], found["range"]) == (False, ["4.845", "6.555"])
    years = told(client, "advance", instalment=["5", "7.5", "10"], cap="50", years=7)["years"]
    assert [one["instalment"] for one in years] == ["5", "7.5", "10", "10", "10", "7.5", "0.0"]
    ore = told(client, "revenue", tonnes="1000000", grade_g_t="1.5", price_per_g="60",
               recovery="0.9", cost_per_t="30")  # fmt: skip
    assert Decimal(ore["gross"]) == 81_000_000
    assert round(Decimal(ore["cutoff_g_t"]), 4) == Decimal("0.5556")
    sold = told(client, "smelter-return", gross="1000000", payable="0.95", treatment="50000",
                refining="20000", penalties="5000")  # fmt: skip
    assert Decimal(sold["net_smelter_return"]) == 875_000


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("annuity", {"rate": "x", "periods": 1, "present_value": "1"}),
        ("annuity", {"rate": "1%", "periods": 501, "present_value": "1"}),
        ("annuity", {"rate": "1%", "periods": 1, "present_value": "1e9"}),
        ("estimate-class", {"engineering_pct": "8", "low_pct": "15", "high_pct": "15"}),
        ("advance", {"instalment": "-5", "cap": "1", "years": 1}),
        ("revenue", {"tonnes": "1", "grade_g_t": "1", "price_per_g": "0", "recovery": "1",
                     "cost_per_t": "1"}),
        ("smelter-return", {"gross": "1", "payable": "95"}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_problem(
    client: TestClient, path: str, given: dict[str, object]
) -> None:
    answer = client.get(f"{API}/{path}", params=given)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
