"""Reconciliation: measured masses and grades made to conserve, unless they contradict."""

from __future__ import annotations

from collections.abc import Sequence

from oreline.balance._network import Network, Quantity
from oreline.balance._network_check import check_network
from oreline.balance._reconciliation import Reconciliation
from oreline.model import InputError, is_fatal


def reconcile(
    network: Network, *, confidence: float = 0.95, exclude: Sequence[Quantity] = ()
) -> Reconciliation:
    """Reconcile masses and grades by weighted least squares under exact conservation.

    The reconciled values are the nearest to the measured ones, in units of their uncertainties and
    with all covariances, for which every node conserves dry mass and the metal of every analyte,
    and every declared sum holds. If the measurements contradict each other beyond their
    uncertainties the result is ``GROSS_ERROR``: no value is adjusted, and the measurement that is
    most likely wrong is named. Taking it out is the user's decision, with ``exclude``.

    Parameters
    ----------
    confidence
        The probability with which data without gross errors pass the global test; and, jointly, all
        measurement tests.
    exclude
        Measurements to leave out, as if they had not been made; the result lists them.

    Raises
    ------
    InputError
        With every finding, if the network or the call cannot be used.

    Examples
    --------
    >>> from oreline.balance import Measurement, Stream
    >>> feed = Stream("feed", None, "mill", Measurement(100.0, 2.0))
    >>> product = Stream("product", "mill", None, Measurement(40.0, 1.0))
    >>> tailings = Stream("tailings", "mill", None, Measurement(57.0, 2.0))
    >>> found = reconcile(Network((feed, product, tailings)))
    >>> print(found.status, round(found.of("feed", "dry_t").value, 4))
    RECONCILED 98.6667
    """
    if not 0.5 <= confidence < 1:
        raise InputError(f"a confidence of {confidence:g}: write one from 0.5 to below 1, as 0.95")
    findings = check_network(network)
    if is_fatal(findings):
        raise InputError("these streams cannot be reconciled", findings)
    # The numerical libraries are loaded only where something is reconciled.
    from oreline.balance._outcome import answer

    return answer(network, confidence, exclude)
