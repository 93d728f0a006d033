"""Random numbers: the published vectors, and what must not change them."""

from __future__ import annotations

import numpy as np
import pytest
from disruption_cases import model

from oreline.stress._blocks import Block, blocks_of, computed, in_threads
from oreline.stress._kernels import scenarios
from oreline.stress._model_arrays import COLUMNS, EXHAUST_MONTHS
from oreline.stress._plain import philox_words, plain_scenarios, uniforms

# Random123, kat_vectors: philox4x32 with ten rounds.
VECTORS = [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF, 0xFFFFFFFF), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), VECTORS)
def test_philox_gives_the_published_words(
    counter: tuple[int, ...], key: tuple[int, int], words: str
) -> None:
    found = philox_words(counter, key[0] | key[1] << 32)
    assert " ".join(f"{int(word):08x}" for word in found) == words


def test_uniform_numbers_are_inside_and_spread() -> None:
    found = uniforms(np.arange(50_000, dtype=np.uint64), 7, 1, 3)
    assert 0 < found.min() < found.max() < 1
    assert abs(found.mean() - 0.5) < 4 / np.sqrt(12 * found.size)
    other = uniforms(np.arange(50_000, dtype=np.uint64), 7, 1, 3, 1)
    assert abs(np.corrcoef(found, other)[0, 1]) < 0.02


@pytest.mark.parametrize("restricted", [0, 2])
@pytest.mark.parametrize("seed", [1, 5])
def test_the_compiled_kernel_and_plain_numpy_agree(restricted: int, seed: int) -> None:
    m = model(seed=seed, restricted=restricted)
    out = np.empty((3_000, COLUMNS))
    scenarios(m, 11, 500, out)
    plain = plain_scenarios(m, 11, 500, 3_000)
    months, plain_months = out[:, EXHAUST_MONTHS], plain[:, EXHAUST_MONTHS]
    assert np.array_equal(np.isinf(months), np.isinf(plain_months))
    ends = np.isfinite(months)
    assert np.allclose(months[ends], plain_months[ends], rtol=1e-9)
    assert np.allclose(out[:, :EXHAUST_MONTHS], plain[:, :EXHAUST_MONTHS], rtol=1e-12, atol=1e-12)


def test_they_agree_where_stocks_recycling_and_whole_outages_meet() -> None:
    m = model(3, 4, restricted=1)
    is_local = np.zeros(m.share.size, np.bool_)
    is_local[[3, 7]] = True
    m = m._replace(
        is_local=is_local, severity_fixed=np.ones(4), ln_months=np.full(4, np.log(18.0)),
        ln_months_sd=np.zeros(4), stock=np.array([[0, 0.1, 0.3], [0, 0, 0], [0.2, 0, 0]]),
        threshold=np.full(4, 0.5), host=np.array([1.0, 0.8, 1.0]),
    )  # fmt: skip
    out = np.empty((500, COLUMNS))
    scenarios(m, 3, 0, out)
    plain = plain_scenarios(m, 3, 0, 500)
    assert (out[:, 0] < 0.5).any(), "some scenarios are severe"
    assert np.allclose(out[:, :5], plain[:, :5], rtol=1e-12, atol=1e-12)


def test_the_cut_into_blocks_and_threads_changes_no_bit() -> None:
    m = model(restricted=1)
    whole = computed(Block(m, 5, 0, 40_000))
    blocks = list(blocks_of(m, 5, 40_000))
    assert len(blocks) > 2
    assert np.array_equal(whole, np.concatenate(list(in_threads(computed, blocks))))
    pieces = [computed(Block(m, 5, start, 1_000)) for start in range(0, 3_000, 1_000)]
    assert np.array_equal(whole[:3_000], np.concatenate(pieces))


def test_events_of_a_country_happen_together_as_the_copula_says() -> None:
    m = model(1, 2, restricted=0)
    m = m._replace(
        event_country=np.array([0, 0]), country_id=m.country_id[:1], rho=0.6,
        threshold=np.zeros(2), severity_fixed=np.ones(2),
    )  # fmt: skip
    from oreline.stress._plain import drawn

    both = drawn(m, 1, np.arange(40_000, dtype=np.uint64)).happened.all(axis=1).mean()
    exact = 0.25 + np.arcsin(0.6) / (2 * np.pi)
    assert abs(both - exact) < 4 * np.sqrt(exact * (1 - exact) / 40_000)
