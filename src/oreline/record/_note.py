"""Signed notes and checkpoints: what the log publishes about itself.

A note (https://c2sp.org/signed-note) is a text, an empty line, and one line for each signature. A
checkpoint (https://c2sp.org/tlog-checkpoint) is a note whose text states the origin of a log, its
size and its root. Reading is strict: one meaning has one spelling, so that two readers never
disagree about what was signed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from oreline.model import InputError, LimitExceededError, VerificationError
from oreline.record._keys import (
    LogKey,
    Verifier,
    check_key_name,
    decode_base64,
    is_signed_by,
    sign,
    verifier_of,
)
from oreline.record._merkle import EMPTY_ROOT, HASH_BYTES

NOTE_BYTES_MAX = 1_000_000
"""The longest note that is read."""

NOTE_SIGNATURES_MAX = 100
"""The most signatures of a note that is read."""

TREE_SIZE_MAX = 2**63 - 1
"""The largest tree that a checkpoint may state."""

_SIGNATURE_START = "— "
_KEY_ID_BYTES = 4
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_TREE_SIZE = re.compile("0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line.

    Attributes
    ----------
    name
        The name of the key.
    key_id
        The four bytes that tell keys of one name apart.
    signature
        The bytes after the key id; 64 for Ed25519.
    """

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note with at least one signature that holds.

    Attributes
    ----------
    text
        What was signed, with its final newline.
    verified
        The signatures of known keys, all of which hold; each key signs once.
    unverified
        The signatures of unknown keys, which say nothing.
    """

    text: str
    verified: tuple[NoteSignature, ...]
    unverified: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log states about itself at one moment.

    Attributes
    ----------
    origin
        The identity of the log, one line; by custom the name of its key.
    size
        The number of leaves.
    root
        The root of the Merkle tree of that size.
    extensions
        Further lines, opaque.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for what, line in (("origin", self.origin), *(("extension", e) for e in self.extensions)):
            if not line or "\n" in line:
                raise InputError(f"the {what} of a checkpoint is one line that is not empty")
            _check_characters(line)
        if not 0 <= self.size <= TREE_SIZE_MAX:
            raise InputError(f"a tree of size {self.size} is not within 0 to {TREE_SIZE_MAX}")
        if len(self.root) != HASH_BYTES:
            raise InputError(f"the root has {len(self.root)} bytes, not {HASH_BYTES}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise InputError("the tree of size 0 has another root")


def encode_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the text of a checkpoint, ready to be signed.

    Examples
    --------
    >>> print(encode_checkpoint(Checkpoint("example.com/mine", 0, EMPTY_ROOT)), end="")
    example.com/mine
    0
    47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
    """
    encoded = base64.b64encode(checkpoint.root).decode()
    lines = [checkpoint.origin, str(checkpoint.size), encoded, *checkpoint.extensions]
    return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint, as :func:`open_note` gives it.

    Raises
    ------
    VerificationError
        The text is not a checkpoint; the message says why.
    """
    if not text.endswith("\n"):
        raise VerificationError("a checkpoint ends with a newline")
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3:
        raise VerificationError("a checkpoint has at least three lines: origin, size and root")
    origin, size, encoded, *extensions = lines
    if _TREE_SIZE.fullmatch(size) is None:
        raise VerificationError(f"the tree size {size[:40]!r} is not a plain decimal number")
    try:
        return Checkpoint(origin, int(size), decode_base64(encoded), tuple(extensions))
    except InputError as error:
        raise VerificationError(f"not a checkpoint: {error}") from error


def sign_note(text: str, *keys: LogKey) -> bytes:
    """Return the signed note of a text.

    Parameters
    ----------
    text
        What is signed; it ends with a newline and has no other control character.
    keys
        The keys that sign, in the order of the signature lines.

    Raises
    ------
    InputError
        The text cannot be a note, no key is given, or a key is given twice.
    """
    _check_text(text)
    verifiers = [verifier_of(key) for key in keys]
    if not keys or len({(v.name, v.key_id) for v in verifiers}) != len(keys):
        raise InputError("a note is signed by one or more keys, each of them once")
    lines = []
    for key, verifier in zip(keys, verifiers, strict=True):
        encoded = base64.b64encode(verifier.key_id + sign(key, text.encode())).decode()
        lines.append(f"{_SIGNATURE_START}{key.name} {encoded}\n")
    return f"{text}\n{''.join(lines)}".encode()


def open_note(data: bytes, verifiers: Iterable[Verifier]) -> OpenedNote:
    """Check the signatures of a note and return its text.

    Parameters
    ----------
    data
        The whole note.
    verifiers
        The keys that are known. One signature that holds is enough: whoever needs that of a
        certain key asks for that key alone, or looks into ``verified``.

    Raises
    ------
    VerificationError
        The note is malformed, a known key's signature does not hold or stands twice, or no known
        key has signed.
    LimitExceededError
        The note is longer than ``NOTE_BYTES_MAX`` or has more than ``NOTE_SIGNATURES_MAX``
        signatures.
    InputError
        Two different verifiers share name and key id.
    """
    known = _by_name_and_id(verifiers)
    text, signatures = _parse_note(data)
    verified: dict[tuple[str, bytes], NoteSignature] = {}
    unverified = []
    for signature in signatures:
        identity = signature.name, signature.key_id
        verifier = known.get(identity)
        if verifier is None:
            unverified.append(signature)
            continue
        if identity in verified:
            raise VerificationError(f"the key {signature.name!r} signs the note twice")
        if not is_signed_by(verifier, text.encode(), signature.signature):
            raise VerificationError(f"the signature of {signature.name!r} does not hold")
        verified[identity] = signature
    if not verified:
        names = ", ".join(repr(signature.name) for signature in unverified[:5])
        raise VerificationError(f"no known key has signed the note; it is signed by {names}")
    return OpenedNote(text, tuple(verified.values()), tuple(unverified))


def open_checkpoint(data: bytes, log: Verifier, witnesses: Sequence[Verifier] = ()) -> Checkpoint:
    """Check that a log has signed a checkpoint under its own name, and return it.

    Parameters
    ----------
    data
        The whole note.
    log
        The key of the log; its name is the origin.
    witnesses
        Further known keys: their signatures need not be there, but must hold where they are.

    Raises
    ------
    VerificationError
        As :func:`open_note`; or the note is not a checkpoint, the log has not signed it, or it is
        about another log.
    LimitExceededError, InputError
        As :func:`open_note`.
    """
    opened = open_note(data, (log, *witnesses))
    if (log.name, log.key_id) not in {(s.name, s.key_id) for s in opened.verified}:
        raise VerificationError(f"the log {log.name!r} has not signed the checkpoint")
    checkpoint = parse_checkpoint(opened.text)
    if checkpoint.origin != log.name:
        message = f"the checkpoint is about {checkpoint.origin!r}, not {log.name!r}"
        raise VerificationError(message)
    return checkpoint


def _by_name_and_id(verifiers: Iterable[Verifier]) -> dict[tuple[str, bytes], Verifier]:
    """Index verifiers, refusing two keys that a signature line could not tell apart."""
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            raise InputError(f"two verifiers share the name {verifier.name!r} and the key id")
    return known


def _parse_note(data: bytes) -> tuple[str, list[NoteSignature]]:
    """Split a note into its text and its signature lines."""
    if len(data) > NOTE_BYTES_MAX:
        raise LimitExceededError(f"a note is longer than NOTE_BYTES_MAX = {NOTE_BYTES_MAX}")
    try:
        note = data.decode()
        _check_characters(note)
    except UnicodeDecodeError as error:
        raise VerificationError("a note is UTF-8, and this is not") from error
    except InputError as error:
        raise VerificationError(f"malformed note: {error}") from error
    body, separator, tail = note.rpartition("\n\n")
    if not separator:
        raise VerificationError("malformed note: no empty line before signatures")
    if not tail.endswith("\n"):
        raise VerificationError("malformed note: it has no signature or lacks its final newline")
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > NOTE_SIGNATURES_MAX:
        message = f"a note has more signatures than NOTE_SIGNATURES_MAX = {NOTE_SIGNATURES_MAX}"
        raise LimitExceededError(message)
    if len(set(lines)) != len(lines):
        raise VerificationError("malformed note: a signature line stands twice")
    return f"{body}\n", [_parse_signature(line) for line in lines]


def _parse_signature(line: str) -> NoteSignature:
    """Read one signature line, without its newline."""
    if not line.startswith(_SIGNATURE_START):
        raise VerificationError("malformed note: a signature line does not begin with '— '")
    name, _, encoded = line.removeprefix(_SIGNATURE_START).partition(" ")
    try:
        check_key_name(name)
        decoded = decode_base64(encoded)
    except InputError as error:
        raise VerificationError(f"malformed signature line: {error}") from error
    if len(decoded) <= _KEY_ID_BYTES:
        raise VerificationError("malformed signature line: it holds no signature")
    return NoteSignature(name, decoded[:_KEY_ID_BYTES], decoded[_KEY_ID_BYTES:])


def _check_text(text: str) -> None:
    """Refuse a text that cannot be signed as a note."""
    if not text.endswith("\n"):
        raise InputError("the text of a note ends with a newline")
    _check_characters(text)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError("the text of a note holds a lone surrogate") from error


def _check_characters(text: str) -> None:
    """Refuse control characters other than the newline."""
    found = _CONTROL.search(text)
    if found is not None:
        raise InputError(f"the control character {found[0]!r} at character {found.start()}")
