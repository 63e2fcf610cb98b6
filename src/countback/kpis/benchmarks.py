"""Published values to compare with: one place for their source and date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from countback.kpis.kpi import Benchmark


def credit_research_foundation(value: str) -> Benchmark:
    """A median of the foundation's national summary: domestic trade receivables, US, first quarter of 2021.

    >>> credit_research_foundation("38.04").words
    'US median'
    """
    return Benchmark(
        Decimal(value),
        "US median",
        "Credit Research Foundation, national summary of domestic trade receivables, Q1 2021",
        date(2021, 3, 31),
    )
