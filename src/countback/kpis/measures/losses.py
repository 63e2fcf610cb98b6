"""What is lost, and what is to be expected: write-offs, recoveries, and open items at their rates of loss."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ibis

from countback.core.aging import Buckets
from countback.core.problem import Misuse
from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.positions import Disputed, bucket_of, open_items
from countback.kpis.measures.windows import within_days

RATE = "decimal(18, 10)"
"""A rate of loss from 0 to 1, with ten decimals."""

MONEY = "decimal(18, 4)"
"""An item's expected loss is rounded to the four decimals that money has, so that items sum to the whole exactly."""

OWN_RATE_PLACES = 6
"""Decimals of a rate that is taken from the books: a hundredth of a basis point."""


@measure("write-offs of 365 days")
def written_off_in_year(facts: Facts, *, net: bool = False) -> Table:
    """Write-offs in the 365 days that end with the period; with `net`, less what was recovered in them."""
    if not net:
        return within_days(facts, facts.entries("write_off"), "effective_on", 365)
    met = within_days(facts, facts.entries("write_off", "recovery"), "effective_on", 365)
    return met.mutate(amount=ibis.ifelse(met.kind == "recovery", -met.amount, met.amount))


@measure("recoveries of 365 days")
def recovered_in_year(facts: Facts, *, net: bool = False) -> Table:
    """Cash received after a write-off, where it does not count."""
    met = within_days(facts, facts.entries("recovery"), "effective_on", 365)
    if net:
        met = met.filter(ibis.literal(False))
    return met.mutate(reason=ibis.literal("recoveries count with net=true only"))


@measure("open receivables * rate of loss", bucketed=True)
def expected_loss(
    facts: Facts,
    *,
    rates: tuple[Decimal, ...] | None = None,
    bounds: tuple[int, ...] = (30, 60, 90),
    history: int = 365,
    disputed: Disputed = "include",
) -> Table:
    """Open items at the end of the period, each times the rate of its ageing bucket."""
    met = _rated(facts, rates, bounds, history, disputed)
    met = met.filter(met.loss_rate.notnull())
    return met.mutate(amount=(met.amount.cast(MONEY) * met.loss_rate).cast(MONEY)).drop("loss_rate", "aged")


@measure("open receivables without a rate of loss", bucketed=True)
def without_rate(
    facts: Facts,
    *,
    rates: tuple[Decimal, ...] | None = None,
    bounds: tuple[int, ...] = (30, 60, 90),
    history: int = 365,
    disputed: Disputed = "include",
) -> Table:
    """Open items at the end of the period in a bucket from which the books have no history to take a rate."""
    met = _rated(facts, rates, bounds, history, disputed)
    return met.filter(met.loss_rate.isnull()).drop("loss_rate", "aged")


def _rated(
    facts: Facts, rates: tuple[Decimal, ...] | None, bounds: tuple[int, ...], history: int, disputed: Disputed
) -> Table:
    """Open items with their bucket `aged` and its `loss_rate`: as given, else the books' own, else NULL."""
    items = open_items(facts, "end_on", "gross", disputed, full=True)
    items = items.mutate(aged=bucket_of(items.due_on, items.at_on, bounds))
    if rates is not None:
        shares = _shares(rates, bounds).items()
        given = [(items.aged == name, ibis.literal(share, type=RATE)) for name, share in shares]
        return items.mutate(loss_rate=ibis.cases(*given, else_=ibis.null(RATE)))
    own = _own_rates(facts, bounds, history)
    met = items.left_join(own, ["period", items.aged == own.was_aged, items.currency == own.was_currency])
    return met.drop("was_aged", "was_currency", *(name for name in met.columns if name.endswith("_right")))


def _shares(rates: tuple[Decimal, ...], bounds: tuple[int, ...]) -> dict[str, Decimal]:
    """Share of loss by bucket, from rates in per cent. Raises Misuse where they do not fit the buckets."""
    names = Buckets(bounds).names[:-1]
    fits = len(rates) == len(names) and all(0 <= rate <= 100 and rate == round(rate, 8) for rate in rates)
    if not fits:
        raise Misuse(
            "loss_allowance was not computed",
            f"{len(rates)} rates were given for the {len(names)} buckets {', '.join(names)}, or one is no percentage",
            "give one for each, from 0 to 100 with at most 8 decimals, such as 2,4,8,25,100",
        )
    return {name: rate / 100 for name, rate in zip(names, rates, strict=True)}


def _own_rates(facts: Facts, bounds: tuple[int, ...], history: int) -> Table:
    """By period, currency and bucket: of what stood there `history` days before the period's end, the part written
    off since.

    One rate holds for all of the books, whatever is asked of them, so that the allowances of groups sum to the whole's.
    """
    books = facts.everything()
    held = books.positions("end_on", days=-history, full=True)
    held = held.mutate(was_aged=bucket_of(held.due_on, held.at_on, bounds))
    lost = within_days(books, books.entries("write_off"), "effective_on", history)
    lost = lost.group_by("period", "item_id").agg(lost=lost.amount.sum())
    met = held.left_join(lost, ["period", "item_id"])
    # An item can lose more than it held then, where a returned payment opened more of it since.
    met = met.mutate(lost=ibis.least(met.lost.fill_null(0), met.amount))
    sums = met.group_by("period", "was_aged", was_currency=met.currency).agg(
        lost=met.lost.sum(), held=met.amount.sum()
    )
    share: Any = (sums.lost / sums.held).cast(f"decimal(9, {OWN_RATE_PLACES})")
    return sums.select("period", "was_aged", "was_currency", loss_rate=share.cast(RATE))
