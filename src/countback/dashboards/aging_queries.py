"""Asks the figures for the ageing table: one question, however many customers there are."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from countback.core.aging import Buckets
from countback.core.problem import Misuse
from countback.dashboards.aging import FIRST, ZERO, AgingTable, Group, laid_out
from countback.dashboards.asked import Asked
from countback.dashboards.customer_reading import names_of
from countback.dashboards.remembered import remembered
from countback.kpis.catalogue import find
from countback.ledger.figures import Figures

KPI = "aging"
BUCKET = "bucket"


def aging_table(figures: Figures, asked: Asked, by: str) -> AgingTable:
    """The ageing of what is asked, by that dimension; remembered until the books move. Raises Misuse for a dimension
    or bounds that do not exist."""
    if by not in grouping_dimensions(figures):
        raise Misuse(
            "the ageing was not shown",
            f"it cannot be grouped by {by!r}",
            f"group by {', '.join(grouping_dimensions(figures))}",
        )
    plain = replace(asked, own=(), pick="")
    return remembered(figures, (KPI, by, plain), lambda: _asked(figures, plain, by))


def grouping_dimensions(figures: Figures) -> tuple[str, ...]:
    """Dimensions to group by, those first that are asked most; not the buckets, which are the columns."""
    there = [name for name in figures.dimensions if name != BUCKET]
    return (*(name for name in FIRST if name in there), *(name for name in there if name not in FIRST))


def params_of(asked: Asked) -> dict[str, Any]:
    """The KPI's parameters as they are settled: `bounds`, `by_date`, `disputed`. Raises Misuse."""
    settled = find(KPI).settle(dict(asked.params))
    Buckets(settled["bounds"])
    return settled


def _asked(figures: Figures, asked: Asked, by: str) -> AgingTable:
    answer = figures.kpis(KPI, **asked.arguments(by=[by], params={KPI: dict(asked.params)})).to_arrow()
    # Read by columns: as dicts, two hundred thousand cells would take longer than to compute them.
    names = (f"by_{by}", "unit", f"by_{BUCKET}", "value") if len(answer) else ()
    columns = [answer[name].to_pylist() for name in names]
    found: dict[tuple[str | None, str], dict[str, Decimal]] = {}
    for value, currency, bucket, amount in zip(*columns, strict=True):
        found.setdefault((value, currency), {})[bucket] = amount
    chosen = asked.chosen(BUCKET)
    every = Buckets(params_of(asked)["bounds"]).names
    buckets = tuple(name for name in every if not chosen or name in chosen)
    called = names_of(figures, by, sorted({value for value, _ in found if value is not None}))
    groups = [
        Group(
            value,
            called.get(value or "", value or "(blank)"),
            currency,
            {b: amounts.get(b, ZERO) for b in buckets},
        )
        for (value, currency), amounts in found.items()
        if any(amounts.values())
    ]
    apart = "by_currency" in answer.column_names and by != "currency"
    return laid_out(by, buckets, tuple(groups), apart=apart)
