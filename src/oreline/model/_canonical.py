"""The bytes of a JSON value that hashes and signatures rest on: RFC 8785, without fractions.

Oreline writes every quantity as a decimal string, so the JSON numbers of its events are integers
that any reader can hold exactly (at most 2^53 - 1 in magnitude). Within that domain orjson's output
is already the JSON Canonicalization Scheme of RFC 8785, with one exception that is repaired here:
the scheme sorts keys by UTF-16 code units and orjson by UTF-8 bytes, and the two orders differ only
where a character beyond U+FFFF is present.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

import orjson

from oreline.model._errors import InputError, LimitExceededError

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | dict[str, JsonValue] | None"
"""A JSON value of the restricted domain: no fractions, integers of at most 53 bits."""

JSON_INTEGER_MAX = 2**53 - 1
"""The largest magnitude of a JSON integer that every reader holds exactly."""

JSON_DEPTH_MAX = 100
"""The deepest nesting of lists and objects that is written or read."""

_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_SUBCLASS
_AS_GIVEN = orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_SUBCLASS
_SCALARS = frozenset({str, int, bool, type(None)})
_FOUR_BYTE_LEAD = re.compile(rb"[\xf0-\xf4]")
_QUANTITY_HINT = 'write the quantity as a decimal string, such as "12.5"'


@dataclass(frozen=True, slots=True)
class _Offence:
    """Stands where the reader met something refused, so that its pointer can be named."""

    message: str


def canonical_json(value: JsonValue) -> bytes:
    """Return the RFC 8785 bytes of a value.

    Parameters
    ----------
    value
        Built of ``str``, ``bool``, ``None``, ``int`` within ±(2^53 - 1), ``list`` and ``dict`` with
        ``str`` keys; of exactly these types, so that nothing is converted on the way.

    Raises
    ------
    InputError
        The value holds anything else (a float, a larger integer, another type, a lone surrogate);
        the message names the JSON pointer.
    LimitExceededError
        The value is nested deeper than ``JSON_DEPTH_MAX``.

    Examples
    --------
    >>> canonical_json({"wet_mass_mg": "1500000", "lot": "fwo:7"})
    b'{"lot":"fwo:7","wet_mass_mg":"1500000"}'
    """
    if not _has_only_json_types((value,), JSON_DEPTH_MAX):
        _refuse(value)
    return canonical_json_of_checked(value)


def canonical_json_of_checked(value: JsonValue) -> bytes:
    """Return the RFC 8785 bytes of a value that `canonical_json` has passed, parts added or not.

    The walk over the value for types that JSON does not have is left out: it costs more than the
    encoding. Added parts must be of the exact types that `canonical_json` names.
    """
    try:
        encoded = orjson.dumps(value, option=_SORTED)
    except TypeError as error:
        _refuse(value, error)
    if encoded.isascii() or _FOUR_BYTE_LEAD.search(encoded) is None:
        return encoded
    return orjson.dumps(_sorted_by_utf16(value), option=_AS_GIVEN)


def strict_loads(data: bytes | str) -> JsonValue:
    """Parse JSON and refuse whatever two readers could understand differently.

    Parameters
    ----------
    data
        One JSON document; bytes are UTF-8 without a byte order mark.

    Raises
    ------
    InputError
        The text is not JSON (RFC 8259), repeats a key within one object, writes a number with a
        fraction or an exponent, or writes an integer beyond ±(2^53 - 1).
    LimitExceededError
        The document is nested deeper than ``JSON_DEPTH_MAX``.

    Examples
    --------
    >>> strict_loads('{"lot": "fwo:7", "bags": 12}')
    {'lot': 'fwo:7', 'bags': 12}
    """
    raw = _utf8(data)
    try:
        value: JsonValue = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if "depth limit" in error.msg:  # the parser's own, far beyond ours
            raise LimitExceededError(_depth_message()) from error
        raise InputError(f"not a JSON document: {error}") from error
    # Canonical bytes can hold neither a repeated key nor a fraction, and most bytes read are ours.
    if _has_only_json_types((value,), JSON_DEPTH_MAX) and _re_encodes_to(value, raw):
        return value
    return _loads_named(raw)


def _utf8(data: bytes | str) -> bytes:
    """Return the bytes of a document, refusing text that has no UTF-8 form."""
    if isinstance(data, bytes):
        return data
    try:
        return data.encode()
    except UnicodeEncodeError as error:
        message = f"not a JSON document: lone surrogate at character {error.start}"
        raise InputError(message) from error


def _re_encodes_to(value: JsonValue, raw: bytes) -> bool:
    """Tell whether sorting and encoding a parsed value gives back the bytes it came from."""
    try:
        return orjson.dumps(value, option=_SORTED) == raw
    except TypeError:  # an integer beyond the limit; the slow reader names it
        return False


def _loads_named(raw: bytes) -> JsonValue:
    """Parse a document that is known to be JSON, naming the pointer of the first offence."""
    try:
        value: JsonValue = json.loads(
            raw.decode(), object_pairs_hook=_unique, parse_float=_fraction, parse_int=_integer
        )
    except RecursionError as error:
        raise LimitExceededError(_depth_message()) from error
    if not _has_only_json_types((value,), JSON_DEPTH_MAX):
        _refuse(value)
    return value


def _unique(pairs: list[tuple[str, JsonValue]]) -> object:
    """Build an object, or an offence when a key stands twice."""
    built = dict(pairs)
    if len(built) == len(pairs):
        return built
    counts = Counter(key for key, _ in pairs)
    repeated = next(key for key, count in counts.items() if count > 1)
    return _Offence(f"the key {json.dumps(repeated)} stands twice in one object")


def _fraction(literal: str) -> _Offence:
    """Refuse a number with a fraction or an exponent."""
    return _Offence(f"the number {literal[:40]} is not a plain integer: {_QUANTITY_HINT}")


def _integer(literal: str) -> int | _Offence:
    """Read an integer within the limit; a longer literal is never converted."""
    # 17 characters hold a sign and the 16 digits of 2^53 - 1.
    if len(literal) <= 17 and abs(number := int(literal)) <= JSON_INTEGER_MAX:
        return number
    return _Offence(_integer_message(literal))


def _has_only_json_types(values: Iterable[object], depth_left: int) -> bool:
    """Tell whether values nest only the exact JSON types, within the depth limit.

    Integer range, key types and surrogates are left to the encoder, which refuses them itself.
    """
    for value in values:
        kind = type(value)
        if kind in _SCALARS:
            continue
        if depth_left == 0:
            return False
        if kind is dict:
            if not _has_only_json_types(value.values(), depth_left - 1):  # type: ignore[attr-defined]
                return False
        elif kind is list:
            if not _has_only_json_types(value, depth_left - 1):  # type: ignore[arg-type]
                return False
        else:
            return False
    return True


def _sorted_by_utf16(value: JsonValue) -> JsonValue:
    """Copy a value with the keys of each object in the order of their UTF-16 code units."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {key: _sorted_by_utf16(value[key]) for key in keys}
    if isinstance(value, list):
        return [_sorted_by_utf16(item) for item in value]
    return value


