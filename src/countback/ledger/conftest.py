"""What the tests here share."""

from __future__ import annotations

import django

django.setup()  # the application stands before its modules are read, whichever tests are asked for

from countback.audit.testing import append_only_tables_are_emptied  # noqa: E402
from countback.ledger.testing import importing, ledger_is_emptied  # noqa: E402

__all__ = ["append_only_tables_are_emptied", "importing", "ledger_is_emptied"]
