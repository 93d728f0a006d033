"""The pages that the rail lists, in the order and the groups in which it lists them."""

from __future__ import annotations

from dataclasses import dataclass

from oreline.web._strings import msg


@dataclass(frozen=True, slots=True)
class Verb:
    """An entry of the rail: where it leads, what it is called, and its picture.

    ``right`` is the right that a person needs to see it, as ``oreline.api.Right`` names it.
    """

    path: str
    title: str
    group: str
    icon: str
    right: str = "read"


VERBS = (
    Verb("/", msg("Overview"), msg("Chain"), "map"),
    Verb("/lots", msg("Lots"), msg("Chain"), "inventory_2"),
    Verb("/record", msg("Record"), msg("Chain"), "edit_note", "record"),
    Verb("/balance", msg("Balance"), msg("Check"), "balance"),
    Verb("/calculators", msg("Calculators"), msg("Check"), "calculate"),
    Verb("/assay", msg("One assay"), msg("Check"), "science"),
    Verb("/settle", msg("Settle"), msg("Check"), "payments"),
    Verb("/settle/exchange", msg("Exchange of assays"), msg("Check"), "lock"),
    Verb("/ask", msg("Ask"), msg("Check"), "contact_support"),
    Verb("/verify", msg("Verify"), msg("Check"), "verified_user"),
    Verb("/explore", msg("Explore"), msg("Plan"), "terrain"),
    Verb("/design", msg("Design"), msg("Plan"), "account_tree"),
    Verb("/plan", msg("Plan"), msg("Plan"), "event_note"),
    Verb("/fund", msg("Fund"), msg("Plan"), "savings"),
    Verb("/stress", msg("Stress"), msg("Plan"), "crisis_alert"),
    Verb("/watch", msg("Watch"), msg("Plan"), "newspaper"),
    Verb("/people", msg("People"), msg("House"), "group", "administer"),
    Verb("/help", msg("Help"), msg("House"), "menu_book"),
)
GROUPS = ("Chain", "Check", "Plan", "House")
