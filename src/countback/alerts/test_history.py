"""Rules tried on the history of believable books, held against figures asked one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from countback.accounts.rules import Scope
from countback.accounts.testing import World
from countback.alerts import actions
from countback.alerts.actions import Doing, try_on_history
from countback.alerts.rules import Kind, Rule, Trial, UnableToSetAlert, filters
from countback.alerts.testing import AT, SMALL, Placed
from countback.core.period import trend
from countback.core.problem import CountbackError
from countback.ledger.figures import Figures, opened

TODAY = date(2026, 11, 2)
LAST = date(2026, 10, 31)
ALL = Scope()

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_books")]


def tried(rule: Rule, scope: Scope = ALL, months: int = 24) -> Trial:
    return try_on_history(rule, scope, today=TODAY, months=months)


def one_by_one(kpi: str, days: list[date], **asked: Any) -> list[Decimal]:
    """The figure on each day, asked alone."""
    figures = opened(ALL)
    return [figures.kpis(kpi, as_of=day, **asked).to_dicts()[0]["value"] for day in days]


ENDS = [period.end_on for period in trend(LAST, 25)]


def test_a_change_is_found_where_figures_asked_one_by_one_show_it() -> None:
    rule = Rule(Kind.CHANGE, "dso", size=Decimal(2), direction="either")
    values = one_by_one("dso", ENDS)
    wide = [
        end
        for before, value, end in zip(values, values[1:], ENDS[1:], strict=False)
        if abs(value - before) > 2
    ]
    narrow = {end for end in ENDS[1:] if end not in wide}
    starts = [end for end in wide if end == ENDS[1] or ENDS[ENDS.index(end) - 1] in narrow]
    found = tried(rule)
    assert [one.as_of for one in found.spoken] == starts
    assert 0 < len(found.spoken) < 12
    assert found.looks == 24
    assert found.words == f"Would have spoken {len(starts)} times in 24 months"
    assert [one.value for one in found.spoken] == [values[ENDS.index(end)] for end in starts]


def test_a_trial_asks_the_engine_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    real = Figures.kpis
    monkeypatch.setattr(
        Figures, "kpis", lambda self, *given, **named: asked.append(given) or real(self, *given, **named)
    )
    monkeypatch.setattr(Figures, "rows", lambda *_, **__: pytest.fail("no rows are needed"))
    for rule in (
        Rule(Kind.THRESHOLD, "dso", size=Decimal(50)),
        Rule(Kind.CHANGE, "dso", size=Decimal(2), against="year"),
        Rule(Kind.SEASON, "dso", size=Decimal(3)),
        Rule(Kind.THRESHOLD, "overdue_share", size=Decimal(30), every="week", minimum_amount=Decimal(1)),
        Rule(Kind.THRESHOLD, "dso", size=Decimal(50), every="day"),
        Rule(Kind.LIMIT, "open_receivables", size=Decimal(100)),
    ):
        asked.clear()
        assert tried(rule).looks >= 24
        assert len(asked) == 1


def test_a_season_cannot_be_judged_before_two_years_lie_behind() -> None:
    found = tried(Rule(Kind.SEASON, "dso", direction="either", size=Decimal("3.5")))
    assert found.looks == 24
    assert found.mute_looks == 12, "36 months of books: the first 24 are the pattern"
    assert found.mute.endswith("it cannot be judged yet: 23 months lie behind it, and its pattern needs 24")
    assert len(found.spoken) <= 6


def test_a_rule_that_could_never_speak_says_so() -> None:
    found = tried(Rule(Kind.THRESHOLD, "dso"))
    assert found.words == "Could not have been judged once in 24 months"
    assert "it has no target" in found.mute


def test_targets_are_those_of_their_time(world: World) -> None:
    for value, day in (("1000", date(2020, 1, 1)), ("1", date(2026, 7, 1)), ("1000", date(2026, 9, 1))):
        actions.set_target("dso", (), Decimal(value), day, Doing(world.alice, AT))
    assert [str(one.as_of) for one in tried(Rule(Kind.THRESHOLD, "dso")).spoken] == ["2026-07-31"]


def test_filters_and_rights_narrow_it() -> None:
    collector = opened(ALL).values("collector")[0]
    rule = Rule(Kind.THRESHOLD, "open_receivables", size=Decimal(0))
    whole = tried(rule).spoken[0].value
    within = tried(
        Rule(Kind.THRESHOLD, "open_receivables", filters({"collector": [collector]}), size=Decimal(0))
    )
    held = tried(rule, Scope(None, (collector,)))
    assert whole is not None
    assert held.spoken[0].value == within.spoken[0].value != whole


def test_new_entries_are_those_of_each_month_end() -> None:
    rule = Rule(Kind.ENTRY, "aging", bucket="61-90", minimum_rows=2)
    asked: dict[str, Any] = {"where": {"bucket": "61-90"}, "side": "numerator"}
    rows = [opened(ALL).rows("aging", as_of=end, **asked).to_dicts() for end in ENDS[-5:]]
    items = [{row["row_id"] for row in each} for each in rows]
    entered = [len(now - before) for before, now in pairwise(items)]
    found = tried(rule, months=4)
    assert [one.as_of for one in found.spoken] == [
        end for end, count in zip(ENDS[-4:], entered, strict=True) if count >= 2
    ]
    assert found.looks == 4
    assert found.note == ""
    daily = tried(Rule(Kind.ENTRY, "aging", bucket="61-90", every="day"), months=1)
    assert daily.note == "tried at month ends; it will look every day"


def test_limits_are_those_of_today() -> None:
    found = tried(Rule(Kind.LIMIT, "open_receivables", size=Decimal(100)))
    figures = opened(ALL)
    limits = {row["customer_id"]: row for row in figures.customers(limit=1000)}
    owed = figures.kpis("open_receivables", as_of=LAST, by=["customer", "currency"]).to_dicts()
    over = [
        row["by"]["customer"]
        for row in owed
        if (limit := limits[row["by"]["customer"]])["credit_limit"] is not None
        and row["by"]["currency"] == limit["currency"]
        and row["value"] > limit["credit_limit"]
    ]
    assert "credit limits of today" in found.note
    last = [one for one in found.spoken if one.as_of == LAST]
    assert all(one.subjects == set(over) for one in last)


def test_a_cool_down_makes_it_say_less() -> None:
    rule = Rule(Kind.CHANGE, "dso", size=Decimal("0.1"), every="week")
    calm = replace(rule, cool_down_days=90)
    assert 0 < len(tried(calm).spoken) < len(tried(rule).spoken)
    days = [one.as_of for one in tried(calm).spoken]
    assert all((after - before).days >= 90 for before, after in pairwise(days))


@pytest.mark.parametrize(
    ("where", "why"),
    [({"planet": ["Mars"]}, "no dimension 'planet'"), ({"segment": ["Mars"]}, "segment 'Mars'")],
)
def test_a_filter_that_the_books_do_not_know_is_refused(where: dict[str, list[str]], why: str) -> None:
    with pytest.raises(UnableToSetAlert, match=why):
        tried(Rule(Kind.THRESHOLD, "dso", filters(where), size=Decimal(1)))


def test_months_before_the_books_begin_are_no_history(mirror: Placed) -> None:
    mirror(SMALL)  # from 10 January on: February is the first whole month
    found = tried(Rule(Kind.THRESHOLD, "open_receivables", size=Decimal(0)))
    assert [str(one.as_of) for one in found.spoken] == ["2026-02-28"]
    assert found.looks == 2
    assert tried(Rule(Kind.THRESHOLD, "open_receivables", size=Decimal(0), every="day")).looks == 81


def test_amounts_of_several_currencies_are_not_added(mirror: Placed) -> None:
    second = SMALL["invoices.csv"] + "INV-4,C2,2026-03-02,2026-03-05,70.00,USD\n"
    mirror(SMALL | {"invoices.csv": second})
    for rule in (
        Rule(Kind.THRESHOLD, "open_receivables", size=Decimal(0)),
        Rule(Kind.ENTRY, "aging", bucket="1-30"),
    ):
        with pytest.raises(CountbackError, match=r"EUR, USD cannot be added.*filter it by a currency"):
            tried(rule)
    only = Rule(Kind.THRESHOLD, "open_receivables", filters({"currency": ["USD"]}), size=Decimal(0))
    assert tried(only).spoken[0].value == 70
    assert (
        tried(Rule(Kind.LIMIT, "open_receivables", size=Decimal(100))).words
        == "Would have stayed quiet in 24 months"
    )
