"""A slip of units that no dimension shows is seen beside the market's price."""

from __future__ import annotations

from pathlib import Path

import pytest

from oreline.model import Finding
from oreline.settle import implausible, read_contract, read_terms

FOLDER = Path(__file__).parent
TERMS = read_terms(FOLDER)
COPPER = (FOLDER / "contracts" / "copper.toml").read_text("utf-8")
REE = (FOLDER / "contracts" / "rare-earths.toml").read_text("utf-8")


def warnings_of(text: str, before: str = "", after: str = "") -> tuple[Finding, ...]:
    assert before in text
    contract, findings = read_contract(text.replace(before, after, 1) if before else text, "c.toml")
    assert contract is not None, findings
    return implausible(contract, TERMS.prices, "c.toml")


@pytest.mark.parametrize("file", sorted((FOLDER / "contracts").glob("*.toml")))
def test_usual_terms_are_not_asked_about(file: Path) -> None:
    assert warnings_of(file.read_text("utf-8")) == ()


def test_dollars_where_cents_are_meant() -> None:
    # The public Caraíba sheet writes RC "USD 1.90/lb"; only cents give its printed result.
    (finding,) = warnings_of(COPPER, "8 c/lb", "1.90 USD/lb")
    assert (finding.code, str(finding.severity)) == ("ORL-0823", "warning")
    assert "4188.78 USD/t, 39 % of the last price" in finding.message
    assert "1.90 c/lb meant" in finding.fix
    assert warnings_of(COPPER, "8 c/lb", "1.90 c/lb") == ()


def test_a_floor_in_another_unit() -> None:
    (finding,) = warnings_of(REE, "55 USD/kg", "55 USD/t")
    assert finding.where == "c.toml price nd floor"
    assert "times off" in finding.message
    assert finding.fix


def test_the_base_of_an_escalation() -> None:
    base = (
        'rate = "80 USD/dmt"\nescalation = { base = "%s", price = "cu", reading = "marginal", '
        'steps = "pro_rata", bands = [{ from = "%s", change = "0.1 USD/dmt", per = "1 USD/t" }] }'
    )
    usual = base % ("9000 USD/t", "9000 USD/t")
    assert warnings_of(COPPER, 'rate = "80 USD/dmt"', usual) == ()
    (finding,) = warnings_of(COPPER, 'rate = "80 USD/dmt"', base % ("9000 USD/lb", "9000 USD/lb"))
    assert finding.where == "c.toml treatment escalation base"


def test_without_prices_nothing_is_asked() -> None:
    contract, _ = read_contract(COPPER.replace("8 c/lb", "1.90 USD/lb"), "c.toml")
    assert contract is not None
    assert implausible(contract, {}, "c.toml") == ()
