"""Lists as they are made and kept, and as they stand while somebody works on them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from countback.accounts.actions import Doing
from countback.accounts.testing import World
from countback.arrangements.actions import (
    Contacting,
    Promising,
    Returning,
    log_contact,
    record_promise,
    set_follow_up,
)
from countback.arrangements.rules import Outcome
from countback.audit.models import Line as AuditLine
from countback.core.problem import Misuse
from countback.ledger.testing import Importing
from countback.worklists import making
from countback.worklists.desk import desk_of
from countback.worklists.models import Day, Line
from countback.worklists.rules import Reason
from countback.worklists.strategy_reading import SHIPPED, UnableToReadStrategy
from countback.worklists.testing import AT, HERS, HIS, TODAY, books

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_the_ledger")]

D = Decimal


def made() -> Day:
    return making.make_worklists(today=TODAY, at=AT)


def bobs(world: World) -> Doing:
    return Doing(world.bob, AT)


def test_every_collector_has_a_list_best_first_and_who_waits_is_counted() -> None:
    """Anna's customers stand by what they owe, twice as much twice as high; A12 was called yesterday and waits. N1, who
    is nobody's, goes to Ben, who has more time left."""
    day = made()
    hers = list(day.lines.filter(collector="anna").values_list("customer_id", flat=True))
    assert hers == [f"A{n}" for n in range(HERS - 1, 0, -1)]
    his = dict(day.lines.filter(collector="ben").values_list("customer_id", "how"))
    assert his == {"B3": "own", "B2": "own", "B1": "own", "N1": "shared out"}
    assert (day.waiting, day.left_over, day.currency, day.as_of) == (
        {Reason.LATELY.value: 1},
        0,
        "EUR",
        TODAY,
    )
    assert Line.objects.count() + 1 == HERS + HIS + 1


def test_a_line_explains_itself_to_the_last_digit() -> None:
    line = made().lines.get(customer_id="A11")
    score = D(0)
    for _, joins, value, words in line.parts:
        score = {"adds": score + D(value), "times": score * D(value), "per": score / D(value)}[joins]
        assert words
    assert round(score, 4) == line.score
    assert (line.amount, line.overdue_days, line.act) == (D(11_000), 31, "call")
    assert "11,000.00 EUR overdue" in line.why
    assert "House" not in line.why + str(line.parts), "no name is kept"


def test_those_who_come_at_once_make_the_lists_of_a_morning_once() -> None:
    together = threading.Barrier(4)

    def make(_: int) -> bool:
        together.wait()
        try:
            return making.make_if_missing(today=TODAY, at=AT) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as four:
        assert sorted(four.map(make, range(4))) == [False, False, False, True]
    assert Day.objects.count() == 1


def test_lists_made_anew_stand_beside_those_before_and_keep_what_was_done(world: World) -> None:
    first = made()
    log_contact("A11", Contacting(Outcome.NO_ANSWER), bobs(world), today=TODAY)
    second = making.make_worklists(today=TODAY, at=AT + timedelta(hours=1), by=world.alice)
    assert first.lines.count() == second.lines.count(), "the figures have not followed yet"
    desk = desk_of(world.bob, TODAY)
    assert desk.day == second
    assert [row.state for row in desk.rows][:2] == ["done", "open"]
    assert AuditLine.objects.filter(what="worklists made", who_id=world.alice.pk).count() == 1


def test_what_is_recorded_or_skipped_is_no_longer_open_and_the_next_is_chosen(world: World) -> None:
    made()
    bob = bobs(world)
    log_contact("A11", Contacting(Outcome.RIGHT_PARTY), bob, today=TODAY)
    record_promise("A10", Promising(D(5000), TODAY), bob, today=TODAY)
    set_follow_up("A9", Returning(TODAY + timedelta(3), "call_again"), bob, today=TODAY)
    making.skip("A8", "paid", bob, today=TODAY)
    desk = desk_of(world.bob, TODAY)
    states = {row.line.customer_id: row.state for row in desk.rows}
    assert [states[f"A{n}"] for n in (11, 10, 9, 8, 7)] == ["done", "done", "done", "skipped", "open"]
    assert desk.chosen is not None
    assert desk.chosen.line.customer_id == "A7"
    assert (desk.open, desk.minutes) == (7, 7 * 8)
    assert (
        next(row.words for row in desk.rows if row.state == "skipped")
        == "Says it has paid; the bank will show it"
    )


