"""Alerts at work: they look with their owner's rights, speak once, clear, and stop nobody."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import DatabaseError, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from countback.accounts.testing import World
from countback.alerts import actions, evidence, looking, tasks
from countback.alerts.actions import Doing
from countback.alerts.models import Alert, Delivery, Look, Standing, State
from countback.alerts.rules import Kind, Rule
from countback.alerts.tasks import look
from countback.alerts.testing import (
    AT,
    INVOICES,
    PAID,
    SMALL,
    Placed,
    made,
    overdue_above,
)

LATER = AT + timedelta(days=1)

pytestmark = pytest.mark.django_db


def standing_of(alert: Alert) -> Standing:
    return Standing.objects.get(alert=alert)


def said(alert: Alert) -> list[str]:
    """What was said, the oldest first."""
    return [f"{look.what}: {look.reason}" for look in Look.objects.filter(alert=alert).order_by("id")]


def test_it_speaks_once_and_clears_when_the_condition_ends_check_54(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.alice, overdue_above("300"))
    assert look(AT) == 1
    assert [look(AT), look(LATER)] == [0, 0]
    assert standing_of(alert).raised
    mirror(PAID)
    assert look(LATER) == 0
    assert not standing_of(alert).raised
    assert said(alert) == [
        "raised: Overdue receivables is 350.00 EUR, 50.00 above 300.00 EUR; the rule speaks above it",
        "cleared: Overdue receivables is 100.00 EUR, 200.00 below 300.00 EUR; the rule speaks above it",
    ]
    assert Delivery.objects.count() == 2, "on screen and by mail, once"
    mirror(SMALL)
    assert look(LATER) == 1, "what begins again is said again"


def test_what_it_says_holds_figure_dates_and_the_way_to_the_rows(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    rule = overdue_above("300", where=(("segment", ("Retail", "Trade")),))
    alert = made(world.alice, rule)
    look(AT)
    found = Look.objects.get(alert=alert)
    assert (found.value, found.unit, found.as_of, found.at) == (Decimal(350), "EUR", date(2026, 3, 31), AT)
    assert found.known_through is not None
    page, _, query = found.rows.partition("?")
    asked = parse_qs(query)
    assert page == "/kpis/overdue_receivables/rows/"
    assert asked.pop("known_at")[0].startswith(f"{found.known_through:%Y-%m-%dT%H:%M}")
    assert asked == {"as_of": ["2026-03-31"], "every": ["day"], "where.segment": ["Retail", "Trade"]}


def test_it_stays_quiet(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    quiet = [
        overdue_above("350"),
        overdue_above("300", direction="below"),
        overdue_above("50", minimum_amount=Decimal("350.01")),
        overdue_above("50", minimum_rows=3),
        overdue_above("150", where=(("segment", ("Retail",)),)),
        Rule(Kind.THRESHOLD, "overdue_receivables", every="day"),
        Rule(Kind.SEASON, "overdue_receivables", size=Decimal(3)),
        Rule(Kind.ENTRY, "aging", every="day", bucket="61-90"),
        Rule(Kind.LIMIT, "open_receivables", every="day", size=Decimal(101)),
    ]
    for number, rule in enumerate(quiet):
        made(world.alice, rule, name=f"Quiet {number}")
    made(world.alice, overdue_above("50", minimum_rows=2), name="Speaks")
    assert look(AT) == 1
    assert Look.objects.get().alert.name == "Speaks"
    assert not Standing.objects.exclude(failure={}).exists()


def test_a_figure_without_a_value_neither_raises_nor_clears(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    actions.set_target("overdue_receivables", (), Decimal(300), date(2026, 1, 1), Doing(world.alice, AT))
    alert = made(world.alice, Rule(Kind.THRESHOLD, "overdue_receivables", every="day"))
    assert look(AT) == 1
    actions.set_target("overdue_receivables", (), None, date(2026, 1, 2), Doing(world.alice, AT))
    assert look(LATER) == 0
    assert standing_of(alert).raised
    assert "has no target" in standing_of(alert).found
    assert len(said(alert)) == 1


def test_it_has_its_owners_rights(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    hers = made(world.alice, overdue_above("0"))
    his = made(world.bob, overdue_above("0"))
    nothing = made(world.charlie, overdue_above("0"))
    look(AT)
    assert [standing_of(alert).value for alert in (hers, his, nothing)] == [350, 100, 0]


def test_new_items_in_a_bucket_are_told_of_once(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.alice, Rule(Kind.ENTRY, "aging", every="day", bucket="1-30"))
    assert look(AT) == 0
    assert "nothing to compare with yet: 1 item in 1-30" in standing_of(alert).found
    mirror(SMALL | {"invoices.csv": INVOICES + "INV-4,C2,2026-04-04,2026-04-30,40.00,EUR\n"})
    assert look(LATER + timedelta(days=4)) == 1
    assert (
        said(alert)
        == [
            "raised: 1 item of 300.00 EUR entered 1-30 days past due since 1 Mar 2026: INV-3 of Alder Ltd, 300.00"
        ]
        or "INV-3" in said(alert)[0]
    )
    assert look(LATER + timedelta(days=4)) == 0, "the same look says the same"
    assert standing_of(alert).raised
    mirror(SMALL | {"invoices.csv": INVOICES + "INV-4,C2,2026-04-05,2026-04-30,40.00,EUR\n"})
    assert look(LATER + timedelta(days=5)) == 0
    assert not standing_of(alert).raised, "nothing entered since"


def test_new_items_that_were_held_back_by_the_cool_down_are_told_of_after_it(
    world: World, mirror: Placed
) -> None:
    """INV-1 is overdue from 21 January, INV-2 from 13 March, INV-3 from 1 April; a look at each of four days."""
    rule = Rule(Kind.ENTRY, "aging", every="day", bucket="1-30", cool_down_days=30)
    figures_end = {
        day: SMALL | {"invoices.csv": INVOICES + f"INV-9,C2,2026-{day},2026-12-31,1.00,EUR\n"}
        for day in ("03-11", "03-13", "04-02", "04-13")
    }
    spoken = []
    alert = None
    for day, books in figures_end.items():
        mirror(books)
        alert = alert or made(world.alice, rule)
        if look(datetime(2026, int(day[:2]), int(day[3:]), 12, tzinfo=UTC)):
            spoken.append(day)
    assert spoken == ["03-13", "04-13"]
    assert alert is not None
    assert "INV-2" in said(alert)[0]
    assert "INV-3" in said(alert)[-1], "on 2 April it rested"


def test_an_item_that_was_recorded_late_is_new_although_it_is_old(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.alice, Rule(Kind.ENTRY, "aging", every="day", bucket="1-30"))
    look(AT)
    known = standing_of(alert).known_through
    assert known is not None
    header, *rows = INVOICES.splitlines()
    late = f"INV-4,C2,2026-03-01,2026-03-10,40.00,EUR,{known + timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}"
    last = "INV-5,C2,2026-04-01,2026-04-30,1.00,EUR,"
    recorded = [f"{header},recorded_at", *(f"{row}," for row in rows), late, last]
    mirror(SMALL | {"invoices.csv": "\n".join(recorded) + "\n"})
    assert look(LATER) == 1
    assert "INV-4 of Birch GmbH, 40.00" in said(alert)[0]
    assert "INV-2" not in said(alert)[0]


def test_a_customer_above_its_limit_is_told_of_once(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    rule = Rule(Kind.LIMIT, "open_receivables", every="day", size=Decimal(100))
    alert = made(world.alice, rule)
    assert look(AT) == 0, "400 of 400 is not above"
    more = INVOICES + "INV-4,C1,2026-03-02,2026-04-30,0.01,EUR\n"
    mirror(SMALL | {"invoices.csv": more})
    assert [look(AT), look(LATER)] == [1, 0]
    assert said(alert) == [
        "raised: 1 customer is above their credit limit: Alder Ltd owes 400.01 EUR of 400.00"
    ]
    mirror(SMALL | {"invoices.csv": more + "INV-5,C2,2026-03-02,2026-04-30,751.00,EUR\n"})
    assert look(LATER) == 1, "a further customer is further news"
    assert "2 customers are above" in said(alert)[-1]
    mirror(PAID)
    look(LATER)
    assert not standing_of(alert).raised


def test_a_broken_alert_says_so_and_stops_no_other(
    world: World, mirror: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror(SMALL)
    first = made(world.alice, overdue_above("300"), name="First")
    broken = made(world.alice, overdue_above("301"), name="Broken")
    last = made(world.alice, overdue_above("302"), name="Last")
    real = evidence.now

    def breaks(figures: Any, rule: Rule, *given: Any) -> Any:
        if rule.size == Decimal(301):
            with transaction.atomic():
                Standing.objects.raw("SELECT nonsense")[0]
        return real(figures, rule, *given)

    monkeypatch.setattr(looking, "now", breaks)
    assert look(AT) == 2
    assert "Countback itself is at fault" in standing_of(broken).failure["why"]
    assert standing_of(first).raised
    assert standing_of(last).raised
    monkeypatch.undo()
    assert look(LATER) == 1
    assert standing_of(broken).failure == {}


def test_an_alert_whose_owner_left_says_so(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.bob, overdue_above("0"))
    world.bob.is_active = False
    world.bob.save()
    assert look(AT) == 0
    assert "was deactivated" in standing_of(alert).failure["why"]
    assert not Look.objects.exists()


def test_what_was_said_cannot_be_changed(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    made(world.alice, overdue_above("300"))
    look(AT)
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        Look.objects.update(reason="something else")
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        Look.objects.all()._raw_delete("default")


def test_it_is_due_at_six_where_the_business_is_and_when_the_figures_move(
    world: World, mirror: Placed, settings: Any
) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    assert looking.last_hour(AT) == datetime(2026, 4, 1, 0, 30, tzinfo=UTC)
    assert looking.last_hour(datetime(2026, 4, 1, 0, 29, tzinfo=UTC)) == datetime(
        2026, 3, 31, 0, 30, tzinfo=UTC
    )
    mirror(SMALL)
    alert = made(world.alice, overdue_above("300"))
    assert looking.due(at=AT) == [alert.pk]
    look(AT)
    assert looking.due(at=AT + timedelta(hours=17)) == []
    assert looking.due(at=AT + timedelta(hours=19)) == [alert.pk], "the next morning"
    mirror(PAID)
    assert looking.due(at=AT) == [alert.pk], "the figures moved"
    look(AT)
    assert looking.due(at=AT) == []
    actions.pause(alert, Doing(world.alice, AT))
    assert looking.due(at=AT + timedelta(days=9)) == []


def test_the_job_looks_at_what_is_due_gives_up_what_was_lost_and_sends(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.alice, overdue_above("300"))
    look(AT)
    Delivery.objects.filter(channel="mail").update(state=State.SENDING, claimed_at=AT)
    mirror(PAID)
    tasks.mind_alerts(0)
    assert not standing_of(alert).raised
    assert {each.channel: each.state for each in Delivery.objects.all()} == {
        "mail": "uncertain",
        "screen": "sent",
    }


def test_without_books_nothing_is_looked_at(
    world: World, mirror: Placed, settings: Any, tmp_path: Any
) -> None:
    mirror(SMALL)
    alert = made(world.alice, overdue_above("300"))
    settings.MIRROR = tmp_path / "nowhere"
    assert look(AT) == 0
    assert standing_of(alert).looked_at is None
    assert standing_of(alert).failure == {}


@pytest.mark.django_db(transaction=True)
def test_a_hundred_looks_from_two_schedulers_at_once_speak_once(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alerts = [made(world.alice, overdue_above(str(amount)), name=str(amount)) for amount in (100, 200)]
    jobs = ProcrastinateJob.objects.filter(task_name=looking.SEND)
    start, before = threading.Barrier(2), jobs.count()

    def schedule() -> int:
        try:
            start.wait()
            return sum(look(AT) for _ in range(50))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        spoke = sum(pool.map(lambda _: schedule(), range(2)))
    assert spoke == len(alerts)
    assert Look.objects.count() == len(alerts)
    assert Delivery.objects.count() == 2 * len(alerts)
    assert jobs.count() == before + len(alerts)
