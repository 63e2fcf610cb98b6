"""The screens: what they show, to whom, and what can be done there."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from countback.accounts.actions import Doing
from countback.accounts.models import Person
from countback.accounts.testing import World
from countback.audit import queries as audit
from countback.subscriptions import actions, due, queries
from countback.subscriptions.models import Sending, Subscription
from countback.subscriptions.packs import Packs
from countback.subscriptions.sending import send
from countback.subscriptions.tasks import send_waiting_reports
from countback.subscriptions.testing import ANNA, BEN, DUE, cells, pdf_words, subscribed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror", "clock")]

NOW = datetime(2026, 10, 21, 12, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a Wednesday in October."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return NOW

    monkeypatch.setattr("countback.project.middleware.datetime", Clock)


def filled_in(*people: Person, **changes: Any) -> dict[str, Any]:
    """The form as a person sends it, after they were told what it means."""
    return {
        "name": "Board pack",
        "every": "month",
        "weekday": "0",
        "day": "1",
        "at_time": "07:00",
        "time_zone": "Europe/Berlin",
        "relative_date": "last_month_end",
        "recipients": [one.pk for one in people],
        "formats": ["pdf", "xlsx"],
        "language": "",
        "currency": "",
        "told": "every first of the month at 07:00, Europe/Berlin, as of the last month's end",
        "save": "save",
    } | changes


def text(answer: Any) -> str:
    """The words of a page, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_an_empty_list_says_what_to_do(world: World) -> None:
    answer = world.client_of(world.alice).get(reverse("subscriptions:subscriptions"))
    assert "Nothing is sent yet" in text(answer)
    assert reverse("subscriptions:new") in answer.content.decode()


