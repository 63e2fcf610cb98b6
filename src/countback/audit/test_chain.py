"""The chain in a real PostgreSQL: what it refuses, what it finds, and what it does when many write at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from countback.audit import actions, queries
from countback.audit.models import Line

AT = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)


def written(count: int, who=None) -> None:
    """That many lines, with nothing that waits for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for number in range(1, count + 1):
        with transaction.atomic():
            actions.record(
                who=who, what="person changed", about=("person", str(number)), at=AT, where="192.0.2.1",
                before={"owes": Decimal("1.10"), "roles": ("a", "b")}, after={"owes": Decimal("2.00"), "ü": None},
            )  # fmt: skip


def tampered(sql: str, *values: object) -> None:
    """What somebody with the rights of the table's owner could do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_line DISABLE TRIGGER audit_line_stays")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE audit_line ENABLE TRIGGER audit_line_stays")


def test_lines_read_back_as_they_were_sealed(alice) -> None:
    written(3, alice)
    assert queries.verify() == []
    line = Line.objects.get(pk=2)
    assert (line.who, line.who_shown) == (alice, "Alice Adams <alice@example.com>")
    assert (line.at, line.from_where, line.before["owes"]) == (AT, "192.0.2.1", "1.10")
    assert queries.last() == (3, Line.objects.get(pk=3).hash)


@pytest.mark.django_db
def test_an_empty_chain_holds() -> None:
    assert queries.verify() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_line SET what = 'nothing' WHERE id = 1",
        "UPDATE audit_line SET what = what WHERE false",
        "DELETE FROM audit_line WHERE id = 2",
        "TRUNCATE audit_line",
        "TRUNCATE audit_line CASCADE",
        "INSERT INTO audit_line SELECT * FROM audit_line ON CONFLICT (id) DO UPDATE SET what = 'nothing'",
    ],
)
def test_the_database_refuses_to_change_a_line(sql) -> None:
    written(2)
    with (
        pytest.raises(DatabaseError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Line.objects.count() == 2
    assert queries.verify() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_line SET what = 'nothing' WHERE id = 3",
        "UPDATE audit_line SET at = at + interval '1 microsecond' WHERE id = 3",
        "UPDATE audit_line SET who_shown = 'someone' WHERE id = 3",
        "UPDATE audit_line SET about_id = '9' WHERE id = 3",
        """UPDATE audit_line SET after = '{"owes": "2.01", "ü": null}' WHERE id = 3""",
        "UPDATE audit_line SET before = NULL WHERE id = 3",
        "UPDATE audit_line SET from_where = '' WHERE id = 3",
    ],
)
def test_a_changed_line_is_named(sql) -> None:
    written(5)
    tampered(sql)
    found = queries.verify()
    assert found[0].line == 3
    assert "changed after it was written" in found[0].what


@pytest.mark.django_db
def test_a_line_that_was_changed_and_sealed_anew_gives_the_next_away() -> None:
    written(5)
    line = Line.objects.get(pk=3)
    line.what = "nothing"
    from countback.audit.rules import seal

    tampered(
        "UPDATE audit_line SET what = 'nothing', hash = %s WHERE id = 3",
        seal(line.content, line.previous_hash),
    )
    assert [problem.line for problem in queries.verify()] == [4]


@pytest.mark.django_db
def test_a_missing_line_is_named() -> None:
    written(5)
    tampered("DELETE FROM audit_line WHERE id = 3")
    assert [str(problem) for problem in queries.verify()] == [
        "line 3: it is missing; the next that is there is line 4"
    ]


@pytest.mark.django_db
def test_of_many_problems_the_first_are_told() -> None:
    written(30)
    tampered("UPDATE audit_line SET what = 'nothing'")
    assert [problem.line for problem in queries.verify()] == list(range(1, 21))


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_no_line_is_written() -> None:
    with pytest.raises(TransactionManagementError):
        actions.record(who=None, what="x", about=None, at=AT)
    assert not Line.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_line_goes_with_what_it_tells_of() -> None:
    written(1)
    with transaction.atomic():
        written(2)
        transaction.set_rollback(True)
    written(1)
    assert list(Line.objects.order_by("id").values_list("id", flat=True)) == [1, 2]
    assert queries.verify() == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_keep_one_chain() -> None:
    """Eight threads, each with five transactions; some change their mind."""
    ready = threading.Barrier(8)

    def work() -> None:
        ready.wait()
        try:
            for number in range(5):
                with transaction.atomic():
                    actions.record(who=None, what="x", about=None, at=AT)
                    actions.record(who=None, what="y", about=None, at=AT)
                    if number == 3:
                        transaction.set_rollback(True)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(Line.objects.order_by("id").values_list("id", flat=True)) == list(range(1, 65))
    assert queries.verify() == []


def test_lines_about_a_thing_are_found(alice) -> None:
    written(3, alice)
    written(2)
    assert [line.id for line in queries.about("person", 2)] == [5, 2]
    assert queries.about("customer", 2) == []
    assert [line.id for line in queries.lines(queries.Asked(who=str(alice.pk)))] == [3, 2, 1]
    assert [line.id for line in queries.lines(queries.Asked(who="0", about="person 1"))] == [4]
    assert list(queries.lines(queries.Asked(what="none"))) == []
    assert list(queries.lines(queries.Asked(who="x"))) == []
    assert queries.whats() == ["person changed"]
    assert queries.authors() == [(alice.pk, "Alice Adams <alice@example.com>")]
