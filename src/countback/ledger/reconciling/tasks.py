"""Jobs: the standing check of the mirror. The clock is read here."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from countback.accounts.models import Person
from countback.ledger.reconciling import actions
from countback.ledger.reconciling.actions import CHECK


@app.task(name=CHECK)
def check_mirror(by: int | None = None) -> None:
    """Compares the mirror with the ledger, for somebody who asked."""
    person = Person.objects.filter(pk=by).first() if by is not None else None
    actions.check_mirror(at=datetime.now(UTC), by=person)


@app.periodic(cron="40 3 * * *")
@app.task(name="check_mirror_nightly", queueing_lock="check_mirror_nightly")
def check_mirror_nightly(timestamp: int) -> None:
    """The same every night."""
    del timestamp
    actions.check_mirror(at=datetime.now(UTC))
