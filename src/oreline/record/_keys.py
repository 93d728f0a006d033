"""Ed25519 keys that sign the log: making, writing down, storing and loading them.

A key has a name, and an id that binds the name to the public key. Both text forms are those of
C2SP signed notes (https://c2sp.org/signed-note) and of Go's ``sumdb/note``::

    name+hash+base64(0x01 || public key)              a verifier key: give it to everybody
    PRIVATE+KEY+name+hash+base64(0x01 || seed)        a private key: keep it

Private keys are kept outside the chain folder, which is made to be copied and shared: by default in
``$ORELINE_HOME/keys``, or ``$XDG_DATA_HOME/oreline/keys``, or ``~/.local/share/oreline/keys``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from oreline.model import InputError
from oreline.record._secret_files import read_secret_file, save_secret_file

KEY_FILE_BYTES_MAX = 4096
"""The longest private key file that is read."""

KEY_NAME_CHARACTERS_MAX = 255
"""The longest name of a key."""

_ED25519 = b"\x01"
_KEY_BYTES = 32
_PRIVATE_PREFIX = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name: what a stranger needs to check signatures.

    Attributes
    ----------
    name
        Best a URL without scheme, such as ``example.com/mine-log``; no spaces, no plus sign.
    public_key
        The 32 bytes of RFC 8032.
    """

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.public_key) != _KEY_BYTES:
            raise InputError(f"a public key has {len(self.public_key)} bytes, not {_KEY_BYTES}")

    @property
    def key_id(self) -> bytes:
        """Four bytes of SHA-256 over name, newline, signature type and public key."""
        material = self.name.encode() + b"\n" + _ED25519 + self.public_key
        return hashlib.sha256(material).digest()[:4]

    def __str__(self) -> str:
        """Return the verifier key as text."""
        encoded = base64.b64encode(_ED25519 + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


@dataclass(frozen=True, slots=True)
class LogKey:
    """A private key with its name; its text never shows the secret.

    Attributes
    ----------
    name
        As in :class:`Verifier`.
    seed
        The 32 secret bytes of RFC 8032.
    """

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.seed) != _KEY_BYTES:
            raise InputError(f"a private key has {len(self.seed)} bytes, not {_KEY_BYTES}")


def generate_key(name: str, token_bytes: Callable[[int], bytes] = secrets.token_bytes) -> LogKey:
    """Make a new private key.

    Parameters
    ----------
    name
        The name under which the key signs.
    token_bytes
        Gives that many unpredictable bytes.
    """
    return LogKey(name, token_bytes(_KEY_BYTES))


def verifier_of(key: LogKey) -> Verifier:
    """Return the public half of a key."""
    return Verifier(key.name, _private(key).public_key().public_bytes_raw())


def sign(key: LogKey, message: bytes) -> bytes:
    """Return the 64 bytes of the Ed25519 signature (RFC 8032) over a message."""
    return _private(key).sign(message)