def _refuse(value: object, cause: Exception | None = None) -> NoReturn:
    """Raise for the first offence in document order."""
    offence = _first_offence(value, "", JSON_DEPTH_MAX)
    assert offence is not None, f"the encoder refused a value without an offence: {cause}"
    raise offence from cause


def _first_offence(value: object, pointer: str, depth_left: int) -> Exception | None:
    """Return the error for the first thing refused at or below a JSON pointer."""
    message = _scalar_offence(value)
    if message is not None:
        return InputError(f"at {_shown(pointer)}: {message}")
    if not isinstance(value, dict | list):
        return None
    if depth_left == 0:
        return LimitExceededError(f"at {_shown(pointer)}: {_depth_message()}")
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in entries:
        if isinstance(value, dict) and (key_message := _key_offence(key)) is not None:
            return InputError(f"at {_shown(pointer)}: {key_message}")
        step = str(key).replace("~", "~0").replace("/", "~1")
        offence = _first_offence(item, f"{pointer}/{step}", depth_left - 1)
        if offence is not None:
            return offence
    return None


def _scalar_offence(value: object) -> str | None:
    """Say what is wrong with one value itself, not with what it contains."""
    kind = type(value)
    if kind is str:
        return _surrogate_offence(str(value))
    if kind is int and isinstance(value, int):
        return None if abs(value) <= JSON_INTEGER_MAX else _integer_message(_written(value))
    if kind in {bool, type(None), list, dict}:
        return None
    if isinstance(value, _Offence):
        return value.message
    if kind is float:
        return f"the float {value!r} has no exact form: {_QUANTITY_HINT}"
    return f"a value of type {kind.__name__} is not JSON"


def _key_offence(key: object) -> str | None:
    """Say what is wrong with an object's key."""
    if type(key) is not str:
        return f"the key {key!r} is of type {type(key).__name__}, not str"
    return _surrogate_offence(key)


def _surrogate_offence(text: str) -> str | None:
    """Say where a text cannot be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"lone surrogate at character {error.start} of {text!r}"
    return None


def _written(number: int) -> str:
    """Write an integer for a message; Python refuses to write very long ones in decimal."""
    return str(number) if number.bit_length() <= 128 else f"of {number.bit_length()} bits"


def _integer_message(literal: str) -> str:
    """Say that an integer is too large."""
    return f"the integer {literal[:40]} is beyond ±{JSON_INTEGER_MAX} (2^53 - 1): {_QUANTITY_HINT}"


def _depth_message() -> str:
    """Say that a value is nested too deep."""
    return f"nested deeper than JSON_DEPTH_MAX = {JSON_DEPTH_MAX}"


def _shown(pointer: str) -> str:
    """Write a JSON pointer in ASCII; the pointer of the whole document is the empty string."""
    return ascii(pointer)[1:-1] or '""'
