"""Making the lists of a day out of the figures, and looking at them with other weights first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from countback.accounts.actions import Doing
from countback.accounts.models import Person
from countback.accounts.rules import Scope
from countback.analytics.currency import UnableToConvert
from countback.arrangements.queries import follow_ups_due
from countback.audit.actions import record
from countback.core.problem import CountbackError
from countback.ledger import figures
from countback.ledger.figures import Figures
from countback.worklists.candidate import Candidate
from countback.worklists.line import working_day
from countback.worklists.models import SKIP_REASONS, Day, Line, Skip, Weighting
from countback.worklists.morning import Listed, Morning, morning
from countback.worklists.queries import Arranged, overdue_customers
from countback.worklists.strategy import Strategy, Weights, with_weights
from countback.worklists.strategy_reading import find_strategy, read_strategy

NAMES = tuple(one.name for one in fields(Weights))
"""Names of the weights, in the order of the formula."""

_COLLECTORS = """SELECT collector FROM books.collectors UNION
SELECT DISTINCT collector FROM books.customers WHERE collector IS NOT NULL ORDER BY 1"""


class UnableToMakeWorklists(CountbackError):
    """There are no lists of the day."""


class UnableToSkip(CountbackError):
    """The customer stays on the list."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which figures lists are made. `today`: the business day; `last`: the last day of which the books tell."""

    figures: Figures
    today: date
    last: date


def asked(today: date, scope: Scope | None = None) -> Asked:
    """The figures of all books, or of what somebody may see. Raises UnableToMakeWorklists where there are none."""
    try:
        found = figures.opened(scope or Scope())
        last = found.books.last_entry_on()
    except FileNotFoundError:
        last = None
    if last is None:
        raise UnableToMakeWorklists(
            "No worklists were made", "there are no books in the ledger yet", "import them first"
        )
    return Asked(found, today, min(today, last))


def strategy_now() -> Strategy:
    """The strategy with the weights that hold. Raises UnableToReadStrategy."""
    latest = Weighting.objects.first()
    known = {name: Decimal(value) for name, value in latest.weights.items()} if latest else {}
    return with_weights(_written(), {name: known[name] for name in NAMES if name in known})


def _written() -> Strategy:
    """The house's own strategy, from strategy.toml in the folder of all that is kept; the standard one where none is
    there."""
    file = Path(settings.STRATEGY)
    return (
        read_strategy(file.read_text(encoding="utf-8"), file=file.name) if file.exists() else find_strategy()
    )


def lists_of(one: Asked, strategy: Strategy) -> Morning:
    """Everybody's lists, with nothing written: as of today, or, where the books ended so long ago that no rate of today
    is there, as of their last day."""
    try:
        return _lists_on(one, one.today, strategy)
    except UnableToConvert:
        if one.last == one.today:
            raise
        return _lists_on(one, one.last, strategy)


def _lists_on(one: Asked, as_of: date, strategy: Strategy) -> Morning:
    candidates = _candidates(one.figures, as_of, strategy.dimensions)
    with one.figures.books.loaded.connection.cursor() as cursor:
        collectors = [row[0] for row in cursor.execute(_COLLECTORS).fetchall()]
    return morning(candidates, strategy, as_of=as_of, collectors=collectors)


def _candidates(found: Figures, as_of: date, dimensions: tuple[str, ...]) -> tuple[Candidate, ...]:
    """Who has something overdue. Kept with the figures: a preview asks for the same again with other weights."""
    follow_ups, kept = follow_ups_due(), found.opened.answers
    key = ("candidates of worklists", found.scope, as_of, dimensions, frozenset(follow_ups.items()))
    if key not in kept:
        arranged = Arranged(follow_ups=follow_ups)
        kept[key] = tuple(overdue_customers(found, as_of=as_of, dimensions=dimensions, arranged=arranged))
    return tuple(kept[key])


def again(before: Morning, strategy: Strategy) -> Morning:
    """The same lists with another strategy, from the same candidates."""
    candidates = [ranked.candidate for ranked in before.ranked] + [
        waits.candidate for waits in before.waiting
    ]
    capacities = {each.collector: each.capacity_minutes for each in before.lists}
    return morning(
        candidates, strategy, as_of=before.as_of, collectors=list(capacities), capacities=capacities
    )


