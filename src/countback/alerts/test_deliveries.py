"""Messages on their way: through a real mail server and a real receiver of posts, once."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_string
from email.policy import default
from typing import Any

import pytest
from django.db import connections

from countback.accounts.testing import World
from countback.alerts import actions, deliveries, posting
from countback.alerts.actions import Doing
from countback.alerts.channels import channels, mail, slack
from countback.alerts.deliveries import LOST, PAUSES, deliver, give_up_lost, waiting
from countback.alerts.messages import secret_of
from countback.alerts.models import Alert, Delivery, State
from countback.alerts.outcomes import UnsureWhetherDelivered
from countback.alerts.rules import Rule, UnableToSetAlert
from countback.alerts.tasks import look, send_alerts
from countback.alerts.testing import AT, SMALL, Mailbox, Placed, Receiver, made, overdue_above

pytestmark = pytest.mark.django_db

ANNAS: Rule = overdue_above("50", where=(("collector", ("anna",)),))


def sent(at: Any = AT) -> list[bool]:
    """Sends all that waits."""
    return [deliver(each, at=at) for each in waiting(at)]


def by_channel(channel: str) -> Delivery:
    return Delivery.objects.get(channel=channel)


@pytest.fixture
def raised(world: World, mirror: Placed) -> Alert:
    """An alert of alice that spoke, on screen and by mail to her."""
    mirror(SMALL)
    alert = made(world.alice, overdue_above("300"), name="Überfällig <b> & more")
    look(AT)
    return alert


def test_a_mail_has_the_figure_why_and_the_rows(raised: Alert, mail_server: Mailbox) -> None:
    assert sent() == [True, True]
    ((recipients, text),) = mail_server.mails
    found = message_from_string(text, policy=default)
    assert recipients == ["alice@example.com"]
    assert found["Subject"].strip() == "Überfällig <b> & more: Overdue receivables 350.00 EUR, 31 Mar 2026"
    assert found["Message-ID"] == f"<{by_channel('mail').id}@alerts.countback>"
    body = found.get_content()
    assert "Overdue receivables is 350.00 EUR, 50.00 above 300.00 EUR; the rule speaks above it." in body
    assert "https://countback.example.com/kpis/overdue_receivables/rows/?as_of=2026-03-31&known_at=" in body
    assert f"https://countback.example.com/alerts/{raised.pk}/" in body
    assert sent() == []
    assert len(mail_server.mails) == 1


def test_sending_is_a_job(raised: Alert, mail_server: Mailbox) -> None:
    send_alerts()
    send_alerts()
    assert [each.state for each in Delivery.objects.all()] == ["sent", "sent"]
    assert len(mail_server.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_many_who_send_at_once_send_once(raised: Alert, mail_server: Mailbox) -> None:
    start = threading.Barrier(8)
    wanted = by_channel("mail").id

    def send(_: int) -> bool:
        try:
            start.wait()
            return deliver(wanted, at=AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(8))) == 1
    assert len(mail_server.mails) == 1


class Killed(BaseException):
    """The process is gone."""


def test_killed_after_the_server_took_it_the_mail_is_uncertain_and_never_sent_again(
    raised: Alert, mail_server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> bool:
        raise Killed

    monkeypatch.setattr(deliveries, "_settle", killed)
    with pytest.raises(Killed):
        deliver(by_channel("mail").id, at=AT)
    monkeypatch.undo()
    assert len(mail_server.mails) == 1
    assert by_channel("mail").state == State.SENDING
    assert give_up_lost(at=AT + LOST) == 0, "it may still be at it"
    late = AT + LOST + timedelta(seconds=1)
    assert give_up_lost(at=late) == 1
    assert by_channel("mail").state == State.UNCERTAIN
    assert by_channel("mail").id not in waiting(late)
    assert not deliver(by_channel("mail").id, at=late)
    assert len(mail_server.mails) == 1


def test_one_that_was_given_up_too_early_still_ends_as_sent(raised: Alert, mail_server: Mailbox) -> None:
    found = by_channel("mail")
    Delivery.objects.filter(pk=found.pk).update(state=State.UNCERTAIN, claimed_at=AT)
    found.refresh_from_db()
    assert deliveries._settle(found, State.SENT, AT, "")
    assert by_channel("mail").state == State.SENT


def test_a_server_that_breaks_off_after_the_mail_leaves_it_uncertain(
    raised: Alert, mail_server: Mailbox
) -> None:
    mail_server.breaks_off = True
    assert not deliver(by_channel("mail").id, at=AT)
    assert len(mail_server.mails) == 1
    assert by_channel("mail").state == State.UNCERTAIN
    assert sent(AT + timedelta(days=1)) == [True], "on screen"
    assert len(mail_server.mails) == 1


def test_a_refused_recipient_is_a_failure(raised: Alert, mail_server: Mailbox) -> None:
    mail_server.refuses = "550 nobody of that name"
    deliver(by_channel("mail").id, at=AT)
    assert by_channel("mail").state == State.FAILED
    assert by_channel("mail").reason == "the mail server refused it: 550 nobody of that name"


def test_a_server_that_is_away_is_tried_again_for_a_while(raised: Alert, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    at = AT
    for pause in PAUSES:
        deliver(by_channel("mail").id, at=at)
        found = by_channel("mail")
        assert (found.state, found.next_at) == (State.WAITING, at + pause)
        assert found.id not in waiting(at), "not before its time"
        at += pause
    deliver(by_channel("mail").id, at=at)
    found = by_channel("mail")
    assert (found.state, found.attempts) == (State.FAILED, len(PAUSES) + 1)
    assert "the mail server was not reached" in found.reason


def test_a_temporary_refusal_is_tried_again_and_then_arrives(raised: Alert, mail_server: Mailbox) -> None:
    mail_server.refuses = "451 later"
    deliver(by_channel("mail").id, at=AT)
    assert by_channel("mail").state == State.WAITING
    mail_server.refuses = ""
    sent(AT + PAUSES[0])
    assert by_channel("mail").state == State.SENT
    assert len(mail_server.mails) == 1


def test_a_fault_of_our_own_is_uncertain_and_stops_no_other(
    raised: Alert, mail_server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(channels()["screen"], "send", broken)
    assert sorted(sent()) == [False, True]
    assert by_channel("screen").state == State.UNCERTAIN
    assert by_channel("mail").state == State.SENT


def test_who_lost_the_right_to_see_it_is_not_told(world: World, mirror: Placed, mail_server: Mailbox) -> None:
    mirror(SMALL)
    made(world.alice, ANNAS, world.bob)
    look(AT)
    world.bob.collectors = ["ben"]
    world.bob.save()
    sent()
    assert [recipients for recipients, _ in mail_server.mails] == [["alice@example.com"]]
    withheld = Delivery.objects.filter(person=world.bob)
    assert {each.state for each in withheld} == {State.FAILED}
    assert "sees another part of the books" in withheld[0].reason


def test_only_those_are_addressed_for_whom_the_figure_is_the_same(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    made(world.alice, ANNAS, world.bob)
    for rule, person in ((overdue_above("50"), world.bob), (ANNAS, world.charlie)):
        with pytest.raises(UnableToSetAlert, match="sees another part of the books"):
            made(world.alice, rule, person)


# Posts


@pytest.fixture
def posting_alert(world: World, mirror: Placed, receiver: Receiver) -> Alert:
    """An alert that spoke, to a webhook and to a room."""
    mirror(SMALL)
    alert = made(
        world.alice, overdue_above("300"), name="<!channel> & co",
        webhook=receiver.address, slack=f"{receiver.address}?room=1",
    )  # fmt: skip
    look(AT)
    return alert


def test_a_webhook_is_signed(posting_alert: Alert, receiver: Receiver) -> None:
    deliver(by_channel("webhook").id, at=AT)
    ((path, headers, body),) = receiver.posts
    signed = dict(part.split("=") for part in headers["Countback-Signature"].split(","))
    seal = hmac.new(secret_of(posting_alert).encode(), signed["t"].encode() + b"." + body, hashlib.sha256)
    assert hmac.compare_digest(seal.hexdigest(), signed["v1"])
    assert int(signed["t"]) == int(AT.timestamp())
    found = json.loads(body)
    assert path == "/hook"
    assert headers["Countback-Delivery"] == found["id"] == str(by_channel("webhook").id)
    assert found["figure"] == {"kpi": "overdue_receivables", "value": "350", "unit": "EUR"}
    assert found["reason"].startswith("Overdue receivables is 350.00 EUR, 50.00 above 300.00 EUR")
    assert found["rows"].startswith(
        "https://countback.example.com/kpis/overdue_receivables/rows/?as_of=2026-03-31"
    )
    assert by_channel("webhook").state == State.SENT


def test_each_alert_has_a_secret_of_its_own(posting_alert: Alert, world: World) -> None:
    other = made(world.alice, overdue_above("1"), name="Other")
    assert secret_of(other) != secret_of(posting_alert)


def test_a_room_is_told_in_text_that_stays_text(posting_alert: Alert, receiver: Receiver) -> None:
    deliver(by_channel("slack").id, at=AT)
    ((path, _, body),) = receiver.posts
    text = json.loads(body)["text"]
    assert path == "/hook?room=1"
    assert text.startswith("*&lt;!channel&gt; &amp; co*\nOverdue receivables 350.00 EUR, 31 Mar 2026\n")
    assert "|The rows>" in text


@pytest.mark.parametrize(
    ("status", "state"), [(500, State.WAITING), (429, State.WAITING), (404, State.FAILED)]
)
def test_what_a_receiver_answers_decides(
    posting_alert: Alert, receiver: Receiver, status: int, state: State
) -> None:
    receiver.status = status
    deliver(by_channel("webhook").id, at=AT)
    assert by_channel("webhook").state == state
    assert f"answered {status}" in by_channel("webhook").reason


def test_a_redirect_is_not_followed(posting_alert: Alert, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 307, {"Location": receiver.address}
    deliver(by_channel("webhook").id, at=AT)
    assert len(receiver.posts) == 1
    assert by_channel("webhook").reason == "127.0.0.1 answered 307: redirects are not followed"
    assert by_channel("webhook").state == State.FAILED


def test_a_receiver_without_an_answer_leaves_it_uncertain(posting_alert: Alert, receiver: Receiver) -> None:
    receiver.silent = True
    deliver(by_channel("webhook").id, at=AT)
    assert len(receiver.posts) == 1
    assert by_channel("webhook").state == State.UNCERTAIN


def test_a_network_that_is_no_longer_let_through_is_not_reached(
    posting_alert: Alert, receiver: Receiver, settings: Any
) -> None:
    settings.ALERTS_PRIVATE_NETWORKS = ()
    deliver(by_channel("webhook").id, at=AT)
    assert receiver.posts == []
    assert by_channel("webhook").state == State.FAILED


def test_a_name_of_a_private_network_is_not_reached(receiver: Receiver, settings: Any) -> None:
    settings.ALERTS_PRIVATE_NETWORKS = ()
    for name in ("localhost", "127.1", "0x7f.1"):
        with pytest.raises(posting.UnableToDeliver, match="private network"):
            posting.post(f"https://{name}:{receiver.address.rpartition(':')[2][:-5]}/", b"{}", {})
    assert receiver.posts == []


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/hook", "ftp://example.com/", "https:///hook", "https://user:pass@example.com/",
        "https://127.0.0.1/", "https://10.0.0.1/", "https://172.16.3.4/", "https://192.168.1.1/", "https://0.0.0.0/",
        "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/", "https://224.0.0.1/", "https://[::1]/",
        "https://[fe80::1]/", "https://[fd00::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/", "https://example.com/a b", "https://example.com/\r\nHost: x", "https://exämple.com/",
        "https://example.com:99999/", "javascript:alert(1)", "", f"https://example.com/{'x' * 2000}",
    ],
)  # fmt: skip
def test_an_address_that_leads_astray_is_refused(address: str) -> None:
    assert posting.wrong_with(address)


@pytest.mark.parametrize(
    "address", ["https://example.com/hook?x=1", "https://93.184.216.34/", "https://a.b:8443/x"]
)
def test_an_address_of_the_outside_world_is_taken(address: str) -> None:
    assert posting.wrong_with(address) == ""


def test_a_network_of_ones_own_can_be_let_through(settings: Any) -> None:
    settings.ALERTS_PRIVATE_NETWORKS = ("10.1.0.0/16",)
    assert posting.wrong_with("https://10.1.2.3/") == ""
    assert posting.wrong_with("https://10.2.2.3/") != ""
    assert posting.wrong_with("http://10.1.2.3/") != "", "unencrypted only on this machine"


def test_a_name_is_judged_by_every_address_it_stands_for(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(posting.socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(posting.UnableToDeliver, match="private network"):
        posting.post("https://two-faced.example/", b"{}", {})


def test_a_receiver_that_answers_a_byte_at_a_time_is_left(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "LONGEST", 0)
    receiver.silent = True
    with pytest.raises((UnsureWhetherDelivered, posting.UnableToDeliver)):
        posting.post(receiver.address, b"{}", {})


def test_the_channels_are_the_files() -> None:
    assert list(channels()) == ["screen", "mail", "slack", "webhook"]
    assert [name for name, channel in channels().items() if channel.POSTS] == ["slack", "webhook"]
    assert channels()["mail"] is mail
    assert channels()["slack"] is slack


def test_an_alert_with_a_bad_address_is_not_kept(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    with pytest.raises(UnableToSetAlert, match="address of Webhook: it leads into a private network"):
        made(world.alice, overdue_above("1"), webhook="https://169.254.169.254/")
    assert not Alert.objects.exists()


def test_the_audit_keeps_no_secret_of_an_address(
    posting_alert: Alert, world: World, receiver: Receiver
) -> None:
    told = actions.told_of(posting_alert)
    assert told["channels"] == {"mail": "", "screen": "", "slack": "127.0.0.1", "webhook": "127.0.0.1"}
    assert Doing(world.alice, AT).origin == ""
