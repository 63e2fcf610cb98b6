"""Published examples: same input, same number; by formula as the docstrings state them, and from documents."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from countback.kpis.catalogue import catalogue
from countback.kpis.kpi import Kpi
from tests.asking import value, values
from tests.ledger import books_of

EXAMPLES = [(kpi, row) for kpi in catalogue() for row in kpi.specification.example]


def read_side(text: str, wanted: Any) -> Any:
    """A side of an Example: a number, or `key: number, …` where the formula takes a mapping; a month stands for
    its first day."""
    if typing.get_origin(wanted) is not Mapping:
        return Decimal(text)
    kind = typing.get_args(wanted)[0]
    pairs = [part.split(":") for part in text.split(",") if part.strip()]
    return {read_key(key.strip(), kind): Decimal(number.strip()) for key, number in pairs}


def read_key(text: str, kind: Any) -> Any:
    if kind is date:
        return date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    return int(text) if kind is int else text


def computed(kpi: Kpi, row: dict[str, str]) -> Any:
    """The figure of an Example's row. Columns are the sides, parameters, and `end_on` and `cell` where a formula
    wants them."""
    hints = dict(kpi.annotations)
    sides = {side: read_side(row[side], hints[side]) for side in kpi.sides}
    given = {name: text for name, text in row.items() if name in kpi.params}
    known = set(row) - set(sides) - set(given)
    assert known <= {"value", "end_on", "cell"}, f"{kpi.id}: the Example has the unknown columns {known}"
    end_on = date.fromisoformat(row.get("end_on", "2024-12-31"))
    cells = dict(part.split(":") for part in row.get("cell", "").split(",") if part)
    named = {name.strip(): text.strip() for name, text in cells.items()}
    return kpi.compute(
        sides, kpi.settle(given), end_on, tuple(named[cell] for cell in kpi.cells if cell in named)
    )


@pytest.mark.parametrize(("kpi", "row"), EXAMPLES, ids=[f"{kpi.id}-{row['value']}" for kpi, row in EXAMPLES])
def test_docstring_example(kpi, row):
    figure = computed(kpi, row)
    if not row["value"]:
        assert figure.value is None
        assert figure.reason
        return
    expected = Decimal(row["value"])
    places = max(-int(expected.as_tuple().exponent), 2)
    assert round(figure.value, places) == expected, f"{kpi.id}: {figure}"


def test_every_kpi_has_an_example():
    assert {kpi.id for kpi, _ in EXAMPLES} == {kpi.id for kpi in catalogue()}


CREDITGURU = """
    customer A
    2022-12-15 invoice O A 6200 due 2023-01-14
    2023-01-15 invoice J A 3390 due 2023-02-14
    2023-01-20 payment P1 A 3390 -> O 3390
    2023-02-10 invoice F1 A 3560 due 2023-03-10
    2023-02-10 invoice F2 A 50 due 2023-02-20
    2023-02-20 payment P2 A 3810 -> O 2810, J 1000
    2023-03-10 invoice M1 A 3590 due 2023-04-15
    2023-03-10 invoice M2 A 300 due 2023-03-20
    2023-03-25 payment P3 A 3550 -> J 2390, F1 1160
"""


def test_creditguru_effectiveness_by_month_and_quarter(tmp_path):
    with books_of(CREDITGURU, tmp_path) as books:
        index = "collection_effectiveness_index"
        assert value(books, index, "2023-02-28") == Decimal("60.96")
        assert value(books, index, "2023-03-31") == Decimal("56.35")
        assert value(books, index, "2023-03-31", params={"months": 3}) == Decimal("79.63")
        assert value(books, index, "2023-03-31", params={"months": 3, "method": "crf"}) == Decimal("55.93")
        assert value(books, index, "2023-03-31", every="quarter", params={"method": "crf"}) == Decimal(
            "55.93"
        )
        assert value(books, index, "2023-03-31", every="quarter") == Decimal("79.63")


def test_creditguru_days_sales_outstanding(tmp_path):
    with books_of(CREDITGURU, tmp_path) as books:
        expected = {
            "dso": "52.40",
            "best_possible_dso": "29.67",
            "delinquent_dso": "22.73",
            "dso_countback": "50.00",
        }
        for kpi, number in expected.items():
            assert value(books, kpi, "2023-03-31") == Decimal(number), kpi


def test_jd_edwards_current_balance_divided_by_sales(tmp_path):
    """
    customer A
    2023-01-10 invoice I1 A 5538 due 2023-02-10
    2023-02-10 invoice I2 A 4566 due 2023-03-10
    2023-03-10 invoice I3 A 7570 due 2023-04-10
    2023-03-20 payment P1 A 6805 -> I1 5538, I2 1267
    """
    with books_of(test_jd_edwards_current_balance_divided_by_sales.__doc__, tmp_path) as books:
        assert value(books, "dso", "2023-03-31") == Decimal("55.35")


ORACLE = """
    customer A
    2013-04-10 invoice I4 A 2250 due 2013-05-10
    2013-05-10 invoice I5 A 2000 due 2013-06-10
    2013-06-10 invoice I6 A 2500 due 2013-07-10
    2013-07-10 invoice I7 A 2250 due 2013-08-10
    2013-08-10 invoice I8 A 1750 due 2013-09-10
    2013-09-10 invoice I9 A 2500 due 2013-10-10
