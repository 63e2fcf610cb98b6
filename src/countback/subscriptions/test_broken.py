"""One that is broken stops no other, is shown with the reason, and can be tried again."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from pytest_django import Settings

from countback.accounts.actions import Doing
from countback.accounts.testing import World
from countback.audit import queries as audit
from countback.subscriptions import actions, due, packs
from countback.subscriptions.models import Sending, Subscription
from countback.subscriptions.rules import TRIES, Every, Schedule
from countback.subscriptions.testing import DUE, Post, run, subscribed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]


def test_one_broken_subscription_stops_no_other(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """# check 54: of five, one lost its zone, one asks for what the books do not have, one meets a fault of ours, one
    goes to an address that the mail server refuses; the fifth, which comes last, arrives."""
    zone = subscribed(world.alice, world.alice, name="1 zone")
    Subscription.objects.filter(pk=zone.pk).update(time_zone="Mars/Olympus")
    unknown = subscribed(world.alice, world.alice, name="2 unknown", where={"flavour": ["sweet"]})
    fault = subscribed(world.alice, world.alice, name="3 fault", where={"segment": ["south"]})
    refused = subscribed(world.alice, world.bob, name="4 refused")
    fine = subscribed(world.alice, world.alice, name="5 fine")
    post.refused["bob@example.com"] = "550 no such mailbox"
    real = packs._content

    def faulty(figures, person, as_of, where, currency):
        if where == {"segment": ["south"]}:
            raise ZeroDivisionError
        return real(figures, person, as_of, where, currency)

    monkeypatch.setattr(packs, "_content", faulty)
    run()
    zone.refresh_from_db()
    assert "there is no time zone Mars/Olympus; choose another time zone" in zone.trouble
    assert not zone.sendings.exists()
    found = {one.subscription_id: (one.state, one.reason) for one in Sending.objects.all()}
    assert found[unknown.pk][0] == "failed"
    assert "no dimension 'flavour'" in found[unknown.pk][1]
    assert found[fault.pk] == ("failed", due.FAULT)
    assert found[refused.pk] == ("failed", "the mail server refused the address (550 no such mailbox)")
    assert found[fine.pk] == ("sent", "")
    assert [mail["Subject"][:6] for mail in post.mails] == ["5 fine"]
    monkeypatch.setattr(packs, "_content", real)
    actions.try_again(fault.sendings.get().pk, Doing(world.alice, DUE))
    run()
    assert fault.sendings.get().state == "sent"
    assert [one.state for one in fault.sendings.get().steps.all()] == [
        "waiting", "making", "failed", "waiting", "making", "sending", "sent",
    ]  # fmt: skip


def test_a_mail_server_that_is_away_is_tried_for_an_hour(
    world: World, post: Post, settings: Settings
) -> None:
    made = subscribed(world.alice, world.alice)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for tried in range(1, 4):
        run(DUE + timedelta(minutes=5 * tried))
        sending = made.sendings.get()
        assert sending.state == "waiting"
        assert f"the mail server was not reached (Connection refused), tried {tried} of 12" in sending.reason
    settings.EMAIL_PORT = port
    run(DUE + timedelta(minutes=20))
    assert made.sendings.get().state == "sent"
    assert len(post.arrived) == 1


def test_after_an_hour_it_has_failed_and_a_person_can_try_again(
    world: World, post: Post, settings: Settings
) -> None:
    made = subscribed(world.alice, world.alice)
    due.put_due(DUE)
    made.sendings.update(tries=TRIES - 1)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    run()
    assert made.sendings.get().state == "failed"
    settings.EMAIL_PORT = port
    run()
    assert made.sendings.get().state == "failed"
    actions.try_again(made.sendings.get().pk, Doing(world.alice, DUE))
    run()
    assert made.sendings.get().state == "sent"
    assert len(post.arrived) == 1


def test_a_server_that_asks_to_come_later_gets_it_later_and_once(world: World, post: Post) -> None:
    made = subscribed(world.alice, world.alice)
    post.reply = lambda: "451 greylisted"
    run()
    assert made.sendings.get().state == "waiting"
    assert "451 greylisted" in made.sendings.get().reason
    post.reply = lambda: "250 taken"
    run(DUE + timedelta(minutes=5))
    assert made.sendings.get().state == "sent"
    assert len(post.arrived) == 1


def test_a_server_that_refuses_the_mail_is_told(world: World, post: Post) -> None:
    made = subscribed(world.alice, world.alice)
    post.reply = lambda: "552 message too large"
    run()
    assert made.sendings.get().state == "failed"
    assert "552 message too large" in made.sendings.get().reason


def test_after_downtime_one_mail_for_the_latest_moment(world: World, post: Post) -> None:
    """# check 54: nothing ran for four months."""
    made = subscribed(world.alice, world.alice)
    run(datetime.fromisoformat("2027-02-17T12:00+00:00"))
    sending = made.sendings.get()
    assert (sending.due_at.isoformat(), sending.as_of.isoformat()) == (
        "2027-02-01T06:00:00+00:00",
        "2027-01-31",
    )
    assert sending.missed == 3
    (mail,) = post.mails
    assert "It stands for 3 earlier ones, too" in mail.get_body(("plain",)).get_content()


