"""A strategy is read as it is written; all that is wrong in one is told, each with its key."""

from __future__ import annotations

from decimal import Decimal
from importlib.resources import files

import pytest

from countback.core.aging import Buckets
from countback.core.problem import Misuse
from countback.worklists.strategy import Act, Bound, Fact, with_weights
from countback.worklists.strategy_reading import UnableToReadStrategy, find_strategy, read_strategy, shipped

D = Decimal
STANDARD = (files("countback.worklists") / "strategies" / "standard.toml").read_text(encoding="utf-8")


def changed(before: str, after: str) -> str:
    """The shipped strategy with one thing changed in it."""
    assert STANDARD.count(before) == 1, before
    return STANDARD.replace(before, after)


def told(text: str) -> list[tuple[str | None, str, str]]:
    """Key, what is wrong and what to do, of every problem."""
    with pytest.raises(UnableToReadStrategy) as said:
        read_strategy(text, file="mine.toml")
    assert {problem.file for problem in said.value.problems} == {"mine.toml"}
    return [(problem.column, problem.what, problem.remedy) for problem in said.value.problems]


def test_the_shipped_strategy_is_read_as_it_is_written() -> None:
    strategy = find_strategy()
    assert (strategy.name, strategy.capacity_minutes, shipped()) == ("standard", 360, ("standard",))
    values = strategy.standard
    assert (values.effect, values.weights.age, values.ages) == (
        D("0.20"),
        D("0.50"),
        (0, D("0.6"), 1, D("0.8")),
    )
    assert len(values.ages) == len(Buckets().overdue)
    assert (values.efforts[Act.WRITE].minutes, values.efforts[Act.WRITE].reach) == (3, D("0.2"))
    assert values.rules[0].when == (Bound(Fact.PROMISE_DUE_DAYS, D(1), None),)
    assert (values.rules[-1].act, values.rules[-1].when) == (Act.CALL, ())


def test_a_segment_says_only_what_differs() -> None:
    strategy = find_strategy()
    public = strategy.values_for({"type": "public_body"})
    assert strategy.dimensions == ("type",)
    assert (public.thresholds.days_between_contacts, public.thresholds.contact_cap) == (10, 3)
    assert (public.scales.days_beyond_terms, public.scales.silent_days) == (45, 30)
    assert public.weights == strategy.standard.weights
    assert strategy.values_for({"type": "company"}) is strategy.values_for({}) is strategy.standard


def test_the_first_segment_that_a_customer_belongs_to_holds() -> None:
    more = '\n[[segments]]\nwhere = { region = "north" }\neffect = 0.3\n'
    more += '[[segments]]\nwhere = { type = "public_body" }\neffect = 0.4\n'
    strategy = read_strategy(STANDARD + more, file="mine.toml")
    assert strategy.dimensions == ("type", "region")
    both = {"type": "public_body", "region": "north"}
    assert strategy.values_for(both).effect == D("0.20")
    assert strategy.values_for({"region": "north"}).effect == D("0.3")


def test_numbers_are_read_to_the_digit() -> None:
    strategy = read_strategy(changed("effect = 0.20", "effect = 0.10000000000000000001"), file="mine.toml")
    assert strategy.standard.effect == D("0.10000000000000000001")


