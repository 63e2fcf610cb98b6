"""The lists of a morning are made by themselves, once, by the clock of the installation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from countback.ledger import mirror
from countback.ledger.testing import Importing
from countback.worklists.models import Day
from countback.worklists.tasks import make_from_morning_on
from countback.worklists.testing import TODAY, books
from tests.generated_books import Tables

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_the_ledger")]

FIVE = datetime(2026, 6, 17, 5, tzinfo=UTC)


def test_from_five_on_they_are_there_and_not_a_second_before() -> None:
    assert make_from_morning_on(FIVE - timedelta(seconds=1)) is None
    day = make_from_morning_on(FIVE)
    assert day is not None
    assert (day.on, day.by) == (TODAY, None)
    assert make_from_morning_on(FIVE + timedelta(minutes=10)) is None
    assert Day.objects.count() == 1


def test_a_server_that_was_down_at_five_makes_them_when_it_is_up() -> None:
    assert make_from_morning_on(FIVE + timedelta(hours=9)) is not None


@pytest.mark.parametrize(
    ("zone", "at", "on"),
    [
        ("Pacific/Auckland", datetime(2026, 6, 16, 17, tzinfo=UTC), date(2026, 6, 17)),
        ("Pacific/Auckland", datetime(2026, 6, 16, 16, 59, tzinfo=UTC), None),
        ("America/Los_Angeles", datetime(2026, 6, 17, 12, tzinfo=UTC), date(2026, 6, 17)),
        ("America/Los_Angeles", datetime(2026, 6, 17, 11, 59, tzinfo=UTC), None),
    ],
)
def test_the_morning_is_that_of_the_installation(
    settings: Any, zone: str, at: datetime, on: date | None
) -> None:
    settings.TIME_ZONE = zone
    day = make_from_morning_on(at)
    assert (day.on if day else None) == on


def test_what_keeps_them_from_being_made_is_logged_and_ends_no_job(settings: Any, tmp_path: Path) -> None:
    """A customer in dollars beside those in euros, and no rate."""
    settings.MIRROR = tmp_path / "another"
    tables: Tables = books(TODAY)
    dollars = tables["invoices"][0] | {"invoice_id": "I-USD", "currency": "USD"}
    Importing(tmp_path / "books")(tables | {"invoices": [*tables["invoices"], dollars]})
    mirror.refresh(tmp_path / "another")
    with capture_logs() as logs:
        assert make_from_morning_on(FIVE) is None
    assert [one["why"] for one in logs if one["event"] == "worklists not made"] == [
        "customers were not ranked: the books hold EUR, USD and no rates that lead to one of them; "
        "add fx_rates, or ask for one currency."
    ]
    assert not Day.objects.exists()
