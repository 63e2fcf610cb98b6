"""What the tests here share."""

from __future__ import annotations

import django

django.setup()  # the application stands before its modules are read, whichever tests are asked for

from countback.accounts.testing import world  # noqa: E402
from countback.alerts.testing import books_folder, converted, demo_books, mail_server, mirror, receiver  # noqa: E402
from countback.audit.testing import append_only_tables_are_emptied  # noqa: E402
from countback.ledger.testing import ledger_is_emptied  # noqa: E402

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
