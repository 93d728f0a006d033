"""A metal account as a PDF, with the typesetting loaded only when one is really made."""

from __future__ import annotations

from oreline.balance._account import MetalAccount
from oreline.balance._account_signing import AccountState
from oreline.balance._restatement import Restatement


def account_pdf(
    account: MetalAccount,
    state: AccountState,
    title: str = "",
    made_from: str = "",
    restated: Restatement | None = None,
) -> bytes:
    """Return an account as a PDF: the same account always gives the same bytes.

    Parameters
    ----------
    title
        What the site is called.
    made_from
        The ledger's checkpoint in words, for the foot of each page.
    restated
        What changed since the version that was signed, to be printed too.
    """
    from oreline.balance._account_pdf import printed

    return printed(account, state, title, made_from, restated)
