"""Days sales outstanding, count-back method."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from countback.core.period import add_months, month_end
from countback.kpis.figure import Figure, rounded, undefined
from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Basis, Disputed, open_at_end
from countback.kpis.measures.sales import LONGEST_COUNTBACK, sales_by_month


def _days(month: date, end_on: date, month_days: int | None) -> int:
    """Days of the month up to the date, or as many as each month is taken to have."""
    days = min(end_on, month_end(month)).day
    return days if month_days is None or month_end(month) > end_on else month_days


@kpi(unit="days", better="lower", numerator=open_at_end, denominator=sales_by_month, explainable=False)
def dso_countback(
    numerator: Decimal,
    denominator: Mapping[date, Decimal],
    *,
    end_on: date,
    month_days: int | None = None,
    basis: Basis = "gross",
    disputed: Disputed = "include",
) -> Figure:
    """Days sales outstanding, count-back method.

    How many of the latest days' credit sales make up what is open: month by month backwards, until open
    receivables are used up.

    Formula
    -------
    days of the latest months whose credit sales are wholly consumed by open receivables + what is left /
    credit sales of the next month * its days

    Unit
    ----
    days

    Source
    ------
    Oracle Hyperion, DSO count-back; benjipays.com, count-back method

    No value when
    -------------
    unapplied credits exceed what is open (with `basis=net`)

    Notes
    -----
    The running month counts its days up to the date. A month without credit sales, or with more credit notes
    than invoices, adds its days and consumes nothing. At most 36 months are counted; then there is a value,
    and its reason says so. `month_days=30` takes every whole month to have 30 days. The denominator is the
    credit sales of the months used, the last one whole. It follows seasons better than `dso`. `basis=net`
    takes unapplied credits off, from the overdue part; `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | denominator | end_on | month_days | value |
    |---|---|---|---|---|
    | 6340 | 2024-03: 3890, 2024-02: 3610, 2024-01: 3390 | 2024-03-31 | | 50.68 |
    | 6340 | 2023-03: 3890, 2023-02: 3610, 2023-01: 3390 | 2023-03-31 | | 50.00 |
    | 12000 | 2013-09:2500,2013-08:1750,2013-07:2250,2013-06:2500,2013-05:2000,2013-04:2250 | 2013-09-30 | | 166.33 |
    | 13000 | 2013-09:2500,2013-08:1750,2013-07:2250,2013-06:2500,2013-05:2000,2013-04:2250 | 2013-09-30 | | 179.67 |
    | 212000 | 2024-06: 100000, 2024-05: 80000, 2024-04: 70000 | 2024-06-30 | 30 | 73.71 |
    """
    if numerator < 0:
        return undefined("unapplied credits exceed what is open")
    left, days, used = Fraction(numerator), Fraction(0), []
    for back in range(LONGEST_COUNTBACK):
        if left == 0:
            break
        month = add_months(end_on, -back)
        sales = Fraction(denominator.get(month, 0))
        eaten = min(left, sales) if sales > 0 else Fraction(0)
        days += _days(month, end_on, month_days) * (eaten / sales if sales > 0 else 1)
        left -= eaten
        used.append(month)
    counted = sum((denominator.get(month, Decimal(0)) for month in used), Decimal(0))
    note = f"truncated at {LONGEST_COUNTBACK} months" if left else None
    return Figure(rounded(days), note, denominator=counted, used=used)
