"""``oreline serve``: the pages and the API of a ledger, until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oreline.cli import _options as options
from oreline.cli._reader import ledger_place

if TYPE_CHECKING:
    from fastapi import FastAPI

    from oreline.api import Settings

ACCESS = "Who may come in"
BEHIND = "Behind a proxy"
STOP_S = 30
"""How long requests that are under way may take when the server is told to stop."""
SILENT_S = 60
"""How long a worker may be silent before it is replaced: one that reads a large ledger, or starts
on a busy machine, is not dead."""
Accounts = Annotated[
    str | None,
    typer.Option(
        "--accounts",
        metavar="PLACE",
        envvar="ORELINE_ACCOUNTS",
        show_envvar=False,
        help="The application store with people, sessions and tokens: a file, or the URL of a "
        "PostgreSQL database (default: $ORELINE_ACCOUNTS, or accounts.db in the folder for "
        "oreline's own data).",
        rich_help_panel=ACCESS,
    ),
]


Reports = Annotated[
    list[Path] | None,
    typer.Option(
        "--reports",
        metavar="FOLDER",
        help="A folder of reports that the page Watch shows and follows; repeatable.",
    ),
]
Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65_535, help="The port; 0 takes a free one.")
]
Workers = Annotated[
    int, typer.Option("--workers", min=1, max=64, help="How many processes, with --api-only.")
]
ApiOnly = Annotated[bool, typer.Option("--api-only", help="Serve the API without the pages.")]
OpenBrowser = Annotated[bool, typer.Option("--open", help="Open the first page in the browser.")]
SignIn = Annotated[
    bool,
    typer.Option(
        "--sign-in",
        help="People must sign in (needed unless the address is this machine's own).",
        rich_help_panel=ACCESS,
    ),
]
Oidc = Annotated[
    Path | None,
    typer.Option(
        "--oidc",
        metavar="FILE",
        help="People may sign in by OpenID Connect; FILE is TOML, see docs/deploy.md.",
        rich_help_panel=ACCESS,
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--name",
        metavar="HOST",
        help="A host name that the server answers to, as browsers send it; repeatable.",
        rich_help_panel=BEHIND,
    ),
]
PublicUrl = Annotated[
    str | None,
    typer.Option(
        "--public-url",
        metavar="URL",
        help="The address that people use, as https://chain.example.org.",
        rich_help_panel=BEHIND,
    ),
]
Proxies = Annotated[
    list[str] | None,
    typer.Option(
        "--proxy",
        metavar="ADDRESS",
        help="A proxy whose X-Forwarded headers are believed; repeatable.",
        rich_help_panel=BEHIND,
    ),
]


def serve(
    ledger: options.LedgerPlace = None,
    chain: options.ChainFolder = None,
    reports: Reports = None,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    workers: Workers = 1,
    api_only: ApiOnly = False,
    open_browser: OpenBrowser = False,
    accounts: Accounts = None,
    sign_in: SignIn = False,
    oidc: Oidc = None,
    name: Names = None,
    public_url: PublicUrl = None,
    proxy: Proxies = None,
) -> int:
    """Serve the pages and the API of a ledger until it is told to stop.

    On this machine's own address and without --sign-in, whoever is on the machine may do anything.

    Example: oreline serve --chain my-chain
    """
    from oreline.api import Settings, default_accounts, read_oidc
    from oreline.model import InputError

    if workers > 1 and not api_only:
        message = (
            "pages run in one process; give --api-only with --workers, and run the pages as a "
            "second server beside it"
        )
        raise InputError(message)
    settings = Settings(
        ledger=ledger_place(ledger, chain),
        chain=chain,
        reports=_folders(reports or ()),
        accounts=accounts or default_accounts(),
        host=host,
        port=port,
        sign_in=sign_in or oidc is not None,
        hosts=tuple(name or ()),
        public_url=public_url,
        proxies=tuple(proxy or ()),
        oidc=None if oidc is None else read_oidc(oidc, os.environ),
    )
    run(settings, workers=workers, api_only=api_only, open_browser=open_browser)
    return 0


def _folders(given: Iterable[Path]) -> tuple[Path, ...]:
    """Return folders that are there; an error names all that are not."""
    from oreline.model import InputError

    folders = tuple(given)
    missing = [str(one) for one in folders if not one.is_dir()]
    if missing:
        raise InputError(f"--reports: no such folder: {', '.join(missing)}")
    return folders


def run(
    settings: Settings, *, workers: int = 1, api_only: bool = False, open_browser: bool = False
) -> None:
    """Serve until SIGTERM or Ctrl-C, then finish what is under way and close the stores.

    Raises
    ------
    InputError
        If the port is taken, or the settings would let strangers in.
    StoreError
        If a store cannot be opened.
    """
    from oreline.api import open_service, set_up_logs

    set_up_logs()
    with ExitStack() as stack:
        listener = stack.enter_context(listening(settings.host, settings.port))
        service = open_service(settings)
        address = _address(settings, listener)
        _say(settings, address, workers=workers, api_only=api_only)
        if open_browser:
            _open_when_ready(address)
        if workers == 1:
            _run_here(settings, _application_over(service, api_only=api_only), listener)
            return
        # What can be refused was refused here, in words; the workers open the stores themselves.
        service.close()
        stack.enter_context(_counting_together())
        _run_workers(settings, workers, listener)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Hold a port of an address, before anything else is opened.

    Raises
    ------
    InputError
        If it cannot be had, with what to do.
    """
    from oreline.model import InputError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host.strip("[]"), port))
        # Two servers must not share a port because neither listens yet.
        listener.listen(2_048)
    except OSError as error:
        listener.close()
        why = error.strerror or str(error)
        message = f"cannot listen on {host} port {port}: {why.lower()}; choose another with --port"
        raise InputError(message) from error
    with listener:
        yield listener


