"""One customer: what it owes, how it pays, against all customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from countback.core.aging import UNAPPLIED
from countback.kpis.kpi import Kpi

NOTHING = Decimal(0)

MEASURED = ("average_days_to_pay", "days_beyond_terms", "late_payment_share")
"""KPIs of what was paid within a period: pooled over twelve months, as few customers pay every month."""

STANDING = ("overdue_share", "over_90_share", "dso")
"""KPIs as of the date."""

MONTHS = 12

LOWEST = Decimal(2)
"""Height of the column of a month that paid at once, so that it can be seen."""


@dataclass(frozen=True, slots=True)
class Item:
    """An open item, or credit that is not applied (`amount` negative). `whole`: the amount of the document. `disputed`:
    what of the invoice is disputed; `promised_on`: the latest day by which it is promised."""

    kind: str
    id: str
    invoice_id: str | None
    issued_on: date | None
    due_on: date | None
    overdue_days: int | None
    bucket: str
    whole: Decimal | None
    amount: Decimal
    currency: str
    disputed: Decimal | None = None
    promised_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer owes in one currency. `overdue`, and `oldest_days` past due of the oldest; `unapplied`: credit,
    positive; `amounts`: by bucket, credit negative."""

    currency: str
    open: Decimal
    overdue: Decimal
    unapplied: Decimal
    oldest_days: int | None
    amounts: Mapping[str, Decimal]


def standings(items: Sequence[Item], buckets: Sequence[str]) -> tuple[Standing, ...]:
    """One for each currency in which anything stands."""
    found = []
    for currency in sorted({item.currency for item in items}):
        own = [item for item in items if item.currency == currency]
        amounts = {bucket: _sum(item.amount for item in own if item.bucket == bucket) for bucket in buckets}
        late = [item for item in own if (item.overdue_days or 0) > 0]
        found.append(
            Standing(
                currency=currency,
                open=_sum(item.amount for item in own if item.bucket != UNAPPLIED),
                overdue=_sum(item.amount for item in late),
                unapplied=-amounts.get(UNAPPLIED, NOTHING),
                oldest_days=max((item.overdue_days or 0 for item in late), default=None),
                amounts=amounts,
            )
        )
    return tuple(found)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)


def in_order(items: Sequence[Item]) -> tuple[Item, ...]:
    """As they are worked off: earliest due first; credit last."""

    def place(item: Item) -> tuple[bool, date, str]:
        return item.bucket == UNAPPLIED, item.due_on or item.issued_on or date.min, item.id

    return tuple(sorted(items, key=place))


@dataclass(frozen=True, slots=True)
class Compared:
    """A KPI of the customer and of all. `better`: 1 where the customer's is the better one, -1 where it is the worse,
    0 where they are alike or one is missing. `reason`: why the customer's has no value. `pooled`: over twelve months.
    """

    kpi: str
    title: str
    unit: str
    own: Decimal | None
    every: Decimal | None
    better: int
    reason: str
    pooled: bool


def compared(kpi: Kpi, own: Sequence[Mapping[str, Any]], every: Sequence[Mapping[str, Any]]) -> Compared:
    """`own`, `every`: the KPI's figures of twelve months, oldest first; none of all customers where they are not to be
    seen."""
    value, reason = _value(kpi, own)
    other, _ = _value(kpi, every)
    return Compared(
        kpi.id,
        kpi.title.rstrip("."),
        kpi.unit,
        value,
        other,
        _better(kpi, value, other),
        reason,
        kpi.id in MEASURED,
    )


def _value(kpi: Kpi, points: Sequence[Mapping[str, Any]]) -> tuple[Decimal | None, str]:
    """The last month's figure; of a KPI of payments, its own formula over the sums of all the months."""
    if not points:
        return None, "its amounts are in several currencies, and no rate joins them"
    last = points[-1]
    if kpi.id not in MEASURED:
        return last["value"], last["reason"] or ""
    pooled = {side: _sum(point[side] or NOTHING for point in points) for side in kpi.sides}
    figure = kpi.compute(pooled, kpi.settle({}), last["period_end"])
    return figure.value, "nothing was paid in twelve months" if figure.value is None else ""


def _better(kpi: Kpi, own: Decimal | None, every: Decimal | None) -> int:
    if own is None or every is None or own == every or kpi.better is None:
        return 0
    return 1 if (own < every) == (kpi.better == "lower") else -1


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the trend: its last day (or the date asked), the figure, and how high its column is, of 100, below
    `top` of white."""

    ends_on: date
    value: Decimal | None
    height: str = "0"
    top: str = "100"


def months(points: Sequence[Mapping[str, Any]]) -> tuple[Month, ...]:
    """Columns of a trend, the highest 100; none where no month has a value."""
    highest = max((point["value"] for point in points if point["value"] is not None), default=None)
    if highest is None:
        return ()

    def month(ends_on: date, value: Decimal | None) -> Month:
        if value is None:
            return Month(ends_on, None)
        height = max(LOWEST, 100 * value / highest) if highest > 0 else LOWEST
        return Month(ends_on, value, f"{height:.1f}", f"{100 - height:.1f}")

    return tuple(month(point["period_end"], point["value"]) for point in points)
