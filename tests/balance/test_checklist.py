"""The ten principles: what moves an item from missing to present, and that nothing is presumed."""

from __future__ import annotations

from typing import Any

import pytest
from balance_ledgers import books, event
from test_account import month

from oreline.balance import (
    Checklist,
    account_state,
    checklist,
    cusum,
    metal_account,
    running_sums,
)
from oreline.model import InputError

Event = dict[str, Any]


def listed(events: list[Event]) -> Checklist:
    opened = books(events)
    account = metal_account(opened, "mill", "2025-09")
    state = account_state(opened.ledger, account)
    return checklist(opened.ledger, account, state, running_sums(opened, account))


def rule(name: str, **data: str) -> Event:
    body = {"type": "rule", "id": name, "data": {"scope": "mill", **data}}
    return event("declare", f"d-{name}", "2025-01-01", body)


def test_ten_principles_each_with_who_could_help() -> None:
    found = listed(month())
    assert [one.number for one in found.items] == list(range(1, 11))
    for one in found.items:
        assert one.status == (
            "PRESENT" if not one.missing else "PARTLY" if one.present else "MISSING"
        )
        assert one.who
    assert found.items[3].status == "MISSING"
    assert "complies" in found.to_json()["remark"]
    assert "compliant" not in str(found.to_json()).lower()
    assert found.to_frame().height == 10


@pytest.mark.parametrize(
    ("number", "added"),
    [
        (3, rule("grades", kind="grade-book", prefer="umpire>plant", tie="mean")),
        (5, rule("day", kind="reporting-day", day="5")),
        (8, rule("target", kind="accuracy-target", leg="tails", u95_pct="20")),
        (9, rule("stock", kind="stock-take-interval", days="31")),
    ],
)
def test_what_is_declared_is_present(number: int, added: Event) -> None:
    before, after = listed(month()), listed([*month(), added])
    item, other = before.items[number - 1], after.items[number - 1]
    assert len(other.missing) < len(item.missing)
    for one, two in zip(before.items, after.items, strict=True):
        assert one.number == number or one.missing == two.missing


def test_a_target_that_is_missed_is_told() -> None:
    found = listed([*month(), rule("target", kind="accuracy-target", leg="tails", u95_pct="0.1")])
    assert any("not the target of 0.1 %" in text for text in found.items[7].missing)


def test_a_rule_of_another_site_says_nothing() -> None:
    other = rule("stock", kind="stock-take-interval", days="31")
    other["body"]["data"]["scope"] = "elsewhere"
    assert listed([*month(), other]).items[8] == listed(month()).items[8]


def test_a_month_that_does_not_close_stands_under_bias() -> None:
    events = month("3")
    found = listed(events)
    assert any("does not close" in text for text in found.items[9].missing)
    assert any("not signed" in text for text in found.items[9].missing)


def test_a_running_sum_of_another_site_is_refused() -> None:
    events = month()
    extra = [{**one, "id": f"x-{one['id']}", "site": "other"} for one in month()[3:5]]
    for one in extra:
        for side in ("inputs", "outputs"):
            for made in one["body"].get(side, ()):
                made["lot"] = made["lot"].replace("m:", "x:")
    opened = books([*events, *extra])
    account = metal_account(opened, "mill", "2025-09")
    state = account_state(opened.ledger, account)
    with pytest.raises(InputError, match="not one of mill"):
        checklist(opened.ledger, account, state, {"Cu": cusum(opened, "Cu", "other")})
