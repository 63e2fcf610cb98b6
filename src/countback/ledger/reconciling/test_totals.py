"""Control totals as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from countback.ledger.reconciling import totals
from countback.ledger.reconciling.rules import Key, Told, What
from countback.ledger.reconciling.totals import UnableToReadTotals, entered_totals, read_totals, together

OCTOBER = date(2026, 10, 1)


def test_a_file_tells_totals_customers_and_months() -> None:
    text = """What;Entity;Currency;customer_id;month;amount;rows
;E1;EUR;;;1234.50;
open receivables;E1;EUR;C1;;-4.5;

invoices;;USD;;2026-10;99;3
"""
    invoices = Key(What.INVOICES, "", "USD", OCTOBER)
    assert read_totals(b"\xef\xbb\xbf" + text.encode()) == [
        Told(Key(What.OPEN, "E1", "EUR"), Decimal("1234.50")),
        Told(Key(What.OPEN, "E1", "EUR"), Decimal("-4.5"), "C1"),
        Told(invoices, Decimal(99)),
        Told(Key(What.INVOICES, "", "USD", OCTOBER, rows=True), Decimal(3)),
    ]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (",EUR,,,,", "neither amount nor rows are filled in"),
        (",EUR,,,1,234.00", "rows are counted of invoices and payments alone"),
        (",EUR,,,1e5,", "1e5 is no amount; write it as 1234.56"),
        (",EUR,,,1.23456,", "1.23456 is no amount"),
        (",EUR,,,NaN,", "NaN is no amount"),
        (",EUR,,,12345678901234567890,", "is no amount"),
        (",euro,,,1,", "euro is no currency"),
        (",,,,1,", "a blank is no currency"),
        ("sales,EUR,,,1,", "sales is none of open_receivables, invoices, payments"),
        ("invoices,EUR,,,1,", "a blank is no month; write it as 2026-10"),
        ("invoices,EUR,,2026-13,1,", "2026-13 is no month"),
        ("invoices,EUR,C1,2026-10,1,", "only open receivables are told by customer"),
        (",EUR,,2026-10,1,", "open receivables are as of the date, not of a month"),
        (",EUR,,,,4", "rows are counted of invoices and payments alone"),
        ("payments,EUR,,2026-10,,-4", "-4 is no number of rows"),
        (",EUR," + "x" * 201 + ",,1,", "is too long"),
        (",EUR,C1,,1,,,,", "more cells than the first line has columns"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(line: str, wrong: str) -> None:
    with pytest.raises(UnableToReadTotals) as refused:
        read_totals(f"what,currency,customer_id,month,amount,rows\n,USD,,,1,\n{line}\n".encode())
    assert len(refused.value.wrong) == 1
    assert refused.value.wrong[0].startswith("line 3: ")
    assert wrong in refused.value.wrong[0]


def test_every_wrong_line_is_told() -> None:
    with pytest.raises(UnableToReadTotals, match="3 lines cannot be understood") as refused:
        read_totals(b"currency,amount\nEUR,1\nEUR,1\nXX,1\nEUR,x\n")
    assert [line.partition(":")[0] for line in refused.value.wrong] == ["line 3", "line 4", "line 5"]
    assert "the same was told in an earlier line" in refused.value.wrong[0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "are missing"),
        (b"currency\nEUR\n", "are missing"),
        (b"amount\n1\n", "are missing"),
        (b"currency,amount,amount\nEUR,1,1\n", "are missing"),
        (b"currency,amount,colour\nEUR,1,red\n", "the column colour is not known"),
        (b"currency,amount\n", "it has no line with a total"),
        (b"currency,amount\n\xff\xfe\n", "it is not in UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(UnableToReadTotals, match=why):
        read_totals(content)


def test_a_file_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "MOST_ROWS", 3)
    with pytest.raises(UnableToReadTotals, match="more than 3 lines"):
        read_totals(b"currency,customer_id,amount\n" + b"".join(b"EUR,C%d,1\n" % n for n in range(4)))


def test_what_is_typed_in_is_read_and_blank_tells_nothing() -> None:
    keys = {"total 0": Key(What.OPEN, "E1", "EUR"), "total 1": Key(What.OPEN, "", "USD")}
    assert entered_totals({"total 0": " 10.5 ", "total 1": " "}, keys) == [
        Told(keys["total 0"], Decimal("10.5"))
    ]
    with pytest.raises(UnableToReadTotals, match=r"\(no entity\) USD: 1,000 is no amount"):
        entered_totals({"total 1": "1,000"}, keys)


def test_the_same_typed_in_and_in_the_file_is_refused() -> None:
    one = Told(Key(What.OPEN, "E1", "EUR"), Decimal(1))
    assert together([one], []) == together([], [one]) == [one]
    with pytest.raises(UnableToReadTotals, match="the total of E1 in EUR is typed in and in the file, too"):
        together([one], [Told(one.key, Decimal(2))])
