"""Customers at risk: something of theirs is long overdue, or they owe more than their credit limit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from countback.core.aging import UNAPPLIED, Buckets
from countback.dashboards.aging_queries import KPI, aging_table, params_of
from countback.dashboards.asked import Asked
from countback.dashboards.customers import CustomerLine
from countback.dashboards.customers_queries import OPEN, customer_lines
from countback.dashboards.customers_views import FULL
from countback.dashboards.links import Cell, customer_page, rows_page
from countback.dashboards.remembered import remembered
from countback.dashboards.words import written
from countback.ledger.figures import Figures
from countback.report.words import DASH, number

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A customer at risk. `oldest`: what of it lies in the last bucket; `used`: per cent of its credit limit."""

    line: CustomerLine
    oldest: Decimal

    @property
    def beyond(self) -> Decimal:
        """What it owes above its credit limit."""
        line = self.line
        if line.limit is None or line.used is None or line.used <= FULL:
            return ZERO
        return line.limit * (line.used - FULL) / 100

    @property
    def amount(self) -> Decimal:
        """By which it is ranked: what is long overdue, or owed above the limit, whichever is more."""
        return max(self.oldest, self.beyond)

    @property
    def why(self) -> str:
        """In words."""
        said = []
        if self.oldest > 0 and self.line.open > 0:
            said.append(f"{number(100 * self.oldest / self.line.open, 0)} % of what it owes is long overdue")
        if self.beyond:
            said.append(f"owes {number(self.line.used or ZERO, 0)} % of its credit limit")
        return "; ".join(said)


def at_risk(figures: Figures, asked: Asked) -> tuple[str, list[AtRisk]]:
    """The last bucket's name, and the customers at risk, those first of whom most is at risk. Found once until
    the books move."""
    question = ("at risk", asked.as_of, asked.known_at, asked.where, asked.currency)
    return remembered(figures, question, lambda: _found(figures, asked))


def _found(figures: Figures, asked: Asked) -> tuple[str, list[AtRisk]]:
    last = [bucket for bucket in Buckets(params_of(asked)["bounds"]).names if bucket != UNAPPLIED][-1]
    table = aging_table(figures, asked.within(bucket=last), "customer")
    oldest = {(group.value, group.currency): group.amounts[last] for group in table.groups}
    found = [
        AtRisk(line, oldest.get((line.customer_id, line.currency), ZERO))
        for line in customer_lines(figures, asked.without("bucket"))
    ]
    risky = [one for one in found if one.amount > 0]
    return last, sorted(risky, key=lambda one: (-one.amount, one.line.customer_id))


def cells_of(one: AtRisk, bucket: str, asked: Asked) -> tuple[Cell, ...]:
    """What it owes, what is long overdue, and how much of the credit limit it uses; amounts lead to their rows."""
    line = one.line
    within: dict[str, str] = {"customer": line.customer_id}
    within |= {"currency": line.currency} if line.apart else {}
    used = Cell(DASH if line.used is None else number(line.used, 0), line.used)
    return (
        Cell(
            written(line.open, line.currency), line.open, rows_page(OPEN, asked, within) if line.open else ""
        ),
        Cell(
            written(one.oldest, line.currency),
            one.oldest,
            rows_page(KPI, asked, within | {"bucket": bucket}) if one.oldest else "",
        ),
        used,
    )


def page_of(one: AtRisk, asked: Asked) -> str:
    """Its page."""
    return customer_page(one.line.customer_id, asked)
