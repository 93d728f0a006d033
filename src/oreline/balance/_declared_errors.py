"""Errors that measurements have in common, declared by their share: a laboratory, a scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from oreline.balance._network import Network, SharedError, is_absent
from oreline.model import InputError

ALL = "*"


@dataclass(frozen=True, slots=True)
class CommonError:
    """Which share of the standard uncertainty of a quantity is one error for several streams.

    ``what`` is ``dry_t`` or an analyte. ``streams`` are names, ``*`` standing for any letters.
    Measurements with shares s and t of uncertainties u and v have the covariance s u t v: with a
    share of 0.8 in both they are correlated by 0.64.
    """

    source: str
    what: str
    share: float
    streams: tuple[str, ...] = (ALL,)
    where: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            message = f"{self.source}: the share in common is above 0 and at most 1"
            raise InputError(f"{message}, not {self.share:g}")


def parse_common(text: str) -> CommonError:
    """Read ``NAME:QUANTITY=SHARE``, with ``@STREAM+STREAM`` behind it for some streams only.

    Raises
    ------
    InputError
        If it is not written so, or the share is none.

    >>> parse_common("laboratory A:As=0.8")
    CommonError(source='laboratory A', what='As', share=0.8, streams=('*',), where='')
    >>> parse_common("belt:dry_t=0.6@fed.*+made.*").streams
    ('fed.*', 'made.*')
    """
    head, _, streams = text.partition("@")
    name, separator, rest = head.rpartition(":")
    what, equals, number = rest.partition("=")
    try:
        share = float(number)
    except ValueError:
        equals = ""
    if not separator or not equals or not name.strip() or not what.strip():
        message = f"{text!r}: write NAME:QUANTITY=SHARE, such as laboratory:As=0.8"
        raise InputError(f"{message}, and @STREAM+STREAM behind it for some streams only")
    named = tuple(one.strip() for one in streams.split("+") if one.strip()) or (ALL,)
    return CommonError(name.strip(), what.strip().removesuffix("_pct"), share, named)


def shared_of(network: Network, common: Iterable[CommonError]) -> tuple[SharedError, ...]:
    """Return the errors in common with the part of each measurement that they reach.

    Declarations of one source are one error.

    Raises
    ------
    InputError
        If a declaration reaches fewer than two measurements: nothing is in common then.
    """
    declared: dict[str, list[CommonError]] = {}
    for one in common:
        declared.setdefault(one.source, []).append(one)
    made = []
    for source, every in declared.items():
        of_it = {}
        for quantity, measurement, _ in network.measured():
            share = _share(every, quantity.what, quantity.stream)
            if share and not is_absent(quantity, measurement):
                of_it[quantity] = share * measurement.u
        if len(of_it) < 2:
            message = f"{source}: fewer than two measurements have it in common"
            raise InputError(f"{message}; look at the names of streams and quantities")
        made.append(SharedError(source, of_it, every[0].where))
    return tuple(made)


def _share(every: Sequence[CommonError], what: str, stream: str) -> float:
    """Return the share of a quantity, of the first declaration that reaches it; 0 of none."""
    for one in every:
        if one.what == what and any(fnmatchcase(stream, name) for name in one.streams):
            return one.share
    return 0.0
