"""Who gets which customer: small teams by hand, and what holds for every team."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countback.core.problem import Misuse
from countback.worklists.candidate import Candidate
from countback.worklists.hand_out import Absence, HandOut, How, hand_out, stand_ins_on
from countback.worklists.morning import morning, moved
from countback.worklists.rules import Reason, ranking
from countback.worklists.strategy import with_weights
from countback.worklists.strategy_reading import find_strategy
from countback.worklists.testing import DAY, PORTFOLIOS, ago, candidate

D = Decimal
STRATEGY = find_strategy()


def handed(
    candidates: list[Candidate], capacities: dict[str, int], stand_ins: dict[str, str | None] | None = None
) -> HandOut:
    """The customers handed out; a call takes 8 minutes, a letter (300.00 or less) 3."""
    return hand_out(ranking(candidates, STRATEGY, as_of=DAY).ranked, capacities, stand_ins=stand_ins or {})


def on(found: HandOut) -> dict[str, list[str]]:
    """Collector -> customers on the list, in order."""
    return {one.collector: [c.ranked.candidate.customer_id for c in one.customers] for one in found.lists}


def test_customers_belong_to_their_collector_best_first() -> None:
    three = [candidate("C1", "500"), candidate("C2", "900"), candidate("C3", "700", collector="bob")]
    found = handed(three, {"ann": 60, "bob": 60})
    assert on(found) == {"ann": ["C2", "C1"], "bob": ["C3"]}
    assert {one.how for who in found.lists for one in who.customers} == {How.OWN}


def test_a_list_is_cut_at_the_capacity_and_what_did_not_fit_is_told() -> None:
    """Two calls take 16 minutes; with 23 a third does not fit, with 24 it does."""
    three = [candidate(f"C{n}", str(1000 - n), disputed="1") for n in range(3)]
    short = handed(three, {"ann": 23}).lists[0]
    assert (short.minutes, len(short.customers)) == (16, 2)
    assert [one.candidate.customer_id for one in short.left_over.customers] == ["C2"]
    assert short.left_over.amount == D("999"), "998.00 and 1.00 disputed"
    assert handed(three, {"ann": 24}).lists[0].left_over.amount == 0


def test_a_shorter_act_fits_where_a_longer_one_did_not() -> None:
    """11 minutes: a call, then no second call, but a letter."""
    found = handed([candidate("C1", "900"), candidate("C2", "800"), candidate("C3", "200")], {"ann": 11})
    assert on(found) == {"ann": ["C1", "C3"]}
    assert [one.candidate.customer_id for one in found.lists[0].left_over.customers] == ["C2"]


def test_nobody_s_customers_go_to_who_has_most_minutes_left() -> None:
    """Ann has 40 minutes, bob 30: 40:30, 32:30, 24:30, 24:22, 16:22 …"""
    five = [candidate(f"C{n}", str(1000 - n), collector=None) for n in range(5)]
    found = handed(five, {"ann": 40, "bob": 30})
    assert on(found) == {"ann": ["C0", "C1", "C3"], "bob": ["C2", "C4"]}
    assert {one.how for who in found.lists for one in who.customers} == {How.SHARED}


def test_a_tie_of_minutes_goes_by_name_and_a_collector_nobody_knows_is_nobody() -> None:
    two = [candidate("C1", "900", collector="left long ago"), candidate("C2", "800", collector=None)]
    assert on(handed(two, {"cem": 30, "bob": 30})) == {"bob": ["C1"], "cem": ["C2"]}


def test_nobody_s_best_customer_comes_before_somebody_s_second_best() -> None:
    """Minutes for one call each: the shared customer is better than bob's own."""
    three = [
        candidate("C1", "900"),
        candidate("C2", "800", collector=None),
        candidate("C3", "700", collector="bob"),
    ]
    found = handed(three, {"ann": 8, "bob": 8})
    assert on(found) == {"ann": ["C1"], "bob": ["C2"]}
    assert [one.candidate.customer_id for one in found.lists[1].left_over.customers] == ["C3"]


def test_what_fits_nowhere_is_left_over_and_told() -> None:
    two = [candidate("C1", "900", collector=None), candidate("C2", "800", collector=None)]
    found = handed(two, {"ann": 8, "bob": 7})
    assert (on(found), found.left_over.amount) == ({"ann": ["C1"], "bob": []}, 800)
    assert handed(two, {}).left_over.amount == 1700
    with pytest.raises(Misuse, match="nothing was handed out: ann has -1 minutes; give 0 or more"):
        handed(two, {"ann": -1})


