"""A question made ready for these books: values that they know, amounts in one currency."""

from __future__ import annotations

import difflib
from dataclasses import replace
from decimal import Decimal

from countback.core.problem import CountbackError, Misuse
from countback.dashboards.asked import Asked
from countback.dashboards.remembered import remembered
from countback.ledger.figures import Figures

CHECKED = ("entity", "segment", "region", "collector", "currency")
"""Dimensions whose values are looked up before they are asked; of others, an unknown value has no rows."""

CURRENCY, BUCKET = "currency", "bucket"
YEAR = 12
"""Months whose credit sales decide which of several currencies is the main one, as in the report."""


def refuse_strange(figures: Figures, asked: Asked) -> None:
    """Raise Misuse for a value that nothing in these books has, as far as the person may see them."""
    for name, values in asked.where:
        if name not in CHECKED or name not in figures.dimensions:
            continue
        known = figures.values(name)
        for value in values:
            if (value or "") not in known:
                near = difflib.get_close_matches(value or "", known, 1)
                remedy = f"did you mean {near[0]}" if near else "choose one from the list, or all"
                raise Misuse(f"the {name} {value!r} was not shown", "nothing in these books has it", remedy)


def in_one_currency(figures: Figures, asked: Asked) -> Asked:
    """The question in one currency: where the books hold several and no rate leads to one, that of the largest sales of
    the last twelve months, unless one was asked. The others are named in `aside`."""
    if len(figures.currencies) < 2 or asked.currency or asked.chosen(CURRENCY):
        return asked
    cut = (BUCKET, *(name for name, _ in asked.where if name not in figures.dimensions))
    wide = asked.without(*cut)  # ageing buckets and cells are no filters of sales
    question = ("main currency", wide.as_of, wide.where)
    main, aside = remembered(figures, question, lambda: _main(figures, wide))
    if not main:
        return asked
    settled = asked.within(**{CURRENCY: main})
    return replace(settled, aside=aside)


def reporting_currency(figures: Figures, asked: Asked) -> str:
    """The currency in which these pages give amounts; nothing where there is no one."""
    question = ("currency", asked.as_of, asked.currency, asked.chosen(CURRENCY))

    def found() -> str:
        plain = replace(
            asked, where=tuple(pair for pair in asked.where if pair[0] == CURRENCY), every="month"
        )
        try:
            rows = figures.kpis("open_receivables", **plain.arguments()).to_dicts()
        except CountbackError:
            return ""
        return str(rows[0]["unit"]) if len(rows) == 1 else ""

    return remembered(figures, question, found)


def _main(figures: Figures, asked: Asked) -> tuple[str, tuple[str, ...]]:
    """The main currency and the others; nothing where rates lead to one."""
    wanted = ["credit_sales", "open_receivables"]
    rows = figures.kpis(wanted, trend=YEAR, **asked.arguments(every="month")).to_dicts()
    sold: dict[str, Decimal] = {}
    for row in rows:
        if CURRENCY not in row["by"]:
            return "", ()
        currency = row["by"][CURRENCY] or ""
        sold.setdefault(currency, Decimal(0))
        if row["kpi"] == "credit_sales":
            sold[currency] += row["value"]
    if not sold:
        return "", ()
    main = max(sorted(sold), key=lambda currency: sold[currency])
    return main, tuple(sorted(set(sold) - {main}))
