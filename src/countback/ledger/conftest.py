"""What the tests here share."""

from __future__ import annotations

from countback.audit.testing import append_only_tables_are_emptied
from countback.ledger.mirror.testing import beside
from countback.ledger.testing import importing, ledger_is_emptied

__all__ = ["append_only_tables_are_emptied", "beside", "importing", "ledger_is_emptied"]
