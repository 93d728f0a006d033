"""The lots of a database, looked up by name: on every database, and of a parent too."""

from __future__ import annotations

from pathlib import Path

from written import event, extract, mass

from oreline.record import Store, StoredLots, declared_names, derive_store
from oreline_testing.injected import FixedClock, FixedSalts


def test_names_are_looked_up_and_those_beside_them(any_store: Store) -> None:
    any_store.append([extract(f"x-{n}", f"p:lot-{n:04}") for n in range(700)])
    any_store.append([event("weigh", "w", {"lot": "p:only-weighed", "wet": mass("1")})])
    lots = StoredLots((any_store,))
    asked = {f"p:lot-{n:04}" for n in range(600, 1_400)} | {"p:only-weighed", "p:none"}
    assert lots.known(asked) == {f"p:lot-{n:04}" for n in range(600, 700)} | {"p:only-weighed"}
    assert lots.known(()) == set()
    beside = lots.around("p:lot-0349x", 2)
    assert sorted(beside) == ["p:lot-0348", "p:lot-0349", "p:lot-0350", "p:lot-0351"]
    assert sorted(lots.around("zz:last", 1)) == ["p:lot-0699"]


def test_a_plan_knows_the_lots_of_its_parent_and_what_is_declared(
    any_store: Store, clock: FixedClock, salts: FixedSalts, tmp_path: Path
) -> None:
    body = {"type": "site", "id": "mine", "data": {"country": "PK"}}
    any_store.append([extract("x", "p:a"), event("declare", "d", body)])
    place = tmp_path / "plan.db"
    with derive_store(
        any_store, place, identity="plan", tense="planned", clock=clock, salt=salts
    ) as plan:
        plan.append([extract("y", "p:b")])
        lots = StoredLots((plan, any_store))
        assert lots.known({"p:a", "p:b", "p:c"}) == {"p:a", "p:b"}
        assert set(lots.around("p:aa", 1)) == {"p:a", "p:b"}
        assert declared_names(any_store, "site") == {"mine"}
        assert declared_names(any_store, "party") == declared_names(plan, "site") == set()
