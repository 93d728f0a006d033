"""Sealing a party's results: a hash that binds them and tells nothing of them.

An assay has few possible values, so that a plain hash of it could be found by trying them all; 256
random bits stand beside it. Party, role, lot and contract are inside the hash: whoever copies the
hash of another cannot open it as their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oreline.model import InputError, OrelineError, canonical_json, parse_event, strict_loads
from oreline.settle._exchange_rule import PARTIES, Side

SCHEME = "oreline-assay-seal/1"
"""Names the form of what is hashed; another form has another name and gives another hash."""
SEALED, OPENED = "assay-sealed", "assay-opened"
"""The types of the ``attest`` events."""
ROLE, CONTRACT = "settle.role", "settle.contract"
"""Where a seal says in ``extra`` what it is for; the hash covers both again."""
STATEMENT_MAX = 4000
"""The characters that an event's statement holds, and so an opening."""
_NONCE = re.compile(r"[0-9a-f]{64}")
_FIELDS = frozenset({"assay", "contract", "nonce", "party", "scheme"})


@dataclass(frozen=True, slots=True)
class Secret:
    """What a party keeps until it opens: the text whose hash it sealed."""

    text: str
    party: str
    contract: str
    assay: Mapping[str, Any]

    @property
    def lot(self) -> str:
        """Return the lot whose results these are."""
        return str(self.assay["lot"])

    @property
    def side(self) -> Side:
        """Return for which side the party speaks."""
        return Side(self.assay["role"])

    @property
    def hash(self) -> str:
        """Return the seal: a SHA-256 in hexadecimal."""
        return seal_hash(self.text)


def seal_hash(text: str) -> str:
    """Return the seal of a text; the scheme stands before it, so that it is no other hash.

    >>> seal_hash("{}")[:16]
    '75c4914e51f73fb3'
    """
    return hashlib.sha256(f"{SCHEME}\n{text}".encode()).hexdigest()


def make_secret(assay: Mapping[str, Any], party: str, contract: str, nonce: str) -> Secret:
    """Return a party's results with their nonce, ready to be sealed and kept.

    Parameters
    ----------
    assay
        The body of the ``assay`` event that the opening will bring: lot, role seller or buyer,
        results, moisture, laboratory, certificate.
    nonce
        256 random bits as 64 hexadecimal digits, used for nothing else.

    Raises
    ------
    InputError
        If the results are malformed, none, or longer than an opening can hold.
    """
    content: dict[str, Any] = {
        "assay": dict(assay),
        "contract": contract,
        "nonce": nonce,
        "party": party,
        "scheme": SCHEME,
    }
    return read_secret(canonical_json(content).decode())


def read_secret(text: str) -> Secret:
    """Read what was sealed.

    Raises
    ------
    InputError
        If it is not in the one form in which results are sealed; the message says what is wrong.
    """
    if len(text) > STATEMENT_MAX:
        message = f"{len(text)} characters of results; an opening holds {STATEMENT_MAX}"
        raise InputError(f"{message}: seal fewer analytes, or shorter names")
    content = strict_loads(text)
    if not isinstance(content, dict) or content.keys() != _FIELDS:
        raise InputError(f"a sealed text holds {', '.join(sorted(_FIELDS))} and nothing else")
    if canonical_json(content).decode() != text:
        raise InputError("a sealed text is canonical JSON (RFC 8785); this is written otherwise")
    if content["scheme"] != SCHEME:
        raise InputError(f"the scheme {content['scheme']!r} is not {SCHEME}")
    nonce, party, contract = (content[name] for name in ("nonce", "party", "contract"))
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise InputError("the nonce is 64 hexadecimal digits in lower case")
    if not (isinstance(party, str) and party and isinstance(contract, str) and contract):
        raise InputError("party and contract are names")
    return Secret(text, party, contract, _checked_assay(content["assay"]))


def _checked_assay(assay: Any) -> Mapping[str, Any]:
    """Return the body of an assay that the ledger would take as it stands."""
    trial = {
        "schema": "assay/1",
        "id": "sealed",
        "time": "2000-01-01T00:00:00Z",
        "actor": "sealed",
        "body": assay,
    }
    if not isinstance(assay, dict):
        raise InputError("the results are the body of an assay event")
    wrong = parse_event(trial, "sealed results")[1]
    if wrong:
        raise InputError("; ".join(str(found) for found in wrong))
    if assay["role"] not in PARTIES:
        raise InputError(f"role {assay['role']}: seller and buyer exchange, nobody else")
    if "lot" not in assay:
        raise InputError("the results name no lot")
    if not assay.get("results") and "moisture" not in assay:
        raise InputError("there is no result to seal")
    names = [result["analyte"] for result in assay.get("results", ())]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"two results for {', '.join(twice)}: seal the one that is exchanged")
    if any(value in (None, [], {}) for value in _every(assay)):
        raise InputError("leave out what says nothing: null, an empty list, an empty object")
    return assay


def _every(value: Any) -> Any:
    yield value
    if isinstance(value, dict):
        for item in value.values():
            yield from _every(item)
    elif isinstance(value, list):
        for item in value:
            yield from _every(item)


def seal_draft(
    lot: str, side: Side, party: str, counterparty: str, contract: str, digest: str
) -> dict[str, Any]:
    """Return the event that seals a hash, without id and time.

    The other party sees that it is there. Whoever enters it need not know the results: the hash may
    have been made elsewhere.
    """
    return {
        "schema": "attest/1",
        "party": party,
        "to_party": counterparty,
        "body": {"type": SEALED, "subject": lot, "issuer": party, "hash": digest},
        "extra": {ROLE: str(side), CONTRACT: contract},
    }


def opening_drafts(
    secret: Secret, seal: str, counterparty: str, site: str | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two events that open a seal, without id and time: the text, and the assay.

    ``seal`` is the id of the event that sealed.
    """
    shared = {"party": secret.party, "to_party": counterparty, "refs": [seal]}
    opening = {
        "schema": "attest/1",
        **shared,
        "body": {
            "type": OPENED,
            "subject": secret.lot,
            "issuer": secret.party,
            "hash": secret.hash,
            "statement": secret.text,
        },
    }
    assay = {"schema": "assay/1", **shared, "body": dict(secret.assay)}
    if site is not None:
        assay["site"] = site
    return opening, assay


def try_secret(text: str) -> tuple[Secret | None, str]:
    """Return what was sealed, or None and why it cannot be read."""
    try:
        return read_secret(text), ""
    except OrelineError as error:
        return None, str(error)
