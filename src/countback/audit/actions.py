"""Writing lines of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.transaction import TransactionManagementError

from countback.audit import rules
from countback.audit.models import Line

if TYPE_CHECKING:
    from countback.accounts.models import Person

LOCK = int.from_bytes(b"audit", "big")
"""Number of the lock under which one transaction at a time adds to the chain."""

ITSELF = "Countback"
"""Who is shown where nobody asked: the application on its own."""


def record(
    *,
    who: Person | None,
    what: str,
    about: tuple[str, str] | None,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    where: str = "",
) -> None:
    """Adds a line, in the caller's transaction: it stands if and only if what it tells of stands.

    `who`: the person who did it, None for the application itself. `what`: a few words of the field, the same for each
    such act ("import undone"). `about`: kind and id of what it was done to. `before`, `after`: the values that changed.
    `where`: the network address that asked. From here until the transaction ends nobody else can add a line, so call it
    last. Raises TransactionManagementError outside of a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("An audit line is written in the transaction of what it tells of.")
    kind, identity = about or ("", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = Line.objects.order_by("-id").values_list("id", "hash").first()
    number, previous = last or (0, rules.START)
    line = Line(
        id=number + 1,
        at=at,
        who_id=who.pk if who else None,
        who_shown=rules.plain(_shown(who)),
        what=rules.plain(what),
        about_kind=rules.plain(kind),
        about_id=rules.plain(str(identity)),
        before=rules.plain(before),
        after=rules.plain(after),
        from_where=rules.plain(where),
        previous_hash=previous,
    )
    line.hash = rules.seal(line.content, previous)
    line.save(force_insert=True)


def _shown(who: Person | None) -> str:
    if who is None:
        return ITSELF
    return f"{who.name} <{who.email}>" if who.name else who.email
