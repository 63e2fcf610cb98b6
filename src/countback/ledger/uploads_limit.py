"""Stops taking in a request's files once they are more than is taken, so that nobody fills the disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from countback.ledger.uploads_files import largest


class Bounded(TemporaryFileUploadHandler):
    """Writes files to disk as they come, up to `most` bytes in all, or `largest()`. What comes after is read past and
    dropped, so that the browser gets its answer; `exceeded` then says so."""

    def __init__(self, request: Any = None, most: int | None = None) -> None:
        super().__init__(request)
        self.most = largest() if most is None else most
        self.taken = 0
        self.exceeded = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """The next piece of a file."""
        self.taken += len(raw_data)
        if self.taken > self.most:
            self.exceeded = True
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)
        return None