@pytest.mark.parametrize(
    ("before", "after", "key", "what"),
    [
        ("effect = 0.20", "effect = 1.01", "effect", "'1.01' is no number that can stand here"),
        ("effect = 0.20", "effect = nan", "effect", "'NaN' is no number that can stand here"),
        ("effect = 0.20", "", "effect", "it is missing"),
        ("capacity_minutes = 360", "capacity_minutes = 0", "capacity_minutes", "'0' is no whole number"),
        ("capacity_minutes = 360", "capacity_minutes = true", "capacity_minutes", "'True' is no whole number"),
        ("silence = 0.50", "silence = -0.01", "weights.silence", "'-0.01' is no number"),
        ("silence = 0.50", "silense = 0.50", "weights.silence", "it is missing"),
        ("contact_cap = 3", "contact_cap = 91", "thresholds.contact_cap", "'91' is no whole number"),
        ('"61-90" = 1', '"60-90" = 1', "ages.60-90", "nothing reads this key"),
        ("minutes = 8,", "minutes = 0,", "acts.call.minutes", "'0' is no whole number"),
        ('act = "write"', 'act = "ring"', "rules[5].act", "'ring' is no act"),
        ("{ free = { to = 300 } }", "{ free = { below = 300 } }", "rules[5].when.free.below", "nothing reads"),
        ("{ free = { to = 300 } }", "{ free = { } }", "rules[5].when.free", "it bounds nothing"),
        ("{ free = { to = 300 } }", "{ owed = { to = 300 } }", "rules[5].when.owed", "nothing reads this key"),
        ('[[rules]]\nact = "call"\n', "", "rules", "the last rule does not hold for all"),
        ('type = "public_body"', "type = 7", "segments[1].where.type", "'7' is no text"),
        ('type = "public_body"', "", "segments[1].where", "it names no dimension"),
        ("days_between_contacts = 10 }", "days = 10 }", "segments[1].thresholds.days", "nothing reads this key"),
        ('name = "standard"', 'name = " "', "name", "' ' is no text"),
        ("capacity_minutes", "capacity", "capacity", "nothing reads this key"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_key(before: str, after: str, key: str, what: str) -> None:
    found = [(where, why, remedy) for where, why, remedy in told(changed(before, after)) if where == key]
    assert len(found) == 1
    assert found[0][1].startswith(what)
    assert found[0][2]


def test_all_that_is_wrong_is_told_at_once_and_each_once() -> None:
    text = changed("effect = 0.20", "effect = 2").replace("silent_days = 30", "silent_days = 0")
    assert [where for where, _, _ in told(text)] == ["effect", "scales.silent_days"]
    assert [where for where, _, _ in told("")] == [
        "name", "words", "capacity_minutes", "effect", "weights", "scales", "ages", "thresholds", "acts", "rules",
    ]  # fmt: skip


def test_what_is_no_toml_is_told_in_three_parts() -> None:
    with pytest.raises(
        UnableToReadStrategy,
        match=r"the strategy of mine.toml was not read: the file: it is no TOML \(.*; mend its",
    ):
        read_strategy("name = ", file="mine.toml")


def test_an_unknown_strategy_is_refused_with_those_there_are() -> None:
    with pytest.raises(Misuse, match="there is no strategy 'other'; use one of standard, or write one"):
        find_strategy("other")


def test_changed_weights_hold_for_all_segments_and_leave_the_rest() -> None:
    before = find_strategy()
    after = with_weights(before, {"age": D(2), "silence": D(0)})
    for segment in ("company", "public_body"):
        values, old = (one.values_for({"type": segment}) for one in (after, before))
        assert (values.weights.age, values.weights.silence, values.weights.behaviour) == (2, 0, D("0.30"))
        assert (values.thresholds, values.efforts, values.rules) == (old.thresholds, old.efforts, old.rules)
    assert before.standard.weights.age == D("0.50"), "the strategy itself stays as it was"
    assert with_weights(before, {}) == before


@pytest.mark.parametrize(
    ("weights", "why"),
    [
        (
            {"luck": D(1)},
            "the score has no such part; use one of age, behaviour, broken_promises, credit_limit, sil",
        ),
        ({"age": D("10.01")}, "10.01 is no weight; give a number from 0 to 10"),
        ({"age": D("-0.01")}, "-0.01 is no weight"),
        ({"age": D("nan")}, "NaN is no weight"),
    ],
)
def test_weights_that_cannot_be_are_refused(weights: dict[str, Decimal], why: str) -> None:
    with pytest.raises(Misuse, match=why):
        with_weights(find_strategy(), weights)


@pytest.mark.parametrize(
    ("value", "holds"), [(D(9), False), (10, True), (20, True), (D("20.01"), False), (None, False)]
)
def test_a_bound_holds_from_one_value_to_another_both_included(
    value: Decimal | int | None, holds: bool
) -> None:
    assert Bound(Fact.FREE, D(10), D(20)).holds(value) is holds


def test_what_is_not_known_meets_no_bound_not_even_an_open_one() -> None:
    assert Bound(Fact.LIMIT_USED, None, D(5)).holds(None) is False
