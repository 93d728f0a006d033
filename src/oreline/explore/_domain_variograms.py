"""Variograms of each domain by itself: a hard boundary parts more than the samples of a search.

Two domains that are kept apart are two populations: their grades vary by other amounts over other
distances. Each is therefore fitted to its own composites, and a stated model of shares is scaled by
its own variance. Where a domain has too few composites for that, the finding ORL-0940 says so and
the variogram of all composites stands in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oreline.explore._block_domains import NO_DOMAIN, SoftContact
from oreline.explore._kriging import Progress
from oreline.explore._kriging_samples import Samples
from oreline.explore._model_settings import (
    ANY,
    FitSection,
    ModelSections,
    VariogramSection,
    VariogramTerms,
)
from oreline.explore._resource_samples import (
    Fitted,
    alone,
    see_analytes,
    variance_of,
    variogram_of,
    variograms_of,
)
from oreline.explore._variogram import Variogram
from oreline.model import Finding, InputError, Severity

FIT_COMPOSITES_MIN = 30
"""A domain with fewer composites of an analyte is not fitted by itself."""


@dataclass(frozen=True, slots=True)
class DomainVariograms:
    """The variogram of each analyte in each domain, and what was fitted for them."""

    of: Mapping[str, Mapping[str, Variogram]]
    fitted: tuple[Fitted, ...]
    findings: tuple[Finding, ...]


def domain_variograms(
    samples: Samples,
    sections: Mapping[str, VariogramSection],
    domains: Sequence[str],
    workers: int | None = None,
    progress: Progress | None = None,
) -> DomainVariograms:
    """Return the variograms of each domain, as ``[variogram]`` says.

    In a domain ``[variogram.NAME.domain.CODE]`` counts, else ``[variogram.NAME]``, else those of
    ``all``; stated in shares or fitted, it is that of the domain's own composites.

    Raises
    ------
    InputError
        If nothing holds for an analyte in a domain, or a section is of no analyte or domain.
    """
    see_analytes(samples, sections)
    _see_domains(samples, sections)
    pooled = _Pooled(samples, sections, workers, progress)
    codes = np.asarray(samples.domain).astype(str)
    of: dict[str, dict[str, Variogram]] = {}
    fits: list[Fitted] = []
    lacking: dict[tuple[str, str], list[str]] = {}
    for code in domains:
        inside, models = samples.taken(codes == code), {}
        for name in samples.analytes:
            terms = terms_of(sections, name, code)
            if terms is None:
                raise InputError(
                    f"declare [variogram.{name}.domain.{code}], or [variogram.{name}] for all "
                    "domains"
                )
            why = _too_little(inside, name, terms)
            if why is None:
                try:
                    models[name], made = variogram_of(inside, name, terms, workers, progress)
                    fits += [] if made is None else [replace(made, domain=code)]
                except InputError as error:
                    # Enough composites, yet too few pairs at some distance: told, not fatal.
                    why = f"it cannot be fitted ({error})"
            if why is not None:
                models[name] = pooled.of(name, code, why)
                if why:
                    lacking.setdefault((code, why), []).append(name)
        of[code] = models
    findings = [_unfitted(code, why, names) for (code, why), names in lacking.items()]
    findings += [_placed(one, made.domain) for made in fits for one in made.fit.findings]
    return DomainVariograms(of, tuple(fits), tuple(findings))


def terms_of(
    sections: Mapping[str, VariogramSection], analyte: str, domain: str
) -> VariogramTerms | None:
    """Return what holds for an analyte in a domain, None where nothing is declared."""
    for name in (analyte, ANY):
        found = sections[name].of(domain) if name in sections else None
        if found is not None:
            return found
    return None


def _see_domains(samples: Samples, sections: Mapping[str, VariogramSection]) -> None:
    there = sorted({str(code) for code in np.asarray(samples.domain).tolist() if code})
    for name, section in sections.items():
        unknown = [code for code in section.domain if code not in there]
        if unknown:
            raise InputError(
                f"[variogram.{name}.domain.{unknown[0]}]: there is no such domain; the composites "
                f"have {', '.join(there)}"
            )


def _too_little(inside: Samples, name: str, terms: VariogramTerms) -> str | None:
    """Return why the domain's own composites tell no variogram; empty where none was assayed."""
    count = int((~np.isnan(inside.column(name))).sum())
    if not count:
        return ""
    if terms.fit is not None and count < FIT_COMPOSITES_MIN:
        return f"{count} composites are too few to fit (fewer than {FIT_COMPOSITES_MIN})"
    needs_spread = terms.fit is not None or terms.sills == "shares"
    if needs_spread and not variance_of(inside, name) > 0:
        return "all composites have one grade"
    return None


def unfitted_domain(
    inside: Samples, name: str, code: str, error: InputError | None = None
) -> Finding | None:
    """Return the finding that a domain cannot be fitted by itself, None where it can be tried."""
    why = _too_little(inside, name, VariogramTerms(fit=FitSection(lag_m=1.0)))
    if error is not None:
        why = f"it cannot be fitted ({error})"
    return None if why is None else _unfitted(code, why or "none was assayed", [name])


@dataclass(slots=True)
class _Pooled:
    """The variograms of all composites, each made when a domain first needs it."""

    samples: Samples
    sections: Mapping[str, VariogramSection]
    workers: int | None
    progress: Progress | None

    def of(self, name: str, code: str, why: str) -> Variogram:
        """Return the variogram of an analyte over all domains."""
        for section in (self.sections.get(name), self.sections.get(ANY)):
            if section is not None and not section.is_silent:
                own = alone(self.samples, name)
                return variogram_of(own, name, section, self.workers, self.progress)[0]
        raise InputError(
            f"{name} in {code}: {why or 'none was assayed'}, and no variogram of all composites "
            f"can stand in; declare [variogram.{name}] for all domains"
        )


def _unfitted(code: str, why: str, names: Sequence[str]) -> Finding:
    message = f"{', '.join(names)}: {why}; the variogram of the composites of all domains is used"
    fix = (
        f"state structures in [variogram.{names[0]}.domain.{code}], or join domains, or write "
        '[search] variograms = "pooled"'
    )
    return Finding("ORL-0940", Severity.WARNING, f"variogram in {code}", message, fix)


def _placed(finding: Finding, domain: str) -> Finding:
    return replace(finding, where=f"{finding.where} in {domain}")


def model_variograms(
    samples: Samples,
    sections: ModelSections,
    domain: NDArray[np.str_] | None,
    workers: int | None,
    progress: Progress | None,
) -> tuple[
    dict[str, Variogram], Mapping[str, Mapping[str, Variogram]], tuple[Fitted, ...], list[Finding]
]:
    """Return variograms over all samples, those by domain, the fits, and what is odd."""
    assert sections.search is not None, "asked for before"
    if domain is None or not sections.search.is_by_domain:
        named = [name for name, one in sections.variogram.items() if one.domain]
        if named:
            raise InputError(
                f'[variogram.{named[0]}.domain] goes with [search] domains = "hard" and '
                'variograms = "by domain"'
            )
        models, fitted, findings = variograms_of(samples, sections.variogram, workers, progress)
        return models, {}, fitted, findings
    used = [code for code in np.unique(domain).tolist() if code != NO_DOMAIN]
    found = domain_variograms(samples, sections.variogram, used, workers, progress)
    return {}, found.of, found.fitted, list(found.findings)


def soft_contacts(sections: ModelSections) -> tuple[SoftContact, ...]:
    """Return the contacts across which samples count."""
    given = () if sections.search is None else sections.search.soft
    return tuple(SoftContact(*one.between, one.within_m) for one in given)
