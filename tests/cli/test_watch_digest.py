"""Alerts and digests from a chain folder to a mail server on this machine, told once."""

from __future__ import annotations

import email
import email.policy
import json
import logging
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from called import Oreline
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from oreline.exchange import init_folder

PARTY = "omega,Omega Smelting Ltd,US,,buyer,,,,reported,a test\n"
FIRST = """Zeta Wire
2025-01-20

Zeta Metals Corp has delivered antimony concentrate to Omega Smelting Ltd on 8 January 2025.
"""
SECOND = """Gamma News
2025-01-21

Zeta Metals Corp has delivered antimony concentrate to Omega Smelting Ltd on 9 January 2025.
<script>alert("x")</script>
"""
RULES = """
[[alert]]
id = "omega"
on = "claim"
party = "omega"

[[alert]]
id = "apart"
on = "contested"
mineral = "Sb"
"""
MAIL = """
[digest]
host = "localhost"
port = {port}
encryption = "{encryption}"
sender = "oreline@example.org"
recipients = ["desk@example.org", "office@example.org"]
timeout_s = 5
"""
LOGIN = 'user_variable = "W_USER"\npassword_variable = "W_PASSWORD"\n'


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Return a chain folder with one party and one report."""
    folder = tmp_path / "chain"
    init_folder(folder, "small", title="A small chain")
    (folder / "evidence").mkdir(exist_ok=True)
    with (folder / "parties.csv").open("a") as parties:
        parties.write(PARTY)
    (folder / "evidence" / "zeta.txt").write_text(FIRST)
    (folder / "watch.toml").write_text(RULES)
    return folder


class Inbox:
    """Keeps what arrives; ``refused`` are recipients that it does not take."""

    def __init__(self, refused: frozenset[str] = frozenset(), data: str = "250 OK") -> None:
        self.messages: list[EmailMessage] = []
        self.refused = refused
        self.data = data

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str,
                          _options: Any) -> str:  # fmt: skip
        if address in self.refused:
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.data.startswith("250"):
            found = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(found, EmailMessage)
            self.messages.append(found)
        return self.data


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Make a certificate of localhost that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


class Server:
    """Servers on this machine, stopped after the test."""

    def __init__(self) -> None:
        self.running: list[Controller] = []

    def start(self, inbox: Inbox, **how: Any) -> int:
        made = Controller(inbox, hostname="localhost", port=free_port(), **how)
        made.start()
        self.running.append(made)
        return int(made.port)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Start servers of a test; their log goes nowhere, whatever other tests did to the root's."""
    for name in ("mail.log", "mail.debug"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", False)
    made = Server()
    yield made
    for one in made.running:
        one.stop()


def configure(chain: Path, port: int, encryption: str = "none", more: str = "") -> None:
    (chain / "watch.toml").write_text(RULES + MAIL.format(port=port, encryption=encryption) + more)


def test_what_is_new_is_sent_once_and_only_what_is_new_the_next_time(
    bare: Oreline, chain: Path, server: Server, tmp_path: Path
) -> None:
    inbox = Inbox()
    configure(chain, server.start(inbox))
    before = bare("watch", "alerts", chain, "--json").json["result"]["alerts"]
    assert [(one["rule"], len(one["lines"])) for one in before] == [("omega", 1)]
    page = tmp_path / "digest.html"
    first = bare("watch", "digest", chain, "--send", "--html", page, "--json")
    assert first.code == 0, first.everything
    assert first.json["result"]["sent"]["recipients"] == ["desk@example.org", "office@example.org"]
    (message,) = inbox.messages
    assert message["Subject"].startswith("A small chain: 1 new, ")
    assert message["To"] == "desk@example.org, office@example.org"
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert text is not None
    assert html is not None
    quoted = "Zeta Metals Corp has delivered antimony concentrate to Omega Smelting Ltd"
    assert quoted in " ".join(text.get_content().split())
    assert "(zeta.txt, 2025-01-20)" in text.get_content()
    assert quoted in page.read_text()
    assert quoted in html.get_content()
    assert bare("watch", "alerts", chain, "--json").json["result"]["alerts"] == []
    assert bare("watch", "digest", chain, "--send").code == 0
    assert len(inbox.messages) == 1
    (chain / "evidence" / "gamma.txt").write_text(SECOND)
    assert bare("watch", "digest", chain, "--send").code == 0
    again = inbox.messages[1].get_body(("plain",))
    assert again is not None
    said = again.get_content()
    assert "gamma.txt, 2025-01-21" in said
    assert "zeta.txt, 2025-01-20" not in said
    assert "What reports differ on" in said
    everything = bare("watch", "alerts", chain, "--all", "--json").json["result"]["alerts"]
    assert [(one["rule"], len(one["lines"])) for one in everything] == [("omega", 2), ("apart", 1)]


def test_what_reports_say_is_text_on_the_page_whatever_it_holds(
    bare: Oreline, chain: Path, tmp_path: Path
) -> None:
    (chain / "evidence" / "zeta.txt").write_text(
        'Zeta <b>Wire</b>\n2025-01-20\n\nZeta Metals Corp has delivered <img src=x onerror="x()"> '
        "antimony concentrate to Omega Smelting Ltd on 8 January 2025.\n"
    )
    page = tmp_path / "digest.html"
    assert bare("watch", "digest", chain, "--html", page).code == 0
    text = page.read_text()
    assert "&lt;img src=x" in text
    for tag in ("<img", "<script", "<b>", "<a ", "http"):
        assert tag not in text
    assert not (chain / "watch-told.jsonl").exists()
    again = bare("watch", "digest", chain, "--html", page)
    assert (again.code, "exists" in again.everything) == (2, True)


def test_starttls_with_a_password_and_every_refusal_in_plain_words(
    bare: Oreline, chain: Path, server: Server, certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def check(_server: Any, _session: Any, _envelope: Any, _kind: str, told: Any) -> AuthResult:
        right = isinstance(told, LoginPassword) and told.password == b"open sesame"
        return AuthResult(success=right, handled=right)

    inbox = Inbox()
    port = server.start(
        inbox, tls_context=context, require_starttls=True, authenticator=check, auth_required=True
    )
    configure(chain, port, "starttls", LOGIN)

    def sent() -> tuple[int, str]:
        call = bare("watch", "digest", chain, "--send")
        assert "Traceback" not in call.everything
        return call.code, " ".join(call.everything.split())

    code, said = sent()
    assert code == 1
    assert "the environment has no W_USER and no W_PASSWORD" in said
    monkeypatch.setenv("W_USER", "desk")
    monkeypatch.setenv("W_PASSWORD", "wrong")
    assert "is not trusted" in sent()[1]
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    code, said = sent()
    assert code == 1
    assert "refuses the user or the password" in said
    assert "wrong" not in said
    assert inbox.messages == []
    assert len(bare("watch", "alerts", chain, "--json").json["result"]["alerts"]) == 1
    monkeypatch.setenv("W_PASSWORD", "open sesame")
    code, said = sent()
    assert (code, len(inbox.messages)) == (0, 1), said


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("nobody", "cannot be reached"),
        ("plain", "offers no STARTTLS, and nothing goes in clear"),
        ("silent", "did not answer within 0.3 s or hung up"),
        ("full", "did not take the message: 552 full"),
        ("strangers", "550 no such user here"),
        ("tls", "does not speak TLS here"),
    ],
)
def test_a_server_that_does_not_take_it_leaves_everything_to_be_told(
    bare: Oreline, chain: Path, server: Server, case: str, said: str
) -> None:
    refused = frozenset({"desk@example.org", "office@example.org"} if case == "strangers" else ())
    inbox = Inbox(refused, "552 full" if case == "full" else "250 OK")
    listening = socket.socket()
    if case == "nobody":
        port = free_port()
    elif case == "silent":
        listening.bind(("localhost", 0))
        listening.listen()
        port = listening.getsockname()[1]
    else:
        port = server.start(inbox)
    configure(chain, port, {"plain": "starttls", "tls": "tls"}.get(case, "none"))
    text = (chain / "watch.toml").read_text()
    (chain / "watch.toml").write_text(text.replace("timeout_s = 5", "timeout_s = 0.3"))
    with listening:
        call = bare("watch", "digest", chain, "--send")
    assert call.code == 1
    assert said in " ".join(call.everything.split())
    assert inbox.messages == []
    left = bare("watch", "alerts", chain, "--json").json["result"]["alerts"]
    assert [one["rule"] for one in left] == ["omega"]


