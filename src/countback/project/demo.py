"""The demo books in an empty ledger, so that a first look has something to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from countback.books.demo import write_demo_books

NAME = "Demo books"


def load_demo_books(folder: Path) -> bool:
    """Writes demo books into `folder` and imports them, where nothing was imported yet; whether it did."""
    from django.conf import settings

    from countback.ledger import mirror
    from countback.ledger.actions import import_books
    from countback.ledger.models import Import

    if Import.objects.exists():
        return False
    if not (folder / "customers.csv").exists():
        write_demo_books(folder)
    import_books(folder, name=NAME, profile=None, by=None, at=datetime.now(UTC))
    mirror.refresh(settings.MIRROR)
    return True
