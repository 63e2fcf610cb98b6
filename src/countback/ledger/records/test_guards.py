"""What the database refuses about records, asked by SQL alone: erasing is the one way past "what was written stays"."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from countback.accounts.testing import World
from countback.ledger.records.models import FieldValue, Note
from countback.ledger.records.testing import doing, filled, imported
from countback.ledger.testing import Importing, asked

pytestmark = pytest.mark.django_db(transaction=True)

ERASE = """UPDATE ledger_customers SET name = 'erased', email = CASE WHEN email IS NOT NULL THEN 'erased' END,
    phone = CASE WHEN phone IS NOT NULL THEN 'erased' END, extra = ledger_erased(extra) {further}
    WHERE customer_id = 'C1'"""


@pytest.fixture(autouse=True)
def books(importing: Importing, world: World) -> None:
    imported(importing)
    filled(world.alice)


def run(world: World, *statements: str, of: str | None = "C1", person: int | None = None) -> None:
    """The statements, in a transaction that holds an erasure `of` a customer, or none."""
    with transaction.atomic(), connection.cursor() as cursor:
        if of is not None:
            cursor.execute(
                "INSERT INTO ledger_erasure (customer_id, person_id, at, by_id, counts) VALUES (%s, %s, %s, %s, '{}')",
                [of, person, doing(world.alice).at, world.alice.pk],
            )
        for statement in statements:
            cursor.execute(statement)


def refused(world: World, *statements: str, **of: Any) -> str:
    """What is said; nothing is changed then."""
    before = everything()
    with pytest.raises(IntegrityError) as caught:
        run(world, *statements, **of)
    assert everything() == before
    return str(caught.value)


def everything() -> list[Any]:
    tables = ("customers", "note", "fieldvalue", "erasure", "contactperson", "address", "customfield")
    return [asked(f"SELECT one::text FROM ledger_{table} AS one ORDER BY 1") for table in tables]


def test_in_a_transaction_with_an_erasure_personal_columns_become_erased(world: World) -> None:
    run(world, ERASE.format(further=""))
    assert asked(
        "SELECT DISTINCT name, email, phone, extra->>'note' FROM ledger_customers WHERE customer_id = 'C1'"
    ) == [("erased", "erased", "erased", "erased")]


def test_nothing_else_of_the_customer_is_changed_with_it(world: World) -> None:
    for column in (
        "customer_id = 'C9'", "segment = 'x'", "credit_limit = 1", "row_key = 'x'", "import_id = 1",
        "known_from = NULL", "written_in = '1'", "collector = 'bob'", "recorded_at = NULL, country = 'XX'",
    ):  # fmt: skip
        said = refused(world, ERASE.format(further=f", {column}"))
        assert "only an erasure takes personal data away" in said, column


def test_no_version_is_erased_in_part(world: World) -> None:
    for part in ("name = 'erased'", "email = 'erased', phone = 'erased'"):
        said = refused(world, f"UPDATE ledger_customers SET {part} WHERE customer_id = 'C1'")
        assert "UPDATE of ledger_customers was refused" in said


def test_what_is_personal_becomes_nothing_else(world: World) -> None:
    for value in ("'Alder Ltd'", "''", "NULL"):
        with pytest.raises(IntegrityError):
            run(world, ERASE.format(further="").replace("name = 'erased'", f"name = {value}"))


def test_without_an_erasure_of_that_customer_nothing_is_erased(world: World) -> None:
    for of in (None, "C2"):
        assert "UPDATE of ledger_customers was refused" in refused(world, ERASE.format(further=""), of=of)


def test_an_erasure_of_one_person_does_not_erase_the_customer(world: World) -> None:
    person = asked("SELECT id FROM ledger_contactperson")[0][0]
    assert "was refused" in refused(world, ERASE.format(further=""), person=person)


def test_an_erasure_of_an_earlier_transaction_opens_nothing(world: World) -> None:
    run(world)
    assert "was refused" in refused(world, ERASE.format(further=""), of=None)


def test_an_erasure_names_its_own_transaction(world: World) -> None:
    with pytest.raises(IntegrityError, match="written_by_whom"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO ledger_erasure (customer_id, at, by_id, counts, written_in)
            VALUES ('C1', now(), %s, '{}', '1')""",
            [world.alice.pk],
        )


