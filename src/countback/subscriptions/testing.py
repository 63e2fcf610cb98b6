"""For tests: books in which two collectors' customers can be told apart, a real mail server, and mails taken apart."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from countback.accounts.actions import Doing
from countback.accounts.models import Person
from countback.subscriptions import actions, due, queries
from countback.subscriptions.actions import Asked
from countback.subscriptions.models import Subscription
from countback.subscriptions.packs import Packs
from countback.subscriptions.rules import AsOf, Every, Schedule
from countback.subscriptions.sending import send
from tests.post import Post, post_office

__all__ = ["Post", "post_office"]

AS_OF = date(2026, 10, 31)
MADE = datetime(2026, 10, 20, 9, tzinfo=UTC)
DUE = datetime(2026, 11, 1, 6, tzinfo=UTC)
"""When the usual subscription is due: 07:00 in Berlin, in winter."""

MONTHLY = Schedule(Every.MONTH, time(7), "Europe/Berlin", day=1)
ANNA = ("Alder Works", "=1+1", "+Ash & Sons", "Aspen <b>Ltd</b>")
BEN = ("Birch Trading", "Beech Foods", "@Box", "-Bramble")
"""Names of the customers of each collector; some begin as a formula does."""


def write_books(folder: Path) -> Path:
    """Two years of invoices, a few a month, some paid late and some not at all."""
    folder.mkdir(parents=True)
    customers = [(f"A{n}", name, "anna", "north") for n, name in enumerate(ANNA)]
    customers += [(f"B{n}", name, "ben", "south") for n, name in enumerate(BEN)]
    invoices, payments, applied = [], [], []
    for month in range(24):
        for place, (customer, *_) in enumerate(customers):
            issued = date(2024 + (10 + month) // 12, (10 + month) % 12 + 1, 3 + place)
            number, amount = f"{customer}-{month:02}", f"{1000 + 137 * place + 11 * month}.{place}5"
            invoices.append((number, customer, issued, issued + timedelta(days=30), amount, "EUR"))
            paid = issued + timedelta(days=25 + 7 * place)
            if (month + place) % 5 and paid <= AS_OF:
                payments.append((f"P-{number}", customer, paid, amount, "EUR"))
                applied.append((f"P-{number}", number, amount, paid))
    tables = {
        "customers": (("customer_id", "name", "collector", "segment"), customers),
        "invoices": (("invoice_id", "customer_id", "issued_on", "due_on", "amount", "currency"), invoices),
        "payments": (("payment_id", "customer_id", "received_on", "amount", "currency"), payments),
        "allocations": (("payment_id", "invoice_id", "amount", "applied_on"), applied),
    }
    for name, (head, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows])
    return folder


def subscribed(owner: Person, *recipients: Person, at: datetime = MADE, **changes: Any) -> Subscription:
    """A subscription to the pack of the last month, due on each first at 07:00 in Berlin."""
    asked: dict[str, Any] = {
        "name": "Board pack",
        "recipients": recipients,
        "where": {},
        "currency": "",
        "relative_date": AsOf.LAST_MONTH_END,
        "schedule": MONTHLY,
        "language": "",
        "formats": ("pdf", "xlsx"),
    }
    return actions.subscribe(Asked(**asked | changes), Doing(owner, at))


PACKS = Packs()
"""Made once for all tests that ask the same of the same books."""


def run(at: datetime = DUE, packs: Packs = PACKS) -> None:
    """What the job does at a moment."""
    due.put_due(at)
    due.take_back(at)
    for number in queries.waiting():
        send(number, packs, lambda: at)


def body(mail: EmailMessage, kind: str) -> str:
    """The plain or html words of a mail."""
    part = mail.get_body((kind,))
    return "" if part is None else str(part.get_content())


def files(mail: EmailMessage) -> dict[str, bytes]:
    """Its attachments by name."""
    return {str(part.get_filename()): part.get_payload(decode=True) for part in mail.iter_attachments()}  # type: ignore[misc]


def pdf_words(document: bytes) -> str:
    """The words of a PDF, with single spaces."""
    from pypdf import PdfReader

    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages).split())


def cells(workbook: bytes) -> list[Any]:
    """Every cell that holds anything."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(workbook))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
