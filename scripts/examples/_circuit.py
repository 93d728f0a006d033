"""The three flotation circuits of the illustration: design splits of a rougher and a cleaner.

Cleaner tailings go back to the rougher the same day. With ``r`` and ``c`` the shares of a component
that rougher and cleaner send to their concentrates, the circuit sends ``c r / (1 - r (1 - c))`` of
the feed to the final concentrate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from examples._assumptions import assumed

REST = "rest"
"""What is no listed analyte, by mass."""
Stream = dict[str, float]
"""Tonnes per component. ``total`` is not kept: it is the sum of those that are mass."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """One ore, its mine and its flotation circuit."""

    code: str
    title: str
    main: str
    rate_t_d: float
    feed_pct: Mapping[str, float]
    recovery: Mapping[str, float]
    concentrate_pct: float
    within_main: tuple[str, ...] = ()
    minor: tuple[str, ...] = ()
    ore_hs: str = ""

    @property
    def source(self) -> str:
        """Return the assumption that every simulated figure of this circuit names."""
        return f"A-SIM-{self.code.upper()}"

    @property
    def mill(self) -> str:
        """Return the site of this circuit: each keeps an account of its own."""
        return f"illus-mill-{self.code}"

    @property
    def analytes(self) -> tuple[str, ...]:
        """Return what is assayed, the main analyte first."""
        return (self.main, *self.minor, *self.within_main)


def circuits() -> tuple[Circuit, ...]:
    """Return the three circuits as assumed."""
    ree = {
        "TREO": assumed("A-REE-GRADE"),
        "Nd2O3": assumed("A-REE-GRADE") * assumed("A-REE-ND") / 100,
        "Pr6O11": assumed("A-REE-GRADE") * assumed("A-REE-PR") / 100,
    }
    ree_recovery = assumed("A-REE-REC") / 100
    return (
        Circuit(
            "sb",
            "antimony",
            "Sb",
            assumed("A-SB-RATE"),
            {"Sb": assumed("A-SB-GRADE"), "Pb": assumed("A-SB-LEAD")},
            {"Sb": assumed("A-SB-REC") / 100, "Pb": assumed("A-SB-PBREC") / 100},
            assumed("A-SB-CON"),
            minor=("Pb",),
            ore_hs="261710",
        ),
        Circuit(
            "cu",
            "copper",
            "Cu",
            assumed("A-CU-RATE"),
            {"Cu": assumed("A-CU-GRADE")},
            {"Cu": assumed("A-CU-REC") / 100},
            assumed("A-CU-CON"),
            ore_hs="260300",
        ),
        Circuit(
            "ree",
            "rare-earth carbonatite",
            "TREO",
            assumed("A-REE-RATE"),
            ree,
            dict.fromkeys(ree, ree_recovery),
            assumed("A-REE-CON"),
            within_main=("Nd2O3", "Pr6O11"),
        ),
    )


CLEANER = 0.85
CLEANER_REST = 0.35


def rougher_share(overall: float, cleaner: float) -> float:
    """Return the rougher's share that gives an overall recovery with recycled cleaner tailings.

    >>> r = rougher_share(0.875, 0.85)
    >>> round(0.85 * r / (1 - r * 0.15), 6)
    0.875
    """
    return overall / (cleaner + overall * (1 - cleaner))


def mass_of(circuit: Circuit, stream: Stream) -> float:
    """Return the dry mass of a stream: components that lie within the main one count once."""
    return sum(mass for name, mass in stream.items() if name not in circuit.within_main)


def grades_of(circuit: Circuit, stream: Stream) -> dict[str, float]:
    """Return the grades of a stream in percent of its dry mass."""
    total = mass_of(circuit, stream)
    return {name: 100 * stream[name] / total for name in circuit.analytes}


def feed_stream(circuit: Circuit, dry_t: float, pct: Mapping[str, float]) -> Stream:
    """Return the components of an ore of these grades."""
    stream = {name: dry_t * pct[name] / 100 for name in circuit.analytes}
    stream[REST] = 0.0
    stream[REST] = dry_t - mass_of(circuit, stream)
    return stream


@dataclass(frozen=True, slots=True)
class Day:
    """The streams of one day in a circuit that holds nothing overnight."""

    rougher_concentrate: Stream
    cleaner_tails: Stream
    concentrate: Stream
    tails: Stream


def float_day(
    circuit: Circuit, feed: Stream, recovery: Mapping[str, float], concentrate_pct: float
) -> Day:
    """Return what a feed gives at these recoveries and this grade of concentrate."""
    within = feed[circuit.main] * recovery[circuit.main]
    others = sum(feed[name] * recovery[name] for name in circuit.minor)
    rest_overall = (within * 100 / concentrate_pct - within - others) / feed[REST]
    streams: dict[str, Stream] = {"rc": {}, "ct": {}, "con": {}, "tails": {}}
    for name, mass in feed.items():
        overall, cleaner = (
            (rest_overall, CLEANER_REST) if name == REST else (recovery[name], CLEANER)
        )
        rougher = rougher_share(overall, cleaner)
        streams["rc"][name] = mass * rougher / (1 - rougher * (1 - cleaner))
        streams["ct"][name] = streams["rc"][name] * (1 - cleaner)
        streams["con"][name] = mass * overall
        streams["tails"][name] = mass * (1 - overall)
    return Day(streams["rc"], streams["ct"], streams["con"], streams["tails"])