def test_an_erasure_opens_no_other_table(world: World) -> None:
    for table in ("invoices", "payments", "allocations", "entry", "ended", "import"):
        column = "name" if table == "import" else "import_id"
        said = refused(world, f"UPDATE ledger_{table} SET {column} = {column}")
        assert "what was written stays" in said, table


@pytest.mark.parametrize("change", ["DELETE FROM ledger_{}", "TRUNCATE ledger_{} CASCADE"])
def test_nothing_is_deleted(world: World, change: str) -> None:
    for table in ("customers", "note", "fieldvalue", "erasure", "contactperson", "address", "customfield"):
        assert "what was written stays" in refused(world, change.format(table), of=None), table


def test_what_was_noted_is_not_changed(world: World) -> None:
    for change in (
        "UPDATE ledger_note SET text = 'other'",
        "UPDATE ledger_note SET text = 'erased', at = now()",
        "UPDATE ledger_note SET by_id = by_id + 1, pinned = true",
        "UPDATE ledger_fieldvalue SET value = 'other'",
        "UPDATE ledger_fieldvalue SET value = 'erased', customer_id = 'C2'",
        "UPDATE ledger_erasure SET counts = '{}'",
    ):
        assert "what was written stays" in refused(world, change), change


def test_notes_and_values_are_erased_in_an_erasure_alone(world: World) -> None:
    erase = ["UPDATE ledger_note SET text = 'erased'", "UPDATE ledger_fieldvalue SET value = 'erased'"]
    for one in erase:
        assert "only an erasure" in refused(world, one, of=None)
        assert "only an erasure" in refused(world, one, of="C2")
    run(world, *erase)
    assert {
        *Note.objects.values_list("text", flat=True),
        *FieldValue.objects.values_list("value", flat=True),
    } == {"erased"}


@pytest.mark.parametrize(
    "value",
    [
        "name = 'Alder'",
        "name = 'erased', email = 'a@alder.example'",
        "name = 'erased', extra = '{\"a\": \"b\"}'",
    ],
)
def test_who_was_erased_is_not_added_again(world: World, value: str) -> None:
    run(world, ERASE.format(further=""))
    given = dict(part.split(" = ", 1) for part in value.split(", ", 1))
    columns, values = ", ".join(given), ", ".join(given.values())
    with pytest.raises(IntegrityError, match="its personal data was erased, and stays so"):
        run(
            world,
            f"""INSERT INTO ledger_customers (customer_id, row_key, import_id, {columns})
            SELECT 'C1', 'C1', min(id), {values} FROM ledger_import""",
            of=None,
        )


def test_who_wrote_a_version_of_a_customer_is_not_made_up(world: World) -> None:
    with pytest.raises(IntegrityError, match="written_by_whom"):
        run(
            world,
            """INSERT INTO ledger_customers (customer_id, row_key, import_id, name, written_in)
            SELECT 'C8', 'C8', min(id), 'x', '1' FROM ledger_import""",
            of=None,
        )


def test_a_customer_has_one_main_contact_person(world: World) -> None:
    with pytest.raises(IntegrityError, match="contact_person_one_main"):
        run(
            world,
            """INSERT INTO ledger_contactperson (customer_id, name, function, email, phone, language, receives, main,
            version, made_at, changed_at) VALUES ('C1', 'x', '', '', '', '', '{}', true, 1, now(), now())""",
            of=None,
        )


def test_texts_are_always_personal(world: World) -> None:
    with pytest.raises(IntegrityError, match="custom_field_text_is_personal"):
        run(world, "UPDATE ledger_customfield SET personal = false", of=None)


def test_a_restored_dump_is_let_in(world: World) -> None:
    """Checks on who wrote a row look at what is added by hand, not at what a dump brings back: they hold no table's
    rows to the numbers of this server."""
    found = asked(
        "SELECT conname FROM pg_constraint WHERE conname LIKE %s AND convalidated", "%written_by_whom"
    )
    assert found == []
