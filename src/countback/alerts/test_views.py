"""The pages: tried before kept, changed by those who may, unseen by those who may not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from countback.accounts.testing import World
from countback.alerts import actions, queries
from countback.alerts.actions import Doing
from countback.alerts.models import Alert, Delivery, Look, State, Target
from countback.alerts.rules import Kind, Rule
from countback.alerts.tasks import look
from countback.alerts.testing import AT, PAID, SMALL, Placed, Receiver, made, overdue_above
from countback.audit import queries as audit

pytestmark = pytest.mark.django_db

FILLED = {
    "kind": "threshold",
    "name": "Overdue too high",
    "kpi": "overdue_receivables",
    "direction": "above",
    "size": "300",
    "every": "day",
    "to_screen": "on",
    "to_mail": "on",
}


def told(world: World, *people: Any, **changes: str) -> dict[str, Any]:
    """A filled-in form that tells those people (alice where none is named)."""
    return FILLED | {"recipients": [str(person.pk) for person in people or (world.alice,)]} | changes


def kept(client: Client, address: str, filled: dict[str, Any]) -> Any:
    """Tries a rule, as one must, and keeps it."""
    tried = client.post(address, filled | {"do": "try"})
    mark = tried.context.get("tried", "") if tried.context else ""
    return client.post(address, filled | {"do": "keep", "tried": mark})


def test_an_alert_is_tried_on_history_and_then_kept(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    client = world.client_of(world.alice)
    assert "New in a bucket" in client.get("/alerts/new/").content.decode()
    assert 'name="per_cent"' in client.get("/alerts/new/?kind=change").content.decode()
    tried = client.post("/alerts/new/", told(world) | {"do": "try"})
    page = tried.content.decode()
    assert "Would have spoken once in 24 months" in page
    assert "Overdue receivables is 350.00 EUR, 50.00 above 300.00 EUR; the rule speaks above it." in page
    assert not Alert.objects.exists()
    response = client.post("/alerts/new/", told(world) | {"do": "keep", "tried": tried.context["tried"]})
    alert = Alert.objects.get()
    assert response.headers["Location"] == f"/alerts/{alert.pk}/"
    assert alert.rule == overdue_above("300")
    assert (alert.owner, alert.site, alert.channels) == (
        world.alice,
        "http://testserver",
        {"mail": "", "screen": ""},
    )
    (line,) = audit.about("alert", alert.pk)
    assert (line.what, line.who, line.after["kpi"]) == ("alert made", world.alice, "overdue_receivables")


def test_a_rule_that_was_changed_after_the_trial_is_tried_again(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    client = world.client_of(world.alice)
    mark = client.post("/alerts/new/", told(world) | {"do": "try"}).context["tried"]
    again = client.post("/alerts/new/", told(world, size="400") | {"do": "keep", "tried": mark})
    assert "Would have stayed quiet in 24 months" in again.content.decode()
    assert "nothing was kept" in again.content.decode()
    assert not Alert.objects.exists()
    client.post(
        "/alerts/new/", told(world, size="400", name="X") | {"do": "keep", "tried": again.context["tried"]}
    )
    assert Alert.objects.get().name == "X"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": "much"}, "Enter a number"),
        ({"size": "NaN"}, "Enter a number"),
        ({"kpi": "aging"}, "not one of the available choices"),
        ({"further": "nothing of use"}, "is no filter"),
        ({"further": "segment = Mars"}, "Nothing that you may see has the segment &#x27;Mars&#x27;"),
        ({"further": "planet = Mars"}, "The books have no dimension &#x27;planet&#x27;"),
        ({"to_webhook": "http://example.com"}, "it must begin with https"),
        ({"to_webhook": "https://169.254.169.254/"}, "leads into a private network"),
        ({"to_mail": "", "to_screen": ""}, "It would reach nobody"),
        ({"recipients": ""}, "not one of the available choices"),
        ({"name": ""}, "This field is required"),
        ({"name": "a\r\nBcc: x"}, "One line of text"),
    ],
)
def test_what_is_wrong_is_said(world: World, mirror: Placed, changes: dict[str, str], words: str) -> None:
    mirror(SMALL)
    response = kept(world.client_of(world.alice), "/alerts/new/", told(world, **changes))
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    ("kind", "filled", "rule"),
    [
        (
            "change",
            {
                "kpi": "dso",
                "direction": "either",
                "size": "5",
                "per_cent": "on",
                "against": "year",
                "every": "month",
            },
            Rule(Kind.CHANGE, "dso", direction="either", size=Decimal(5), per_cent=True, against="year"),
        ),
        (
            "season",
            {"kpi": "dso", "direction": "below", "size": "3.5"},
            Rule(Kind.SEASON, "dso", direction="below", size=Decimal("3.5")),
        ),
        (
            "entry",
            {"bucket": "over 90", "every": "week", "minimum_amount": "100", "minimum_rows": "2"},
            Rule(
                Kind.ENTRY,
                "aging",
                every="week",
                bucket="over 90",
                minimum_amount=Decimal(100),
                minimum_rows=2,
            ),
        ),
        (
            "limit",
            {"size": "90", "every": "day", "cool_down_days": "7", "further": "segment = Trade"},
            Rule(
                Kind.LIMIT,
                "open_receivables",
                (("segment", ("Trade",)),),
                "day",
                size=Decimal(90),
                cool_down_days=7,
            ),
        ),
    ],
)
def test_every_kind_is_kept_and_shown_as_it_was_filled_in(
    world: World, mirror: Placed, kind: str, filled: dict[str, str], rule: Rule
) -> None:
    mirror(SMALL)
    client = world.client_of(world.alice)
    base = {"kind": kind, "name": "N", "to_screen": "on", "recipients": [str(world.alice.pk)]}
    kept(client, "/alerts/new/", base | filled)
    alert = Alert.objects.get()
    assert alert.rule == rule
    shown = client.get(f"/alerts/{alert.pk}/").context["form"]
    again = {name: shown[name].value() for name in shown.fields}
    posted = base | {
        name: value
        for name, value in again.items()
        if value not in (None, False, "") and name != "recipients"
    }
    kept(client, f"/alerts/{alert.pk}/", posted | {"name": "M"})
    alert.refresh_from_db()
    assert (alert.name, alert.rule) == ("M", rule), "the form holds what was kept"


def test_what_is_raised_is_shown_with_its_reason_and_its_rows(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    client = world.client_of(world.alice)
    assert "There is no alert yet" in client.get("/alerts/").content.decode()
    alert = made(world.alice, overdue_above("300"))
    assert "Nothing is raised" in client.get("/alerts/").content.decode()
    look(AT)
    page = client.get("/alerts/").content.decode()
    rows = Look.objects.get().rows
    assert "Overdue receivables is 350.00 EUR, 50.00 above 300.00 EUR; the rule speaks above it." in page
    assert rows.replace("&", "&amp;") in page
    behind = client.get(rows)
    assert behind.status_code == 200
    assert "350.00" in behind.content.decode()
    one = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Mail to Alice Adams: waiting" in one
    mirror(PAID)
    look(AT)
    assert "Nothing is raised" in client.get("/alerts/").content.decode()
    assert "Cleared" in client.get(f"/alerts/{alert.pk}/").content.decode()


def test_a_message_that_may_not_have_arrived_is_shown_to_a_person(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.alice, overdue_above("50", where=(("collector", ("anna",)),)), world.bob)
    look(AT)
    Delivery.objects.filter(channel="mail", person=world.bob).update(
        state=State.UNCERTAIN, reason="it broke off"
    )
    page = world.client_of(world.alice).get("/alerts/").content.decode()
    assert "a message may not have arrived" in page
    assert "Mail to Bob Brown: it broke off" in page
    assert "may not have arrived" not in world.client_of(world.bob).get("/alerts/").content.decode()
    assert alert.name in world.client_of(world.bob).get("/alerts/").content.decode()


def test_a_failed_alert_says_why(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.bob, overdue_above("50"))
    world.bob.is_active = False
    world.bob.save()
    look(AT)
    client = world.client_of(world.alice)
    for address in ("/alerts/", f"/alerts/{alert.pk}/"):
        assert "Bob Brown was deactivated" in client.get(address).content.decode()


def test_each_sees_the_own_ones_and_those_that_tell_them(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    hers = made(world.alice, overdue_above("300"), name="Hers alone")
    shared = made(
        world.alice, overdue_above("50", where=(("collector", ("anna",)),)), world.bob, name="Shared"
    )
    his = made(world.bob, overdue_above("50"), name="His own")
    seen = {
        person: [one.alert.name for one in queries.alerts_of(person)]
        for person in (world.alice, world.bob, world.charlie)
    }
    assert seen == {
        world.alice: ["Hers alone", "His own", "Shared"],
        world.bob: ["His own", "Shared"],
        world.charlie: [],
    }
    bob, charlie = world.client_of(world.bob), world.client_of(world.charlie)
    assert [bob.get(f"/alerts/{alert.pk}/").status_code for alert in (hers, shared, his)] == [404, 200, 200]
    for alert in (hers, shared, his):
        for address in ("", "pause/", "resume/", "delete/"):
            assert charlie.post(f"/alerts/{alert.pk}/{address}", told(world)).status_code == 404
        assert charlie.get(f"/alerts/{alert.pk}/").status_code == 404
    page = (
        charlie.get("/alerts/").content.decode() + charlie.get("/alerts/new/?kind=threshold").content.decode()
    )
    for secret in ("Hers alone", "Shared", "His own", "Alice", "Bob", "anna", "Retail"):
        assert secret not in page
    assert charlie.get("/alerts/99999999999999999999999/").status_code == 404


def test_who_is_told_of_it_cannot_change_it(world: World, mirror: Placed, receiver: Receiver) -> None:
    mirror(SMALL)
    rule = overdue_above("50", where=(("collector", ("anna",)),))
    shared = made(world.alice, rule, world.bob, webhook=f"{receiver.address}/secret-room")
    look(AT)
    bob = world.client_of(world.bob)
    page = bob.get(f"/alerts/{shared.pk}/").content.decode()
    assert "50.00 above 50.00 EUR" in page
    for kept_back in ("secret-room", "<textarea", "Pause", "alert made", "The secret of its webhook"):
        assert kept_back not in page
    assert "secret-room" in world.client_of(world.alice).get(f"/alerts/{shared.pk}/").content.decode()
    for address in ("", "pause/", "delete/"):
        assert bob.post(f"/alerts/{shared.pk}/{address}", told(world)).status_code == 404
    shared.refresh_from_db()
    assert shared.active


def test_an_administrator_changes_it_and_it_keeps_its_owners_rights(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    his = made(world.bob, overdue_above("50"))
    response = kept(world.client_of(world.alice), f"/alerts/{his.pk}/", told(world, world.bob, size="60"))
    his.refresh_from_db()
    assert response.status_code == 302
    assert (his.owner, his.rule.size) == (world.bob, Decimal(60))
    look(AT)
    assert Look.objects.get().value == 100, "what bob sees"
    line = audit.about("alert", his.pk)[0]
    assert (line.what, line.before, line.after) == (
        "alert changed", {"size": "50", "name": "Overdue"}, {"size": "60", "name": "Overdue too high"}
    )  # fmt: skip


def test_another_rule_begins_anew_and_another_name_does_not(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.alice, overdue_above("300"))
    client = world.client_of(world.alice)
    look(AT)
    kept(client, f"/alerts/{alert.pk}/", told(world, name="Renamed", cool_down_days="3"))
    alert.refresh_from_db()
    assert (alert.name, alert.cool_down_days, alert.standing.raised) == ("Renamed", 3, True)
    kept(client, f"/alerts/{alert.pk}/", told(world, size="301"))
    alert = Alert.objects.get()
    assert not alert.standing.raised
    assert Look.objects.filter(what="cleared").get().reason == "its rule was changed"


def test_a_new_name_needs_no_trial(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.alice, overdue_above("300"))
    client = world.client_of(world.alice)
    mark = client.get(f"/alerts/{alert.pk}/").context["tried"]
    client.post(f"/alerts/{alert.pk}/", told(world, size="301") | {"do": "keep", "tried": mark})
    assert Alert.objects.get().rule.size == 300
    client.post(f"/alerts/{alert.pk}/", told(world, name="Renamed") | {"do": "keep", "tried": mark})
    assert Alert.objects.get().name == "Renamed"


def test_many_alerts_need_no_more_questions_than_few(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    client = world.client_of(world.alice)
    made(world.alice, overdue_above("1"))
    look(AT)
    client.get("/alerts/")
    with CaptureQueriesContext(connection) as few:
        client.get("/alerts/")
    for amount in ("2", "3", "400"):
        made(world.alice, overdue_above(amount), name=amount)
    look(AT)
    with CaptureQueriesContext(connection) as many:
        client.get("/alerts/")
    assert len(many) == len(few)


def test_it_is_paused_resumed_and_deleted(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.alice, overdue_above("300"))
    client = world.client_of(world.alice)
    look(AT)
    client.post(f"/alerts/{alert.pk}/pause/")
    assert look(AT) == 0
    assert "Paused" in client.get(f"/alerts/{alert.pk}/").content.decode()
    client.post(f"/alerts/{alert.pk}/resume/")
    assert look(AT) == 1
    client.post(f"/alerts/{alert.pk}/delete/")
    assert look(AT) == 0
    assert client.get(f"/alerts/{alert.pk}/").status_code == 404
    assert client.get(f"/alerts/{alert.pk}/pause/").status_code == 405
    assert client.post(f"/alerts/{alert.pk}/burn/").status_code == 404
    assert "There is no alert yet" in client.get("/alerts/").content.decode()
    assert [line.what for line in audit.about("alert", alert.pk)] == [
        "alert deleted", "alert resumed", "alert paused", "alert made"
    ]  # fmt: skip
    assert [found.reason for found in Look.objects.filter(what="cleared")] == [
        "it was deleted",
        "it was paused",
    ]


def test_nothing_is_changed_without_a_token(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alert = made(world.alice, overdue_above("300"))
    client = world.client_of(world.alice, enforce_csrf_checks=True)
    for address in ("new/", f"{alert.pk}/", f"{alert.pk}/pause/", f"{alert.pk}/delete/", "targets/set/"):
        assert client.post(f"/alerts/{address}", told(world)).status_code == 403


def test_without_books_the_page_says_what_to_do(world: World, settings: Any, tmp_path: Any) -> None:
    settings.MIRROR = tmp_path / "nowhere"
    client = world.client_of(world.alice)
    assert "import some books first" in client.get("/alerts/new/?kind=threshold").content.decode()
    assert client.get("/alerts/targets/").status_code == 200


def test_targets_are_set_by_administrators_and_read_by_date(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    alice, bob = world.client_of(world.alice), world.client_of(world.bob)
    filled = {"kpi": "dso", "value": "45.5", "from_on": "2026-03-01"}
    assert bob.post("/alerts/targets/set/", filled).status_code == 403
    assert alice.post("/alerts/targets/set/", filled).status_code == 302
    assert (
        alice.post("/alerts/targets/set/", filled | {"value": "", "from_on": "2026-05-01"}).status_code == 302
    )
    assert (
        alice.post("/alerts/targets/set/", filled | {"value": "30", "in_segment": "Trade"}).status_code == 302
    )
    assert alice.post("/alerts/targets/set/", filled | {"from_on": "soon"}).status_code == 400
    assert alice.post("/alerts/targets/set/", filled | {"further": "segment = Mars"}).status_code == 400
    assert Target.objects.count() == 3
    on = {day: queries.targets(date.fromisoformat(day)) for day in ("2026-02-28", "2026-03-01", "2026-05-01")}
    assert on == {"2026-02-28": {}, "2026-03-01": {"dso": Decimal("45.5")}, "2026-05-01": {}}
    assert queries.targets(date(2026, 4, 1), {"segment": "Trade"}) == {"dso": Decimal(30)}
    assert "45.5" in bob.get("/alerts/targets/").content.decode()
    assert audit.about("target", "dso")[-1].after == {"value": "45.5", "from": "2026-03-01", "where": {}}


def test_a_target_of_a_part_is_seen_by_those_who_see_the_part(world: World, mirror: Placed) -> None:
    mirror(SMALL)
    doing = Doing(world.alice, AT)
    actions.set_target("dso", (("collector", ("ben",)),), Decimal(77), date(2026, 1, 1), doing)
    assert [target.value for target in queries.targets_seen_by(world.alice)] == [77]
    assert queries.targets_seen_by(world.bob) == []
