"""What tests of sources share."""

from __future__ import annotations

from countback.ledger.sources.testing import allowed, https_server, sftp_server, sourced
from countback.ledger.tests.conftest import kept, no_job, work, world

__all__ = ["allowed", "https_server", "kept", "no_job", "sftp_server", "sourced", "work", "world"]