def is_signed_by(verifier: Verifier, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature over a message was made with the key of a verifier."""
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def parse_verifier(text: str) -> Verifier:
    """Read a verifier key from its text form.

    Raises
    ------
    InputError
        The text is not a verifier key for Ed25519, or its hash does not belong to its key.

    Examples
    --------
    >>> key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    >>> parse_verifier(key).name
    'PeterNeumann'
    """
    name, key_id, public_key = _split_key(text, "verifier key")
    verifier = Verifier(name, public_key)
    if verifier.key_id.hex() != key_id:
        raise InputError(f"the hash {key_id!r} is not that of the verifier key of {name!r}")
    return verifier


def encode_key(key: LogKey) -> str:
    """Return the text form of a private key: a secret."""
    encoded = base64.b64encode(_ED25519 + key.seed).decode()
    return f"{_PRIVATE_PREFIX}{key.name}+{verifier_of(key).key_id.hex()}+{encoded}"


def parse_key(text: str) -> LogKey:
    """Read a private key from its text form.

    Raises
    ------
    InputError
        The text is not a private key for Ed25519, or its hash does not belong to its key; the
        message does not repeat the text.
    """
    if not text.startswith(_PRIVATE_PREFIX):
        raise InputError(f"not a private key: it does not begin with {_PRIVATE_PREFIX}")
    name, key_id, seed = _split_key(text.removeprefix(_PRIVATE_PREFIX), "private key")
    key = LogKey(name, seed)
    if verifier_of(key).key_id.hex() != key_id:
        raise InputError(f"the hash {key_id!r} is not that of the private key of {name!r}")
    return key


def default_key_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder where keys are kept unless another is named.

    ``$ORELINE_HOME/keys``, else ``$XDG_DATA_HOME/oreline/keys``, else
    ``~/.local/share/oreline/keys``. Relative and empty settings of the latter are ignored, as the
    XDG base directory specification asks.
    """
    if home := environ.get("ORELINE_HOME"):
        return Path(home) / "keys"
    data_home = Path(environ.get("XDG_DATA_HOME", ""))
    if not data_home.is_absolute():
        data_home = Path.home() / ".local" / "share"
    return data_home / "oreline" / "keys"


def save_key(key: LogKey, path: Path) -> None:
    """Write a private key to a new file that only its owner can read.

    The file appears complete or not at all. Its folder is made if it is missing.

    Raises
    ------
    InputError
        There is a file at ``path`` already, ``path`` lies in a chain folder, or the file cannot be
        created there (a file system without hard links could not protect it either).
    """
    save_secret_file(f"{encode_key(key)}\n".encode(), path, "key")


def load_key(path: Path) -> LogKey:
    """Read a private key from a file.

    Raises
    ------
    InputError
        The file cannot be read, others than its owner may read or write it, or it does not hold a
        private key.
    LimitExceededError
        The file is longer than ``KEY_FILE_BYTES_MAX``.
    """
    data = read_secret_file(path, "key", KEY_FILE_BYTES_MAX, "KEY_FILE_BYTES_MAX")
    try:
        return parse_key(data.decode().removesuffix("\n"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path} does not hold a private key: it is not UTF-8") from error
    except InputError as error:
        raise InputError(f"{path} does not hold a private key: {error}") from error


def check_key_name(name: str) -> None:
    """Refuse a name that could not be told from the rest of a key or of a signature line.

    Raises
    ------
    InputError
        The name is empty, too long, or holds a space, a plus sign, a control character or a lone
        surrogate.
    """
    if not 0 < len(name) <= KEY_NAME_CHARACTERS_MAX:
        raise InputError(f"a key name has 1 to {KEY_NAME_CHARACTERS_MAX} characters")
    for character in name:
        if character.isspace() or character < " " or character == "+":
            raise InputError(f"the key name {name!r} holds {character!r}")
        if "\ud800" <= character <= "\udfff":
            raise InputError(f"the key name {name!r} holds a lone surrogate")


def decode_base64(text: str) -> bytes:
    """Decode standard base64 and refuse every spelling but the one that encoding gives.

    Raises
    ------
    InputError
        The text holds another character, lacks padding, or has stray bits in its last character.
    """
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("not standard base64") from error
    if base64.b64encode(decoded).decode() != text:
        raise InputError("not standard base64: another text decodes to the same bytes")
    return decoded


def _split_key(text: str, what: str) -> tuple[str, str, bytes]:
    """Split ``name+hash+base64(0x01 || 32 bytes)`` into name, hash and bytes."""
    # The base64 alphabet has a plus sign, so only the first two separate.
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise InputError(f"not a {what}: it is not of the form name+hash+base64")
    name, key_id, encoded = parts
    try:
        material = decode_base64(encoded)
    except InputError as error:
        raise InputError(f"not a {what}: its last part is {error}") from error
    if material[:1] != _ED25519 or len(material) != 1 + _KEY_BYTES:
        raise InputError(f"not a {what} for Ed25519")
    return name, key_id, material[1:]


def _private(key: LogKey) -> Ed25519PrivateKey:
    """Return the key in the form that the cryptography package works with."""
    return Ed25519PrivateKey.from_private_bytes(key.seed)
