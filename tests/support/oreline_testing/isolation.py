"""Keeps tests off the network and free of the settings of the person who runs them."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

# These steer the test run itself; every other ORELINE_* variable would steer the product.
TEST_CONTROLS = frozenset(
    {"ORELINE_HYPOTHESIS_PROFILE", "ORELINE_REQUIRE_SYSTEM", "ORELINE_SHARED", "ORELINE_VERIFY"}
)


class NetworkUsedError(AssertionError):
    """A test tried to reach another machine."""


def is_local(host: object) -> bool:
    """Whether a socket address's host part stays on this machine."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(host: object) -> None:
    if not is_local(host):
        raise NetworkUsedError(f"tests must not use the network, but this one asked for {host!r}")


def _guarded(method: Any, position: int) -> Any:
    """Wrap a socket method whose argument at `position` (or the last one) is an address."""

    def guard(self: socket.socket, *arguments: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse(arguments[position][0])
        return method(self, *arguments)

    return guard


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse names and addresses beyond this machine; Unix sockets and loopback stay open."""
    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        _refuse(host)
        return look_up(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        for name, position in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), position))
        yield


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the ORELINE_* settings of the shell, except those that steer the tests."""
    for name in sorted(os.environ):
        if name.startswith("ORELINE_") and name not in TEST_CONTROLS:
            monkeypatch.delenv(name)
