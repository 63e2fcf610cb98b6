"""For tests: small books whose figures one can check in one's head, demo books, a mail server, a receiver of posts."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from countback.accounts.models import Person
from countback.alerts import actions
from countback.alerts.actions import Doing, Draft
from countback.alerts.models import Alert
from countback.alerts.rules import Kind, Rule
from countback.analytics.keeping import keep_derived
from countback.books.convert import convert
from countback.books.demo import write_demo_books
from countback.ledger.mirror import opened

AT = datetime(2026, 4, 1, 6, tzinfo=UTC)
"""The morning on which tests look."""

CUSTOMERS = """\
customer_id,name,segment,collector,currency,credit_limit
C1,Alder Ltd,Retail,anna,EUR,400
C2,Birch GmbH,Trade,ben,EUR,1000
"""
INVOICES = """\
invoice_id,customer_id,issued_on,due_on,amount,currency
INV-1,C1,2026-01-10,2026-01-20,100.00,EUR
INV-2,C2,2026-02-10,2026-03-12,250.00,EUR
INV-3,C1,2026-03-31,2026-03-31,300.00,EUR
"""
PAYMENTS = "payment_id,customer_id,received_on,amount,currency\n"
ALLOCATIONS = "payment_id,credit_note_id,invoice_id,amount,applied_on\n"

SMALL = {
    "customers.csv": CUSTOMERS,
    "invoices.csv": INVOICES,
    "payments.csv": PAYMENTS,
    "allocations.csv": ALLOCATIONS,
}
"""As of 2026-03-31 open: 100 (overdue by 70 days), 250 (by 19), 300 (due that day): 650 in all, 350 of it overdue."""

PAID = SMALL | {
    "payments.csv": PAYMENTS + "P1,C2,2026-03-20,250.00,EUR\n",
    "allocations.csv": ALLOCATIONS + "P1,,INV-2,250.00,2026-03-20\n",
}
"""The same, and INV-2 was paid: 400 open, 100 of it overdue."""

Placed = Callable[[Mapping[str, str]], None]


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mapping[str, str]], Path]:
    """Books in the form that figures are read from; the same books are converted once."""
    known: dict[str, Path] = {}

    def convert_once(books: Mapping[str, str]) -> Path:
        key = repr(sorted(books.items()))
        if key not in known:
            folder = tmp_path_factory.mktemp("books")
            source = folder / "source"
            source.mkdir()
            for name, text in books.items():
                (source / name).write_text(text, "utf-8")
            known[key] = convert(source, folder / "current", derive=keep_derived)
        return known[key]

    return convert_once


@pytest.fixture
def mirror(settings: Any, tmp_path: Path, converted: Callable[[Mapping[str, str]], Path]) -> Iterator[Placed]:
    """Places books where the figures are read from; called again, it places others there."""
    settings.MIRROR = tmp_path / "mirror"

    def place(books: Mapping[str, str]) -> None:
        opened.forget()
        current = settings.MIRROR / "current"
        shutil.rmtree(current, ignore_errors=True)
        shutil.copytree(converted(books), current)

    yield place
    opened.forget()


@pytest.fixture(scope="session")
def books_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Demo books, converted: 60 customers, 36 months up to 2026-10-31."""
    folder = tmp_path_factory.mktemp("alerts")
    write_demo_books(folder / "books", customers=60, months=36)
    convert(folder / "books", folder / "mirror" / "current", derive=keep_derived)
    return folder / "mirror"


@pytest.fixture
def demo_books(settings: Any, books_folder: Path) -> Iterator[None]:
    """Figures are those of the demo books."""
    settings.MIRROR = books_folder
    opened.forget()
    yield
    opened.forget()


def overdue_above(amount: str, **changes: Any) -> Rule:
    """Speaks when more than so much is overdue."""
    rule = {"kind": Kind.THRESHOLD, "kpi": "overdue_receivables", "every": "day", "size": Decimal(amount)}
    return Rule(**rule | changes)


def made(owner: Person, rule: Rule, *recipients: Person, name: str = "Overdue", **posts: str) -> Alert:
    """An alert on screen and by mail to its owner and further recipients; `posts`: channel -> address."""
    people = (owner, *recipients)
    draft = Draft(name, rule, people, {"screen": "", "mail": ""} | posts)
    return actions.make_alert(draft, Doing(owner, AT), site="https://countback.example.com")


@dataclass
class Mailbox:
    """What a mail server was given. `refuses`: the answer to a recipient; `answers`: to a mail that it was told whole;
    `breaks_off`: it hangs up instead."""

    mails: list[tuple[list[str], str]] = field(default_factory=list)
    refuses: str = ""
    breaks_off: bool = False

    async def take_recipient(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Takes a recipient, or does not."""
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def take_mail(self, server: Any, session: Any, envelope: Any) -> str:
        """Takes a mail."""
        self.mails.append((list(envelope.rcpt_tos), envelope.content.decode("utf-8")))
        if self.breaks_off:
            server.transport.close()
        return "250 taken"

    handle_RCPT, handle_DATA = take_recipient, take_mail  # noqa: N815 as the server calls them


@pytest.fixture
def mail_server(settings: Any) -> Iterator[Mailbox]:
    """A real mail server, to which Django sends."""
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
        yield mailbox
    finally:
        controller.stop()


@dataclass
class Receiver:
    """What was posted, path, headers and body; and what it answers."""

    address: str = ""
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A real server that takes posts, on a network that is let through."""
    settings.ALERTS_PRIVATE_NETWORKS = ("127.0.0.0/8",)
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.posts.append((self.path, dict(self.headers), body))
            if found.silent:
                return
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_port}/hook"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()