def test_paused_left_ended_and_resumed(world: World, post: Post) -> None:
    doing = Doing(world.alice, DUE - timedelta(days=1))
    made = subscribed(world.alice, world.alice, world.bob)
    actions.pause(made.pk, doing)
    run()
    assert not made.sendings.exists()
    actions.resume(made.pk, Doing(world.alice, DUE + timedelta(days=1)))
    run(DUE + timedelta(days=2))
    assert not made.sendings.exists(), "what fell into the pause is not sent"
    december = DUE.replace(month=12)
    due.put_due(december)
    actions.leave(made.pk, Doing(world.bob, december))
    run(december)
    assert made.sendings.get(recipient=world.bob).reason == "Bob Brown is no longer a recipient"
    assert [mail["To"] for mail in post.mails] == ["alice@example.com"]
    actions.end(made.pk, Doing(world.alice, december))
    run(datetime.fromisoformat("2027-01-01T12:00+00:00"))
    assert made.sendings.count() == 2
    told = [line.what for line in audit.about("subscription", made.pk)]
    assert told == ["subscription ended", "subscription left", "subscription resumed", "subscription paused",
                    "subscription made"]  # fmt: skip


def test_another_schedule_brings_nothing_that_lies_before_it(world: World, post: Post) -> None:
    made = subscribed(world.alice, world.alice)
    at = datetime.fromisoformat("2026-10-28T12:00+00:00")
    schedule = Schedule(Every.WEEKDAY, time(7), "Europe/Berlin")
    asked = actions.Asked("Daily", [world.alice], {}, "", made_relative(made), schedule, "", ["pdf"])
    actions.change(made.pk, asked, Doing(world.alice, at))
    run(at + timedelta(minutes=5))
    assert post.arrived == []
    line = audit.about("subscription", made.pk)[0]
    assert line.before["name"] == "Board pack"
    assert line.after["sent"].startswith("every day from Monday to Friday at 07:00")


def made_relative(made: Subscription):
    from countback.subscriptions.rules import AsOf

    return AsOf(made.relative_date)


def test_nobody_on_the_list_is_said(world: World, post: Post) -> None:
    made = subscribed(world.alice)
    run()
    made.refresh_from_db()
    assert "nobody is on the list" in made.trouble
    assert post.arrived == []


def test_without_a_mail_server_it_says_so_and_prints_no_one_s_figures(
    world: World, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    made = subscribed(world.alice, world.alice)
    run()
    assert made.sendings.get().state == "failed"
    assert "set COUNTBACK_MAIL_URL" in made.sendings.get().reason
    assert capsys.readouterr().out == ""


def test_without_books_it_says_so(world: World, post: Post, settings: Settings, tmp_path) -> None:
    settings.MIRROR = tmp_path / "none"
    made = subscribed(world.alice, world.alice)
    run()
    assert made.sendings.get().state == "failed"
    assert "there are no books yet" in made.sendings.get().reason


def test_send_me_one_now_waits_for_the_job_and_is_sent_with_my_rights(world: World, post: Post) -> None:
    made = subscribed(world.alice, world.alice, world.bob)
    actions.pause(made.pk, Doing(world.alice, DUE))
    actions.send_now(made.pk, Doing(world.bob, DUE))
    actions.send_now(made.pk, Doing(world.bob, DUE + timedelta(seconds=1)))
    run()
    actions.send_now(made.pk, Doing(world.bob, DUE + timedelta(seconds=2)))
    run()
    assert [mail["To"] for mail in post.mails] == ["bob@example.com"] * 2
    assert "collector anna" in post.mails[0].get_body(("plain",)).get_content()
    assert "You asked for it in Countback" in post.mails[0].get_body(("plain",)).get_content()
