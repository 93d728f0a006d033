"""Sends a message through an SMTP server, and says in plain words why one was not sent."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Final

from oreline.model import Finding, Severity
from oreline.watch._digest import Digest, digest_message
from oreline.watch._settings import WATCH_FILE, DigestTable
from oreline.watch._told import ToldBook

_SAID_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """Who a message went to, and what is wrong with the others; to nobody, it was not sent."""

    recipients: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "recipients": list(self.recipients),
            "findings": [one.to_json() for one in self.findings],
        }


def send(message: EmailMessage, settings: DigestTable, environment: Mapping[str, str]) -> Sent:
    """Send a message; nothing is sent in clear where encryption was asked for.

    Parameters
    ----------
    environment
        Where the user's name and the password stand, under the names that the settings give.
    """
    missing = [
        name
        for name in (settings.user_variable, settings.password_variable)
        if name is not None and not environment.get(name)
    ]
    if missing:
        return _refused(
            f"the environment has no {' and no '.join(missing)}", "set it where oreline runs"
        )
    odd = [
        name
        for name in (settings.user_variable, settings.password_variable)
        if name is not None and not environment[name].isascii()
    ]
    if odd:
        return _refused(f"{' and '.join(odd)}: SMTP takes plain ASCII only", "ask for another one")
    try:
        with _connected(settings) as server:
            if settings.user_variable is not None and settings.password_variable is not None:
                server.login(
                    environment[settings.user_variable], environment[settings.password_variable]
                )
            refused = server.send_message(message, settings.sender, list(settings.recipients))
    except (smtplib.SMTPException, OSError) as error:
        return _not_sent(error, settings)
    taken = tuple(one for one in settings.recipients if one not in refused)
    return Sent(taken, tuple(_no_recipient(name, why) for name, why in refused.items()))


def _not_sent(error: smtplib.SMTPException | OSError, settings: DigestTable) -> Sent:
    """Say in plain words why a server did not take a message."""
    where, said = f"{settings.host}:{settings.port}", _said(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return Sent((), tuple(_no_recipient(name, why) for name, why in error.recipients.items()))
    if isinstance(error, smtplib.SMTPNotSupportedError) and "STARTTLS" in str(error):
        fix = 'ask whoever keeps the server, or write encryption = "tls"'
        return _refused(f"{where} offers no STARTTLS, and nothing goes in clear", fix)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _refused(f"{where} takes no password: {said}", "leave both variables out")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        fix = f"look at {settings.user_variable} and {settings.password_variable}"
        return _refused(f"{where} refuses the user or the password: {said}", fix)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _refused(f"{where} refuses the sender: {said}", "correct the sender")
    if isinstance(error, ssl.SSLCertVerificationError):
        fix = "name the host as its certificate does, or let this machine trust the issuer"
        return _refused(f"the certificate of {where} is not trusted: {error.verify_message}", fix)
    if isinstance(error, ssl.SSLError):
        fix = 'write encryption = "starttls" for port 587 and "tls" for port 465'
        return _refused(f"{where} does not speak TLS here: {said}", fix)
    if isinstance(error, TimeoutError | smtplib.SMTPServerDisconnected):
        told = f"{where} did not answer within {settings.timeout_s:g} s or hung up: {said}"
        return _refused(told, "look at host and port, and whether the server runs")
    if isinstance(error, smtplib.SMTPException):
        return _refused(f"{where} did not take the message: {said}", "ask whoever keeps it")
    return _refused(f"{where} cannot be reached: {said}", "look at host and port")


def _connected(settings: DigestTable) -> smtplib.SMTP:
    """Return a connection as safe as the settings ask."""
    context = ssl.create_default_context()
    if settings.encryption == "tls":
        return smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=settings.timeout_s, context=context
        )
    server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_s)
    if settings.encryption == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _refused(message: str, fix: str) -> Sent:
    where = f"{WATCH_FILE} digest"
    told = f"the digest was not sent: {message}"
    return Sent((), (Finding("ORL-1337", Severity.FATAL, where, told, fix),))


def _no_recipient(name: str, why: tuple[int, bytes]) -> Finding:
    said = _plain(why[1].decode("utf-8", "replace"))
    message = f"the digest did not go to {name}: {why[0]} {said}"
    return Finding(
        "ORL-1337", Severity.WARNING, f"{WATCH_FILE} digest", message, "correct the address"
    )


def _said(error: Exception) -> str:
    """Return what a server said, in one line: it is a stranger's text."""
    code = getattr(error, "smtp_code", None)
    text = getattr(error, "smtp_error", None)
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    said = _plain(str(text) if text is not None else str(error) or type(error).__name__)
    return said if code is None else f"{code} {said}"


def _plain(text: str) -> str:
    line = "".join(one for one in " ".join(text.split()) if one.isprintable())
    return line[:_SAID_MAX]


def tell(
    digest: Digest, settings: DigestTable, book: ToldBook, environment: Mapping[str, str]
) -> Sent:
    """Send what is new, and remember it once a server has taken it; nothing new is not sent."""
    if not digest.alerts.alerts:
        return Sent(())
    sent = send(digest_message(digest, settings), settings, environment)
    if sent.recipients:
        book.add(digest.alerts, digest.made.isoformat())
    return sent
