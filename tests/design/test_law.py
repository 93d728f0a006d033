"""How laws are given their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from oreline.design import LAWS, Feed, component_values
from oreline.model import InputError


def test_a_component_that_is_not_named_takes_the_star() -> None:
    given = component_values({"k[Nd]": 0.6, "k[*]": 0.1}, "k", ("Nd", "Ca", "rest"))
    assert given.tolist() == [0.6, 0.1, 0.1]


def test_a_component_without_a_number_is_named() -> None:
    with pytest.raises(InputError, match="not given for Ca, Fe"):
        component_values({"k[Nd]": 0.6}, "k", ("Nd", "Ca", "Fe"))


def test_shares_of_a_split_sum_to_one_for_each_sample() -> None:
    feed = Feed(("Cu", "S"), np.array([[1.0, 2.0], [3.0, 4.0]]), outlets=("matte", "slag", "gas"))
    values = {
        "to_matte[Cu]": np.array([0.95, 0.97]),
        "to_slag[Cu]": np.array([0.05, 0.03]),
        "to_matte[S]": np.array([0.4, 0.5]),
    }
    splits = LAWS["split"].apply(feed, values).splits  # type: ignore[arg-type]
    assert splits.shape == (2, 3, 2)
    assert np.allclose(splits.sum(axis=1), 1.0)
    assert splits[1, :, 1].tolist() == [0.5, 0.0, 0.5]
