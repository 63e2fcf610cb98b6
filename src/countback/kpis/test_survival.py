"""The Kaplan-Meier estimate against tables that textbooks print, and another way to the same numbers."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countback.kpis.survival import median, median_figure, survival

Cases = list[tuple[int, bool]]
"""Days watched, and whether the case ended then."""

MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
MAINTAINED = "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"
NOT_MAINTAINED = "5 5 8 8 12 16+ 23 27 30 33 43 45"


def cases(text: str) -> Cases:
    """`6 9+`: one case that ended after 6 days, one still going on after 9."""
    return [(int(word.rstrip("+")), not word.endswith("+")) for word in text.split()]


def sides(watched: Cases) -> tuple[Counter[int], Counter[int]]:
    """Ended and all cases by days."""
    return Counter(days for days, ended in watched if ended), Counter(days for days, _ in watched)


@pytest.mark.parametrize(
    ("text", "printed", "middle"),
    [
        # Freireich and others 1963; the table in Kleinbaum & Klein and in Collett, three decimals
        (MERCAPTOPURINE, "6 .857, 7 .807, 10 .753, 13 .690, 16 .627, 22 .538, 23 .448", 23),
        (
            PLACEBO,
            "1 .905, 2 .810, 3 .762, 4 .667, 5 .571, 8 .381, 11 .286, 12 .190, 15 .143, 17 .095, 22 .048, "
            "23 .000",
            8,
        ),
        # Miller 1981, acute myelogenous leukemia; the output of R's survfit(Surv(time, status) ~ x, aml)
        (MAINTAINED, "9 .909, 13 .818, 18 .716, 23 .614, 31 .491, 34 .368, 48 .184", 31),
        (
            NOT_MAINTAINED,
            "5 .833, 8 .667, 12 .583, 23 .486, 27 .389, 30 .292, 33 .194, 43 .097, 45 .000",
            23,
        ),
    ],
)
def test_published_tables(text, printed, middle):
    ended, watched = sides(cases(text))
    expected = [(int(day), Decimal(share)) for day, share in (pair.split() for pair in printed.split(", "))]
    found = [(day, round(Decimal(s.numerator) / s.denominator, 3)) for day, s in survival(ended, watched)]
    assert found == expected
    assert median(ended, watched) == middle


def redistributed(watched: Cases) -> list[tuple[int, Fraction]]:
    """Efron's way: all cases weigh the same; a censored one passes its weight to those watched longer."""
    weights = [Fraction(1, len(watched))] * len(watched)
    order = sorted(watched, key=lambda case: (case[0], not case[1]))
    left, steps = Fraction(1), {}
    for place, (days, ended) in enumerate(order):
        if ended:
            left -= weights[place]
            steps[days] = left
        else:
            after = range(place + 1, len(order))
            for later in after:
                weights[later] += weights[place] / len(after)
    return sorted(steps.items())


WATCHED = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=25)


@given(WATCHED)
def test_same_as_passing_weight_to_the_right(watched):
    ended, every = sides(watched)
    assert list(survival(ended, every)) == redistributed(watched)


@given(WATCHED)
def test_median_is_where_the_estimate_first_reaches_one_half(watched):
    ended, every = sides(watched)
    low = [days for days, share in redistributed(watched) if 2 * share <= 1]
    assert median(ended, every) == (low[0] if low else None)


@given(st.lists(st.integers(0, 40), min_size=1))
def test_without_censoring_it_is_the_plain_median(days):
    ended = Counter(days)
    assert median(ended, ended) == sorted(days)[(len(days) - 1) // 2]


def test_exactly_one_half_is_reached():
    assert median({3: 1}, {3: 1, 9: 1}) == 3
    assert median({3: 1}, {3: 1, 9: 2}) is None


def test_a_case_given_up_on_the_day_of_an_end_was_watched_that_day():
    assert list(survival({5: 1}, {5: 2})) == [(5, Fraction(1, 2))]


def test_no_figure_says_why():
    words = {"cases": "invoices issued in the 365 days to the date", "still": "open"}
    assert median_figure({}, {}, **words).reason == "no invoices issued in the 365 days to the date"
    unreached = median_figure({}, {10: Decimal(4)}, **words)
    assert unreached.value is None
    assert unreached.reason == (
        "not reached: more than half of the invoices issued in the 365 days to the date "
        "stay open longer than any was watched"
    )