def application(settings: Settings, *, api_only: bool) -> FastAPI:
    """Return what a worker process serves; it opens the stores itself."""
    from oreline.api import open_service, set_up_logs

    set_up_logs()
    return _application_over(open_service(settings), api_only=api_only)


def _application_over(service: Any, *, api_only: bool) -> FastAPI:
    if api_only:
        from oreline.api import create_app

        return create_app(service)
    from oreline.web import create_site

    return create_site(service)


def _config(settings: Settings, app: Any, **more: Any) -> Any:
    from uvicorn import Config

    return Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        timeout_graceful_shutdown=STOP_S,
        **more,
    )


def _run_here(settings: Settings, app: FastAPI, listener: socket.socket) -> None:
    from uvicorn import Server

    # The server raises the signal that stopped it once more when it has stopped.
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    Server(_config(settings, app)).run(sockets=[listener])


def _run_workers(settings: Settings, workers: int, listener: socket.socket) -> None:
    from uvicorn.supervisors import Multiprocess

    app = partial(application, settings, api_only=True)
    config = _config(
        settings, app, factory=True, workers=workers, timeout_worker_healthcheck=SILENT_S
    )
    Multiprocess(config, [listener]).run()


@contextmanager
def _counting_together() -> Iterator[None]:
    from oreline.api import SHARED_FOLDER

    with tempfile.TemporaryDirectory(prefix="oreline-metrics-") as folder:
        os.environ[SHARED_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[SHARED_FOLDER]


def _address(settings: Settings, listener: socket.socket) -> str:
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = f"[{settings.host.strip('[]')}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}"


def _say(settings: Settings, address: str, *, workers: int, api_only: bool) -> None:
    import structlog

    log = structlog.get_logger("oreline")
    log.info(
        "serving", address=address, ledger=_without_secret(settings.ledger), workers=workers,
        pages=not api_only,
    )  # fmt: skip
    if not settings.sign_in:
        log.warning(
            "open without sign-in: whoever is on this machine may do anything",
            remedy="--sign-in asks people who they are",
        )


def _without_secret(place: str) -> str:
    if "://" not in place:
        return place
    from sqlalchemy import make_url

    return make_url(place).render_as_string(hide_password=True)


def _open_when_ready(address: str) -> None:
    import threading
    import webbrowser

    # The port is held already: the browser waits until somebody answers.
    threading.Timer(0.5, webbrowser.open, [address]).start()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)
