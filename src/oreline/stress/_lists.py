"""Lists of critical minerals of the United States: who is on which, what changed, and why.

The final list of 2025 rests on effects on gross domestic product, computed by the U.S. Geological
Survey: on the list is what would cost more than :data:`CUT_OFF_MUSD` weighted by probability, and
what has a single domestic producer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oreline.model import InputError
from oreline.reference import kept_by_tables, table

if TYPE_CHECKING:
    import polars as pl

LISTS: Final = ("2018", "2022", "draft 2025", "final 2025")
"""The lists, oldest first."""
CUT_OFF_MUSD: Final = 2.0
"""Probability-weighted net decrease of gross domestic product above which a mineral is listed."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a mineral is on a list, and why; ``basis`` says how that is known."""

    mineral: str
    entry: str
    list_name: str
    member: bool
    reason: str
    basis: str
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral, "entry": self.entry, "list": self.list_name,
            "member": self.member, "reason": self.reason, "basis": self.basis,
            "source": self.source,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListChange:
    """What became of a mineral between two lists: ``added``, ``removed`` or ``kept``."""

    mineral: str
    change: str
    reason: str
    basis: str
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral, "change": self.change, "reason": self.reason,
            "basis": self.basis, "source": self.source,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListChanges:
    """All changes between two lists, and how many minerals each has."""

    earlier: str
    later: str
    size_earlier: int
    size_later: int
    changes: tuple[ListChange, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "earlier": self.earlier,
            "later": self.later,
            "size_earlier": self.size_earlier,
            "size_later": self.size_later,
            "changes": [one.to_json() for one in self.changes],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return the changes as a table."""
        import polars as pl

        names = ("mineral", "change", "reason", "basis", "source")
        return pl.DataFrame(
            [one.to_json() for one in self.changes], schema=dict.fromkeys(names, pl.String)
        )


@dataclass(frozen=True, slots=True)
class GdpEffect:
    """What the disruption of a mineral costs the United States, as its geological survey has it.

    ``weighted_musd`` is the net decrease of gross domestic product weighted by the probability of
    each scenario, ``largest_musd`` that of the largest scenario, both in million US dollars a year
    and None where not modelled. ``implied_probability`` is their ratio: an upper bound for the
    probability of the largest scenario, derived here.
    """

    mineral: str
    commodity: str
    weighted_musd: float | None
    largest_musd: float | None
    implied_probability: float | None
    vintage: int
    source: str

    @property
    def is_listed_by_effect(self) -> bool | None:
        """Return whether the effect alone puts it on the list; None where it is not modelled."""
        return None if self.weighted_musd is None else self.weighted_musd > CUT_OFF_MUSD

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral, "commodity": self.commodity,
            "weighted_musd": self.weighted_musd, "largest_musd": self.largest_musd,
            "implied_probability": self.implied_probability,
            "is_listed_by_effect": self.is_listed_by_effect, "cut_off_musd": CUT_OFF_MUSD,
            "vintage": self.vintage, "source": self.source,
        }  # fmt: skip


@kept_by_tables
def memberships() -> Mapping[str, tuple[Membership, ...]]:
    """Give the standing of every mineral that was on any of the lists, by mineral."""
    kept: dict[str, list[Membership]] = {}
    for row in table("us_lists").iter_rows(named=True):
        kept.setdefault(row["mineral"], []).append(
            Membership(
                mineral=row["mineral"],
                entry=row["entry"],
                list_name=row["list"],
                member=row["member"],
                reason=row["reason"] or "",
                basis=row["basis"],
                source=row["source"],
            )
        )
    return {
        mineral: tuple(sorted(found, key=lambda one: LISTS.index(one.list_name)))
        for mineral, found in kept.items()
    }


def list_changes(earlier: str = "2022", later: str = "final 2025") -> ListChanges:
    """Give what changed from one list to another, each with its reason as far as it is known.

    Raises
    ------
    InputError
        If one of the lists is not known.

    Examples
    --------
    >>> found = list_changes()
    >>> [one.mineral for one in found.changes if one.change == "added"][:3]
    ['boron', 'coking coal', 'copper']
    """
    unknown = [name for name in (earlier, later) if name not in LISTS]
    if unknown:
        raise InputError(f"no list {unknown[0]!r}; the lists are: {', '.join(LISTS)}")
    changes, sizes = [], [0, 0]
    for mineral, found in sorted(memberships().items()):
        standing = {one.list_name: one for one in found}
        before, after = standing.get(earlier), standing.get(later)
        was, is_now = before is not None and before.member, after is not None and after.member
        sizes[0] += was
        sizes[1] += is_now
        if not (was or is_now) or after is None:
            continue
        change = "kept" if was and is_now else "added" if is_now else "removed"
        changes.append(ListChange(mineral, change, after.reason, after.basis, after.source))
    return ListChanges(earlier, later, sizes[0], sizes[1], tuple(changes))


@kept_by_tables
def gdp_effects() -> Mapping[str, GdpEffect]:
    """Give the published effects on gross domestic product, by mineral."""
    return {
        row["mineral"]: GdpEffect(
            mineral=row["mineral"],
            commodity=row["commodity"],
            weighted_musd=row["weighted_musd"],
            largest_musd=row["largest_musd"],
            implied_probability=row["implied_probability"],
            vintage=row["vintage"],
            source=row["source"],
        )
        for row in table("us_gdp_effects").iter_rows(named=True)
    }
