"""For tests: a folder that the operator allows, a real HTTPS server, a real SFTP server, and sources of each."""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from countback.ledger.sources import actions, due
from countback.ledger.sources.actions import Asked
from countback.ledger.sources.models import Fetch, Source
from countback.ledger.tests.conftest import ITEMS
from countback.ledger.uploads import Asker

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PASSWORD, TOKEN, KEY = "COUNTBACK_SOURCE_PASSWORD", "COUNTBACK_SOURCE_TOKEN", "COUNTBACK_SOURCE_KEY"

MORE = ITEMS + "I-4,C2,Nordvik,2026-02-05,2026-03-07,99.00,\n"
"""The list of open items with one more."""

FOLDER = Asked(
    name="Nightly export", kind="folder", address="erp", pattern="*.csv", newest_only=False, profile="",
    ends_vanished=False, interval_minutes=None, at_time=time(2, 30), time_zone="UTC", secret="none",
    secret_variable="", active=True,
)  # fmt: skip


@dataclass
class Sourced:
    """Sources in a test: made by nobody in particular, fetched by the real worker."""

    root: Path
    work: Callable[[], None]

    def put(self, name: str, content: str | bytes) -> Path:
        """Lays a file into the folder that is allowed."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def add(self, asked: Asked = FOLDER, **changes: Any) -> Source:
        """Sets up a source."""
        return actions.add_source(replace(asked, **changes), asker=Asker(None, NOW))

    def fetch(self, source: Source) -> Fetch:
        """Has it fetched at once, and tells what came of it."""
        asked = actions.fetch_now(Source.objects.get(pk=source.pk), asker=Asker(None, datetime.now(UTC)))
        self.work()
        return Fetch.objects.select_related("imported").get(pk=asked.pk)

    def tick(self, at: datetime) -> int:
        """What the schedule does each minute; how many were due."""
        due.mind(at=at)
        count = due.put_due(at=at)
        self.work()
        return count


@pytest.fixture
def allowed(tmp_path: Path, settings: Settings) -> Path:
    """The folder that the operator allows."""
    settings.SOURCES = tmp_path / "allowed"
    settings.SOURCES.mkdir()
    return settings.SOURCES


@pytest.fixture
def sourced(allowed: Path, work: Callable[[], None]) -> Sourced:
    """Sources, and a worker that fetches them."""
    return Sourced(allowed, work)


@dataclass
class Https:
    """A server on this machine. `files`: what it gives, by path; `asked`: headers of what it was asked. `status`: what
    it answers instead."""

    port: int
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    token: str = ""

    def address(self, path: str, user: str = "") -> str:
        """Where a file of it is."""
        return f"https://{user}{'@' * bool(user)}localhost:{self.port}{path}"


@pytest.fixture
def https_server(tmp_path: Path, settings: Settings) -> Iterator[Https]:
    """An HTTPS server whose certificate is signed by an authority of its own, which the operator trusts."""
    settings.ALERTS_PRIVATE_NETWORKS = ("127.0.0.0/8", "::1/128")
    settings.SOURCES_CA = tmp_path / "ca.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path, settings.SOURCES_CA))

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(dict(self.headers))
            content = server.files.get(self.path)
            status = server.status if server.status != 200 else 200 if content is not None else 404
            if server.token and self.headers.get("Authorization") != f"Bearer {server.token}":
                status = 401
            self.send_response(status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            body = content if status == 200 and content is not None else b""
            if "Content-Length" not in server.headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    listening.handle_error = lambda *_: None  # type: ignore[method-assign]  # who hangs up is meant to
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    server = Https(listening.server_address[1])
    thread = threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    listening.shutdown()
    listening.server_close()
    thread.join(5)


def _certificate(folder: Path, authority: Path) -> Path:
    """A certificate for localhost with its key, and the authority that signed it in a file of its own."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
    ca = _signed(issuer, issuer, ca_key, ca_key, x509.BasicConstraints(ca=True, path_length=0), [])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = _signed(own, issuer, key, ca_key, x509.BasicConstraints(ca=False, path_length=None), names)
    pem = serialization.Encoding.PEM
    authority.write_bytes(ca.public_bytes(pem))
    chain = folder / "server.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    chain.write_bytes(private + certificate.public_bytes(pem))
    return chain


def _signed(
    own: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    basic: x509.BasicConstraints,
    names: list[x509.GeneralName],
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(own).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).add_extension(basic, critical=True)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    if names:
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return made.sign(by, hashes.SHA256())


@dataclass
class Sftp:
    """An SFTP server on this machine. `folder`: what it shows as its root. `entered`: as whom somebody came in."""

    port: int
    folder: Path
    host_key: asyncssh.SSHKey
    user_key: asyncssh.SSHKey
    start: Callable[[asyncssh.SSHKey], None]
    entered: list[str] = field(default_factory=list)

    def address(self, folder: str = "/outbox") -> str:
        """Where a folder of it is."""
        return f"sftp://countback@127.0.0.1:{self.port}{folder}"


@pytest.fixture
def sftp_server(tmp_path: Path, settings: Settings) -> Iterator[Sftp]:
    """An SFTP server that lets `countback` in with the password `open sesame`, or with its key."""
    settings.ALERTS_PRIVATE_NETWORKS = ("127.0.0.0/8",)
    root = tmp_path / "sftp"
    (root / "outbox").mkdir(parents=True)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    running: list[asyncssh.SSHAcceptor] = []
    user_key = asyncssh.generate_private_key("ssh-ed25519")

    class Door(asyncssh.SSHServer):
        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return self._let_in(username, password == "open sesame")

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            return self._let_in(username, key.public_data == user_key.public_data)

        def _let_in(self, username: str, sound: bool) -> bool:
            if sound:
                server.entered.append(username)
            return sound and username == "countback"

    def start(key: asyncssh.SSHKey) -> None:
        async def listen() -> asyncssh.SSHAcceptor:
            for one in running:
                one.close()
                await one.wait_closed()
            return await asyncssh.listen(
                "127.0.0.1", server.port, server_factory=Door, server_host_keys=[key],
                sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=os.fsencode(root)),
            )  # fmt: skip

        running[:] = [asyncio.run_coroutine_threadsafe(listen(), loop).result(10)]
        server.port = running[0].get_port()
        server.host_key = key

    server = Sftp(0, root, user_key, user_key, start)
    start(asyncssh.generate_private_key("ssh-ed25519"))
    yield server

    async def stop() -> None:
        running[0].close()
        await running[0].wait_closed()

    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()
