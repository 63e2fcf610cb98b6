"""The profiles of the public data sets, read for real; exports of programs are in test_shipped_exports."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from countback.books import profile
from countback.books.load import check, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from countback.books.loaded import LoadedBooks

REPOSITORY = Path(__file__).parents[3]
SHARED = Path(os.environ.get("COUNTBACK_SHARED", REPOSITORY.parent / "shared")) / "data" / "receivables"
real = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the public data sets are not here ({SHARED})")

Row = tuple[object, ...]


def rows(books: LoadedBooks, query: str) -> list[Row]:
    return books.connection.execute(query).fetchall()


def balances(books: LoadedBooks) -> dict[str, Decimal]:
    """Invoice -> what is open of it after everything, by SQL of the test's own."""
    found = rows(
        books,
        """SELECT invoice_id, amount - coalesce((SELECT sum(a.amount) FROM books.allocations a
           WHERE a.invoice_id = i.invoice_id), 0) FROM books.invoices i""",
    )
    return {str(invoice): Decimal(str(left)) for invoice, left in found}


@pytest.mark.parametrize("name", profile.shipped())
def test_every_shipped_profile_says_what_it_is_for(name: str) -> None:
    opened = profile.open_profile(name)
    assert opened.description.endswith(".")
    assert opened.rules
    text = (profile.SHIPPED / f"{name}.toml").read_text("utf-8")
    assert text.startswith("#"), "the first lines tell an accountant what the profile assumes"


def test_a_profile_is_found_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(profile.SHIPPED, tmp_path / "profiles")
    shutil.copy(profile.SHIPPED / "open_items.toml", tmp_path / "profiles" / "dropped_in.toml")
    monkeypatch.setattr(profile, "SHIPPED", tmp_path / "profiles")
    assert "dropped_in" in profile.shipped()


@real
@pytest.mark.parametrize(
    ("day", "open_receivables", "cash"),
    [
        ("2012-12-31", "5725.06", "6578.02"),
        ("2013-01-31", "5846.87", "6593.12"),
        ("2013-02-28", "5465.28", "6509.69"),
        ("2013-03-31", "5903.74", "6000.16"),
        ("2013-04-30", "5834.10", "6554.24"),
    ],
)
def test_late_payment_histories_figures(day: str, open_receivables: str, cash: str) -> None:
    books = load(SHARED / "late_payment_histories.csv", profile="late_payment_histories")
    (found,) = rows(
        books,
        f"""SELECT (SELECT sum(amount) FROM books.invoices WHERE issued_on <= DATE '{day}')
              - (SELECT sum(amount) FROM books.allocations WHERE applied_on <= DATE '{day}'),
            (SELECT sum(amount) FROM books.allocations
             WHERE applied_on BETWEEN date_trunc('month', DATE '{day}') AND DATE '{day}')""",
    )
    assert found == (Decimal(open_receivables), Decimal(cash))


@real
def test_late_payment_histories_dimensions() -> None:
    books = load(SHARED / "late_payment_histories.csv", profile="late_payment_histories")
    assert (books.rows["customers"], books.rows["invoices"], books.currencies) == (100, 1725, ("USD",))
    assert books.warnings == []
    assert books.extra == {
        "customers": ("country_code", "paperless_since"),
        "invoices": ("billing", "was_disputed"),
    }
    disputed = "SELECT billing, was_disputed, count(*) FROM books.invoices GROUP BY ALL ORDER BY ALL"
    assert rows(books, disputed) == [
        ("Electronic", "No", 436),
        ("Electronic", "Yes", 139),
        ("Paper", "No", 899),
        ("Paper", "Yes", 251),
    ]


@real
def test_food_wholesaler_keeps_every_row_and_both_currencies() -> None:
    books = load(SHARED / "food_wholesaler_closed.csv", profile="food_wholesaler_closed")
    assert (books.rows["customers"], books.rows["invoices"], books.rows["payments"]) == (938, 27958, 27958)
    with (SHARED / "food_wholesaler_closed.csv").open(encoding="utf-8", newline="") as stream:
        raw = list(csv.DictReader(stream))
    for currency, codes in (("CAD", {"CA02"}), ("USD", {"U001", "U002", "U005", "U007", "U013"})):
        total = sum(Decimal(row["total_open_amount"]) for row in raw if row["business_code_est"] in codes)
        assert rows(books, f"SELECT sum(amount) FROM books.invoices WHERE currency = '{currency}'") == [
            (total,)
        ]
    assert all(left == 0 for left in balances(books).values())
    assert [warning.code for warning in books.warnings] == ["cannot_know"]


