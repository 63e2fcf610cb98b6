"""Who is contacted, what is done and in which order: one line by hand, each threshold missed by one, what always holds.

Lists are of Wednesday 17 June 2026, by the shipped strategy.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from countback.core.problem import Misuse
from countback.worklists.candidate import Candidate
from countback.worklists.line import Joins, Line, Part, line_of, reason_words, working_day
from countback.worklists.rules import Ranked, Reason, Waiting, fact_of, judge, place, ranking
from countback.worklists.strategy import Act, Fact, with_weights
from countback.worklists.strategy_reading import find_strategy
from countback.worklists.testing import AMOUNTS, DAY, PORTFOLIOS, ago, candidate, candidates

D = Decimal
STRATEGY = find_strategy()


def ranked(one: Candidate, **asked: Any) -> Ranked:
    """The customer, who is to be contacted."""
    found = judge(one, STRATEGY, as_of=DAY, **asked)
    assert isinstance(found, Ranked), found
    return found


def waiting(one: Candidate) -> Waiting:
    """The customer, who waits."""
    found = judge(one, STRATEGY, as_of=DAY)
    assert isinstance(found, Waiting), found
    return found


def line(one: Candidate) -> Line:
    """Its line."""
    return line_of(ranked(one), as_of=DAY)


def test_one_line_by_hand() -> None:
    """Of 12,400.00 overdue 2,000.00 is disputed; 8,000.00 of the rest is 20 days past due, 2,400.00 is 45. The customer
    pays 12 days late, broke 1 of 4 promises, owes 95 % of its limit, was last contacted 24 days ago.

    amount        12,400 - 2,000                    10,400
    age           0.50 x (0 x 8,000 + 0.6 x 2,400)     720
    effect        assumed                            0.20
    act           a call                                1
    behaviour     1 + 0.30 x 12 / 30                 1.12
    promises      1 + 0.25 x 1 / 4                 1.0625
    credit limit  1 + 0.25                           1.25
    silence       1 + 0.50 x 24 / 30                 1.40
    11,120 x 0.2 x 1.12 x 1.0625 x 1.25 x 1.4 = 4,631.48 in 8 minutes: 578.935 a minute
    """
    found = line(
        candidate(
            "C1",
            "8000",
            "2400",
            disputed="2000",
            days_beyond_terms=D("12.0000"),
            promises=4,
            broken_promises=1,
            limit_used=D("0.95"),
            last_contact_on=ago(24),
            oldest_due_on=ago(45),
        )
    )
    assert [part.value for part in found.parts] == [
        10_400, 720, D("0.20"), 1, D("1.12"), D("1.0625"), D("1.25"), D("1.40"), 8,
    ]  # fmt: skip
    assert (found.expected, found.score, found.act, found.minutes) == (
        D("4631.48"),
        D("578.935"),
        Act.CALL,
        8,
    )
    assert (found.amount, found.free, found.overdue_days, found.due_on) == (12_400, 10_400, 45, DAY)
    assert found.why == (
        "12,400.00 EUR overdue, 2,000.00 of it disputed is left out; 8,000.00 1-30 days past due, "
        "2,400.00 31-60 days past due; pays 12 days late on average; broke 1 of 4 promises; "
        "uses 95 % of its credit limit, which counts from 90 % on; not contacted for 24 days"
    )


def test_every_part_says_what_it_is_in_words() -> None:
    words = [part.words for part in line(candidate("C1", "1000", promised="250", planned="50")).parts]
    assert words == [
        "1,300.00 EUR overdue, 250.00 of it promised and 50.00 of it in a plan are left out",
        "1,000.00 1-30 days past due",
        "a call is assumed to bring forward 20 % of it",
        "call: assumed to do 100 % of what a call does",
        "paid nothing in the last four quarters",
        "no promise of the last year was due",
        "has no credit limit",
        "never contacted",
        "call takes 8 min",
    ]


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"days_beyond_terms": D("-3.2")}, "pays 3 days early on average"),
        ({"days_beyond_terms": D("0.4")}, "pays on the due day on average"),
        ({"days_beyond_terms": D("1.1")}, "pays 1 day late on average"),
        ({"promises": 1, "broken_promises": 0}, "broke 0 of 1 promise"),
        ({"last_contact_on": ago(0), "promise_due_on": ago(0)}, "contacted today"),
        ({"limit_used": D("0.899")}, "uses 89 % of its credit limit, which counts from 90 % on"),
    ],
)
def test_words_fit_what_is_known(known: dict[str, Any], words: str) -> None:
    assert words in [part.words for part in line(candidate(**known)).parts]


@pytest.mark.parametrize(
    ("known", "part", "value"),
    [
        ({"days_beyond_terms": D("30")}, "behaviour", D("1.30")),
        ({"days_beyond_terms": D("300")}, "behaviour", D("1.30")),
        ({"days_beyond_terms": D("29.9999")}, "behaviour", D("1.3")),
        ({"days_beyond_terms": D("15")}, "behaviour", D("1.15")),
        ({"days_beyond_terms": D("-5")}, "behaviour", D(1)),
        ({"promises": 3, "broken_promises": 3}, "broken_promises", D("1.25")),
        ({"promises": 3, "broken_promises": 0}, "broken_promises", D(1)),
        ({"limit_used": D("0.9000")}, "credit_limit", D("1.25")),
        ({"limit_used": D("0.8999")}, "credit_limit", D(1)),
        ({"last_contact_on": ago(30)}, "silence", D("1.5")),
        ({"last_contact_on": ago(31)}, "silence", D("1.5")),
        ({"last_contact_on": ago(6)}, "silence", D("1.1")),
        ({}, "silence", D("1.5")),
    ],
)
def test_a_part_is_at_its_fullest_at_its_scale_and_no_fuller(
    known: dict[str, Any], part: str, value: Decimal
) -> None:
    found = {one.name: one.value for one in line(candidate(**known)).parts}[part]
    assert round(found, 4) == value


@pytest.mark.parametrize(
    ("known", "act"),
    [
        ({"promise_due_on": ago(1)}, Act.CHECK_PROMISE),
        ({"promise_due_on": ago(0)}, Act.CALL),
        ({"disputed": "1000"}, Act.ANSWER_DISPUTE),
        ({"disputed": "999.99"}, Act.CALL),
        ({"oldest_due_on": ago(120), "promises": 2, "broken_promises": 2}, Act.ESCALATE),
        ({"oldest_due_on": ago(119), "promises": 2, "broken_promises": 2}, Act.OFFER_PLAN),
        ({"oldest_due_on": ago(120), "promises": 2, "broken_promises": 1}, Act.OFFER_PLAN),
        ({"oldest_due_on": ago(60), "promises": 1, "broken_promises": 1}, Act.OFFER_PLAN),
        ({"oldest_due_on": ago(59), "promises": 1, "broken_promises": 1}, Act.CALL),
    ],
)
def test_the_first_rule_that_holds_says_what_to_do(known: dict[str, Any], act: Act) -> None:
    assert ranked(candidate(**known)).act == act


@pytest.mark.parametrize(("free", "act"), [("300", Act.WRITE), ("300.01", Act.CALL), ("50", Act.WRITE)])
def test_small_amounts_are_written_about(free: str, act: Act) -> None:
    assert ranked(candidate("C1", free)).act == act


def test_every_fact_can_be_asked_and_what_is_not_known_is_none() -> None:
    one = candidate("C1", "600", disputed="200", contacted_on=(ago(3), ago(9)))
    facts = {fact: fact_of(one, fact, as_of=DAY) for fact in Fact}
    assert facts == {
        Fact.OVERDUE: 800, Fact.FREE: 600, Fact.DISPUTED_SHARE: D("0.25"), Fact.OVERDUE_DAYS: 10,
        Fact.BROKEN_PROMISES: 0, Fact.PROMISE_DUE_DAYS: None, Fact.SILENT_DAYS: None, Fact.CONTACTS: 2,
        Fact.LIMIT_USED: None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("known", "reason", "until"),
    [
        ({"hold": "insolvent"}, Reason.HOLD, None),
        ({"hold": "insolvent", "follow_up_on": ago(-3)}, Reason.HOLD, None),
        ({"follow_up_on": ago(-1)}, Reason.FOLLOW_UP, ago(-1)),
        ({"last_contact_on": ago(4)}, Reason.LATELY, ago(-1)),
        ({"last_contact_on": ago(0)}, Reason.LATELY, ago(-5)),
        ({"last_contact_on": ago(2), "follow_up_on": ago(2)}, Reason.LATELY, ago(-3)),
        ({"last_contact_on": ago(9), "dimensions": {"type": "public_body"}}, Reason.LATELY, ago(-1)),
        (
            {"last_contact_on": ago(6), "contacted_on": (ago(6), ago(9), ago(13))},
            Reason.CAP,
            ago(-1),
        ),
        (
            {"last_contact_on": ago(6), "contacted_on": (ago(13), ago(6), ago(7), ago(9), ago(40))},
            Reason.CAP,
            ago(-5),
        ),
        (
            {"last_contact_on": ago(6), "contacted_on": (ago(6), ago(9), ago(13)), "promise_due_on": ago(1)},
            Reason.CAP,
            ago(-1),
        ),
    ],
)
def test_who_may_not_be_contacted_waits_with_the_reason(
    known: dict[str, Any], reason: Reason, until: date | None
) -> None:
    found = waiting(candidate(**known))
    assert (found.reason, found.until) == (reason, until)


@pytest.mark.parametrize(
    "known",
    [
        {"follow_up_on": ago(0)},
        {"last_contact_on": ago(5)},
        {"last_contact_on": ago(10), "dimensions": {"type": "public_body"}},
        {"last_contact_on": ago(2), "follow_up_on": ago(1)},
        {"last_contact_on": ago(2), "promise_due_on": ago(1)},
        {"last_contact_on": ago(6), "contacted_on": (ago(6), ago(9), ago(14))},
    ],
)
def test_a_day_later_or_a_contact_fewer_is_enough(known: dict[str, Any]) -> None:
    assert ranked(candidate(**known)).candidate.customer_id == "C1"


def test_until_is_the_first_day_on_which_the_reason_is_gone() -> None:
    """Contacted 13, 9, 7 and 6 days ago, three in fourteen days being the cap: two of them must grow old."""
    one = candidate(last_contact_on=ago(6), contacted_on=(ago(13), ago(9), ago(7), ago(6)))
    until = waiting(one).until
    assert until is not None
    assert isinstance(judge(one, STRATEGY, as_of=until - timedelta(1)), Waiting)
    assert isinstance(judge(one, STRATEGY, as_of=until), Ranked)


@pytest.mark.parametrize(
    ("free", "aside", "reason"),
    [
        ("49.99", {}, Reason.TOO_LITTLE),
        ("49.99", {"disputed": "500"}, Reason.ARRANGED),
        ("0", {"promised": "500"}, Reason.ARRANGED),
        ("0", {"planned": "500"}, Reason.ARRANGED),
        ("0", {"held": "500"}, Reason.ARRANGED),
    ],
)
def test_where_nothing_worth_a_contact_is_free_there_is_none(
    free: str, aside: dict[str, str], reason: Reason
) -> None:
    assert waiting(candidate("C1", free, **aside)).reason == reason


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (candidate(hold="insolvency of 3 May"), "on hold: insolvency of 3 May"),
        (
            candidate("C1", "0", held="7"),
            "7.00 EUR overdue, 7.00 of it held back is left out: too little is left to collect",
        ),
        (candidate("C1", "7"), "7.00 EUR overdue: less than is worth a contact"),
        (candidate(follow_up_on=ago(-3)), "to be followed up on 20 June 2026"),
        (candidate(last_contact_on=ago(4)), "contacted a short while ago; again from 18 June 2026"),
        (
            candidate(last_contact_on=ago(6), contacted_on=(ago(6),) * 3),
            "contacted as often as is allowed; again from 25 June 2026",
        ),
    ],
)
def test_a_reason_is_told_in_words(one: Candidate, words: str) -> None:
    assert reason_words(waiting(one)) == words


def test_what_is_predicted_takes_the_place_of_what_is_assumed() -> None:
    plain, predicted = ranked(candidate()), ranked(candidate(), effects={"C1": D("0.4")})
    assert (plain.predicted, predicted.predicted) == (False, True)
    assert predicted.score == 2 * plain.score
    words = [part.words for part in line_of(predicted, as_of=DAY).parts]
    assert "a call is predicted to bring forward 40 % of it" in words
    assert ranked(candidate(), effects={"C2": D("0.4")}) == plain


@pytest.mark.parametrize("effect", ["1.0001", "-0.0001", "nan"])
def test_a_prediction_that_is_no_probability_is_refused(effect: str) -> None:
    with pytest.raises(
        Misuse, match=r"customer C1 was not ranked: the effect of a contact is told as .*0 to 1"
    ):
        ranked(candidate(), effects={"C1": D(effect)})
    assert ranked(candidate(), effects={"C1": D(0)}).score == 0


@pytest.mark.parametrize(
    ("day", "then"),
    [(date(2026, 6, 19), 0), (date(2026, 6, 20), 2), (date(2026, 6, 21), 1), (date(2026, 6, 22), 0)],
)
def test_nothing_is_due_on_a_weekend(day: date, then: int) -> None:
    assert working_day(day) == day + timedelta(then)


def test_a_tie_goes_by_what_is_overdue_and_then_by_number() -> None:
    """Three with the same free amount, so the same score; one of them has 5.00 more overdue, which is promised."""
    three = [candidate("C3"), candidate("C2"), candidate("C9", "1000", promised="5")]
    found = ranking(three, STRATEGY, as_of=DAY).ranked
    assert len({one.score for one in found}) == 1
    assert [one.candidate.customer_id for one in found] == ["C9", "C2", "C3"]


def test_a_weight_of_nothing_takes_a_part_out() -> None:
    nothing = with_weights(
        STRATEGY, dict.fromkeys(["age", "behaviour", "broken_promises", "credit_limit", "silence"], D(0))
    )
    one = judge(
        candidate("C1", "0", "0", "800", days_beyond_terms=D(50), limit_used=D(2)), nothing, as_of=DAY
    )
    assert isinstance(one, Ranked)
    assert one.score == 800 * D("0.20") / 8


def worked_out(parts: tuple[Part, ...]) -> Fraction:
    """The score from what the parts say themselves: each joins those before it."""
    result = Fraction(0)
    for part in parts:
        if part.joins is Joins.ADDS:
            result += Fraction(part.value)
        elif part.joins is Joins.TIMES:
            result *= Fraction(part.value)
        else:
            result /= Fraction(part.value)
    return result


WIDE = st.decimals(D("0.00000000000001"), D(10) ** 11, places=14)


@given(candidates(), st.none() | st.decimals(0, 1, places=12), st.decimals(0, 10, places=9))
def test_the_parts_give_the_score(one: Candidate, effect: Decimal | None, weight: Decimal) -> None:
    strategy = with_weights(STRATEGY, {"age": weight, "silence": weight})
    found = judge(one, strategy, as_of=DAY, effects={} if effect is None else {"C1": effect})
    assume(isinstance(found, Ranked))
    assert isinstance(found, Ranked)
    exact = worked_out(line_of(found, as_of=DAY).parts)
    assert found.score == round(exact, 4)
    assert found.expected == round(exact * found.minutes, 4)


@given(st.tuples(WIDE, WIDE, WIDE), st.decimals(D("0.1"), 10, places=12))
def test_no_digit_of_a_converted_amount_is_lost(amounts: tuple[Decimal, ...], weight: Decimal) -> None:
    strategy = with_weights(STRATEGY, {"age": weight})
    found = judge(candidate("C1", "100", *(str(amount) for amount in amounts)), strategy, as_of=DAY)
    assert isinstance(found, Ranked)
    parts = line_of(found, as_of=DAY).parts
    shares = zip(strategy.standard.ages[1:], amounts, strict=True)
    assert Fraction(parts[1].value) == Fraction(weight) * sum(
        Fraction(share) * Fraction(one) for share, one in shares
    )
    assert Fraction(parts[0].value) == 100 + sum(Fraction(one) for one in amounts)
    assert found.score == round(worked_out(parts), 4)


@given(candidates(), st.integers(0, 3), AMOUNTS)
def test_more_overdue_never_ranks_lower(one: Candidate, bucket: int, more: Decimal) -> None:
    """All else equal: what is more is free to collect, in whichever bucket."""
    before = judge(one, STRATEGY, as_of=DAY)
    assume(isinstance(before, Ranked))
    grown = [tuple(a + more * (n == bucket) for n, a in enumerate(amounts))
             for amounts in (one.overdue_by_bucket, one.free_by_bucket)]  # fmt: skip
    after = judge(replace(one, overdue_by_bucket=grown[0], free_by_bucket=grown[1]), STRATEGY, as_of=DAY)
    assert isinstance(before, Ranked)
    assert isinstance(after, Ranked)
    assert place(after) <= place(before)


@given(candidates(), st.integers(0, 3), st.integers(0, 100))
def test_what_is_disputed_never_raises_a_score(one: Candidate, bucket: int, per_cent: int) -> None:
    """Some of what was free is disputed now; a customer who then waits has no score at all."""
    before = judge(one, STRATEGY, as_of=DAY)
    assume(isinstance(before, Ranked))
    taken = one.free_by_bucket[bucket] * per_cent / 100
    left = tuple(free - taken * (n == bucket) for n, free in enumerate(one.free_by_bucket))
    after = judge(replace(one, free_by_bucket=left, disputed=one.disputed + taken), STRATEGY, as_of=DAY)
    assert isinstance(before, Ranked)
    assert isinstance(after, Waiting) or after.score <= before.score


@given(PORTFOLIOS, st.randoms(use_true_random=False))
def test_the_order_is_the_same_however_the_candidates_come(
    portfolio: tuple[Candidate, ...], chance: Any
) -> None:
    shuffled = list(portfolio)
    chance.shuffle(shuffled)
    found = ranking(portfolio, STRATEGY, as_of=DAY)
    assert found == ranking(shuffled, STRATEGY, as_of=DAY)
    names = [one.candidate.customer_id for one in (*found.ranked, *found.waiting)]
    assert sorted(names) == sorted(one.customer_id for one in portfolio)
    assert [one.score for one in found.ranked] == sorted((one.score for one in found.ranked), reverse=True)
