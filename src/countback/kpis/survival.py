"""How long until it ends, where some have not ended yet: the Kaplan-Meier estimate, in exact fractions.

A case is watched for a number of days and then either ends or is still going on (it is censored). Leaving
out those that go on would make everything look fast; counting them as ended would, too. The estimate takes
each day's ends among those still watched that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from countback.kpis.figure import Figure, undefined

HALF = Fraction(1, 2)


def survival(ended: Mapping[int, int], watched: Mapping[int, int]) -> Iterator[tuple[int, Fraction]]:
    """The share of cases that last longer than each number of days at which one ends, rising by days.

    `ended`: cases that ended, by the days until then. `watched`: all cases, ended and going on, by the days
    watched. A case still going on after so many days counts as watched when others end on that day.

    >>> [(days, str(share)) for days, share in survival({1: 1, 3: 1}, {1: 1, 2: 1, 3: 2})]
    [(1, '3/4'), (3, '3/8')]
    """
    at_risk = sum(watched.values())
    share = Fraction(1)
    for days in sorted(watched.keys() | ended.keys()):
        ends = ended.get(days, 0)
        if ends:
            share *= Fraction(at_risk - ends, at_risk)
            yield days, share
        at_risk -= watched.get(days, 0)


def median(ended: Mapping[int, int], watched: Mapping[int, int]) -> int | None:
    """The smallest number of days by which at least half of the cases end; None where the estimate stays
    above one half.

    >>> median({1: 1, 3: 1}, {1: 1, 2: 1, 3: 2})
    3
    >>> median({1: 1}, {1: 1, 5: 2}) is None
    True
    """
    return next((days for days, share in survival(ended, watched) if share <= HALF), None)


def median_figure(
    ended: Mapping[int, Decimal], watched: Mapping[int, Decimal], *, cases: str, still: str
) -> Figure:
    """The median in days. `cases`: what was watched; `still`: what those are that go on; in words."""
    if not sum(watched.values()):
        return undefined(f"no {cases}")
    days = median(_whole(ended), _whole(watched))
    if days is None:
        return undefined(
            f"not reached: more than half of the {cases} stay {still} longer than any was watched"
        )
    return Figure(Decimal(days))


def _whole(counts: Mapping[int, Decimal]) -> dict[int, int]:
    return {days: int(count) for days, count in counts.items()}