@real
def test_food_wholesaler_oddities_are_where_the_profile_says() -> None:
    books = load(SHARED / "food_wholesaler_closed.csv", profile="food_wholesaler_closed")
    early = """SELECT count(*), max(applied_on - received_on), bool_and(applied_on = issued_on)
        FROM books.allocations JOIN books.payments USING (payment_id)
        JOIN books.invoices USING (invoice_id) WHERE applied_on <> received_on"""
    assert rows(books, early) == [(223, 74, True)]
    assert rows(books, "SELECT count(*) FROM books.customers WHERE name = customer_id") == [(452,)]
    same = """SELECT count(*), sum(n - 1) FROM (SELECT count(*) AS n FROM books.invoices JOIN books.payments
        ON payment_id = 'PAY-' || invoice_id
        GROUP BY invoices.customer_id, issued_on, due_on, received_on, invoices.amount HAVING count(*) > 1)"""
    assert rows(books, same) == [(664, 677)]


FAULTS = {
    "repeated customer": ("Customer_Master.csv", (502, 503, 504)),
    "repeated invoice": ("Invoices.csv", (8002, 8003, 8004, 8005, 8006)),
    "blank due date": (
        "Invoices.csv",
        (1125, 1537, 1664, 1767, 2217, 2584, 2682, 2946, 2989, 3029, 3763, 4056, 4293, 4344, 4345),
    ),
    "blank amount": ("Invoices.csv", (50, 54, 1933, 3960, 6243, 7630)),
    "negative amount": ("Invoices.csv", (1498, 5864, 6985)),
    "date in another format": (
        "Invoices.csv",
        (1273, 2176, 3195, 4103, 5027, 5174, 6422, 6660, 6661, 7054),
    ),
}
"""The planted faults, found by queries written apart: file and physical lines."""


@real
def test_linked_tables_are_refused_with_every_planted_fault_listed_once() -> None:
    told = check(SHARED / "linked_tables_with_faults", profile="linked_tables_with_faults")
    places = sorted((problem.file, problem.line) for problem in told if problem.line is not None)
    assert places == sorted((file, line) for file, lines in FAULTS.values() for line in lines)
    assert any(problem.severity == "refused" for problem in told)
    ignored = [problem.file for problem in told if problem.code == "ignored_file"]
    assert sorted(ignored) == ["Credit_Limits.csv", "Sales.csv"]


def mended(folder: Path) -> Path:
    """A copy in which each fault is mended.

    The second of two equal rows is deleted. A blank due date becomes 30 days after the invoice date. A blank amount
    becomes what was paid; where nothing was, the invoice is deleted. A negative amount loses its sign (the payment
    equals it). A date such as 29/04/2025 is written 2025-04-29 (it then lies 15, 30 or 60 days before its due date).
    """
    shutil.copytree(SHARED / "linked_tables_with_faults", folder / "mended")
    folder = folder / "mended"
    with (folder / "Payments.csv").open(encoding="utf-8", newline="") as stream:
        paid = {row["Invoice_ID"]: row["Amount_Paid"] for row in csv.DictReader(stream)}
    rewrite(folder / "Customer_Master.csv", lambda row: row)
    rewrite(folder / "Invoices.csv", lambda row: mended_invoice(row, paid))
    return folder


def mended_invoice(row: dict[str, str], paid: dict[str, str]) -> dict[str, str] | None:
    row = dict(row)
    if "/" in row["Invoice_Date"]:
        day, month, year = row["Invoice_Date"].split("/")
        row["Invoice_Date"] = f"{year}-{month}-{day}"
    issued = dt.date.fromisoformat(row["Invoice_Date"])
    row["Due_Date"] = row["Due_Date"] or (issued + dt.timedelta(30)).isoformat()
    row["Invoice_Amount"] = row["Invoice_Amount"].lstrip("-") or paid.get(row["Invoice_ID"], "")
    return row if row["Invoice_Amount"] else None


def rewrite(path: Path, mend: Callable[[dict[str, str]], dict[str, str] | None]) -> None:
    """Every row mended, equal rows once, the file read-only or not."""
    with path.open(encoding="utf-8", newline="") as stream:
        old = list(csv.DictReader(stream))
    new = {tuple(row.values()): row for row in map(mend, old) if row}
    path.chmod(0o644)
    path.parent.chmod(0o755)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(old[0]))
        writer.writeheader()
        writer.writerows(new.values())


@real
def test_linked_tables_are_accepted_when_the_faults_are_mended(tmp_path: Path) -> None:
    books = load(mended(tmp_path), profile="linked_tables_with_faults")
    assert (books.rows["customers"], books.rows["invoices"], books.rows["payments"]) == (500, 7997, 6748)
    assert {warning.code for warning in books.warnings} <= {"ignored_file", "customer_without_invoices"}
    strays = """SELECT count(*) FROM books.payments p JOIN books.allocations a USING (payment_id)
        JOIN books.invoices i USING (invoice_id) WHERE p.customer_id <> i.customer_id"""
    assert rows(books, strays) == [(0,)]
    by_status = """SELECT status, sum(amount) - coalesce(sum((SELECT sum(a.amount) FROM books.allocations a
        WHERE a.invoice_id = i.invoice_id)), 0) FROM books.invoices i GROUP BY status ORDER BY status"""
    left = dict(rows(books, by_status))
    assert left["Paid"] == 0
    assert left["Partially Paid"] > 0
