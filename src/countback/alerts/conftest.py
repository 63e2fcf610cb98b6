"""What the tests here share."""

from __future__ import annotations

from countback.accounts.testing import world
from countback.alerts.testing import books_folder, converted, demo_books, mail_server, mirror, receiver
from countback.audit.testing import append_only_tables_are_emptied
from countback.ledger.testing import ledger_is_emptied

__all__ = [
    "append_only_tables_are_emptied",
    "books_folder",
    "converted",
    "demo_books",
    "ledger_is_emptied",
    "mail_server",
    "mirror",
    "receiver",
    "world",
]
