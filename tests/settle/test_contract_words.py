"""Every field of a contract or parcel has words and one right way to write it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, TypeAdapter

from oreline.settle import Contract
from oreline.settle._contract_problems import table_types
from oreline.settle._contract_text import plain
from oreline.settle._contract_words import FIELDS, field_words
from oreline.settle._parcel_text import ParcelFile


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for inner in table_types(field):
            yield from models(inner)


MODELS = {model.__name__: model for root in (Contract, ParcelFile) for model in models(root)}
PLACES = [(name, field) for name, model in MODELS.items() for field in model.model_fields]


@pytest.mark.parametrize(("model", "field"), PLACES)
def test_a_field_has_words_and_a_right_example(model: str, field: str) -> None:
    words = field_words(model, field)
    assert words is not None, f"say in _contract_words.py what {model}.{field} means"
    assert words.meaning
    given = tomllib.loads(f"it = {words.example}", parse_float=str)["it"]
    info = MODELS[model].model_fields[field]
    TypeAdapter(info.rebuild_annotation()).validate_python(plain(given))


def test_no_words_are_about_a_type_that_is_gone() -> None:
    assert set(FIELDS) == set(MODELS)