def test_a_refused_recipient_is_told_and_the_others_have_it(
    bare: Oreline, chain: Path, server: Server
) -> None:
    inbox = Inbox(frozenset({"office@example.org"}))
    configure(chain, server.start(inbox))
    call = bare("watch", "digest", chain, "--send")
    assert call.code == 1
    assert "did not go to office@example.org: 550" in " ".join(call.everything.split())
    assert len(inbox.messages) == 1
    assert bare("watch", "alerts", chain, "--json").json["result"]["alerts"] == []


def test_a_line_cut_off_by_a_crash_counts_as_not_told_and_a_strange_line_is_refused(
    bare: Oreline, chain: Path
) -> None:
    assert bare("watch", "digest", chain, "--mark-told").code == 0
    told = chain / "watch-told.jsonl"
    whole = told.read_text()
    told.write_text(whole[:-5])
    assert len(bare("watch", "alerts", chain, "--json").json["result"]["alerts"]) == 1
    assert bare("watch", "digest", chain, "--mark-told").code == 0
    assert [json.loads(line)["mark"] for line in told.read_text().splitlines()] == [
        json.loads(whole)["mark"]
    ]
    told.write_text('{"mark": "no"}\n' + whole)
    call = bare("watch", "alerts", chain)
    assert call.code == 2
    assert "watch-told.jsonl:1" in call.everything


