"""How far a job is, written beside its own transaction, so that others see it while that is still open."""

from __future__ import annotations

import time
import uuid
from types import TracebackType

from django.db import connection

_STEP = 0.4
"""Seconds between two writings."""


class Told:
    """Progress of one attempt at an upload: `told("invoices.csv", 0.4)`."""

    def __init__(self, upload: uuid.UUID, attempt: int) -> None:
        self.upload, self.attempt = upload, attempt
        self.next = 0.0
        self.beside = connection.copy()

    def __enter__(self) -> Told:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.beside.close()

    def __call__(self, words: str, done: float) -> None:
        """Writes words and the part of the work that is done, 0 to 1, though not more often than people can read."""
        now = time.monotonic()
        if now < self.next and done < 1:
            return
        self.next = now + _STEP
        with self.beside.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_upload SET words = %s, progress = %s WHERE id = %s AND attempt = %s",
                [words[:300], min(max(done, 0.0), 1.0), self.upload, self.attempt],
            )