def test_who_is_away_has_no_list_and_the_substitute_does_the_work() -> None:
    three = [
        candidate("C1", "900"),
        candidate("C2", "800", collector="bob"),
        candidate("C3", "700", collector="cem"),
    ]
    capacities = {"ann": 60, "bob": 60, "cem": 60}
    found = handed(three, capacities, {"ann": "bob"})
    assert on(found) == {"bob": ["C1", "C2"], "cem": ["C3"]}
    assert [one.how for one in found.lists[0].customers] == [How.SUBSTITUTED, How.OWN]
    shared = handed(three, capacities, {"ann": None})
    assert on(shared) == {"bob": ["C1", "C2"], "cem": ["C3"]}
    assert shared.lists[0].customers[0].how == How.SHARED


@pytest.mark.parametrize(("day", "away"), [(ago(3), False), (ago(2), True), (ago(1), True), (ago(0), False)])
def test_an_absence_holds_from_its_first_day_to_its_last(day: date, away: bool) -> None:
    assert stand_ins_on([Absence("ann", ago(2), ago(1), "bob")], day) == ({"ann": "bob"} if away else {})


def test_who_stands_in_for_whom_is_followed_to_somebody_who_is_here() -> None:
    def away(**substitutes: str | None) -> dict[str, str | None]:
        return stand_ins_on([Absence(who, DAY, DAY, other) for who, other in substitutes.items()], DAY)

    assert away(ann="bob", bob="cem") == {"ann": "cem", "bob": "cem"}
    assert away(ann="bob", bob=None) == {"ann": None, "bob": None}
    assert away(ann="bob", bob="ann") == {"ann": None, "bob": None}
    assert away(ann="ann") == {"ann": None}
    both = [Absence("ann", ago(9), ago(-9), "bob"), Absence("ann", ago(2), ago(0), "cem")]
    assert stand_ins_on(both, DAY) == stand_ins_on(both[::-1], DAY) == {"ann": "cem"}


ABSENCES = st.lists(
    st.builds(
        Absence,
        st.sampled_from(["ann", "bob", "cem"]),
        st.just(ago(1)),
        st.just(ago(-1)),
        st.sampled_from(["ann", "bob", "cem", "gone", None]),
    ),
    max_size=3,
)


@given(PORTFOLIOS, st.fixed_dictionaries(dict.fromkeys(["ann", "bob", "cem"], st.integers(0, 60))), ABSENCES)
def test_every_candidate_is_in_one_place_and_no_list_is_too_long(
    portfolio: tuple[Candidate, ...], capacities: dict[str, int], absences: list[Absence]
) -> None:
    found = morning(
        portfolio, STRATEGY, as_of=DAY, collectors=list(capacities), capacities=capacities, absences=absences
    )
    listed = [one.line.customer_id for who in found.lists for one in who.lines()]
    over = [*found.left_over.customers, *(one for who in found.lists for one in who.left_over.customers)]
    names = [*listed, *(one.candidate.customer_id for one in over)]
    names += [one.candidate.customer_id for one in found.waiting]
    assert sorted(names) == sorted(one.customer_id for one in portfolio), "each once"
    for who in found.lists:
        assert sum(one.line.minutes for one in who.lines()) == who.minutes <= who.capacity_minutes
        assert who.amount == sum(one.line.amount for one in who.lines())
        scores = [one.line.score for one in who.lines()]
        assert scores == sorted(scores, reverse=True)
        room = who.capacity_minutes - who.minutes
        assert all(one.minutes > room for one in who.left_over.customers), "nobody is left out who would fit"
        assert all(one.minutes > room for one in found.left_over.customers)
    away = {one.collector for one in absences}
    assert {who.collector for who in found.lists} == set(capacities) - away


def test_a_morning_counts_who_waits_and_for_what() -> None:
    four = [candidate("C1"), candidate("C2", hold="insolvent"), candidate("C3", "1"), candidate("C4", "2")]
    found = morning(four, STRATEGY, as_of=DAY, collectors=["ann"])
    assert found.reasons == {Reason.HOLD: 1, Reason.TOO_LITTLE: 2}
    assert [one.candidate.customer_id for one in found.waiting] == ["C2", "C3", "C4"]
    assert (found.lists[0].capacity_minutes, found.lists[0].minutes) == (360, 8)
    assert found.lists[0].expected == found.lists[0].lines()[0].line.expected == D("300")


def test_a_preview_says_who_moved() -> None:
    """C1 owes more; what C2 owes is older. With age twice as heavy C2 overtakes C1, C3 stays last."""
    three = [candidate("C1", "1400"), candidate("C2", "0", "0", "900"), candidate("C3", "400")]

    def lists(age: str) -> object:
        return morning(three, with_weights(STRATEGY, {"age": D(age)}), as_of=DAY, collectors=["ann"])

    before, after = lists("0.5"), lists("1")
    assert moved(before, after) == {"C2": (2, 1), "C1": (1, 2)}  # type: ignore[arg-type]
    assert moved(before, before) == {}  # type: ignore[arg-type]
