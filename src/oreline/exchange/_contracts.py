"""The contracts of a chain folder as `declare` events, their text byte for byte, and back.

Here a contract is a text with a name: what it says is `settle`'s to read. Only who sells, who buys
and until when it holds are looked up, since the ledger shows a contract to its parties alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from oreline.exchange._bodies import Json
from oreline.exchange._declare import returned_id
from oreline.exchange._limits import Limits
from oreline.exchange._papers import Known, Paper, paper_drafts
from oreline.exchange._sheet import fatal, read_bytes
from oreline.exchange._tables import near_to
from oreline.model import Chain, Finding, canonical_json

FOLDER = "contracts"
_NAMED = ("id", "title", "seller", "buyer")
_DATED = ("valid_from", "valid_to")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}\.toml")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_contracts(
    folder: Path, known: Known, limits: Limits
) -> tuple[tuple[Paper, ...], list[Finding]]:
    """Read all contracts of a folder; what is wrong with one does not hide what is with others."""
    papers: dict[str, Paper] = {}
    findings: list[Finding] = []
    for path in sorted((folder / FOLDER).glob("*.toml")):
        where = f"{FOLDER}/{path.name}"
        data, wrong = read_bytes(path, where, limits)
        findings += wrong
        if data is None:
            continue
        paper, wrong = contract_paper(data, path.name, known)
        findings += wrong
        if paper is None:
            continue
        if paper.id in papers:
            message = f"the id {paper.id} stands twice; first in {papers[paper.id].where}"
            fix = "give each contract an id of its own; a later version replaces the file"
            findings.append(fatal("ORL-0311", f"{where} id", message, fix))
        else:
            papers[paper.id] = paper
    return tuple(papers.values()), findings


def contract_paper(data: bytes, file: str, known: Known) -> tuple[Paper | None, list[Finding]]:
    """Return the text of a contract as a paper, None where it does not say whose it is."""
    where = f"{FOLDER}/{file}"
    try:
        text = data.decode("utf-8")
        terms = tomllib.loads(text.removeprefix("\ufeff"), parse_float=str)
    except (ValueError, RecursionError) as error:
        fix = "correct the line; text stands in quotes, a table begins with [name]"
        return None, [fatal("ORL-0301", where, f"this is not TOML: {error}", fix)]
    findings = [*_unnamed(terms, where), *_wrong_days(terms, where)]
    if findings:
        return None, findings
    findings += _strangers(terms, where, known)
    written = {name: terms[name] for name in _NAMED} | _dates(terms) | {"terms": text}
    if file != f"{terms['id']}.toml" and _FILE.fullmatch(file):
        written["file"] = file
    between = (terms["seller"], terms["buyer"])
    return Paper(where, "contract", terms["id"], written, between), findings


def _unnamed(terms: Mapping[str, Any], where: str) -> Iterator[Finding]:
    for name in _NAMED:
        value = terms.get(name)
        if isinstance(value, str) and value.strip() and (name != "id" or _ID.fullmatch(value)):
            continue
        message = f"the contract does not say its {name}"
        if name in terms:
            message = f"{value!r} is no {name} of a contract"
        form = " of letters, digits and . _ -" if name == "id" else ""
        fix = f'write {name} = "..."{form} at the head of the file'
        yield fatal("ORL-0830", f"{where} {name}", message, fix)


def _wrong_days(terms: Mapping[str, Any], where: str) -> Iterator[Finding]:
    for name in _DATED:
        if name in terms and not _DAY.fullmatch(str(terms[name])):
            fix = f'write {name} = "2025-09-01"'
            yield fatal("ORL-0310", f"{where} {name}", f"{terms[name]!r} is not a day", fix)


def _dates(terms: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(terms[name]) for name in _DATED if name in terms}


def _strangers(terms: Mapping[str, Any], where: str, known: Known) -> Iterator[Finding]:
    """Yield parties and assumptions that a contract names and the folder does not have."""
    for name in ("seller", "buyer"):
        if terms[name] not in known.parties:
            near = near_to(terms[name], known.parties)
            hint = f"did you mean {near}? Else " if near else ""
            message = f"{terms[name]} is not in parties.csv"
            fix = f"{hint}add it to parties.csv"
            yield fatal("ORL-0312", f"{where} {name}", message, fix)
    words = [word.strip(",;") for word in str(terms.get("source", "")).split()]
    for word in words:
        if word.startswith("A-") and word not in known.assumptions:
            message, fix = f"{word} is not in assumptions.csv", "add it to assumptions.csv"
            yield fatal("ORL-0312", f"{where} source", message, fix)
    if terms.get("basis") == "assumed" and not any(word in known.assumptions for word in words):
        message = "the contract is assumed, but its source names no assumption"
        fix = "add the terms to assumptions.csv and write an id into source"
        yield fatal("ORL-0313", f"{where} source", message, fix)


def contract_files(
    drafts: Sequence[Json], known: Known, chain: Chain
) -> tuple[dict[str, bytes], list[Json]]:
    """Return the contracts that drafts declare last as files, and the drafts that no file gives.

    A file is written only if reading it makes the same event again.
    """
    latest = {
        draft["body"]["id"]: draft
        for draft in drafts
        if draft["schema"] == "declare/1" and draft["body"]["type"] == "contract"
    }
    files: dict[str, bytes] = {}
    given: set[bytes] = set()
    for identity, draft in latest.items():
        text = draft["body"]["data"].get("terms")
        file = draft["body"]["data"].get("file") or f"{identity}.toml"
        if not isinstance(text, str) or not isinstance(file, str) or not _FILE.fullmatch(file):
            continue
        if f"{FOLDER}/{file}".casefold() in {name.casefold() for name in files}:
            continue
        data = text.encode()
        paper, wrong = contract_paper(data, file, known)
        if paper is None or wrong:
            continue
        (again,) = paper_drafts([paper], chain)
        # A text that returned to an earlier one has a later id; its past stands in the rest.
        if again in (draft, {**draft, "id": returned_id(draft["id"])}):
            files[f"{FOLDER}/{file}"] = data
            given |= {canonical_json(draft)} if again == draft else set()
    return files, [draft for draft in drafts if canonical_json(draft) not in given]
