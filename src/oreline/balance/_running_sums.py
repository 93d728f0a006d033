"""The running sums that belong to a metal account: those of its site, up to its end."""

from __future__ import annotations

from oreline.balance._account import MetalAccount
from oreline.balance._cusum import Cusum, cusum
from oreline.model import InputError
from oreline.record import Books


def running_sums(books: Books, account: MetalAccount) -> dict[str, Cusum]:
    """Return the monthly running sum of each element of an account, up to its last month.

    An element of which nothing was processed has none.
    """
    found = {}
    for element in account.symbols:
        try:
            whole = cusum(books, element, account.site, time_zone=account.time_zone)
        except InputError:
            continue
        until = [point.period for point in whole.points if point.start < account.end]
        if until:
            found[element] = cusum(
                books, element, account.site, until=until[-1], time_zone=account.time_zone
            )
    return found
