"""Serves the site for tests: `site_server.py LEDGER ACCOUNTS PORT [sign-in] [hasty]`.

A hasty one waits for nothing: pages stand with what is at hand.
"""

from __future__ import annotations

import sys

import uvicorn

from oreline.api import Settings, open_service
from oreline.web import _frame, create_site


def main(ledger: str, accounts: str, port: str, *more: str) -> None:
    settings = Settings(ledger=ledger, accounts=accounts, port=int(port), sign_in="sign-in" in more)
    if "hasty" in more:
        _frame.SOON_S = 0.0
    app = create_site(open_service(settings))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
