"""When a rule speaks, and that it mostly does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countback.alerts.rules import (
    Evaluation,
    Kind,
    Memory,
    Rule,
    Step,
    UnableToSetAlert,
    advance,
    closed_on,
    enough_rows,
    filters,
    kept,
    refuse_unfit,
    replay,
)
from countback.alerts.rules_figures import Point, Series, judge, looks_back
from countback.alerts.rules_items import Item, Owed, judge_entries, judge_limits
from countback.core.period import add_months, month_end

DAY = date(2026, 10, 31)
THRESHOLD = Rule(Kind.THRESHOLD, "dso", size=Decimal(50))
CHANGE = Rule(Kind.CHANGE, "dso", size=Decimal(3))
SHARE = Rule(Kind.THRESHOLD, "overdue_share", size=Decimal(30), minimum_amount=Decimal(1000))


def judged(rule: Rule, *values: str | None, amount: str = "5000", target: str | None = None) -> Evaluation:
    """The last of some months, judged."""
    ends = [month_end(add_months(DAY, place - len(values) + 1)) for place in range(len(values))]
    points = tuple(
        Point(
            end,
            None if value is None else Decimal(value),
            Decimal(amount),
            "no sales" if value is None else None,
        )
        for end, value in zip(ends, values, strict=True)
    )
    unit = "%" if rule.kpi == "overdue_share" else "EUR" if rule.kpi == "open_receivables" else "days"
    stands = None if target is None else Decimal(target)
    return judge(rule, Series(unit, points, "EUR"), len(points) - 1, lambda _: stands)


CASES: list[tuple[Rule, tuple[str | None, ...], dict[str, str], bool | None, str]] = [
    # quiet
    (THRESHOLD, ("50",), {}, False, "DSO is 50.0 days, exactly 50.0 days; the rule speaks above it"),
    (THRESHOLD, ("49.99",), {}, False, "DSO is 49.99 days, 0.01 below 50.00 days"),
    (
        replace(THRESHOLD, direction="below"),
        ("50",),
        {},
        False,
        "exactly 50.0 days; the rule speaks below it",
    ),
    (replace(THRESHOLD, size=None), ("60",), {"target": "60"}, False, "exactly the target of 60.0 days"),
    (CHANGE, ("49.1", "52.1"), {}, False, "3.0 above last month's 49.1; the rule speaks above 3.0"),
    (CHANGE, ("49.1", "40"), {}, False, "9.1 below last month's 49.1"),
    (replace(CHANGE, direction="below"), ("49.1", "60"), {}, False, "10.9 above last month's 49.1"),
    (replace(CHANGE, direction="either"), ("50", "47"), {}, False, "the rule speaks beyond 3.0 either way"),
    (replace(CHANGE, per_cent=True), ("100", "103"), {}, False, "3.0 % above last month's 100.0"),
    (CHANGE, ("50", "50"), {}, False, "DSO is 50.0 days, as last month's 50.0"),
    (SHARE, ("33",), {"amount": "999.99"}, False, "only 999.99 EUR stand behind it, less than the 1,000.00"),
    (SHARE, ("29",), {}, False, "1.0 below 30.0 %"),
    # neither
    (THRESHOLD, (None,), {}, None, "DSO has no value: no sales"),
    (replace(THRESHOLD, size=None), ("60",), {}, None, "it has no target on 31 Oct 2026"),
    (CHANGE, (None, "60"), {}, None, "there is no value of last month to compare with"),
    (CHANGE, ("60",), {}, None, "there is no value of last month to compare with"),
    (replace(CHANGE, per_cent=True), ("0", "60"), {}, None, "of which nothing is a per cent"),
    (
        replace(CHANGE, against="year"),
        ("50", "60"),
        {},
        None,
        "there is no value of Oct 2025 to compare with",
    ),
    # speaks
    (THRESHOLD, ("50.04",), {}, True, "DSO is 50.04 days, 0.04 above 50.00 days; the rule speaks above it"),
    (replace(THRESHOLD, direction="below"), ("49",), {}, True, "1.0 below 50.0 days"),
    (replace(THRESHOLD, size=None), ("60.5",), {"target": "60"}, True, "0.5 above the target of 60.0 days"),
    (
        CHANGE,
        ("49.1", "53.2"),
        {},
        True,
        "DSO is 53.2 days, 4.1 above last month's 49.1; the rule speaks above 3.0",
    ),
    (replace(CHANGE, direction="below"), ("60", "49"), {}, True, "11.0 below last month's 60.0"),
    (replace(CHANGE, per_cent=True), ("-100", "-90"), {}, True, "10.0 % above last month's −100.0"),
    (replace(CHANGE, against="year"), ("50", *["90"] * 11, "54"), {}, True, "4.0 above Oct 2025's 50.0"),
    (SHARE, ("33",), {"amount": "1000"}, True, "3.0 above 30.0 %"),
]


@pytest.mark.parametrize(("rule", "values", "more", "holds", "words"), CASES)
def test_a_figure_is_judged(
    rule: Rule, values: tuple[str | None, ...], more: dict[str, str], holds: bool | None, words: str
) -> None:
    found = judged(rule, *values, **more)
    assert found.holds is holds
    assert words in found.reason
    assert found.as_of == DAY


def test_rules_are_tried_where_they_stay_quiet_more_than_where_they_speak() -> None:
    speaking = [case for case in CASES if case[3]]
    assert len(speaking) < len(CASES) / 2


def test_money_is_said_to_the_cent() -> None:
    rule = Rule(Kind.THRESHOLD, "open_receivables", size=Decimal("650000"))
    assert judged(rule, "650000.01").reason == (
        "Open receivables is 650,000.01 EUR, 0.01 above 650,000.00 EUR; the rule speaks above it"
    )


def test_a_rule_looks_back_as_far_as_it_needs() -> None:
    assert [looks_back(rule) for rule in (THRESHOLD, CHANGE, replace(CHANGE, against="year"))] == [0, 1, 12]


def test_too_few_rows_keep_it_quiet() -> None:
    rule = replace(THRESHOLD, minimum_rows=5)
    found = judged(rule, "60")
    assert not enough_rows(rule, found, 4).holds
    assert "only 4 rows stand behind it and the rule asks for 5" in enough_rows(rule, found, 4).reason
    assert enough_rows(rule, found, 5).holds


ITEMS = [Item("invoice A", "A", "C1", Decimal(700)), Item("invoice B", "B", "C2", Decimal(900))]
NAMES = {"C1": "Alder Ltd", "C2": "Birch GmbH"}
SINCE = date(2026, 8, 31)


def entries(before: set[str] | None, **changes: Any) -> Evaluation:
    rule = Rule(**{"kind": Kind.ENTRY, "kpi": "aging", "bucket": "over 90"} | changes)
    return judge_entries(rule, DAY, ITEMS, before, SINCE if before is not None else None, "EUR", NAMES)


def test_new_items_in_a_bucket() -> None:
    assert entries(None).holds is None
    assert entries({"invoice A", "invoice B", "invoice C"}).holds is False
    assert entries({"invoice A"}, minimum_amount=Decimal("900.01")).holds is False
    assert entries({"invoice A"}, minimum_rows=2).holds is False
    assert "the rule speaks from 2 items on" in entries({"invoice A"}, minimum_rows=2).reason
    found = entries({"invoice A"}, minimum_amount=Decimal(900))
    assert found.holds
    assert (
        found.reason == "1 item of 900.00 EUR entered over 90 days since 31 Aug 2026: B of Birch GmbH, 900.00"
    )
    assert (found.value, found.subjects, found.customers) == (Decimal(900), {"invoice B"}, ("C2",))
    assert entries(set()).customers == ("C2", "C1"), "the largest first"


def limits(*owed: Owed, **changes: Any) -> Evaluation:
    rule = Rule(**{"kind": Kind.LIMIT, "kpi": "open_receivables", "size": Decimal(100)} | changes)
    return judge_limits(rule, DAY, owed, NAMES)


def test_customers_above_their_credit_limit() -> None:
    at_limit = Owed("C1", Decimal(1000), Decimal(1000), "EUR")
    above = Owed("C2", Decimal("1000.01"), Decimal(1000), "EUR")
    assert limits().holds is False
    assert limits(at_limit).reason == "nobody is above their credit limit"
    assert limits(above, minimum_amount=Decimal("0.02")).holds is False
    assert limits(above, minimum_rows=2).holds is False
    assert limits(above, size=Decimal(110)).holds is False
    found = limits(at_limit, above)
    assert found.holds
    assert found.subjects == {"C2"}
    assert found.reason == "1 customer is above their credit limit: Birch GmbH owes 1,000.01 EUR of 1,000.00"
    assert limits(at_limit, size=Decimal(90)).subjects == {"C1"}


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (replace(THRESHOLD, kpi="aging"), "a table"),
        (replace(THRESHOLD, direction="either"), "above or below"),
        (replace(CHANGE, size=None), "how much"),
        (replace(CHANGE, size=Decimal(0)), "more than nothing"),
        (replace(CHANGE, against="year", every="week"), "month by month"),
        (Rule(Kind.SEASON, "dso", every="day", size=Decimal(3)), "month by month"),
        (Rule(Kind.ENTRY, "aging", bucket="current"), "no ageing bucket"),
        (replace(THRESHOLD, cool_down_days=367), "out of range"),
        (replace(THRESHOLD, minimum_rows=-1), "below 0"),
        (replace(THRESHOLD, kpi="promise_kept_rate", minimum_amount=Decimal(1)), "carry no amounts"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule: Rule, why: str) -> None:
    with pytest.raises(UnableToSetAlert, match=why):
        refuse_unfit(rule)


def test_a_rule_is_kept_as_it_was() -> None:
    where = filters({"segment": ["Trade", None, "Retail"], "collector": ["anna"]})
    rule = Rule(
        Kind.CHANGE,
        "dso",
        where,
        "week",
        "either",
        Decimal("2.50"),
        True,
        "period",
        "",
        Decimal("9.90"),
        3,
        14,
    )
    refuse_unfit(rule)
    assert kept("change", "dso", dict(rule.where), rule.parameters, 14) == rule
    assert rule.where[1] == ("segment", ("Retail", "Trade", None))


def test_periods_are_looked_at_when_they_are_over() -> None:
    assert closed_on(date(2026, 3, 1), "week") == date(2026, 3, 1), "a Sunday"
    assert closed_on(date(2026, 3, 2), "week") == date(2026, 3, 1)
    assert closed_on(date(2026, 3, 30), "month") == date(2026, 2, 28)


# The state machine

Found = tuple[bool | None, frozenset[str]]


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Evaluation], int]:
    """Looks at growing dates, and a cool-down."""
    about = draw(st.sampled_from([st.just(frozenset()), st.frozensets(st.sampled_from("abcd"), min_size=1)]))
    found = draw(
        st.lists(st.tuples(st.sampled_from([None, False, True]), about, st.integers(0, 9)), max_size=40)
    )
    day, looks = date(2026, 1, 1), []
    for holds, subjects, days in found:
        day += timedelta(days=days)
        looks.append(Evaluation(day, holds, "why", subjects=subjects if holds else frozenset()))
    return looks, draw(st.integers(0, 20))


@given(lives())
def test_an_alert_speaks_once_rests_and_clears(life: tuple[list[Evaluation], int]) -> None:
    looks, cool_down = life
    memory, spoken_on, told_since_quiet = Memory(), None, frozenset[str]()
    for found in looks:
        before, (memory, step) = memory, advance(memory, found, cool_down)
        assert (found.holds is None) == (step is Step.UNDEFINED)
        if found.holds is None:
            assert memory == before, "what cannot be judged changes nothing"
        elif not found.holds:
            assert not memory.raised
            assert step is (Step.CLEARED if before.raised else Step.QUIET)
            told_since_quiet = frozenset()
        elif step is Step.RAISED:
            assert not before.raised or found.subjects - told_since_quiet, "nothing is said twice"
            assert spoken_on is None or cool_down == 0 or (found.as_of - spoken_on).days >= cool_down
            spoken_on, told_since_quiet = found.as_of, told_since_quiet | found.subjects
            assert memory == Memory(True, found.as_of, found.subjects)
        else:
            assert memory.raised == before.raised
            told_since_quiet &= found.subjects
            if cool_down == 0:
                assert step is Step.STAYS, "without a cool-down nothing rests"
            if step is Step.STAYS:
                assert found.subjects <= before.told, "all of it was said"
        told_since_quiet = told_since_quiet & found.subjects if found.holds else told_since_quiet


@given(lives())
def test_looking_again_at_the_same_figures_says_nothing(life: tuple[list[Evaluation], int]) -> None:
    memory = Memory()
    for found in life[0]:
        memory, _ = advance(memory, found, life[1])
        again, step = advance(memory, found, life[1])
        assert step is not Step.RAISED
        assert again == memory


def at(day: int, holds: bool | None, *subjects: str) -> Evaluation:
    return Evaluation(date(2026, 1, day), holds, "why", subjects=frozenset(subjects))


def test_what_was_held_back_is_said_after_the_cool_down() -> None:
    life = [at(1, True), at(2, False), at(3, True), at(7, True), at(8, True), at(9, True)]
    assert [found.as_of.day for found in replay(life, 7, months=1).spoken] == [1, 8]


def test_each_further_customer_is_told_of_once() -> None:
    life = [
        at(1, True, "a"),
        at(2, True, "a", "b"),
        at(3, True, "b"),
        at(4, True, "a", "b"),
        at(5, True, "a"),
    ]
    spoken = replay(life, 0, months=1).spoken
    assert [found.as_of.day for found in spoken] == [1, 2, 4], "one who came back is told of again"


def test_a_trial_says_how_often_it_would_have_spoken() -> None:
    assert replay([], 0, months=24).words == "Could not have been judged once in 24 months"
    assert replay([at(1, None)], 0, months=24).words == "Could not have been judged once in 24 months"
    assert replay([at(1, False), at(2, None)], 0, months=24).words == "Would have stayed quiet in 24 months"
    twice = replay([at(1, True), at(2, False), at(3, True)], 0, months=24)
    assert twice.words == "Would have spoken twice in 24 months"
    many = [at(day, bool(day % 2)) for day in range(1, 8)]
    assert replay(many, 0, months=24).words == "Would have spoken 4 times in 24 months"
