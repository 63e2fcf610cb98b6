"""What is recorded here, beside what books bring: calls, promises, disputes and the like, which no file told.

An act is one transaction: rows that it adds to the ledger, rows that it puts in the place of others, its line of the
audit. It is kept as an `Import` with the field's words for it in `act`, so that whoever asks where a row came from gets
one kind of answer, and so that it can be undone. It waits for no import under way: it adds rows under numbers of
its own, and changes a row only if it is still the one that was seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from countback.accounts.actions import Doing
from countback.audit.actions import record
from countback.core.problem import CountbackError
from countback.ledger.locks import RECORDING
from countback.ledger.models import Import
from countback.ledger.records.actions import CUSTOMER
from countback.ledger.rules import moment_of
from countback.ledger.schema import LETTERS, columns_of, current_of, table_of
from countback.ledger.uploads import FIGURES

TOGETHER = 20
"""Seconds after an act in which figures follow, with all that is recorded until then: many people record at once."""


class UnableToRecord(CountbackError):
    """Nothing was recorded."""


class UnableToChangeFact(UnableToRecord):
    """Somebody else has changed the row since it was shown; what they wrote stays."""


@dataclass(frozen=True, slots=True)
class Added:
    """A row to be added. `values`: by column of the books, without its number and `recorded_at`."""

    table: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """A row of which some values shall be others. `seen`: the number of the version that was shown."""

    table: str
    number: str
    seen: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """What was recorded. `numbers`: of the rows that were added, in their order; `made`: where they came from."""

    made: Import
    numbers: tuple[str, ...]


def record_act(
    what: str,
    customer_id: str,
    doing: Doing,
    *,
    added: Sequence[Added] = (),
    changed: Sequence[Changed] = (),
    told: Mapping[str, Any] | None = None,
) -> Act:
    """Records what somebody did about a customer, whole or not at all, and has the figures follow.

    `what`: the field's words for it ("promise recorded"). `told`: what the audit says beside the numbers; nothing
    personal, as its lines are kept for ever. Raises UnableToChangeFact where a row is no longer the one seen, and
    UnableToRecord where the customer is unknown or an invoice is not theirs.
    """
    with transaction.atomic():
        _refuse_strangers(what, customer_id, [*added, *changed])
        latest = Import.objects.order_by("-at").values_list("at", flat=True).first()
        moment = moment_of(doing.at, latest)
        made = Import.objects.create(name=f"{what}: {customer_id}"[:300], act=what, at=moment, by=doing.by)
        numbers = tuple(_add(one, place, made) for place, one in enumerate(added))
        for one in changed:
            _change(one, made)
        after = {"numbers": [*numbers, *(one.number for one in changed)], **(told or {})}
        about = (CUSTOMER, customer_id)
        record(who=doing.by, what=what, about=about, at=moment, after=after, where=doing.where)
    ask_for_figures()
    return Act(made, numbers)


def ask_for_figures() -> None:
    """Has the figures follow the ledger once the transaction stands; one waiting job does for many acts."""

    def defer() -> None:
        with suppress(AlreadyEnqueued):
            app.configure_task(FIGURES, queueing_lock=FIGURES, schedule_in={"seconds": TOGETHER}).defer()

    transaction.on_commit(defer)


def _refuse_strangers(what: str, customer_id: str, rows: Sequence[Added | Changed]) -> None:
    """The ledger knows the customer, and every invoice that is named is theirs."""
    named = sorted(
        {str(one.values["invoice_id"]) for one in rows if one.values.get("invoice_id") is not None}
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ledger_current_customers WHERE customer_id = %s", [customer_id])
        known = cursor.fetchone() is not None
        cursor.execute(
            "SELECT invoice_id FROM ledger_current_invoices WHERE invoice_id = ANY(%s) AND customer_id = %s",
            [named, customer_id],
        )
        strange = set(named) - {row[0] for row in cursor.fetchall()}
    if not known:
        raise UnableToRecord(
            _nothing(what), f"the ledger holds no customer {customer_id}", "choose one of the list"
        )
    if strange:
        why = f"customer {customer_id} has no invoice {', '.join(sorted(strange))}"
        raise UnableToRecord(_nothing(what), why, "choose among the customer's invoices")


def _nothing(what: str) -> str:
    return f"Nothing was recorded ({what})"


def _add(one: Added, place: int, made: Import) -> str:
    number = _free_number(one.table, f"{LETTERS[one.table]}-{made.pk}" + (f"-{place}" if place else ""))
    key = _key_of(one.table)
    _insert(one.table, number, {**one.values, key: number, "recorded_at": _recorded(made.at)}, made)
    return number


def _change(one: Changed, made: Import) -> None:
    held = current(one.table, one.number)
    if held is None or held["version"] != one.seen:
        raise moved(f"{_word_of(one.table)} {one.number}")
    _end(one.table, one.number, one.seen, made)
    columns = {name: held[name] for name in columns_of(one.table)}
    _insert(one.table, one.number, {**columns, **one.values}, made)


def current(table: str, number: str) -> dict[str, Any] | None:
    """The row of that number as it stands, with its `version`; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {current_of(table)} WHERE row_key = %s", [number])
        found = cursor.fetchone()
        return dict(zip([one.name for one in cursor.description], found, strict=True)) if found else None


def _end(table: str, number: str, version: int, made: Import) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_ended (table_name, version, known_until, import_id) VALUES (%s, %s, %s, %s)",
                [table, version, made.at, made.pk],
            )
    except IntegrityError as error:  # ended by somebody who was quicker
        raise moved(f"{_word_of(table)} {number}") from error


def _insert(table: str, number: str, values: Mapping[str, Any], made: Import) -> None:
    written = {**values, "row_key": number, "known_from": made.at, "import_id": made.pk}
    names = ", ".join(f'"{name}"' for name in written)
    places = ", ".join(["%s"] * len(written))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table_of(table)} ({names}) VALUES ({places})", [*written.values()])


def _free_number(table: str, number: str) -> str:
    """The number, with a mark where books of another installation brought a row that is called so."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row_key FROM {table_of(table)} WHERE row_key LIKE %s", [f"{number}%"])
        taken = {row[0] for row in cursor.fetchall()}
    while number in taken:
        number += "'"
    return number


def _word_of(table: str) -> str:
    return table.removesuffix("s").replace("_", " ").capitalize()


def _key_of(table: str) -> str:
    return f"{table.removesuffix('s')}_id"


def _recorded(at: datetime) -> datetime:
    """As books say when they learned of a row: in UTC, without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None)


def wait_for_turn(customer_id: str) -> None:
    """Waits until nobody else records anything about the customer, and keeps that so until the transaction ends: what
    is read from here on is what is written about."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [RECORDING, customer_id])


def moved(what: str) -> UnableToChangeFact:
    """What is told to the second of two who change the same."""
    return UnableToChangeFact(
        f"{what} was not changed",
        "somebody else has changed it since you opened it",
        "look at it as it is now, and change it again where that is still right",
    )
