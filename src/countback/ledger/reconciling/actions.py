"""Comparing with a source and keeping what came of it; comparing the mirror with the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from countback.accounts.models import Person
from countback.audit.actions import record
from countback.core.problem import CountbackError
from countback.ledger import reconcile
from countback.ledger.figures import Figures
from countback.ledger.mirror import opened as mirror
from countback.ledger.reconciling import rules
from countback.ledger.reconciling.held import documents, open_by_customer, open_totals
from countback.ledger.reconciling.models import MirrorCheck, ReconciledLine, Reconciliation
from countback.ledger.reconciling.rules import Line, Told, What
from countback.ledger.uploads import Asker

CHECK = "check_mirror"
"""Name of the job."""

AT_ONCE = 5_000
"""Lines that are written at a time."""


class UnableToReconcile(CountbackError):
    """Nothing was compared."""


def reconcile_with_source(
    told: Sequence[Told], figures: Figures, *, name: str, as_of: date, asker: Asker
) -> Reconciliation:
    """Compares control totals with the ledger as of a date, in the scope of the figures, and keeps both sides. `name`:
    whose totals they are. Raises UnableToReconcile."""
    if not told or asker.who is None:
        why, remedy = "no total was given", "fill in at least one, or choose a file"
        raise UnableToReconcile("Nothing was compared", why, remedy)
    known_through = figures.known_through
    lines = _compared(told, figures, as_of)
    scope = figures.scope
    with transaction.atomic():
        made = Reconciliation.objects.create(
            name=name, at=asker.at, by=asker.who, as_of=as_of, known_through=known_through,
            entities=None if scope.entities is None else list(scope.entities),
            collectors=None if scope.collectors is None else list(scope.collectors),
        )  # fmt: skip
        kept = [ReconciledLine(reconciliation=made, **_kept(line)) for line in lines]
        ReconciledLine.objects.bulk_create(kept, AT_ONCE)
        after = {"name": name, "as of": as_of.isoformat(), "agrees": rules.agrees(lines)}
        about = ("reconciliation", str(made.pk))
        record(who=asker.who, what="reconciled", about=about, at=asker.at, after=after, where=asker.where)
    return made


def ask_for_check(*, asker: Asker) -> bool:
    """Has the mirror compared with the ledger; False where that is already asked for."""
    try:
        with transaction.atomic():
            by = asker.who.pk if asker.who else None
            app.configure_task(CHECK, queueing_lock=CHECK).defer(by=by)
            what, about = "check of the mirror asked for", ("mirror", "1")
            record(who=asker.who, what=what, about=about, at=asker.at, where=asker.where)
    except AlreadyEnqueued:
        return False
    return True


def check_mirror(*, at: datetime, by: Person | None = None) -> MirrorCheck | None:
    """Compares the mirror with the ledger and keeps what differs; None where there is no mirror yet."""
    folder = Path(settings.MIRROR)
    try:
        found = reconcile.differences(folder)
        known_through = mirror.opened(folder).known_through
    except FileNotFoundError:
        return None
    differences = [{name: str(value) for name, value in asdict(one).items()} for one in found]
    return MirrorCheck.objects.create(
        at=at, by=by, known_through=known_through.astimezone(UTC), differences=differences
    )


def _compared(told: Sequence[Told], figures: Figures, as_of: date) -> list[Line]:
    """Both sides: of the ledger's no more is asked than the source told of."""
    asked = {one.key.what for one in told}
    totals = open_totals(figures, as_of) if What.OPEN in asked else {}
    for what in (What.INVOICES, What.PAYMENTS):
        if what in asked:
            totals |= documents(figures, as_of, what)
    by_customer = open_by_customer(figures, as_of, (one.key for one in told if one.customer_id))
    return rules.compared(told, totals, by_customer)


def _kept(line: Line) -> dict[str, object]:
    key = line.key
    return {
        "what": key.what.value, "level": line.level.value, "entity": key.entity, "currency": key.currency,
        "customer_id": line.customer_id, "month": key.month, "rows": key.rows, "ledger": line.ledger,
        "source": line.source,
    }  # fmt: skip
