"""What is usual for a month of the year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from countback.alerts.rules import Kind, Rule
from countback.alerts.rules_figures import Point, Series, judge
from countback.alerts.rules_season import Usual, usual
from countback.core.period import add_months, month_end

END = date(2026, 12, 31)
SEASON = [0, 1, 0, -1, 0, 2, 0, 1, -2, 0, 1, 20]
"""Above the level in each month: a December that is always high."""


WAVES = [0, 10, 20, 30, 20, 10, 0, -10, -20, -30, -20, -10]


def months(count: int, *, season: Sequence[int] = SEASON) -> list[tuple[date, Decimal | None]]:
    """The months before END: 100, its season, and a wobble of no pattern."""
    found: list[tuple[date, Decimal | None]] = []
    for back in range(count, 0, -1):
        end = month_end(add_months(END, -back))
        found.append((end, Decimal(100 + season[end.month - 1] + back * 7 % 3 - 1)))
    return found


def speaks(value: int, count: int = 48, size: str = "3.5") -> bool | None:
    points = tuple(Point(end, value) for end, value in [*months(count), (END, Decimal(value))])
    rule = Rule(Kind.SEASON, "dso", direction="either", size=Decimal(size))
    return judge(rule, Series("days", points), count, lambda _: None).holds


def test_a_high_december_is_usual_and_a_flat_one_is_not() -> None:
    assert [speaks(value) for value in (118, 119, 120, 121, 122)] == [False] * 5
    assert speaks(100) is True
    assert speaks(140) is True


def test_before_it_knows_the_season_it_takes_it_for_a_spread_and_speaks_less() -> None:
    new, known = usual(months(24, season=WAVES), END), usual(months(48, season=WAVES), END)
    assert isinstance(new, Usual)
    assert isinstance(known, Usual)
    assert new.spread > 5 * known.spread


def test_it_cannot_speak_before_24_months() -> None:
    assert (
        usual(months(23), END) == "it cannot be judged yet: 23 months lie behind it, and its pattern needs 24"
    )
    assert isinstance(usual(months(24), END), Usual)
    assert speaks(900, 23) is None


def test_months_without_a_value_do_not_count() -> None:
    history = months(24)
    history[3] = (history[3][0], None)
    assert "23 months lie behind it" in str(usual(history, END))


def test_a_single_odd_month_does_not_become_the_pattern() -> None:
    history = months(48)
    history[12] = (history[12][0], Decimal(900))
    plain, odd = usual(months(48), END), usual(history, END)
    assert isinstance(plain, Usual)
    assert isinstance(odd, Usual)
    assert abs(plain.value - odd.value) <= 2
    assert odd.spread < 5


def test_a_figure_that_stood_still_is_given_some_room() -> None:
    still = [(end, Decimal(100)) for end, _ in months(36)]
    assert usual(still, END) == Usual(Decimal(100), Decimal(1))
    nothing = [(end, Decimal(0)) for end, _ in months(36)]
    assert usual(nothing, END) == "it cannot be judged yet: it was 0 all along"


def test_it_is_said_in_words() -> None:
    points = tuple(Point(end, value) for end, value in [*months(48), (END, Decimal(140))])
    rule = Rule(Kind.SEASON, "dso", size=Decimal(3))
    found = judge(rule, Series("days", points), 48, lambda _: None)
    assert found.reason.startswith(
        "DSO is 140.0 days, 21.0 above the 119.0 that is usual for December; the rule speaks"
    )
    assert found.reason.endswith(", 3.0 times its usual spread")


@given(st.integers(-50, 50), st.integers(24, 60))
def test_a_level_that_moves_moves_what_is_usual(step: int, count: int) -> None:
    here = usual(months(count), END)
    moved = usual([(end, None if value is None else value + step) for end, value in months(count)], END)
    assert isinstance(here, Usual)
    assert isinstance(moved, Usual)
    assert moved.value == here.value + step