def test_a_file_that_cannot_be_used_tells_all_and_sends_nothing(bare: Oreline, chain: Path) -> None:
    (chain / "watch.toml").write_text('[[alert]]\nid = "a"\non = "rumour"\n[digest]\nport = 0\n')
    call = bare("watch", "digest", chain, "--send", "--json")
    assert call.code == 2
    assert len(call.json["error"]["findings"]) == 5
    (chain / "watch.toml").write_text(RULES)
    call = bare("watch", "digest", chain, "--send")
    assert call.code == 2
    assert "has no [digest]" in call.everything


def test_a_price_file_of_the_folder_is_held_against_its_rule(bare: Oreline, chain: Path) -> None:
    (chain / "own").mkdir()
    (chain / "own" / "sb.csv").write_text("Date,Close\n2025-01-02,20000\n2025-01-03,23000\n")
    (chain / "watch.toml").write_text(
        '[[series]]\nid = "sb"\nfile = "own/sb.csv"\nkind = "price"\ncurrency = "USD"\n'
        'unit = "t"\nbasis = "reported"\nsource = "a test"\n'
        '[[alert]]\nid = "dear"\non = "price"\nseries = "sb"\nabove = 22000\nchange_pct = 10\n'
        '[[alert]]\nid = "gone"\non = "price"\nseries = "no-such"\nabove = 1\n'
    )
    told = bare("watch", "alerts", chain, "--json").json["result"]
    assert [one["title"] for one in told["alerts"]] == [
        "sb is above 22000 USD/t", "sb moved +15.0 %",
    ]  # fmt: skip
    assert "23000 USD/t on 2025-01-03 (a test)" in told["alerts"][0]["lines"][0]
    assert "there is no series no-such" in told["findings"][0]["message"]
