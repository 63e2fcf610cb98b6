"""Sent once, whoever works on it, and whatever kills them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection, connections

from countback.accounts.actions import Doing
from countback.accounts.testing import World
from countback.subscriptions import actions, due, queries
from countback.subscriptions.models import Sending, Step
from countback.subscriptions.packs import Packs
from countback.subscriptions.rules import AsOf, Every, Schedule
from countback.subscriptions.sending import send
from countback.subscriptions.testing import DUE, MADE, Post, run, subscribed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("mirror")]

WORK = """
import sys, django
django.setup()
from datetime import datetime
from countback.subscriptions import due, queries
from countback.subscriptions.packs import Packs
from countback.subscriptions.sending import send
at = datetime.fromisoformat(sys.argv[1])
due.put_due(at)
due.take_back(at)
for number in queries.waiting():
    send(number, Packs(), lambda: at)
"""
"""What the job does, in a process that can be killed."""


class Worker:
    """A process that does the job."""

    def __init__(self, installation: Path, post: Post, at: datetime = DUE) -> None:
        database = connection.settings_dict
        host, user = database["OPTIONS"].get("host") or database["HOST"], quote(database["USER"], safe="")
        port = f":{database['PORT']}" if database["PORT"] else ""
        secret = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
        place = f"{user}{secret}@{host}{port}" if not host.startswith("/") else f"{user}{secret}@{port}"
        named = f"?host={quote(host, safe='')}" if host.startswith("/") else ""
        given = {
            "COUNTBACK_DATA": str(installation),
            "DATABASE_URL": f"postgresql://{place}/{database['NAME']}{named}",
            "COUNTBACK_MAIL_URL": f"smtp://{post.host}:{post.port}",
            "DJANGO_SETTINGS_MODULE": "countback.project.settings",
        }
        line = [sys.executable, "-c", WORK, at.isoformat()]
        self.process = subprocess.Popen(line, env=os.environ | given)

    def kill(self) -> None:
        """It is gone, without a word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def finish(self) -> None:
        assert self.process.wait(300) == 0


def until(reached, seconds: float = 120) -> None:
    """Waits for a condition."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


@pytest.mark.slow
def test_two_schedulers_at_once_send_one_mail_each_time_in_100_runs(world: World, post: Post) -> None:
    """# check 17 of its kind, # check 54: two workers look at the same moment, on a hundred business days."""
    daily = Schedule(Every.WEEKDAY, time_of_day(7), "Europe/Berlin")
    subscribed(world.alice, world.alice, schedule=daily, relative_date=AsOf.LAST_QUARTER_END,
               formats=("xlsx",))  # fmt: skip
    days = [MADE + timedelta(days=n) for n in range(1, 141)]
    together, broken = threading.Barrier(2, timeout=120), []

    def schedule() -> None:
        try:
            for at in days:
                together.wait()
                run(at)
        except Exception as error:  # noqa: BLE001 -- told below
            broken.append(error)
            together.abort()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=schedule) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert broken == []
    run(days[-1])
    assert Sending.objects.count() == 100
    assert set(Sending.objects.values_list("state", "attempt")) == {("sent", 1)}
    assert len(post.arrived) == 100
    assert len({mail["Message-ID"] for mail in post.mails}) == 100


def test_killed_after_the_server_took_it_a_person_decides(
    world: World, post: Post, installation: Path
) -> None:
    """# check 54: it is never sent twice by itself."""
    made = subscribed(world.alice, world.alice)
    worker = Worker.__new__(Worker)

    def struck_down() -> str:
        worker.kill()
        return "250 taken"

    post.reply = struck_down
    worker.__init__(installation, post)
    until(lambda: post.arrived)
    post.reply = lambda: "250 taken"
    assert made.sendings.get().state == "sending"
    for _ in range(3):
        run(DUE)
    sending = made.sendings.get()
    assert sending.state == "uncertain"
    assert "look whether it arrived" in sending.reason
    assert len(post.arrived) == 1
    actions.confirm_sent(sending.pk, Doing(world.alice, DUE))
    run(DUE)
    assert made.sendings.get().state == "sent"
    assert len(post.arrived) == 1
    last = Step.objects.filter(sending=sending).last()
    assert (last.state, last.by, last.reason) == ("sent", world.alice, "found to have arrived")


def test_what_nobody_knows_of_is_sent_again_if_a_person_says_so(world: World, post: Post) -> None:
    made = subscribed(world.alice, world.alice)
    due.put_due(DUE)
    Sending.objects.update(state="sending", attempt=1)
    run(DUE)
    assert made.sendings.get().state == "uncertain"
    assert post.arrived == []
    actions.try_again(made.sendings.get().pk, Doing(world.alice, DUE))
    run(DUE)
    assert made.sendings.get().state == "sent"
    assert len(post.arrived) == 1
    with pytest.raises(actions.UnableToChangeSending, match="moved on"):
        actions.try_again(made.sendings.get().pk, Doing(world.alice, DUE))


def test_killed_while_it_was_made_it_is_made_again(world: World, post: Post, installation: Path) -> None:
    made = subscribed(world.alice, world.alice)
    worker = Worker(installation, post)
    until(lambda: made.sendings.filter(state="making").exists())
    due.take_back(DUE)
    assert made.sendings.get().state == "making", "it was taken from somebody who lives"
    worker.kill()
    until(lambda: (due.take_back(DUE), made.sendings.get().state)[1] == "waiting", 30)
    run(DUE)
    assert made.sendings.get().state == "sent"
    assert len(post.arrived) == 1


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_or_doubled(
    world: World, post: Post, installation: Path
) -> None:
    """A few kills at random moments; whatever is left is one mail, or a row that says that nobody knows."""
    chance = random.Random(7)
    made = subscribed(world.alice, world.alice, world.bob, formats=("xlsx",))
    for _ in range(3):
        worker = Worker(installation, post)
        until(Sending.objects.exists)
        time.sleep(chance.uniform(0, 3))
        worker.kill()
    until(lambda: not Worker(installation, post).finish() and not queries.waiting())
    due.take_back(DUE)
    arrived = Counter(mail["To"] for mail in post.mails)
    for sending in made.sendings.select_related("recipient"):
        assert sending.state in ("sent", "uncertain")
        assert arrived[sending.recipient.email] <= 1
        assert sending.state == "uncertain" or arrived[sending.recipient.email] == 1
    assert made.sendings.count() == 2


def test_one_given_up_for_dead_changes_nothing_when_it_comes_back(world: World, post: Post) -> None:
    """Its connection broke, so its lock was gone, and another took up its sending: it must not hand it over, too."""
    made = subscribed(world.alice, world.alice)
    due.put_due(DUE)
    number = made.sendings.get().pk

    class Slow(Packs):
        def of(self, *given, **named):
            pack = super().of(*given, **named)
            Sending.objects.filter(pk=number).update(state="making", attempt=2)
            return pack

    send(number, Slow(), lambda: DUE)
    assert made.sendings.get().state == "making"
    assert post.arrived == []
