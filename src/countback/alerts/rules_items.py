"""Rules over items and customers: what entered an ageing bucket, who is above the credit limit. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from countback.alerts.rules import Evaluation, Rule
from countback.alerts.words import bare, listed, told
from countback.report.words import day_words


@dataclass(frozen=True, slots=True)
class Item:
    """An open item in a bucket. `named`: as people know it."""

    id: str
    named: str
    customer_id: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Owed:
    """What a customer owes, and its credit limit in the same currency."""

    customer_id: str
    open: Decimal
    limit: Decimal
    currency: str


def judge_entries(
    rule: Rule,
    as_of: date,
    items: Sequence[Item],
    before: Collection[str] | None,
    since: date | None,
    currency: str,
    names: Mapping[str, str],
) -> Evaluation:
    """The items that are in the bucket and were not at the last look (`before`; None: there was none)."""
    if before is None or since is None:
        return Evaluation(
            as_of, None, f"nothing to compare with yet: {_counted(len(items), 'item')} in {rule.bucket}"
        )
    new = sorted((item for item in items if item.id not in before), key=lambda item: (-item.amount, item.id))
    amount = sum((item.amount for item in new), Decimal(0))
    entered = f"{_counted(len(new), 'item')} of {told(amount, currency)} entered {rule.bucket} days past due"
    if rule.bucket.startswith("over"):
        entered = entered.replace(" days past due", " days")
    reason = (
        f"{entered} since {day_words(since)}"
        if new
        else f"nothing entered {rule.bucket} since {day_words(since)}"
    )
    if new and len(new) < rule.minimum_rows:
        return Evaluation(
            as_of, False, f"{reason}; the rule speaks from {rule.minimum_rows:,} items on", amount, currency
        )
    if new and amount < rule.minimum_amount:
        least = bare(rule.minimum_amount, currency)
        return Evaluation(as_of, False, f"{reason}; the rule speaks from {least} on", amount, currency)
    told_of = [
        f"{i.named} of {names.get(i.customer_id, i.customer_id)}, {bare(i.amount, currency)}" for i in new
    ]
    return Evaluation(
        as_of,
        bool(new),
        f"{reason}: {listed(told_of)}" if new else reason,
        amount,
        currency,
        frozenset(item.id for item in new),
        tuple(dict.fromkeys(item.customer_id for item in new)),
    )


def judge_limits(rule: Rule, as_of: date, owed: Sequence[Owed], names: Mapping[str, str]) -> Evaluation:
    """The customers that owe more than their credit limit, or than the asked per cent of it."""
    share = rule.size or Decimal(100)
    over = [
        one
        for one in owed
        if one.open > one.limit * share / 100 and one.open - one.limit * share / 100 >= rule.minimum_amount
    ]
    over.sort(key=lambda one: (one.limit * share / 100 - one.open, one.customer_id))
    limit = "their credit limit" if share == 100 else f"{bare(share, '%')} % of their credit limit"
    by = f" by {bare(rule.minimum_amount, '')} or more" if rule.minimum_amount else ""
    count = Decimal(len(over))
    is_or_are = "is" if len(over) == 1 else "are"
    reason = (
        f"{_counted(len(over), 'customer')} {is_or_are} above {limit}{by}"
        if over
        else f"nobody is above {limit}{by}"
    )
    if over and len(over) < rule.minimum_rows:
        few = f"{reason}; the rule speaks from {rule.minimum_rows:,} customers on"
        return Evaluation(as_of, False, few, count, "count")
    told_of = [
        f"{names.get(one.customer_id, one.customer_id)} owes {told(one.open, one.currency)} "
        f"of {bare(one.limit, one.currency)}"
        for one in over
    ]
    return Evaluation(
        as_of,
        bool(over),
        f"{reason}: {listed(told_of)}" if over else reason,
        count,
        "count",
        frozenset(one.customer_id for one in over),
        tuple(one.customer_id for one in over),
    )


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'s' if count != 1 else ''}"