def make_worklists(*, today: date, at: datetime, by: Person | None = None) -> Day:
    """Makes the lists of a day and keeps them; those that were made before stay to be read. Raises
    UnableToMakeWorklists, and what `queries.overdue_customers` raises."""
    strategy = strategy_now()
    made = lists_of(asked(today), strategy)
    with transaction.atomic():
        day = _day(made, strategy, today, at, by)
        lines = (
            _line(day, one.collector, place, listed)
            for one in made.lists
            for place, listed in enumerate(one.lines(), 1)
        )
        Line.objects.bulk_create(lines, batch_size=1000)
        if by is not None:
            record(who=by, what="worklists made", about=("worklists", today.isoformat()), at=at)
    return day


def make_if_missing(*, today: date, at: datetime) -> Day | None:
    """The lists of a day, made by one of those who come at once; None where they are there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        return None if Day.objects.filter(on=today).exists() else make_worklists(today=today, at=at)


MAKING = int.from_bytes(b"listing", "big")
"""Number of the lock under which the lists of a morning are made once."""


def _day(made: Morning, strategy: Strategy, today: date, at: datetime, by: Person | None) -> Day:
    every = [*made.left_over.customers, *(one for each in made.lists for one in each.left_over.customers)]
    amount = sum((one.candidate.overdue for one in every), Decimal(0))
    currency = made.ranked[0].candidate.currency if made.ranked else ""
    return Day.objects.create(
        on=today, as_of=made.as_of, currency=currency, strategy=strategy.name, weights=told(strategy.standard.weights),
        waiting={reason.value: count for reason, count in made.reasons.items()}, left_over=len(every),
        left_over_amount=round(amount, 4), made_at=at, by=by,
    )  # fmt: skip


def _line(day: Day, collector: str, place: int, listed: Listed) -> Line:
    one = listed.line
    parts = [[part.name, part.joins.value, str(part.value), part.words] for part in one.parts]
    due_on = working_day(day.on + (one.due_on - day.as_of))
    return Line(
        day=day, collector=collector, place=place, customer_id=one.customer_id, how=listed.how.value, act=one.act.value,
        amount=one.amount, free=one.free, overdue_days=one.overdue_days, why=one.why, due_on=due_on,
        minutes=one.minutes, expected=one.expected, score=one.score, parts=parts,
    )  # fmt: skip


def told(weights: Weights) -> dict[str, str]:
    """Weights as they are kept."""
    return {name: str(getattr(weights, name)) for name in NAMES}


def read_weights(given: Mapping[str, str]) -> dict[str, Decimal]:
    """Weights as somebody wrote them. Raises Misuse for a name or number that is none, through `with_weights`."""
    found: dict[str, Decimal] = {}
    for name in NAMES:
        if name in given:
            try:
                found[name] = Decimal(given[name])
            except InvalidOperation:
                found[name] = Decimal("NaN")
    with_weights(find_strategy(), found)
    return found


def set_weights(weights: Mapping[str, Decimal], doing: Doing) -> Weighting:
    """From now on lists are made with these weights. Raises Misuse for a weight that cannot be."""
    with transaction.atomic():
        before, now = strategy_now(), with_weights(strategy_now(), weights)
        made = Weighting.objects.create(weights=told(now.standard.weights), made_at=doing.at, by=doing.by)
        record(
            who=doing.by, what="weights of worklists set", about=("worklists", ""), at=doing.at, where=doing.where,
            before=told(before.standard.weights), after=made.weights,
        )  # fmt: skip
    return made


def skip(customer_id: str, reason: str, doing: Doing, *, today: date) -> Skip:
    """Passes over a customer for today. Raises UnableToSkip."""
    if reason not in SKIP_REASONS:
        raise UnableToSkip("The customer was not skipped", "no reason was chosen", "choose one of the list")
    with transaction.atomic():
        made = Skip.objects.create(customer_id=customer_id, on=today, reason=reason, at=doing.at, by=doing.by)
        about, after = ("customer", customer_id), {"reason": reason}
        record(
            who=doing.by, what="customer skipped", about=about, at=doing.at, after=after, where=doing.where
        )
    return made
