"""The rules that books are held to, as data: one query for each, and the words for the rows that it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books.check import amounts, customers, dates, holdings, oddities

if TYPE_CHECKING:
    import datetime as dt

    from countback.books.working import Working


def judge(working: Working, today: dt.date | None) -> None:
    """Tells every row that breaks a rule. `today`: documents after it are called future; None: none is."""
    rules = (*customers.RULES, *dates.RULES, *amounts.RULES, *holdings.RULES, *oddities.RULES)
    rules += oddities.future_rules(today) if today is not None else ()
    for rule in rules:
        if working.filled.intersection(rule.tables):
            rule.apply(working)
    amounts.judge_coins(working)
    holdings.judge_sources(working)
    if working.filled.intersection(("allocations", "write_offs")):
        holdings.judge_invoices(working)