def test_the_next_three_are_told_before_it_is_saved(world: World) -> None:
    client = world.client_of(world.alice)
    Person.objects.filter(pk=world.alice.pk).update(time_zone="Europe/Berlin")
    page = text(client.get(reverse("subscriptions:new")))
    assert "Every first of the month at 07:00, Europe/Berlin, as of the last month&#x27;s end." in page
    for day in ("Sun 1 Nov 2026, 07:00 as of 31 Oct 2026", "Tue 1 Dec 2026, 07:00 as of 30 Nov 2026",
                "Fri 1 Jan 2027, 07:00 as of 31 Dec 2026"):  # fmt: skip
        assert day in page
    # Another schedule than the one that was told is not saved, but told first.
    answer = client.post(reverse("subscriptions:new"), filled_in(world.alice, every="week", weekday="0"))
    assert answer.status_code == 200
    assert "Not saved yet: the schedule is another one than was shown" in text(answer)
    assert "Mon 26 Oct 2026, 07:00 as of 30 Sep 2026" in text(answer)
    assert not Subscription.objects.exists()
    told = re.search(r'name="told" value="([^"]*)"', answer.content.decode())[1].replace("&#x27;", "'")
    answer = client.post(
        reverse("subscriptions:new"), filled_in(world.alice, every="week", weekday="0", told=told)
    )
    made = Subscription.objects.get()
    assert answer.url == reverse("subscriptions:subscription", args=[made.pk])
    assert (made.every, made.weekday, made.day, made.owner) == ("week", 0, None, world.alice)
    assert audit.about("subscription", made.pk)[0].what == "subscription made"
    assert "Every Monday at 07:00" in text(client.get(answer.url))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"recipients": []}, "This field is required"),
        ({"recipients": ["4711"]}, "Select a valid choice"),
        ({"formats": []}, "This field is required"),
        ({"formats": ["exe"]}, "Select a valid choice"),
        ({"every": "week", "weekday": ""}, "Choose the day of the week"),
        ({"every": "month", "day": ""}, "Choose the day of the month"),
        ({"day": "32"}, "Select a valid choice"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"at_time": "25:00"}, "Enter a valid time"),
        ({"name": ""}, "This field is required"),
        ({"currency": "XYZ"}, "Select a valid choice"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(world: World, change: dict[str, Any], said: str) -> None:
    answer = world.client_of(world.alice).post(reverse("subscriptions:new"), filled_in(world.alice, **change))
    assert said in text(answer)
    assert "Not saved" in text(answer)
    assert not Subscription.objects.exists()


def test_it_can_be_narrowed_to_what_the_maker_may_see(world: World) -> None:
    page = world.client_of(world.alice).get(reverse("subscriptions:new")).content.decode()
    assert '<option value="south">' in page
    assert '<option value="ben">' in page
    page = world.client_of(world.bob).get(reverse("subscriptions:new")).content.decode()
    assert '<option value="south">' not in page
    assert '<option value="ben">' not in page
    world.client_of(world.alice).post(
        reverse("subscriptions:new"), filled_in(world.alice, only_segment=["south"])
    )
    assert Subscription.objects.get().where == {"segment": ["south"]}


def test_recipients_are_people_with_whom_one_shares_books(world: World) -> None:
    """Administrators choose among all; bob sees part of what alice sees; charlie learns of nobody."""
    seen = {}
    for person in (world.alice, world.bob, world.charlie):
        page = text(world.client_of(person).get(reverse("subscriptions:new")))
        main = page.partition("To whom")[2].partition("Each gets what")[0]
        seen[person.name] = [name for name in ("Alice", "Bob", "Charlie") if name in main]
    assert seen == {
        "Alice Adams": ["Alice", "Bob", "Charlie"],
        "Bob Brown": ["Alice", "Bob"],
        "Charlie Clark": ["Charlie"],
    }
    world.client_of(world.charlie).post(reverse("subscriptions:new"), filled_in(world.alice))
    assert not Subscription.objects.exists()


def test_anothers_is_not_there(world: World) -> None:
    """Every address of alice's subscription, in every way: 404 for charlie; for bob, who receives it, what is his."""
    made = subscribed(world.alice, world.alice, world.bob)
    due.put_due(DUE)
    sending = made.sendings.get(recipient=world.alice)
    Sending.objects.update(state="failed")
    pages = [reverse(f"subscriptions:{name}", args=[made.pk]) for name in ("subscription", "edit")]
    pages.append(reverse("subscriptions:pack", args=[made.pk]) + "?as_of=2026-10-31")
    steps = [
        reverse("subscriptions:step", args=[made.pk, one])
        for one in ("pause", "resume", "end", "leave", "send")
    ]
    steps += [
        reverse("subscriptions:decide", args=[made.pk, sending.pk, one]) for one in ("again", "arrived")
    ]
    charlie, bob = world.client_of(world.charlie), world.client_of(world.bob)
    assert [charlie.get(page).status_code for page in pages] == [404] * 3
    assert [charlie.post(page).status_code for page in (*steps, pages[1])] == [404] * 8
    assert "Board pack" not in text(charlie.get(reverse("subscriptions:subscriptions")))
    assert [bob.get(page).status_code for page in pages] == [200, 404, 200]
    for step in (*steps[:3], *steps[5:], pages[1]):
        assert bob.post(step).status_code == 404
    assert [charlie.get(step).status_code for step in steps] == [405] * 7
    made.refresh_from_db()
    assert made.active
    assert made.sendings.filter(state="failed").count() == 2


def test_a_sending_of_another_subscription_is_not_there(world: World) -> None:
    hers, his = subscribed(world.alice, world.alice), subscribed(world.bob, world.bob)
    due.put_due(DUE)
    Sending.objects.update(state="failed")
    address = reverse("subscriptions:decide", args=[his.pk, hers.sendings.get().pk, "again"])
    assert world.client_of(world.bob).post(address).status_code == 404
    assert hers.sendings.get().state == "failed"


def test_a_reader_sees_their_own_sendings_and_can_leave(world: World) -> None:
    made = subscribed(world.alice, world.alice, world.bob, name="Monthly")
    due.put_due(DUE)
    client = world.client_of(world.bob)
    page = text(client.get(reverse("subscriptions:subscription", args=[made.pk])))
    assert "alice@example.com" not in page
    assert page.count("waits for its turn") == 0
    assert page.count("Waits for its turn") == 1
    assert "End this report" not in page
    answer = client.post(reverse("subscriptions:step", args=[made.pk, "leave"]), follow=True)
    assert "You get it no more" in text(answer)
    assert answer.redirect_chain[-1][0] == reverse("subscriptions:subscriptions")
    assert list(made.recipients.all()) == [world.alice]


def test_an_administrator_changes_anyone_s(world: World) -> None:
    made = subscribed(world.bob, world.bob)
    client = world.client_of(world.alice)
    answer = client.get(reverse("subscriptions:edit", args=[made.pk]))
    assert "Every first of the month at 07:00" in text(answer)
    client.post(reverse("subscriptions:edit", args=[made.pk]), filled_in(world.bob, name="Renamed"))
    made.refresh_from_db()
    assert (made.name, made.owner) == ("Renamed", world.bob)
    line = audit.about("subscription", made.pk)[0]
    assert (line.what, line.who, line.before["name"], line.after["name"]) == (
        "subscription changed", world.alice, "Board pack", "Renamed",
    )  # fmt: skip


def test_editing_keeps_what_the_editor_cannot_see(world: World) -> None:
    """bob owns one that alice narrowed to ben's customers: to rename it takes nothing of that away."""
    made = subscribed(world.bob, world.bob, world.charlie, where={"collector": ["ben"]}, currency="EUR")
    page = world.client_of(world.bob).get(reverse("subscriptions:edit", args=[made.pk])).content.decode()
    assert '<option value="ben" selected>' in page
    assert '<option value="EUR" selected>' in page
    assert "Charlie Clark" in page


def test_pause_resume_end(world: World) -> None:
    made = subscribed(world.alice, world.alice)
    client = world.client_of(world.alice)
    page = reverse("subscriptions:subscription", args=[made.pk])
    assert "Resume" in text(client.post(reverse("subscriptions:step", args=[made.pk, "pause"]), follow=True))
    assert "paused" in text(client.get(reverse("subscriptions:subscriptions")))
    assert "Pause" in text(client.post(reverse("subscriptions:step", args=[made.pk, "resume"]), follow=True))
    client.post(reverse("subscriptions:step", args=[made.pk, "end"]))
    assert client.get(page).status_code == 404
    assert client.post(reverse("subscriptions:step", args=[made.pk, "nothing"])).status_code == 404


def test_send_me_one_now_puts_a_job_in_the_queue_once(world: World, mailoutbox: list[EmailMessage]) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    made = subscribed(world.alice, world.alice)
    client = world.client_of(world.bob)
    assert client.post(reverse("subscriptions:step", args=[made.pk, "send"])).status_code == 404
    made.recipients.add(world.bob)
    for _ in range(2):
        client.post(reverse("subscriptions:step", args=[made.pk, "send"]), follow=True)
    jobs = ProcrastinateJob.objects.filter(task_name="send_waiting_reports")
    assert jobs.count() == 1
    send_waiting_reports()
    assert [mail.to for mail in mailoutbox] == [["bob@example.com"]]
    page = text(client.get(reverse("subscriptions:subscription", args=[made.pk])))
    assert "The mail server took it" in page
    assert "times of UTC" in page


def test_the_history_says_why_and_offers_to_try_again(world: World) -> None:
    """# check 54: shown with the reason, and a way on."""
    made = subscribed(world.alice, world.alice, world.bob, world.charlie)
    due.put_due(DUE)
    now = lambda: DUE  # noqa: E731 -- as short as that
    made.sendings.filter(recipient=world.alice).update(
        state="failed", reason="the mail server refused the mail (552 too large)"
    )
    made.sendings.filter(recipient=world.bob).update(state="uncertain", reason="the connection broke")
    send(made.sendings.get(recipient=world.charlie).pk, Packs(), now)
    client = world.client_of(world.alice)
    page = client.get(reverse("subscriptions:subscription", args=[made.pk]))
    said = text(page)
    assert "Not sent: the mail server refused the mail (552 too large)." in said
    assert "Nobody knows whether the mail server took it: the connection broke." in said
    assert "Not sent, and rightly so: Charlie Clark may see no part of the books." in said
    assert said.count("Try again") == 2
    assert "It did not: send it again" in said
    assert "gets none: Charlie Clark may see no part of the books" in said
    for person, what, state in ((world.alice, "again", "waiting"), (world.bob, "arrived", "sent")):
        sending = made.sendings.get(recipient=person)
        client.post(reverse("subscriptions:decide", args=[made.pk, sending.pk, what]))
        assert made.sendings.get(recipient=person).state == state
    sent = made.sendings.get(recipient=world.bob)
    answer = client.post(reverse("subscriptions:decide", args=[made.pk, sent.pk, "again"]), follow=True)
    assert "it has moved on since this page was made" in text(answer)


def test_the_pack_on_screen_and_to_keep_is_in_the_scope_of_who_looks(world: World) -> None:
    """# check 55: bob looks at alice's subscription with his own rights."""
    made = subscribed(world.alice, world.alice, world.bob)
    address = reverse("subscriptions:pack", args=[made.pk]) + "?as_of=2026-08-31&format="
    hers, his = (world.client_of(person) for person in (world.alice, world.bob))
    page = his.get(address + "html").content.decode()
    assert "31 Aug 2026" in page
    assert ANNA[0] in page
    assert BEN[0] not in page
    assert BEN[0] in hers.get(address + "html").content.decode()
    document, workbook = his.get(address + "pdf"), his.get(address + "xlsx")
    assert document["Content-Disposition"] == 'attachment; filename="countback-2026-08-31.pdf"'
    assert workbook["Content-Disposition"] == 'attachment; filename="countback-2026-08-31.xlsx"'
    assert "no-store" in document["Cache-Control"]
    assert BEN[0] not in pdf_words(document.content)
    assert BEN[0] not in {cell.value for cell in cells(workbook.content)}
    assert BEN[0] in {cell.value for cell in cells(hers.get(address + "xlsx").content)}


def test_the_page_of_the_pack_holds_to_its_own_policy(world: World) -> None:
    made = subscribed(world.alice, world.alice)
    answer = world.client_of(world.alice).get(
        reverse("subscriptions:pack", args=[made.pk]) + "?as_of=2026-10-31"
    )
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy


@pytest.mark.parametrize(
    "asked", ["as_of=yesterday", "as_of=", "as_of=9999-12-31", "as_of=2026-10-31&format=exe", ""]
)
def test_a_pack_that_cannot_be_asked_is_refused_in_words(world: World, asked: str) -> None:
    made = subscribed(world.alice, world.alice)
    answer = world.client_of(world.alice).get(reverse("subscriptions:pack", args=[made.pk]) + "?" + asked)
    assert answer.status_code == 400
    assert "The report was not made" in text(answer)


def test_a_pack_with_nothing_in_it_says_so(world: World, settings: Settings, tmp_path: Path) -> None:
    made = subscribed(world.alice, world.charlie)
    address = reverse("subscriptions:pack", args=[made.pk]) + "?as_of=2026-10-31"
    assert "may see no part of the books" in text(world.client_of(world.charlie).get(address))
    settings.MIRROR = tmp_path / "none"
    assert "there are no books yet" in text(world.client_of(world.alice).get(address))


def test_a_zone_that_is_gone_breaks_no_page(world: World) -> None:
    made = subscribed(world.alice, world.alice)
    Subscription.objects.filter(pk=made.pk).update(time_zone="Mars/Olympus")
    due.put_due(DUE)
    client = world.client_of(world.alice)
    for name, args in (("subscriptions", []), ("subscription", [made.pk]), ("edit", [made.pk])):
        answer = client.get(reverse(f"subscriptions:{name}", args=args))
        assert answer.status_code == 200
        if name != "edit":
            assert "there is no time zone Mars/Olympus" in text(answer)
    answer = client.post(reverse("subscriptions:step", args=[made.pk, "send"]), follow=True)
    assert "there is no time zone Mars/Olympus" in text(answer)


def test_names_stay_text_on_screen(world: World) -> None:
    """# check 57"""
    made = subscribed(world.alice, world.alice, name="<script>alert(1)</script>", where={"segment": ["<b>x"]})
    client = world.client_of(world.alice)
    for page in (reverse("subscriptions:subscriptions"), reverse("subscriptions:subscription", args=[made.pk]),
                 reverse("subscriptions:edit", args=[made.pk])):  # fmt: skip
        shown = client.get(page).content.decode()
        assert "<script>alert" not in shown
        assert "<b>x" not in shown
        assert " style=" not in shown


def test_whoever_may_not_see_figures_sees_no_reports(world: World) -> None:
    Person.objects.filter(pk=world.bob.pk).update(role="agency")
    world.bob.refresh_from_db()
    for address in (reverse("subscriptions:subscriptions"), reverse("subscriptions:new")):
        assert world.client_of(world.bob).get(address).status_code == 403
        assert world.client_of(None).get(address).status_code == 302


def test_the_list_asks_as_much_for_many_as_for_few(world: World) -> None:
    client = world.client_of(world.alice)
    counts = []
    for number in (2, 12):
        for place in range(number):
            subscribed(world.alice, world.alice, world.bob, name=f"{number} {place}")
        due.put_due(DUE + timedelta(days=number))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("subscriptions:subscriptions"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    made = Subscription.objects.order_by("pk")[0]
    actions.pause(made.pk, Doing(world.alice, NOW))
    assert queries.may_edit(world.alice, made)
