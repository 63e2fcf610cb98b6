"""The ledger that tests are told in: every kind of line lands in its table, and no line is passed over."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import ledger
from tests.asking import value
from tests.ledger import DATED, UNDATED, UnreadableLedger, books_of, folder_of, read


def test_every_line_lands_in_its_table():
    """A first paragraph of words is passed over.

    customer A "Acme Ltd" segment=big collector=ann
    customer B
    collector ann "Ann Ames" hourly_cost=40
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    2024-01-06 invoice I2 A 90 USD terms="net 30" salesperson=sue
    instalment I2 45 due 2024-02-01
    instalment I2 45 due 2024-03-01

    2024-02-10 payment P1 A 150.00 -> I1 100.00, I2#2 30   # the rest stays unapplied
    2024-02-20 apply P1 -> I2 20 recorded_at=2024-02-21
    2024-03-01 reversal P1
    2024-02-12 credit_note C1 A 20 -> I1 20
    2024-02-13 credit_note C2 A 5 for I1 reason=late
    """
    tables = read(test_every_line_lands_in_its_table.__doc__ or "")
    assert tables["customers"] == [
        {"customer_id": "A", "name": "Acme Ltd", "segment": "big", "collector": "ann"},
        {"customer_id": "B", "name": "B"},
    ]
    assert tables["collectors"] == [{"collector": "ann", "name": "Ann Ames", "hourly_cost": "40"}]
    assert tables["invoices"][0] == {
        "invoice_id": "I1", "customer_id": "A", "issued_on": "2024-01-05", "due_on": "2024-02-04", "amount": "100.00",
    }  # fmt: skip
    assert tables["invoices"][1]["terms"] == "net 30"
    assert tables["invoices"][1]["currency"] == "USD"
    parts = [(row["number"], row["due_on"]) for row in tables["instalments"]]
    assert parts == [("1", "2024-02-01"), ("2", "2024-03-01")]
    assert tables["payments"][0]["reversed_on"] == "2024-03-01"
    assert tables["allocations"] == [
        {"payment_id": "P1", "invoice_id": "I1", "amount": "100.00"},
        {"payment_id": "P1", "invoice_id": "I2", "amount": "30", "instalment": "2"},
        {"payment_id": "P1", "invoice_id": "I2", "amount": "20"}
        | {"applied_on": "2024-02-20", "recorded_at": "2024-02-21"},
        {"credit_note_id": "C1", "invoice_id": "I1", "amount": "20"},
    ]
    assert tables["credit_notes"][1]["invoice_id"] == "I1"


def test_activities_land_in_their_tables():
    """
    2024-01-20 promise R1 A 100 by 2024-02-01 for I1 collector=ann
    2024-01-25 withdraw R1
    2024-01-20 contact K1 A call right_party collector=ann minutes=5
    2024-01-21 contact K2 A email
    2024-02-01 dispute D1 I1 40 reason="wrong price"
    2024-02-20 resolve D1 credited
    2024-02-01 placement L1 A 100 with "Big Agency" fee=0.1 for I1
    2024-03-01 recall L1
    2024-02-01 legal G1 A claim 100 for I1
    2024-03-02 close G1
    2024-02-01 cost X1 staff 12.50 EUR for A collector=ann
    2024-03-02 write_off W1 I1 100
    2024-01-01 rate USD 0.92
    """
    tables = read(test_activities_land_in_their_tables.__doc__ or "")
    assert tables["promises"][0]["withdrawn_on"] == "2024-01-25"
    assert tables["promises"][0]["due_on"] == "2024-02-01"
    assert [row.get("outcome") for row in tables["contacts"]] == ["right_party", None]
    assert tables["contacts"][0]["minutes"] == "5"
    assert tables["disputes"][0] == {
        "dispute_id": "D1", "invoice_id": "I1", "opened_on": "2024-02-01", "amount": "40", "resolved_on": "2024-02-20",
        "outcome": "credited", "reason": "wrong price",
    }  # fmt: skip
    assert tables["placements"][0]["agency"] == "Big Agency"
    assert tables["placements"][0]["fee_rate"] == "0.1"
    assert tables["placements"][0]["recalled_on"] == "2024-03-01"
    assert tables["legal_actions"][0]["closed_on"] == "2024-03-02"
    assert tables["costs"][0]["customer_id"] == "A"
    assert tables["costs"][0]["currency"] == "EUR"
    assert tables["write_offs"][0]["written_off_on"] == "2024-03-02"
    assert tables["fx_rates"] == [{"on": "2024-01-01", "currency": "USD", "rate": "0.92"}]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2024-01-05 invoise I1 A 100 due 2024-02-04", "'invoise' is not known after a date"),
        ("customer", "customer is missing"),
        ("custmer A", "'custmer' is not known without a date"),
        ("2024-01-05 invoice I1 A due 2024-02-04", "'due' is no amount"),
        ("2024-01-05 invoice I1 A 100 due soon", "'soon' is no due date"),
        ("2024-01-05 invoice I1 A 100 due 2024-02-04 please", "'please' is one word too many"),
        ("2024-01-05 payment P1 A 100 -> I1", "amount is missing"),
        ("2024-01-05 reversal P9", "no payment 'P9' stands above"),
        ("2024-01-05 dispute D1 I1", "it is written: DATE dispute ID INVOICE AMOUNT"),
        ("2024-01-05 contact K1 A shout", "'shout' is no channel"),
        ('customer A "Acme', "a quotation mark is open"),
    ],
)  # fmt: skip
def test_line_that_is_not_understood_says_why(line, why):
    with pytest.raises(UnreadableLedger) as caught:
        read(f"customer A0\n{line}")
    assert why in str(caught.value)


def test_every_form_is_shown_in_the_words_of_the_module():
    for kind in (*UNDATED, *DATED):
        assert f" {kind} " in (ledger.__doc__ or ""), f"show {kind} in the module's docstring"


def test_ledger_shown_in_the_words_of_the_module_makes_books(tmp_path):
    _, shown, _ = (ledger.__doc__ or "").split("\n\n")
    books = books_of(shown, tmp_path)
    assert value(books, "open_receivables", "2024-02-29", currency="EUR") == Decimal(
        "69.20"
    )  # 20 + 40 + 10 USD
    assert value(books, "open_receivables", "2024-03-02", currency="EUR") == Decimal("99.20")  # 90 + 10 USD


def test_folder_holds_only_columns_that_are_used(tmp_path):
    folder = folder_of("customer A\n2024-01-05 invoice I1 A 100 due 2024-02-04", tmp_path)
    assert (folder / "customers.csv").read_text("utf-8").split() == ["customer_id,name", "A,A"]
    assert sorted(path.name for path in folder.iterdir()) == ["customers.csv", "invoices.csv"]
