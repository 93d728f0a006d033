"""The studies of the European Commission: what their rules have in common, and where they differ.

All since 2017 use one formula of supply risk and one of importance, and the same thresholds. What
differs is the Union, the years, which stage counts and how much of the inputs was printed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from oreline.model import InputError
from oreline.reference import table


@dataclass(frozen=True, slots=True)
class EuStudy:
    """One study: its rules, and what of it is carried.

    ``largest_value_added_meur`` is the value added of the largest manufacturing sector, by which
    importance is scaled; None where it is not carried. ``basis`` says how the rules are known.
    """

    year: int
    union: str
    years_of_data: str
    stage_rule: str
    printed: str
    differs: str
    largest_value_added_meur: float | None
    basis: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "year": self.year,
            "union": self.union,
            "years_of_data": self.years_of_data,
            "stage_rule": self.stage_rule,
            "printed": self.printed,
            "differs": self.differs,
            "largest_value_added_meur": self.largest_value_added_meur,
            "basis": self.basis,
        }


_EARLIER: Final = (
    "another method: concentration of world production alone, substitution and recycling as "
    "factors, importance by larger sectors; not comparable with 2017 and after"
)
EU_STUDIES: Final = {
    study.year: study
    for study in (
        EuStudy(2011, "27 members", "around 2006", "world production", "results", _EARLIER, None,
                "from memory"),
        EuStudy(2014, "28 members", "around 2010", "world production", "results", _EARLIER, None,
                "from memory"),
        EuStudy(
            2017, "28 members", "means of about 2010 to 2014",
            "one stage, extraction or processing, that the study chose as the bottleneck",
            "both weighted indices, reliance, recycling, substitution and results, each rounded",
            "first with both sides of supply, import reliance and trade parameters; one side alone "
            "where the data of the other were poor",
            None, "reported; union and years from memory",
        ),
        EuStudy(
            2020, "27 members", "means of about 2012 to 2016",
            "both stages are computed, the higher counts", "results",
            "formula of 2017; the stage is no longer chosen but computed; the Union without the "
            "United Kingdom, which thereby loses the parameter 0.8 of members",
            None, "from memory",
        ),
        EuStudy(
            2023, "27 members", "means of 2016 to 2020",
            "both stages are computed, the higher counts",
            "shares and trade parameters of both sides, end uses with sectors, results",
            "formula of 2017 and stage rule of 2020; newer governance and export restrictions; "
            "copper and nickel are strategic though their supply risk is below one",
            204_200.0, "reported; stage rule from memory",
        ),
    )
}  # fmt: skip
"""The studies by year."""


def eu_study(year: int) -> EuStudy:
    """Give the rules of one study; of one later than those known here, the last rules as assumed.

    Raises
    ------
    InputError
        If there was no study in that year, and the tables in use have no results of it.

    Examples
    --------
    >>> eu_study(2023).largest_value_added_meur
    204200.0
    """
    found = EU_STUDIES.get(year)
    last = max(EU_STUDIES)
    if year > last and year in table("eu_results")["year"]:
        return replace(
            EU_STUDIES[last], year=year, years_of_data="not stated", basis="assumed",
            differs=f"no rules of this study are carried: those of {last} are assumed, with its "
            "largest value added",
        )  # fmt: skip
    if found is None:
        years = ", ".join(str(known) for known in EU_STUDIES)
        raise InputError(f"there is no study of {year} on critical raw materials; say {years}")
    return found
