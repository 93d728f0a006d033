"""Contracts and instruments of a chain folder as `declare` events, byte for byte, and back.

Here each is a text with a name: what it says is `settle`'s and `fund`'s to read. Only the two
parties and until when it holds are looked up, since the ledger shows it to its parties alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oreline.exchange._bodies import Json
from oreline.exchange._declare import returned_id
from oreline.exchange._limits import Limits
from oreline.exchange._papers import Known, Paper, paper_drafts
from oreline.exchange._sheet import fatal, read_bytes
from oreline.exchange._tables import near_to
from oreline.model import Chain, Finding, canonical_json


@dataclass(frozen=True, slots=True)
class TextForm:
    """A folder of texts of one kind.

    Parameters
    ----------
    folder
        Its name in the chain folder.
    kind
        What its declarations are of.
    parties
        The keys that name the two parties between whom a text stands.
    unnamed
        The finding's code where a text does not say whose it is.
    """

    folder: str
    kind: str
    parties: tuple[str, str]
    unnamed: str

    @property
    def named(self) -> tuple[str, ...]:
        """Return what each text says at its head."""
        return ("id", "title", *self.parties)


CONTRACTS = TextForm("contracts", "contract", ("seller", "buyer"), "ORL-0830")
INSTRUMENTS = TextForm("instruments", "instrument", ("from", "to"), "ORL-1170")
TEXT_FORMS = (CONTRACTS, INSTRUMENTS)
_DATED = ("valid_from", "valid_to")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}\.toml")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_texts(
    folder: Path, form: TextForm, known: Known, limits: Limits
) -> tuple[tuple[Paper, ...], list[Finding]]:
    """Read all texts of a kind; what is wrong with one does not hide what is with others."""
    papers: dict[str, Paper] = {}
    findings: list[Finding] = []
    for path in sorted((folder / form.folder).glob("*.toml")):
        where = f"{form.folder}/{path.name}"
        data, wrong = read_bytes(path, where, limits)
        findings += wrong
        if data is None:
            continue
        paper, wrong = text_paper(data, path.name, form, known)
        findings += wrong
        if paper is None:
            continue
        if paper.id in papers:
            message = f"the id {paper.id} stands twice; first in {papers[paper.id].where}"
            fix = f"give each {form.kind} an id of its own; a later version replaces the file"
            findings.append(fatal("ORL-0311", f"{where} id", message, fix))
        else:
            papers[paper.id] = paper
    return tuple(papers.values()), findings


def text_paper(
    data: bytes, file: str, form: TextForm, known: Known
) -> tuple[Paper | None, list[Finding]]:
    """Return a text as a paper, None where it does not say whose it is."""
    where = f"{form.folder}/{file}"
    try:
        text = data.decode("utf-8")
        terms = tomllib.loads(text.removeprefix("\ufeff"), parse_float=str)
    except (ValueError, RecursionError) as error:
        fix = "correct the line; text stands in quotes, a table begins with [name]"
        return None, [fatal("ORL-0301", where, f"this is not TOML: {error}", fix)]
    findings = [*_unnamed(terms, where, form), *_wrong_days(terms, where)]
    if findings:
        return None, findings
    findings += _strangers(terms, where, form, known)
    written = {name: terms[name] for name in form.named} | _dates(terms) | {"terms": text}
    if file != f"{terms['id']}.toml" and _FILE.fullmatch(file):
        written["file"] = file
    between = (terms[form.parties[0]], terms[form.parties[1]])
    return Paper(where, form.kind, terms["id"], written, between), findings


def _unnamed(terms: Mapping[str, Any], where: str, form: TextForm) -> Iterator[Finding]:
    for name in form.named:
        value = terms.get(name)
        if isinstance(value, str) and value.strip() and (name != "id" or _ID.fullmatch(value)):
            continue
        message = f"the {form.kind} does not say its {name}"
        if name in terms:
            article = "an" if form.kind[0] in "aeiou" else "a"
            message = f"{value!r} is no {name} of {article} {form.kind}"
        letters = " of letters, digits and . _ -" if name == "id" else ""
        fix = f'write {name} = "..."{letters} at the head of the file'
        yield fatal(form.unnamed, f"{where} {name}", message, fix)


def _wrong_days(terms: Mapping[str, Any], where: str) -> Iterator[Finding]:
    for name in _DATED:
        if name in terms and not _DAY.fullmatch(str(terms[name])):
            fix = f'write {name} = "2025-09-01"'
            yield fatal("ORL-0310", f"{where} {name}", f"{terms[name]!r} is not a day", fix)


def _dates(terms: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(terms[name]) for name in _DATED if name in terms}


def _strangers(
    terms: Mapping[str, Any], where: str, form: TextForm, known: Known
) -> Iterator[Finding]:
    """Yield parties and assumptions that a text names and the folder does not have."""
    for name in form.parties:
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
        message = f"the {form.kind} is assumed, but its source names no assumption"
        fix = "add the terms to assumptions.csv and write an id into source"
        yield fatal("ORL-0313", f"{where} source", message, fix)


def text_files(
    drafts: Sequence[Json], form: TextForm, known: Known, chain: Chain
) -> tuple[dict[str, bytes], list[Json]]:
    """Return the texts of a kind declared last as files, and the drafts that no file gives.

    A file is written only if reading it makes the same event again.
    """
    latest = {
        draft["body"]["id"]: draft
        for draft in drafts
        if draft["schema"] == "declare/1" and draft["body"]["type"] == form.kind
    }
    files: dict[str, bytes] = {}
    given: set[bytes] = set()
    for identity, draft in latest.items():
        text = draft["body"]["data"].get("terms")
        file = draft["body"]["data"].get("file") or f"{identity}.toml"
        if not isinstance(text, str) or not isinstance(file, str) or not _FILE.fullmatch(file):
            continue
        if f"{form.folder}/{file}".casefold() in {name.casefold() for name in files}:
            continue
        data = text.encode()
        paper, wrong = text_paper(data, file, form, known)
        if paper is None or wrong:
            continue
        (again,) = paper_drafts([paper], chain)
        # A text that returned to an earlier one has a later id; its past stands in the rest.
        if again in (draft, {**draft, "id": returned_id(draft["id"])}):
            files[f"{form.folder}/{file}"] = data
            given |= {canonical_json(draft)} if again == draft else set()
    return files, [draft for draft in drafts if canonical_json(draft) not in given]
