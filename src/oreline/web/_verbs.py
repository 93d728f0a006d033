"""The pages that the rail lists, in the order and the groups in which it lists them."""

from __future__ import annotations

from dataclasses import dataclass


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
    Verb("/", "Overview", "Chain", "map"),
    Verb("/lots", "Lots", "Chain", "inventory_2"),
    Verb("/record", "Record", "Chain", "edit_note", "record"),
    Verb("/balance", "Balance", "Check", "balance"),
    Verb("/assay", "One assay", "Check", "science"),
    Verb("/ask", "Ask", "Check", "contact_support"),
    Verb("/verify", "Verify", "Check", "verified_user"),
    Verb("/people", "People", "House", "group", "administer"),
    Verb("/help", "Help", "House", "menu_book"),
)
GROUPS = ("Chain", "Check", "House")
