"""The kinds of entry in plain words: what people say that happened."""

from __future__ import annotations

from oreline.web._strings import msg

GROUPS = (
    (msg("A new lot"), (
        ("extract", msg("mined")), ("process", msg("made in a plant")),
        ("blend", msg("mixed of other lots")), ("split", msg("taken from a lot")),
    )),
    (msg("A lot that is there"), (
        ("weigh", msg("weighed")), ("sample", msg("sampled")), ("assay", msg("analysed")),
        ("count", msg("counted in stock")), ("pack", msg("packed")), ("unpack", msg("unpacked")),
        ("dispatch", msg("sent")), ("receive", msg("has arrived")), ("transfer", msg("sold")),
        ("consume", msg("used up")), ("observe", msg("seen or reported")),
    )),
    (msg("Papers, money, names"), (
        ("attest", msg("a certificate or approval")), ("money", msg("an invoice or payment")),
        ("credit", msg("custody credits")), ("declare", msg("a new site, party or material")),
    )),
)  # fmt: skip
"""What people say that happened, and the kind of entry that it is."""
SENTENCES = {
    "extract": msg("Mined: material came out of the ground"),
    "process": msg("Made in a plant: lots went in, other lots came out"),
    "blend": msg("Mixed: several lots became one"),
    "split": msg("Taken from a lot: one lot became several of the same composition"),
    "pack": msg("Packed: lots went into a container, which was sealed"),
    "unpack": msg("Unpacked: a container was opened"),
    "dispatch": msg("Sent: whole lots left a site with a carrier"),
    "receive": msg("Arrived: lots came to a site and were weighed there"),
    "weigh": msg("Weighed: a scale was read"),
    "sample": msg("Sampled: material was taken to stand for a lot"),
    "assay": msg("Analysed: a laboratory gave its results"),
    "count": msg("Counted: a pile, tank or circuit was measured"),
    "transfer": msg("Sold: lots passed to another owner"),
    "consume": msg("Used up: material left the chain"),
    "observe": msg("Seen or reported: a lot was somewhere, without a mass"),
    "attest": msg("A certificate, permit or approval was given"),
    "credit": msg("Custody credits were issued, moved or retired"),
    "money": msg("Money was committed, invoiced or paid, or a price fixed"),
    "declare": msg("A site, party, material or rule holds from now on"),
}
"""What each kind of entry says, for the head of its form."""
