"""For tests: a ledger with customers for two collectors, and a day on which to work on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.module_loading import import_string
from pytest_django import Settings

from countback.ledger import mirror
from countback.ledger.testing import Importing
from tests.generated_books import Tables

TODAY = date(2026, 6, 17)
AT = datetime(2026, 6, 17, 8, 30, tzinfo=UTC)
HERS, HIS = 12, 3


def books(today: date) -> Tables:
    """A1 to A12 are anna's and owe 1,000.00, 2,000.00 and so on, B1 to B3 are ben's; N1 is nobody's. All of it has been
    due for a month; A12 was called yesterday."""
    issued_on, due_on, yesterday = ((today - timedelta(days)).isoformat() for days in (61, 31, 1))
    whose = (
        {f"A{n}": "anna" for n in range(1, HERS + 1)}
        | {f"B{n}": "ben" for n in range(1, HIS + 1)}
        | {"N1": ""}
    )
    customers = [
        {
            "customer_id": one,
            "name": f"House {one}",
            "collector": collector,
            "entity_id": "E1",
            "currency": "EUR",
        }
        for one, collector in whose.items()
    ]
    invoices = [
        {"invoice_id": f"I-{one}", "customer_id": one, "issued_on": issued_on, "due_on": due_on,
         "amount": f"{1000 * int(one[1:])}.00", "currency": "EUR"}
        for one in whose
    ]  # fmt: skip
    called = {"contact_id": "K1", "customer_id": "A12", "contacted_on": yesterday, "channel": "call"}
    collectors = [
        {"collector": "anna", "name": "Anna Lind", "email": "bob@example.com"},
        {"collector": "ben", "name": "Ben Cole", "email": "ben@example.com"},
    ]
    return {"customers": customers, "invoices": invoices, "contacts": [called], "collectors": collectors}


@pytest.fixture
def today() -> date:
    """The day of the lists."""
    return TODAY


@pytest.fixture
def in_the_ledger(settings: Settings, tmp_path: Path, today: date) -> None:
    """The books in the ledger, and figures over them."""
    settings.MIRROR, settings.UPLOADS = tmp_path / "mirror", tmp_path / "uploads"
    (tmp_path / "books").mkdir()
    Importing(tmp_path / "books")(books(today))
    mirror.refresh(tmp_path / "mirror")


@pytest.fixture
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """What every request takes for now."""
    place = "countback.project.middleware.dated"
    dated = import_string(place)

    def dating(answer: Any) -> Any:
        def seen(request: Any) -> Any:
            request.today, request.moment = TODAY, AT
            return answer(request)

        return dated(seen)

    monkeypatch.setattr(place, dating)
