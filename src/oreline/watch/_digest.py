"""The digest: what is new by the rules, as a page, as plain text and as an e-mail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from itertools import groupby
from typing import Any, Final

from oreline.model import Finding
from oreline.watch._alerts import Alert, Alerts
from oreline.watch._settings import DigestTable

TITLES: Final = {
    "claim": "New claims",
    "contested": "What reports differ on",
    "lapse": "What lapses",
    "import_reliance": "Revised import reliance",
    "price": "Prices",
}
"""What each part of a digest is called, in their order."""

_STYLE: Final = """
body{margin:0;padding:16px;background:#f4f5f7;color:#1c2733;
font:15px/1.5 -apple-system,"Segoe UI",Roboto,Arial,sans-serif}
main{max-width:640px;margin:0 auto;padding:20px;background:#fff;border:1px solid #d5dae0}
h1{font-size:20px;margin:0 0 4px}h2{font-size:16px;margin:24px 0 4px}
h3{font-size:15px;margin:14px 0 2px}p,ul{margin:4px 0}ul{padding-left:20px}
.small{color:#52606d;font-size:13px}li{overflow-wrap:anywhere}
""".replace("\n", "")


@dataclass(frozen=True, slots=True)
class Digest:
    """What is to be told of a chain at a moment."""

    title: str
    alerts: Alerts
    made: datetime

    @property
    def subject(self) -> str:
        """Return it in one line."""
        count = len(self.alerts.alerts)
        things = "nothing new" if count == 0 else f"{count} new"
        return " ".join(f"{self.title}: {things}, {self.made.date().isoformat()}".split())

    def parts(self) -> tuple[tuple[str, tuple[Alert, ...]], ...]:
        """Return the alerts by what they are about, under their titles."""
        order = list(TITLES)
        ranked = sorted(self.alerts.alerts, key=lambda one: order.index(one.on))
        return tuple(
            (TITLES[on], tuple(found)) for on, found in groupby(ranked, key=lambda one: one.on)
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"title": self.title, "made": self.made.isoformat(), **self.alerts.to_json()}


def digest_text(digest: Digest) -> str:
    """Return a digest as plain text."""
    lines = [digest.subject, ""]
    for title, alerts in digest.parts():
        lines += [title, "-" * len(title)]
        for one in alerts:
            lines.append(f"{_line(one.title)} [{one.rule}]")
            lines += [f"  * {_line(said)}" for said in one.lines]
            lines.append("")
    lines += [_line(str(one)) for one in digest.alerts.findings]
    lines += ["", _FOOT]
    return "\n".join(lines)


_FOOT: Final = (
    "Sentences in quotation marks are those of reports, not ours. A claim is no fact of the ledger "
    "until a person attaches it, and then it is reported, no more."
)


def digest_html(digest: Digest) -> str:
    """Return a digest as one page without anything from elsewhere: no script, picture or link.

    What reports say is escaped: it is shown as text whatever it holds.
    """
    body = []
    for title, alerts in digest.parts():
        body.append(f"<h2>{escape(title)}</h2>")
        for one in alerts:
            said = "".join(f"<li>{escape(_line(line))}</li>" for line in one.lines)
            rule = f'<span class="small">[{escape(one.rule)}]</span>'
            body.append(f"<h3>{escape(_line(one.title))} {rule}</h3><ul>{said}</ul>")
    if not body:
        body.append("<p>Nothing new.</p>")
    body += _told_findings(digest.alerts.findings)
    title = escape(digest.subject)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>"
        f'<p class="small">Made {escape(digest.made.isoformat(timespec="minutes"))}</p>'
        f'{"".join(body)}<p class="small">{escape(_FOOT)}</p></main></body></html>\n'
    )


def _told_findings(findings: tuple[Finding, ...]) -> list[str]:
    if not findings:
        return []
    told = "".join(f"<li>{escape(_line(str(one)))}</li>" for one in findings)
    return [f"<h2>What could not be answered</h2><ul>{told}</ul>"]


def digest_message(digest: Digest, settings: DigestTable) -> EmailMessage:
    """Return a digest as an e-mail: plain text, and beside it the page.

    Its id follows from what it tells, so that a message that was sent twice is known as one.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = digest.subject
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.recipients)
    message["Date"] = format_datetime(digest.made)
    key = "\n".join((digest.title, *digest.alerts.marks, *settings.recipients))
    domain = settings.sender.rpartition("@")[2]
    message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(digest_text(digest))
    message.add_alternative(digest_html(digest), subtype="html")
    return message


def _line(text: str) -> str:
    """Return text as one line of characters that can be shown."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())