def test_what_happened_yesterday_does_not_count_as_done_today(world: World) -> None:
    yesterday = AT - timedelta(days=1)
    log_contact("A11", Contacting(Outcome.NO_ANSWER), Doing(world.bob, yesterday), today=TODAY - timedelta(1))
    made()
    assert [row.state for row in desk_of(world.bob, TODAY).rows][:1] == ["open"]


def test_what_books_bring_in_during_the_day_is_nobodys_work_of_today(world: World, tmp_path: Path) -> None:
    made()
    tables = books(TODAY)
    contact = {"contact_id": "K2", "customer_id": "A11", "contacted_on": TODAY.isoformat(), "channel": "call"}
    importing = Importing(tmp_path / "books")
    importing(tables | {"contacts": [*tables["contacts"], contact]}, at=AT + timedelta(hours=1))
    assert desk_of(world.bob, TODAY).rows[0].state == "open"


def test_a_follow_up_keeps_a_customer_off_the_list_until_its_day(world: World) -> None:
    set_follow_up("A11", Returning(TODAY + timedelta(2), "call_again"), bobs(world), today=TODAY)

    def listed(day: Any) -> bool:
        return making.make_worklists(today=day, at=AT).lines.filter(customer_id="A11").exists()

    assert [listed(TODAY + timedelta(days)) for days in (0, 1, 2)] == [False, False, True]


def test_weights_hold_from_the_next_list_on_and_are_in_the_audit(world: World) -> None:
    before = made().lines.get(customer_id="A11").score
    making.set_weights(making.read_weights({"silence": "0", "age": "0"}), Doing(world.alice, AT))
    after = made()
    assert after.weights["silence"] == after.weights["age"] == "0"
    assert after.lines.get(customer_id="A11").score < before
    line = AuditLine.objects.get(what="weights of worklists set")
    assert (line.before["silence"], line.after["silence"]) == ("0.50", "0")


@pytest.mark.parametrize("wrong", ["10.01", "-0.01", "much", "NaN"])
def test_a_weight_that_cannot_be_is_refused(world: World, wrong: str) -> None:
    del world
    with pytest.raises(Misuse, match="0 to 10"):
        making.read_weights({"age": wrong})
    assert making.read_weights({"age": "10"}) == {"age": D(10)}


def test_a_preview_changes_nothing_and_starts_from_the_same_customers() -> None:
    one = making.asked(TODAY)
    now = making.lists_of(one, making.strategy_now())
    same = making.again(now, making.strategy_now())
    assert [ranked.candidate.customer_id for ranked in same.ranked] == [
        r.candidate.customer_id for r in now.ranked
    ]
    assert (same.lists, same.waiting) == (now.lists, now.waiting)
    assert not Day.objects.exists()


def test_without_a_reason_nobody_is_skipped(world: World) -> None:
    with pytest.raises(making.UnableToSkip, match="no reason was chosen"):
        making.skip("A1", "boredom", bobs(world), today=TODAY)
    assert not AuditLine.objects.filter(what="customer skipped").exists()


def test_a_house_writes_its_own_strategy(settings: Any, tmp_path: Path) -> None:
    standard = (SHIPPED / "standard.toml").read_text("utf-8")
    settings.STRATEGY = tmp_path / "strategy.toml"
    assert making.strategy_now().name == "standard"
    own = standard.replace('name = "standard"', 'name = "ours"')
    own = own.replace("smallest_amount = 50", "smallest_amount = 5001")
    settings.STRATEGY.write_text(own, "utf-8")
    day = made()
    assert day.strategy == "ours"
    assert day.waiting == {Reason.TOO_LITTLE.value: 9, Reason.LATELY.value: 1}
    settings.STRATEGY.write_text("capacity_minutes = 0", "utf-8")
    with pytest.raises(UnableToReadStrategy, match="capacity_minutes"):
        made()


def test_without_books_it_is_said(settings: Any, tmp_path: Path) -> None:
    settings.MIRROR = tmp_path / "nothing"
    with pytest.raises(making.UnableToMakeWorklists, match="no books in the ledger"):
        made()
