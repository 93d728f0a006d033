"""What was judged on a log is appended to that log and to no other."""

from __future__ import annotations

import threading

import pytest
from written import extract

from oreline.model import LedgerError


def test_a_batch_for_a_log_of_another_size_is_refused(any_store):
    any_store.append([extract("e-1", "p:A")], at_size=0)
    with pytest.raises(LedgerError) as caught:
        any_store.append([extract("e-2", "p:B")], at_size=0)
    (finding,) = caught.value.findings
    assert (finding.code, any_store.size()) == ("ORL-0208", 1)
    any_store.append([extract("e-2", "p:B")], at_size=1)
    assert any_store.size() == 2


def test_of_many_judged_on_one_size_one_is_appended_and_hinders_no_other(any_store):
    """Also within one group commit, where several wait for the same transaction."""
    outcomes = []

    def judged(number):
        try:
            any_store.append([extract(f"judged-{number}", f"p:J{number}")], at_size=0)
            outcomes.append("appended")
        except LedgerError:
            outcomes.append("refused")

    threads = [threading.Thread(target=judged, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["appended"] + ["refused"] * 5
    any_store.append([extract("plain", "p:P")])
    assert any_store.size() == 2
