"""Checkpoints, inclusion and consistency as a stranger checks them, without the ledger."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import extract

from oreline.model import InputError, VerificationError
from oreline.record import (
    ConsistencyProof,
    InclusionProof,
    LogKey,
    check_consistency,
    check_inclusion,
    consistency,
    create_store,
    inclusion,
    make_checkpoint,
    open_checkpoint,
    open_store,
    verifier_of,
)

KEY = LogKey("example.com/mine", bytes(range(32)))
LOG = verifier_of(KEY)
SIZES = (1, 2, 7, 8, 300, 530)


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """A log of 530 events (two full tiles and some), with checkpoints at several sizes."""
    path = tmp_path_factory.mktemp("log") / "ledger.db"
    checkpoints = {}
    with create_store(path, {"id": "log", "tense": "actual"}) as store:
        for size in SIZES:
            batch = [extract(f"e{n}", f"m:{n}") for n in range(store.size(), size)]
            store.append(batch)
            checkpoints[size] = open_checkpoint(make_checkpoint(store, KEY), LOG)
    with open_store(path) as store:
        yield store, checkpoints, [row.data for row in store.rows()]


def test_a_checkpoint_is_kept_and_the_same_again_changes_nothing(any_store):
    any_store.append([extract("e1", "m:1")])
    note = make_checkpoint(any_store, KEY)
    assert make_checkpoint(any_store, KEY) == note
    checkpoint = open_checkpoint(note, LOG)
    assert (checkpoint.size, checkpoint.root) == (1, any_store.root())
    assert checkpoint.extensions[0].startswith("header sha256 ")


def test_another_origin(any_store):
    note = make_checkpoint(any_store, KEY, origin="example.com/plan")
    with pytest.raises(VerificationError, match=r"about 'example\.com/plan'"):
        open_checkpoint(note, LOG)


@pytest.mark.parametrize("size", SIZES)
def test_every_event_is_in_every_later_log(log, size):
    store, checkpoints, data = log
    for seq in {0, size // 2, size - 1}:
        proof = inclusion(store, f"e{seq}", size)
        read = InclusionProof.from_json(json.loads(json.dumps(proof.to_json())))
        assert read == proof
        check_inclusion(read, data[seq], checkpoints[size])


@given(st.data())
def test_an_inclusion_proof_fits_nothing_else(log, draws):
    store, checkpoints, data = log
    size = draws.draw(st.sampled_from(SIZES))
    seq = draws.draw(st.integers(0, size - 1))
    other = draws.draw(st.integers(0, len(data) - 1).filter(lambda n: n != seq))
    proof = inclusion(store, f"e{seq}", size)
    for wrong, content in (
        (proof, data[other]),
        (proof, data[seq] + b" "),
        (dataclasses.replace(proof, seq=other), data[seq]),
        (dataclasses.replace(proof, id="e9999"), data[seq]),
        (dataclasses.replace(proof, size=size + 1), data[seq]),
        (
            dataclasses.replace(proof, path=(*proof.path, proof.path[0] if proof.path else b"")),
            data[seq],
        ),
    ):
        with pytest.raises(VerificationError):
            check_inclusion(wrong, content, checkpoints[size])


@given(st.sampled_from(SIZES), st.sampled_from(SIZES))
def test_each_log_continues_every_earlier_one(log, one, two):
    store, checkpoints, _ = log
    size1, size2 = sorted((one, two))
    proof = consistency(store, size1, size2)
    read = ConsistencyProof.from_json(json.loads(json.dumps(proof.to_json())))
    check_consistency(read, checkpoints[size1], checkpoints[size2])
    if size1 != size2:
        forged = dataclasses.replace(checkpoints[size1], root=bytes(32))
        with pytest.raises(VerificationError):
            check_consistency(read, forged, checkpoints[size2])
        with pytest.raises(VerificationError):
            check_consistency(read, checkpoints[size2], checkpoints[size1])


def test_checkpoints_of_two_ledgers_are_not_consistent(log, new_store):
    store, checkpoints, _ = log
    other = new_store(id="other")
    other.append([extract("e0", "m:0")])
    foreign = open_checkpoint(make_checkpoint(other, KEY), LOG)
    proof = consistency(store, 1, 7)
    with pytest.raises(VerificationError, match="two different ledgers"):
        check_consistency(proof, foreign, checkpoints[7])
    renamed = dataclasses.replace(checkpoints[1], origin="example.com/other")
    with pytest.raises(VerificationError, match="two logs"):
        check_consistency(proof, renamed, checkpoints[7])


def test_what_is_not_there_cannot_be_proved(log):
    store, _, _ = log
    with pytest.raises(InputError, match="no event e999"):
        inclusion(store, "e999")
    with pytest.raises(InputError, match="stands at 9"):
        inclusion(store, "e9", 9)
    with pytest.raises(InputError, match="has 530 events, not 531"):
        inclusion(store, "e9", 531)
    with pytest.raises(InputError):
        consistency(store, 0)


@pytest.mark.parametrize(
    "text",
    [
        {},
        {"id": "e", "seq": "0", "size": 1, "path": []},
        {"id": "e", "seq": -1, "size": 1, "path": []},
        {"id": "e", "seq": True, "size": 1, "path": []},
        {"id": 7, "seq": 0, "size": 1, "path": []},
        {"id": "e", "seq": 0, "size": 1, "path": "AAAA"},
        {"id": "e", "seq": 0, "size": 1, "path": ["?"]},
        {"id": "e", "seq": 0, "size": 1, "path": [5]},
        {"id": "e", "seq": 0, "size": 1, "path": [""] * 131},
    ],
)
def test_a_malformed_proof_is_refused(text):
    with pytest.raises(VerificationError, match="not a"):
        InclusionProof.from_json(text)
