"""Advisory locks of the ledger, by number. Always taken in this order, so that no two wait for one another:
importing, then the audit's, then writing (which the database takes by itself when a transaction ends)."""

from __future__ import annotations

from typing import Any

IMPORTING = int.from_bytes(b"import", "big")
"""One import or undo at a time, from its look at the ledger to its end."""

RECORDING = 1
"""First half of the lock under which one person at a time records something about a customer; the second is a hash of
the customer's number. Taken before all others."""

WRITING = int.from_bytes(b"ledger", "big")
"""One transaction at a time checks what it wrote, so that each sees what the others have."""


def hold(cursor: Any, lock: int) -> None:
    """Waits for the lock and holds it until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
