"""What rows leave to be understood: due dates, currencies, entities, days of use, amounts across currencies."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from countback.books.loaded import loaded_columns
from countback.books.tables import TABLES


def values(books, query: str) -> list[tuple]:
    return books.connection.execute(query).fetchall()


def test_every_table_stands_with_exactly_its_columns(opened):
    books = opened()
    for table in TABLES:
        described = values(books, f"DESCRIBE books.{table}")
        assert {row[0]: row[1] for row in described} == loaded_columns(table, books.extra), table
        assert [row[0] for row in described] == list(loaded_columns(table, books.extra)), table
    assert books.extra == {"customers": ("colour",)}
    assert books.currencies == ("EUR", "USD")
    assert books.rows["invoices"] == 4
    assert not books.has_recorded_at


def test_tables_without_a_file_are_empty(folder):
    from countback.books.load import load

    books = load(folder(only=("customers", "invoices")))
    assert {table: n for table, n in books.rows.items() if n} == {"customers": 3, "invoices": 4}


def test_leading_zeros_and_case_stay(opened):  # check 48
    assert values(opened(), "SELECT customer_id FROM books.customers ORDER BY 1") == [
        ("007",),
        ("C2",),
        ("C3",),
    ]


def test_due_dates_follow_from_terms(opened):  # check 9
    due = dict(values(opened(), "SELECT invoice_id, due_on FROM books.invoices"))
    assert due == {
        "I1": dt.date(2024, 2, 9),  # stated
        "I2": dt.date(2024, 3, 1),  # 2/10 net 30 from 31 January in a leap year
        "I3": dt.date(2024, 2, 15),  # the customer's terms: eom 15
        "I4": dt.date(2024, 3, 10),  # the last instalment, before the invoice's own terms
    }


def test_currencies_and_entities_are_filled_in(opened):
    books = opened()
    assert dict(values(books, "SELECT invoice_id, currency || ' ' || entity_id FROM books.invoices")) == {
        "I1": "EUR DE", "I2": "EUR DE", "I3": "USD US", "I4": "EUR DE"}  # fmt: skip
    assert values(books, "SELECT DISTINCT currency, entity_id FROM books.payments") == [("EUR", "DE")]
    # C2 states no currency: what else the entity DE has is in EUR
    assert dict(values(books, "SELECT credit_note_id, currency FROM books.credit_notes")) == {
        "N1": "EUR",
        "N2": "EUR",
    }
    assert values(books, "SELECT currency, customer_id FROM books.write_offs") == [("EUR", "C2")]
    assert values(books, "SELECT currency FROM books.placements") == [("USD",)]
    assert values(books, "SELECT customer_id, root_id FROM books.customers ORDER BY 1") == [
        ("007", "007"), ("C2", "007"), ("C3", "C3")]  # fmt: skip


def test_books_without_any_currency_are_in_none(opened):
    strip = {
        "customers": "customer_id,name\n007,Abel\nC2,Berta\nC3,Caesar\n",
        "payments": ("EUR", ""),
        "invoices": "invoice_id,customer_id,issued_on,due_on,amount\n" + "".join(
            f"I{n},C3,2024-01-01,2024-01-31,100.00\n" for n in range(1, 5)),
        "instalments": None, "costs": None, "fx_rates": None, "write_offs": None, "allocations": None,
    }  # fmt: skip
    strip["payments"] = "payment_id,customer_id,received_on,amount\nP1,C3,2024-02-01,5.00\n"
    books = opened(strip)
    assert books.currencies == ("XXX",)
    assert values(books, "SELECT DISTINCT currency FROM books.payments") == [("XXX",)]


def test_a_row_whose_currency_cannot_be_known_is_refused(told):  # check 9
    change = {"customers": ("C2,Berta,007,DE,,,", "C2,Berta,007,FR,,,")}
    assert told(change) == []  # FR invoices in EUR
    change["invoices"] = ("50.00,EUR\n", "50.00,EUR\nI5,C2,2024-01-31,,net 30,50.00,USD\n")
    problems = told(change)
    assert {(one.code, one.file, one.line) for one in problems} == {
        ("missing_currency", "credit_notes.csv", 3)
    }


def test_applied_on_is_the_later_of_receipt_and_issue(opened):
    books = opened({"invoices": ("I1,007,2024-01-10", "I1,007,2024-02-09")})
    on = dict(values(books, "SELECT coalesce(payment_id, credit_note_id), applied_on FROM books.allocations"))
    assert on == {
        "P1": dt.date(2024, 2, 15), "P2": dt.date(2024, 2, 21), "N2": dt.date(2024, 2, 1),
        "P3": dt.date(2024, 3, 5), "N1": dt.date(2024, 2, 9)}  # fmt: skip


def test_a_credit_note_that_names_an_invoice_is_applied_once(opened):
    explicit = ("P1,,I1,90.00,,\n", "P1,,I1,90.00,,\n,N1,I1,4.00,,\n")
    for change, expected in ((None, [Decimal(10)]), ({"allocations": explicit}, [Decimal(4), Decimal(6)])):
        rows = values(
            opened(change), "SELECT amount FROM books.allocations WHERE credit_note_id = 'N1' ORDER BY 1"
        )
        assert [row[0] for row in rows] == expected


@pytest.mark.parametrize(("n", "last"), [(0, None), (1, "100.00"), (3, "33.34"), (50, "2.00")])
def test_an_invoice_counts_once_however_many_pay_it(opened, n, last):  # checks 3, 8
    share = Decimal(100) / n if n else None
    parts = [share.quantize(Decimal("0.01"))] * (n - 1) + [Decimal(last)] if n else []
    rows = "".join(f"P{i},I1,{part}\n" for i, part in enumerate(parts))
    paid = "".join(f"P{i},007,2024-03-01,{part}\n" for i, part in enumerate(parts))
    books = opened(
        {
            "allocations": f"payment_id,invoice_id,amount\n{rows}" if n else None,
            "payments": f"payment_id,customer_id,received_on,amount\n{paid}" if n else None,
            "credit_notes": None,
            "write_offs": None,
        }
    )
    (row,) = values(
        books,
        """SELECT i.amount - coalesce(
            (SELECT sum(amount) FROM books.allocations a WHERE a.invoice_id = i.invoice_id), 0)
        FROM books.invoices i WHERE invoice_id = 'I1'""",
    )
    assert row[0] == (0 if n else 100)


PAID_IN_DOLLARS = {
    "payments": (
        "P3,007,2024-03-05,60.00,EUR,,",
        "P3,007,2024-03-05,60.00,EUR,,\nP4,C2,2024-02-21,{paid},USD,,",
    ),
    "allocations": ("P3,,I4", "P4,,I4,36.00,2024-02-25,2\nP3,,I4"),
}


def in_dollars(paid: str, rate_day: str = "2024-02-20") -> dict:
    old, new = PAID_IN_DOLLARS["payments"]
    return {
        "payments": (old, new.replace("{paid}", paid)),
        "allocations": PAID_IN_DOLLARS["allocations"],
        "fx_rates": f"on,currency,rate\n{rate_day},USD,0.9000\n",
    }


def test_source_amount_is_converted_at_the_rate_of_the_day(opened):
    books = opened(in_dollars("50.00"))
    query = "SELECT amount, currency, source_amount FROM books.allocations WHERE payment_id = 'P4'"
    assert values(books, query) == [(Decimal(36), "EUR", Decimal(40))]


@pytest.mark.parametrize(("paid", "source"), [("35.00", "38.89"), ("34.00", "37.78"), ("33.01", "36.68")])
def test_conversion_rounds_half_up_to_the_coin(opened, paid, source):
    change = in_dollars("50.00")
    change["allocations"] = (change["allocations"][0], change["allocations"][1].replace("36.00", paid))
    rows = values(opened(change), "SELECT source_amount FROM books.allocations WHERE payment_id = 'P4'")
    assert rows == [(Decimal(source),)]


def test_a_rate_serves_for_a_week(told):
    assert told(in_dollars("50.00", "2024-02-18")) == []
    late = told(in_dollars("50.00", "2024-02-17"))
    assert {(one.code, one.line) for one in late} == {("missing_rate", 5)}
    assert "2024-02-25" in late[0].what
    assert "USD" in late[0].what


def test_the_banks_own_rate_may_differ_a_little(opened, told):
    assert told(in_dollars("40.00")) == []
    books = opened(in_dollars("39.60"))
    assert [warning.code for warning in books.warnings] == ["own_rate"]
    assert values(books, "SELECT source_amount FROM books.allocations WHERE payment_id = 'P4'") == [
        (Decimal("39.60"),)
    ]
    assert {one.code for one in told(in_dollars("39.20"))} == {"over_allocated"}


def test_cross_rates_go_through_the_base(opened):
    change = in_dollars("50.00")
    change["fx_rates"] = "on,currency,rate\n2024-02-20,USD,0.9\n2024-02-20,GBP,1.2\n"
    change["payments"] = (change["payments"][0], change["payments"][1].replace("USD", "GBP"))
    change["invoices"] = ("I3,C3,2024-01-20,,,30.00,", "I3,C3,2024-01-20,,,48.00,USD")
    change["allocations"] = ("P3,,I4", "P4,,I3,48.00,2024-02-25,\nP3,,I4")
    books = opened(change)
    query = "SELECT currency, source_amount FROM books.allocations WHERE payment_id = 'P4'"
    assert values(books, query) == [("USD", Decimal(36))]  # 48 USD * 0.9 / 1.2


def test_moments(opened):
    books = opened(
        {"invoices": "invoice_id,customer_id,issued_on,due_on,amount,recorded_at\n"
         "I1,007,2024-01-10,2024-02-09,100,2024-01-10T23:30:00-08:00\nI2,C2,2024-01-31,2024-03-01,50,2024-01-31\n"
         "I3,C3,2024-01-20,2024-02-15,30,\nI4,007,2024-01-10,2024-03-10,90,2024-01-10 10:00\n"}
    )  # fmt: skip
    recorded = dict(values(books, "SELECT invoice_id, recorded_at FROM books.invoices"))
    assert recorded == {"I1": dt.datetime(2024, 1, 11, 7, 30), "I2": dt.datetime(2024, 1, 31), "I3": None,
                        "I4": dt.datetime(2024, 1, 10, 10)}  # fmt: skip
    assert books.has_recorded_at
    # a contact keeps the clock and so the day it was made by  # check 7
    assert values(books, "SELECT contacted_on FROM books.contacts WHERE contact_id = 'T1'") == [
        (dt.datetime(2024, 2, 10, 9, 30),)]  # fmt: skip


def test_a_reversed_payment_gives_back_what_it_paid(told, opened):  # check 11
    # P2 paid I2 with 40 and came back on 1 March: 45 can be paid again, and written off no more than is open
    again = {
        "payments": ("P3,007,2024-03-05,60.00", "P5,C2,2024-03-05,45.00,EUR,,\nP3,007,2024-03-05,60.00"),
        "allocations": ("P3,,I4", "P5,,I2,{paid},{day},\nP3,,I4"),
        "write_offs": None,
    }

    def paid(amount: str, day: str) -> set[str]:
        change = dict(again)
        change["allocations"] = (
            again["allocations"][0],
            again["allocations"][1].format(paid=amount, day=day),
        )
        return {one.code for one in told(change) if one.severity == "refused"}

    assert paid("45.00", "2024-03-05") == set()
    assert paid("45.01", "2024-03-05") == {"over_allocated"}
    assert paid("45.00", "2024-02-28") == {"over_allocated"}


def test_cash_after_a_write_off_is_recovery_up_to_the_invoice(told):
    def recovered(amount: str) -> set[str]:
        change = {
            "payments": ("P3,007,2024-03-05,60.00", "P5,C2,2024-05-01,60.00,EUR,,\nP3,007,2024-03-05,60.00"),
            "allocations": ("P3,,I4", f"P5,,I2,{amount},,\nP3,,I4"),
        }
        return {one.code for one in told(change) if one.severity == "refused"}

    assert recovered("45.00") == set()
    assert recovered("45.01") == {"over_allocated"}
