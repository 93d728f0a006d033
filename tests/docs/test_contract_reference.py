"""The page of contracts and their JSON Schema are written from the types."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from oreline.settle import Contract, ParcelFile, contract_models

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import build_contract_reference as reference  # noqa: E402


def test_the_page_is_up_to_date() -> None:
    assert reference.PAGE.read_text("utf-8") == reference.page(), (
        "run scripts/build_contract_reference.py"
    )


def test_the_schema_is_up_to_date() -> None:
    kept = json.loads(reference.SCHEMA.read_text("utf-8"))
    assert kept == reference.contract_schema(), "run scripts/build_contract_reference.py"


def test_every_key_of_every_table_is_on_the_page() -> None:
    text = reference.PAGE.read_text("utf-8")
    models = [*contract_models(), *contract_models(ParcelFile)]
    assert models[0] is Contract
    for model in models:
        section = text.partition(f"# {model.__name__}\n")[2].partition("\n##")[0]
        for name, field in model.model_fields.items():
            key = field.alias or name
            assert f"\n| {key} |" in section or f"\n| **{key}** |" in section, (model, key)
