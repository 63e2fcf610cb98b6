"""Ageing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from countback.core.aging import Buckets
from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Disputed, open_by_age


def _columns(params: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [(name,) for name in Buckets(params["bounds"]).names]


@kpi(unit="money", numerator=open_by_age, every_cell=_columns)
def aging(
    numerator: Decimal,
    *,
    bounds: tuple[int, ...] = (30, 60, 90),
    by_date: Literal["due", "issued"] = "due",
    disputed: Disputed = "include",
) -> Decimal:
    """Ageing.

    Open receivables by how long they are past due, and unapplied credits in a column of their own.

    Formula
    -------
    open amounts by days past due at the date: current, 1-30, 31-60, 61-90, over 90; and unapplied credits,
    negative

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    OCA account-financial-reporting #546 and #707; Countback's KPI definitions

    No value when
    -------------
    never: an empty column is 0

    Notes
    -----
    All columns sum to `net_receivables`. `bounds` names other limits, such as 15,45,60. `by_date=issued`
    counts the days since issue instead; `current` is then what was issued on the date itself. A part-paid
    invoice's rest stays where its own due date puts it; each instalment ages alone.

    Example
    -------
    | numerator | value |
    |---|---|
    | -1000 | -1000 |
    """
    return numerator
