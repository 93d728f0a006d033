"""Processes that share the independent parts of one long question: ``--workers``, ``--cluster``.

A command takes the two options and hands what ``shared_among`` gives to the room, which calls it in
place of ``map`` (``oreline.model.OrderedMap``) and never hears of Dask::

    def disrupt(_reader, place, *, workers: Workers = 1, cluster: Cluster = "") -> Answer:
        with shared_among(workers, cluster) as each:
            found = disruption(..., each=each)

With ``--workers 1`` and no cluster nothing is started and ``each`` is ``one_by_one``. Parts are cut
by the room, in sizes that do not follow from how many work on them; results come in order.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

if TYPE_CHECKING:
    from distributed import Client

    from oreline.model import OrderedMap

T = TypeVar("T")
R = TypeVar("R")

WORKERS_MAX: Final = 256
"""How many processes are started on this machine at most."""
CONNECT_SECONDS_MAX: Final = 10
"""How long a scheduler or its workers are waited for."""

Workers = Annotated[
    int,
    typer.Option("--workers", metavar="N", help="How many processes share the work; 1: this one."),
]
Cluster = Annotated[
    str,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="The Dask scheduler whose workers do it instead: tcp://host:8786.",
    ),
]


@contextmanager
def shared_among(workers: int, cluster: str) -> Iterator[OrderedMap]:
    """Give what maps a function over items: here, in processes of this machine, or on a cluster.

    Parameters
    ----------
    workers
        How many processes to start here; 1: none.
    cluster
        The address of a Dask scheduler that others started; empty: none.

    Raises
    ------
    InputError
        If both are asked for, too many are, Dask's ``distributed`` is not installed, the scheduler
        does not answer, or its workers have no or another oreline.
    """
    from oreline.model import InputError, one_by_one

    if not 1 <= workers <= WORKERS_MAX:
        raise InputError(f"--workers {workers}: 1 to {WORKERS_MAX} processes share the work")
    if cluster and workers > 1:
        raise InputError("--workers starts processes here, --cluster uses others: ask for one")
    if workers == 1 and not cluster:
        yield one_by_one
        return
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise InputError(
            "sharing work needs Dask's distributed: pip install 'oreline[cluster]', or leave out "
            "--workers and --cluster"
        ) from error
    with _on(cluster) if cluster else _here(workers) as client:
        yield _MapOn(client)


class _MapOn:
    """Maps over the workers of a client."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def __call__(self, function: Callable[[T], R], items: Sequence[T], /) -> Iterable[R]:
        from distributed import CancelledError, KilledWorker

        from oreline.model import OrelineError

        # pure: the same question asked again is worked on again, as it is without workers.
        futures = self.client.map(function, items, pure=False)
        try:
            for future in futures:
                yield future.result()
        except (KilledWorker, CancelledError) as error:
            raise OrelineError(
                "the workers were lost while they worked, most likely for lack of memory: ask for "
                "fewer, or give each more memory"
            ) from error
        finally:
            self.client.cancel(futures)


@contextmanager
def _here(workers: int) -> Iterator[Client]:
    """Start processes on this machine; nobody else on it can give them work."""
    import dask
    from distributed import Client, LocalCluster, Security

    quiet = {"logging.distributed": "critical", "distributed.admin.low-level-log-length": 0}
    with (
        tempfile.TemporaryDirectory() as scratch,
        dask.config.set(quiet),
        LocalCluster(
            host="127.0.0.1",
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address=None,
            local_directory=scratch,
            security=Security.temporary(),
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _on(address: str) -> Iterator[Client]:
    """Connect to a cluster and see that its workers are what this program is."""
    from distributed import Client

    from oreline import __version__
    from oreline.model import InputError

    start = f"start one with `dask scheduler`, and `dask worker {address}` beside it"
    try:
        client = Client(address, timeout=CONNECT_SECONDS_MAX)
    except (OSError, ValueError) as error:
        raise InputError(f"no scheduler answers at {address}: {start}") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS_MAX)
        except TimeoutError:
            raise InputError(f"the scheduler at {address} has no workers: {start}") from None
        try:
            versions = set(client.run(version_here).values())
        except ImportError as error:
            raise InputError(
                f"the workers of {address} cannot import oreline: install oreline {__version__} "
                "where they run"
            ) from error
        if versions != {__version__}:
            told = ", ".join(sorted(versions))
            raise InputError(
                f"the workers of {address} have oreline {told}, this is {__version__}: install the "
                "same everywhere"
            )
        yield client


def version_here() -> str:
    """Return the version of oreline in the process that runs this."""
    from oreline import __version__

    return __version__