"""


@pytest.mark.parametrize(("paid", "days"), [("1250", "166.33"), ("250", "179.67")])
def test_oracle_countback(paid, days, tmp_path):
    with books_of(f"{ORACLE}\n2013-09-20 payment P1 A {paid} -> I4 {paid}", tmp_path) as books:
        assert value(books, "dso_countback", "2013-09-30") == Decimal(days)


def test_benjipays_countback_in_months_of_thirty_days(tmp_path):
    """
    customer A
    2024-04-10 invoice I1 A 70000 due 2024-05-10
    2024-05-10 invoice I2 A 80000 due 2024-06-10
    2024-06-10 invoice I3 A 100000 due 2024-07-10
    2024-06-20 payment P1 A 38000 -> I1 38000
    """
    with books_of(test_benjipays_countback_in_months_of_thirty_days.__doc__, tmp_path) as books:
        assert value(books, "dso_countback", "2024-06-30", params={"month_days": 30}) == Decimal("73.71")


def test_dynamics_365_credit_statistics(tmp_path):
    """
    customer A
    2023-09-01 invoice I1 A 100000 due 2023-10-01
    2023-10-01 payment P1 A 100000 -> I1 100000
    2023-12-01 invoice I2 A 50000 due 2023-12-31
    """
    with books_of(test_dynamics_365_credit_statistics.__doc__, tmp_path) as books:
        for window, days in ((365, "121.67"), (183, "61.00")):
            assert value(books, "dso", "2023-12-31", params={"window": window}) == Decimal(days)


def test_paidnice_best_possible_and_delinquent(tmp_path):
    """
    customer A
    2024-01-15 invoice I1 A 180000 due 2024-02-01
    2024-02-01 payment P1 A 180000 -> I1 180000
    2024-02-10 invoice I2 A 40000 due 2024-03-10
    2024-03-10 invoice I3 A 80000 due 2024-04-10
    """
    with books_of(test_paidnice_best_possible_and_delinquent.__doc__, tmp_path) as books:
        expected = {"dso": "36.0", "best_possible_dso": "24.0", "delinquent_dso": "12.0"}
        for kpi, days in expected.items():
            assert value(books, kpi, "2024-03-31") == Decimal(days), kpi


def test_weighted_days_to_pay(tmp_path):
    """
    customer A
    2023-05-16 invoice I1 A 1000 due 2023-06-15
    2023-05-01 invoice I2 A 3000 due 2023-05-31
    2023-04-16 invoice I3 A 2000 due 2023-05-16
    2023-05-31 payment P1 A 6000 -> I1 1000, I2 3000, I3 2000
    """
    with books_of(test_weighted_days_to_pay.__doc__, tmp_path) as books:
        assert value(books, "average_days_to_pay", "2023-05-31") == Decimal("32.5")


def test_ifrs_provision_matrix(tmp_path):
    """
    customer A
    2024-01-01 invoice I1 A 300000 due 2024-06-30
    2024-01-01 invoice I2 A 140000 due 2024-06-15
    2024-01-01 invoice I3 A 60000 due 2024-05-15
    2024-01-01 invoice I4 A 23000 due 2024-04-15
    2024-01-01 invoice I5 A 5000 due 2024-02-01
    """
    rates = {"params": {"rates": "2,4,8.69565217,25,100"}}
    with books_of(test_ifrs_provision_matrix.__doc__, tmp_path) as books:
        by_bucket = values(books, "loss_allowance", "2024-06-30", "bucket", **rates)
        expected = {"current": 6000, "1-30": 5600, "61-90": 5750, "over 90": 5000}
        assert by_bucket == expected | {"31-60": Decimal("5217.39")}
        assert value(books, "loss_allowance", "2024-06-30", **rates) == Decimal("27567.39")


def test_collection_efficiency(tmp_path):
    """
    customer A
    2024-06-01 invoice I1 A 1123000 due 2024-06-20
    2024-06-01 invoice I2 A 77000 due 2024-07-01        # due later: not in it
    2024-06-25 payment P1 A 619000 -> I1 542000, I2 77000
    """
    with books_of(test_collection_efficiency.__doc__, tmp_path) as books:
        assert value(books, "collection_rate", "2024-06-30") == Decimal("48.26")


OCA_546 = """
    customer A
    2024-02-10 payment P1 A 1000
    2024-03-01 invoice I1 A 10000 due 2024-03-31
    2024-03-01 invoice I2 A 10000 due 2024-03-31
    2024-03-01 invoice I3 A 10000 due 2024-03-31
    2024-03-01 invoice I4 A 10000 due 2024-03-31
    2024-03-01 invoice I5 A 10000 due 2024-03-31
    2024-04-15 invoice I6 A 100000 due 2024-05-15
    2024-05-10 payment P2 A 49000 -> I1 10000, I2 10000, I3 10000, I4 10000, I5 9000
    2024-05-11 apply P1 -> I5 1000
"""


def test_oca_546_ageing_as_of_30_april(tmp_path):  # check 2, check 5
    with books_of(OCA_546, tmp_path) as books:
        columns = values(books, "aging", "2024-04-30", "bucket")
        assert {name: amount for name, amount in columns.items() if amount} == {
            "current": 100000, "1-30": 50000, "unapplied": -1000,
        }  # fmt: skip
        assert value(books, "net_receivables", "2024-04-30") == 149000
        after = values(books, "aging", "2024-05-31", "bucket")
        assert {name: amount for name, amount in after.items() if amount} == {"1-30": 100000}


def test_oca_707_paid_later_is_open_before(tmp_path):  # check 2
    """
    customer A
    2024-04-30 invoice I1 A 500 due 2024-05-30
    2024-06-30 payment P1 A 500 -> I1 500
    """
    with books_of(test_oca_707_paid_later_is_open_before.__doc__, tmp_path) as books:
        assert value(books, "open_receivables", "2024-05-31") == 500
        assert values(books, "aging", "2024-05-31", "bucket")["1-30"] == 500
        assert value(books, "open_receivables", "2024-06-29") == 500
        assert value(books, "open_receivables", "2024-06-30") == 0
