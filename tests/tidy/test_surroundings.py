"""Tests what all tests rely on: no network, a clean environment, fixed clock and salts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from oreline_testing.absent import PREFIX
from oreline_testing.injected import FixedClock, FixedSalts
from oreline_testing.isolation import NetworkUsedError, is_local

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org", b"example.org"])
def test_another_machine_cannot_be_reached(host: str | bytes) -> None:
    assert not is_local(host)
    with pytest.raises(NetworkUsedError):
        socket.create_connection((host, 80), timeout=0.1)  # type: ignore[arg-type]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        with pytest.raises(NetworkUsedError):
            datagrams.connect((host, 80))
        with pytest.raises(NetworkUsedError):
            datagrams.sendto(b"", (host, 80))


@pytest.mark.parametrize("host", [None, "", "localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_can_be_reached(host: str | None) -> None:
    assert is_local(host)


def test_a_loopback_connection_works() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
        server.accept()[0] as accepted,
    ):
        client.sendall(b"ore")
        assert accepted.recv(3) == b"ore"


def test_the_clock_goes_on_and_can_be_set_back(clock: FixedClock) -> None:
    first, second = clock(), clock()
    assert second - first == timedelta(seconds=1)
    assert first.utcoffset() == timedelta(0)
    clock.advance(timedelta(days=-1))
    assert clock() < first


def test_salts_differ_and_repeat(salts: FixedSalts) -> None:
    drawn = [salts() for _ in range(100)]
    assert len(set(drawn)) == 100
    assert {len(bytes.fromhex(salt)) for salt in drawn} == {16}
    again = FixedSalts()
    assert [again() for _ in range(100)] == drawn


def test_no_deadline_lets_the_machine_decide() -> None:
    assert settings().deadline is None


INNER = """
from __future__ import annotations

import os

import pytest
from oreline_testing import postgres


@pytest.fixture(autouse=True, scope="session")
def no_programs():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres, "find_programs", lambda: None)
        yield


def test_settings_of_the_shell_are_gone():
    assert "ORELINE_DATABASE_URL" not in os.environ


def test_needs_shared(shared_dir):
    assert shared_dir.is_dir()


@pytest.mark.shared
def test_needs_shared_by_mark():
    pass


def test_needs_postgres(postgres_url):
    assert postgres_url
"""


def run_inner(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the inner tests with our plugins where neither the folder nor PostgreSQL exists."""
    (tmp_path / "conftest.py").write_text(
        (ROOT / "tests" / "conftest.py")
        .read_text(encoding="utf-8")
        .replace('str(Path(__file__).parent / "support")', repr(str(ROOT / "tests" / "support"))),
        encoding="utf-8",
    )
    (tmp_path / "test_inner.py").write_text(INNER, encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            str(ROOT / "pyproject.toml"),
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(tmp_path),
            str(tmp_path),
        ],
        cwd=tmp_path,
        env={**kept, "ORELINE_SHARED": str(tmp_path / "none"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_cannot_run_is_counted_with_its_reason(tmp_path: Path) -> None:
    result = run_inner(tmp_path, ORELINE_DATABASE_URL="sqlite:///mine.db")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "NOT RUN" in result.stdout
    assert "2 tests did not run: the folder `shared` was not found" in result.stdout
    assert "1 test did not run: no PostgreSQL server is installed" in result.stdout
    assert PREFIX in result.stdout


def test_a_build_server_fails_without_the_programs(tmp_path: Path) -> None:
    result = run_inner(tmp_path, ORELINE_REQUIRE_SYSTEM="1")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "no PostgreSQL server is installed" in result.stdout
    assert "2 tests did not run: the folder `shared` was not found" in result.stdout
