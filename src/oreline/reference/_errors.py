"""What the reference room raises on a wrong call."""

from __future__ import annotations

from oreline.model import InputError


class UnknownCountryError(InputError):
    """A code or name that stands for no country here, or for more than one."""


class UnknownHsCodeError(InputError):
    """A Harmonized System code that is malformed or outside the chapters shipped."""


class UnknownMineralError(InputError):
    """A mineral name that a table does not hold."""


class UnknownPortError(InputError):
    """A pair of ports or a scenario for which no sea route is shipped."""


class UnknownSourceError(InputError):
    """A source id that is not in the list of sources."""


class UnknownTableError(InputError):
    """A table name that the reference room does not ship."""
