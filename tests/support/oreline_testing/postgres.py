"""A private PostgreSQL server for tests: no port, no configuration, gone when the run ends.

The server is a child process that listens on a Unix socket in a folder of its own. It starts when
the first test asks for it. As root, which PostgreSQL refuses to run as, the system's `postgres`
user runs it.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from oreline_testing.absent import absent

START_LIMIT_S = 60.0
# The kernel's limit for the path of a Unix socket is 108 bytes with the closing zero.
SOCKET_PATH_BYTES_MAX = 107
# For tests that ask what a statement does, not what survives a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class ServerError(RuntimeError):
    """The private server did not start or stop."""


def find_programs() -> Path | None:
    """Find the folder with `initdb` and `postgres` of the newest version installed."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    complete = [folder for folder in folders if (folder / "postgres").exists()]
    return max(complete, key=_version, default=None)


def _version(programs: Path) -> int:
    digits = re.fullmatch(r"\d+", programs.parent.name)
    return int(digits.group()) if digits else 0


def _account() -> pwd.struct_passwd | None:
    """Choose the account that runs the server, or None for our own."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


@dataclass(slots=True)
class PostgresServer:
    """One server with a data folder of its own.

    `settings` are `name=value` pairs as `postgres -c` takes them.
    """

    programs: Path
    folder: Path
    settings: tuple[str, ...] = ()
    created: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def create(cls, programs: Path, settings: tuple[str, ...] = ()) -> PostgresServer:
        """Make the data folder and start the server."""
        # Not pytest's temporary folder: its path may be too long for a socket.
        parent = "/tmp" if os.access("/tmp", os.W_OK) else None
        folder = Path(tempfile.mkdtemp(prefix="orl-pg-", dir=parent))
        server = cls(programs, folder, settings)
        try:
            assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES_MAX, folder
            account = _account()
            if account:
                os.chown(folder, account.pw_uid, account.pw_gid)
            server._initialise()
            server.start()
        except BaseException:
            server.remove()
            raise
        return server

    def _options(self) -> dict[str, Any]:
        """Say how to run one of the server's programs: as whom, where, with which environment."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PG")
        }
        options: dict[str, Any] = {"cwd": self.folder, "env": {**environment, "LC_ALL": "C"}}
        account = _account()
        if account:
            options.update(user=account.pw_uid, group=account.pw_gid, extra_groups=[])
        return options

    def _initialise(self) -> None:
        command: list[str | Path] = [
            self.programs / "initdb",
            "--pgdata",
            self.folder / "data",
            "--no-sync",
        ]
        command += ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, **self._options()
        )
        if done.returncode != 0:
            raise ServerError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command: list[str | Path] = [self.programs / "postgres", "-D", self.folder / "data"]
        for setting in (
            "listen_addresses=",
            f"unix_socket_directories={self.folder}",
            "unix_socket_permissions=0777",
            "statement_timeout=60s",
            "shared_buffers=32MB",
            "timezone=UTC",
            "log_timezone=UTC",
            *self.settings,
        ):
            command += ["-c", setting]
        if shutil.which("setpriv"):
            # A test run that is killed must not leave a server behind; SIGINT is a fast shutdown.
            command = ["setpriv", "--pdeathsig=INT", "--", *command]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **self._options()
            )
        self._wait()

    def _wait(self) -> None:
        assert self._process is not None
        give_up = time.monotonic() + START_LIMIT_S
        while True:
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError as error:
                stopped = self._process.poll() is not None
                if stopped or time.monotonic() > give_up:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise ServerError(f"PostgreSQL did not start: {error}\n{log}") from error
                time.sleep(0.02)
            else:
                return

    def connect(self, database: str) -> psycopg.Connection[Any]:
        """Open an autocommit connection as the superuser."""
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        )

    def url(self, database: str) -> str:
        """Name a database as SQLAlchemy does."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create_database(self) -> str:
        """Copy the template to a fresh database and give its name."""
        self.created += 1
        name = f"test_{self.created}"
        with self.connect("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        with self.connect("postgres") as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def crash(self) -> None:
        """Stop at once without writing anything out, as after a power cut; `start` recovers."""
        self._stop(signal.SIGQUIT)

    def _stop(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(START_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise ServerError("PostgreSQL did not stop in time and was killed") from None
        finally:
            self._process = None

    def remove(self) -> None:
        """Stop the server and delete everything it wrote."""
        try:
            self._stop(signal.SIGINT)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


POSTGRES_FIXTURES = frozenset(
    {"postgres_server", "postgres_url", "durable_postgres_server", "durable_postgres_url"}
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for a server, so that `-m 'not postgres'` leaves them out."""
    for item in items:
        if POSTGRES_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.postgres)


def _serve(settings: tuple[str, ...]) -> Iterator[PostgresServer]:
    programs = find_programs()
    if programs is None:
        absent("no PostgreSQL server is installed (`make system-deps` does it)", system=True)
    server = PostgresServer.create(programs, settings)
    yield server
    server.remove()


def _serve_database(server: PostgresServer) -> Iterator[str]:
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Share one server that trades safety for speed."""
    yield from _serve(FAST)


@pytest.fixture(scope="session")
def durable_postgres_server() -> Iterator[PostgresServer]:
    """Share one server with PostgreSQL's own, safe defaults; it may be crashed and restarted."""
    yield from _serve(())


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Give the test an empty database of its own on the fast server."""
    yield from _serve_database(postgres_server)


@pytest.fixture
def durable_postgres_url(durable_postgres_server: PostgresServer) -> Iterator[str]:
    """Give the test an empty database of its own on the durable server."""
    yield from _serve_database(durable_postgres_server)
