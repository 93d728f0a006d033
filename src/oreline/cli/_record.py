"""``oreline record``: the group of commands about the ledger itself."""

from __future__ import annotations

import typer

from oreline.cli import _record_look, _record_proof, _record_share, _record_write

app = typer.Typer(
    no_args_is_help=True,
    help="What happened? The append-only ledger: write, look, prove.\n\n"
    "Example: oreline record import examples/pakistan-us",
)

LOOK, WRITE, PROVE = "Look", "Write", "Prove"

for _name, _command, _panel in (
    ("import", _record_write.import_, WRITE),
    ("append", _record_write.append, WRITE),
    ("correct", _record_write.correct, WRITE),
    ("release", _record_write.release, WRITE),
    ("reject", _record_write.reject, WRITE),
    ("derive", _record_write.derive, WRITE),
    ("show", _record_look.show, LOOK),
    ("lot", _record_look.lot, LOOK),
    ("findings", _record_look.findings, LOOK),
    ("status", _record_look.status, LOOK),
    ("checkpoint", _record_proof.checkpoint, PROVE),
    ("keygen", _record_proof.keygen, PROVE),
    ("verify", _record_proof.verify, PROVE),
    ("prove", _record_proof.prove, PROVE),
    ("check-proof", _record_share.check_proof, PROVE),
    ("share", _record_share.share, PROVE),
):
    app.command(_name, rich_help_panel=_panel)(_command)
