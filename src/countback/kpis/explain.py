"""Why a figure moved: the change of a ratio between two dates as contributions that add up to it exactly.

Each group has two: the effect of its numerator and that of its denominator. Exchanging first one, then the other, gives
two answers that differ by the order; the mean of both orders is taken, as kpis.md says. All arithmetic is exact
(fractions); only when written down are contributions rounded, so that the rounded ones still sum to the rounded change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

PLACES = 10


@dataclass(frozen=True, slots=True)
class Sides:
    """A group's pooled numerator and denominator (1 where the figure is a sum) on one date."""

    numerator: Decimal
    denominator: Decimal


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one side of one group adds to the change. `before` and `after`: that side on the two dates."""

    group: tuple[str | None, ...]
    side: Literal["numerator", "denominator"]
    before: Decimal
    after: Decimal
    contribution: Decimal


def explain(
    before: Mapping[tuple[str | None, ...], Sides],
    after: Mapping[tuple[str | None, ...], Sides],
    *,
    scale: Fraction,
    is_sum: bool,
    change: Decimal | None = None,
) -> list[Contribution]:
    """Contributions of every group, the largest first; they add up to the change of
    `scale * sum(numerators) / sum(denominators)` exactly.

    `scale`: what the ratio is multiplied with (90 for days in a window of 90, 100 for per cent). `is_sum`: the
    figure is the
    numerator itself. `change`: the change as it is written down, the difference of two rounded values, so that
    contributions sum to that; else their own rounded sum. The pooled denominators must be positive on both dates.

    >>> a = {("x",): Sides(Decimal(50), Decimal(100)), ("y",): Sides(Decimal(10), Decimal(100))}
    >>> b = {("x",): Sides(Decimal(30), Decimal(100)), ("y",): Sides(Decimal(10), Decimal(200))}
    >>> [(c.group[0], c.side, str(c.contribution)) for c in explain(a, b, scale=Fraction(100), is_sum=False)][:2]
    [('y', 'denominator', '-8.3333333334'), ('x', 'numerator', '-8.3333333333')]
    """
    groups = sorted(
        set(before) | set(after), key=lambda group: [(value is None, value or "") for value in group]
    )
    nothing = Sides(Decimal(0), Decimal(0))
    pairs = [(group, before.get(group, nothing), after.get(group, nothing)) for group in groups]
    weights = _weights(pairs, scale, is_sum=is_sum)
    exact: list[
        tuple[tuple[str | None, ...], Literal["numerator", "denominator"], Decimal, Decimal, Fraction]
    ] = []
    for group, old, new in pairs:
        moved = Fraction(new.numerator) - Fraction(old.numerator)
        exact.append((group, "numerator", old.numerator, new.numerator, moved * weights[0]))
        if not is_sum:
            moved = Fraction(new.denominator) - Fraction(old.denominator)
            exact.append((group, "denominator", old.denominator, new.denominator, moved * weights[1]))
    rounded = round_to_sum([part[-1] for part in exact], total=change)
    found = [Contribution(*part[:4], amount) for part, amount in zip(exact, rounded, strict=True)]
    return sorted(found, key=lambda part: -abs(part.contribution))


def _weights(
    pairs: Sequence[tuple[tuple[str | None, ...], Sides, Sides]], scale: Fraction, *, is_sum: bool
) -> tuple[Fraction, Fraction]:
    """What one unit of numerator and one of denominator are worth, in the mean of the two orders of exchange."""
    if is_sum:
        return scale, Fraction(0)
    top = [sum((Fraction(pair[side].numerator) for pair in pairs), Fraction(0)) for side in (1, 2)]  # type: ignore[union-attr]
    low = [sum((Fraction(pair[side].denominator) for pair in pairs), Fraction(0)) for side in (1, 2)]  # type: ignore[union-attr]
    of_numerator = scale * (1 / low[0] + 1 / low[1]) / 2
    of_denominator = -scale * (top[0] + top[1]) / 2 / (low[0] * low[1])
    return of_numerator, of_denominator


def round_to_sum(
    parts: Sequence[Fraction], places: int = PLACES, *, total: Decimal | None = None
) -> list[Decimal]:
    """The parts rounded to `places` decimals, so that they sum to `total`, which is None for their rounded sum and
    else near it: what is over goes to the parts that rounding cut most (largest remainders).

    >>> [str(part) for part in round_to_sum([Fraction(1, 3)] * 3, 2)]
    ['0.34', '0.33', '0.33']
    >>> [str(part) for part in round_to_sum([Fraction(1), Fraction(2)], 2, total=Decimal("2.99"))]
    ['0.99', '2.00']
    """
    unit = 10**places
    floors = [(part * unit).__floor__() for part in parts]
    whole = sum(parts, Fraction(0)) if total is None else Fraction(total)
    over = round(whole * unit) - sum(floors)
    order = sorted(range(len(parts)), key=lambda place: floors[place] - parts[place] * unit)
    for turn in range(abs(over) if order else 0):
        floors[order[turn % len(order)]] += 1 if over > 0 else -1
    return [Decimal(number).scaleb(-places) for number in floors]
