"""The input-output tables that are shipped add up to the totals that are printed of them."""

from __future__ import annotations

import pytest
from validation_bea import PRINTED, total_musd


@pytest.mark.parametrize(("what", "size", "kind", "printed"), PRINTED)
def test_totals_of_the_accounts(what: str, size: str, kind: str, printed: float) -> None:
    assert total_musd(size, kind) / 1e6 == pytest.approx(printed, abs=0.0005), what
