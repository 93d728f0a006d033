"""The port to engines outside of oreline: what they are asked, what they answer, which there are.

The room starts no program. Whoever reads a flowsheet passes a callable that asks the engine, and
what it answers is checked like the word of a stranger before it becomes shares of a unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from oreline.design._law import WATER, Array, Feed, ParameterSpec, StreamPhase, component_values
from oreline.design._law_shares import number, of_each
from oreline.design._law_stoichiometry import RARE_EARTHS, molar_mass_g_per_mol
from oreline.model import Finding, InputError, Severity

CONSERVED_WITHIN: Final = 1e-9
"""By how much what an engine sends to all outlets may miss what it was given, as a part of it."""
CODE: Final = "ORL-1019"


@dataclass(frozen=True, slots=True)
class EngineQuestion:
    """What an engine is asked: the calculation, by the adapter's name, and its numbers.

    ``numbers`` are arrays of shape (samples, components), one column for each of ``components``.
    """

    engine: str
    components: tuple[str, ...]
    numbers: Mapping[str, Array]

    @property
    def key(self) -> tuple[object, ...]:
        """Return what is the same for equal questions only."""
        told = tuple((name, one.shape, one.tobytes()) for name, one in self.numbers.items())
        return (self.engine, self.components, told)


@dataclass(frozen=True, slots=True)
class EngineReply:
    """What an engine answers: for each outlet the part of each component that leaves by it.

    ``shares`` are arrays of shape (samples, components). ``version`` is that of the package which
    computed them, as it names itself.
    """

    version: str
    shares: Mapping[str, Array]


AskEngine = Callable[[EngineQuestion], EngineReply]
"""Asks an engine; raises InputError, with a finding of ``engine_refusal``, where it cannot."""


@dataclass(frozen=True, slots=True)
class EngineAdapter:
    """One calculation of an external engine behind the ports of a unit.

    ``package`` and ``tested`` are the name and version to install. ``numbers`` turns the feed and
    the numbers of the unit into those that the engine is asked with, one column a component.
    Components without a column are not the engine's business: they leave by ``stays``. ``by_feed``
    is true where the answer depends on what is fed; ``instead`` names the nearest law of our own.
    """

    name: str
    package: str
    tested: str
    outlets: tuple[str, ...]
    phases: tuple[StreamPhase, ...]
    stays: str
    parameters: Mapping[str, ParameterSpec]
    numbers: Callable[[Feed, Mapping[str, Any]], tuple[tuple[str, ...], Mapping[str, Array]]]
    meaning: str
    source: str
    instead: str
    by_feed: bool = False

    @property
    def how_to_install(self) -> str:
        """Return in words what makes the engine available."""
        return (
            f"install {self.package}=={self.tested} with pip into an environment of its own and "
            f"set ORELINE_ENGINE_PYTHON to the python of that environment, or use the law "
            f"{self.instead}"
        )


def engine_refusal(message: str, fix: str) -> InputError:
    """Return the error of an engine that cannot be used, with its finding."""
    finding = Finding(CODE, Severity.FATAL, "", message, fix)
    return InputError("the external engine cannot be used", [finding])


def engine_absent(adapter: EngineAdapter, where: str) -> InputError:
    """Return the error of an engine that is not there; ``where`` ends the sentence."""
    message = f"the external engine {adapter.package} is not installed{where}"
    return engine_refusal(message, adapter.how_to_install)


def checked_shares(adapter: EngineAdapter, question: EngineQuestion, reply: EngineReply) -> Array:
    """Return what an engine answered in shape (samples, outlets, components), if it can be.

    Raises
    ------
    InputError
        If outlets are missing or unknown, numbers are not finite, a share lies outside of 0 to 1,
        or a component is lost or made.
    """
    fix = f"compare with the law {adapter.instead}, and report it to the makers of the engine"
    said = f"{adapter.package} {reply.version}"
    if set(reply.shares) != set(adapter.outlets):
        told = ", ".join(sorted(reply.shares)) or "none"
        raise engine_refusal(
            f"{said} answered for the outlets {told}, not {', '.join(adapter.outlets)}", fix
        )
    shape = np.broadcast_shapes(*(one.shape for one in question.numbers.values()))
    parts = [np.asarray(reply.shares[port], dtype=np.float64) for port in adapter.outlets]
    if any(part.shape != shape for part in parts):
        raise engine_refusal(f"{said} did not answer once for each component and sample", fix)
    shares = np.stack(parts, axis=-2)
    for index, name in enumerate(question.components):
        column = shares[..., index]
        total = column.sum(axis=-1)
        if not np.isfinite(column).all():
            raise engine_refusal(f"{said} gives no number for {name}", fix)
        if (column < -CONSERVED_WITHIN).any() or (column > 1 + CONSERVED_WITHIN).any():
            worst = column.flat[int(np.argmax(np.abs(column - 0.5)))]
            raise engine_refusal(f"{said} sends {100 * worst:.6g} % of {name} to one outlet", fix)
        if (np.abs(total - 1) > CONSERVED_WITHIN).any():
            worst = total.flat[int(np.argmax(np.abs(total - 1)))]
            raise engine_refusal(
                f"{said} does not conserve {name}: {100 * worst:.9g} % of it leaves", fix
            )
    return np.asarray(np.clip(shares, 0.0, 1.0))


def _kremser_numbers(
    feed: Feed, values: Mapping[str, Any]
) -> tuple[tuple[str, ...], Mapping[str, Array]]:
    """Return D, O/A and N of what is extracted at all; the engine is told of nothing else."""
    distribution = np.atleast_2d(component_values(values, "d", feed.components, missing=0.0))
    chosen = [
        index
        for index, name in enumerate(feed.components)
        if name != WATER and (distribution[:, index] > 0).any()
    ]
    names = tuple(feed.components[index] for index in chosen)
    columns = {
        "distribution": distribution[:, chosen],
        "phase_ratio": np.atleast_1d(np.asarray(values["phase_ratio"], dtype=np.float64))[:, None],
        "stages": np.atleast_1d(np.asarray(values["stages"], dtype=np.float64))[:, None],
    }
    return names, dict(zip(columns, np.broadcast_arrays(*columns.values()), strict=True))


def _mass_action_numbers(
    feed: Feed, values: Mapping[str, Any]
) -> tuple[tuple[str, ...], Mapping[str, Array]]:
    """Return mol/L of each rare earth in the liquor, and what the cascade works with."""
    flow = np.atleast_2d(feed.flow_t_per_h)
    chosen = [
        index
        for index, name in enumerate(feed.components)
        if name in RARE_EARTHS and (flow[:, index] > 0).any()
    ]
    names = tuple(feed.components[index] for index in chosen)
    water = np.atleast_1d(np.asarray(feed.water_t_per_h, dtype=np.float64))[:, None]
    if chosen and np.any(water <= 0):
        raise InputError("there is no liquor: the cascade reckons with mol for each litre of it")
    weights = np.array([molar_mass_g_per_mol(name) for name in names])
    # A tonne of liquor's water is taken as a cubic metre of liquor.
    columns = {"mol_per_l": 1000.0 * flow[:, chosen] / weights / water}
    for name in ("acid", "base", "extractant", "phase_ratio", "stages"):
        columns[name] = np.atleast_1d(np.asarray(values[name], dtype=np.float64))[:, None]
    return names, dict(zip(columns, np.broadcast_arrays(*columns.values()), strict=True))


def _mass_action(extractant: str, strength: float) -> EngineAdapter:
    return EngineAdapter(
        name=f"difflow_mass_action_{extractant.lower()}",
        package="difflow",
        tested="0.2.2",
        outlets=("extract", "raffinate"),
        phases=(StreamPhase.SOLUTION, StreamPhase.SOLUTION),
        stays="raffinate",
        parameters={
            "stages": number("1", 1, 20, "theoretical stages"),
            "phase_ratio": number("1", 0.1, 10, "organic over aqueous volume, O/A"),
            "extractant": number("mol/L", 0.05, 2, f"{extractant} in the solvent", strength),
            "acid": number("mol/L", 0, 2, "free acid of the feed", 0.01),
            "base": number("mol/L", 0, 3, "base dosed, for each litre of feed", 0.0),
        },
        numbers=_mass_action_numbers,
        meaning=f"extraction of rare earths by {extractant} with its pH and loading, by difflow",
        source="difflow_ree.equilibrium.mass_action of difflow, tested with 0.2.2: mass action in "
        "every stage, constants from its correlations; pH is a result",
        instead="sx_cascade",
        by_feed=True,
    )


ENGINE_ADAPTERS: Final[Mapping[str, EngineAdapter]] = {
    adapter.name: adapter
    for adapter in (
        EngineAdapter(
            name="difflow_kremser",
            package="difflow",
            tested="0.2.2",
            outlets=("extract", "raffinate"),
            phases=(StreamPhase.SOLUTION, StreamPhase.SOLUTION),
            stays="raffinate",
            parameters={
                "d": of_each("1", 0, 1e6, "distribution coefficient, organic over aqueous", 0.0),
                "phase_ratio": number("1", 0.1, 10, "organic over aqueous volume, O/A"),
                "stages": number("1", 1, 100, "theoretical stages"),
            },
            numbers=_kremser_numbers,
            meaning="solvent extraction at constant distribution, computed by difflow",
            source="difflow_ree.units.kremser.kremser_two_inlet of difflow, tested with 0.2.2",
            instead="sx_kremser",
        ),
        _mass_action("D2EHPA", 0.5),
        _mass_action("PC88A", 0.5),
    )
}
