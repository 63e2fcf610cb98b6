"""Disputed amounts: opened in a stretch of days, and standing at a date."""

from __future__ import annotations

from typing import Literal

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.positions import disputed_shares
from countback.kpis.measures.windows import refuse_below, standing_at, within_days, within_period

Limit = Literal["none", "open"]


@measure("disputed amounts at the end of the period")
def disputed_at_end(facts: Facts, *, limit: Limit = "none") -> Table:
    """Disputes opened and not resolved by the end of the period; with `limit=open` as far as the invoice is open."""
    if limit == "open":
        return disputed_shares(facts, "end_on")
    return standing_at(facts, facts.disputes(), "opened_on", "resolved_on")


@measure("disputes resolved in the period")
def disputes_resolved(facts: Facts) -> Table:
    """What left the disputed amounts in the period, by its outcome."""
    met = within_period(facts, facts.disputes(), "resolved_on")
    return met.mutate(
        reason=ibis.literal("resolved in the period: ") + met.outcome.fill_null("without an outcome")
    )


@measure("disputed amounts opened in the period")
def disputes_opened(facts: Facts) -> Table:
    """Disputes by the day they were opened, whatever came of them."""
    return within_period(facts, facts.disputes(), "opened_on")


@measure("disputed amounts opened in the window")
def disputes_opened_in_window(facts: Facts, *, window: int = 90) -> Table:
    """The same over the `window` days that end with the period."""
    refuse_below(1, window=window)
    return within_days(facts, facts.disputes(), "opened_on", window)
