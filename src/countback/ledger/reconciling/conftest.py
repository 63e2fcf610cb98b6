"""What tests of reconciliation share."""

from __future__ import annotations

from countback.ledger.tests.conftest import kept, no_job, work, world

__all__ = ["kept", "no_job", "work", "world"]
