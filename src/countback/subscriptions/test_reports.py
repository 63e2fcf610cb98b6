"""A dashboard as a scheduled report: chosen on the screen, made with the reader's rights, told where it is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from countback.accounts.models import Person
from countback.accounts.testing import World
from countback.subscriptions import due, queries
from countback.subscriptions.models import Subscription
from countback.subscriptions.packs import Packs
from countback.subscriptions.sending import send
from countback.subscriptions.testing import (
    ANNA,
    AS_OF,
    BEN,
    DUE,
    MADE,
    Post,
    cells,
    files,
    pdf_words,
    subscribed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]


def arranged(owner: Person, *, shared: bool = False) -> Any:
    """A dashboard of another package, known here by its name alone."""
    made = apps.get_model("dashboards", "Dashboard").objects.create(
        name="Monday meeting", owner=owner, shared=shared, made_at=MADE
    )
    made.tiles.create(place=1, kind="kpi", kpi="open_receivables")
    made.tiles.create(place=2, kind="overdue", columns=2)
    made.tiles.create(place=3, kind="trend", kpi="dso", columns=2)
    return made


def key_of(dashboard: Any) -> str:
    return f"dashboard:{dashboard.pk}"


def run(after: timedelta = timedelta(0)) -> None:
    """What the job does when it is due."""
    at = DUE + after
    due.put_due(at)
    due.take_back(at)
    packs = Packs()
    for number in queries.waiting():
        send(number, packs, lambda: at)


def names_in(text: str, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in text]


def test_each_reader_gets_the_dashboard_of_what_they_may_see(world: World, post: Post) -> None:
    subscribed(world.alice, world.alice, world.bob, name="Monday", report=key_of(arranged(world.alice)))
    run()
    hers, his = (files(post.to(person)[0]) for person in (world.alice, world.bob))
    assert set(hers) == {f"countback-{AS_OF}.pdf", f"countback-{AS_OF}.xlsx"}
    whole, part = (pdf_words(found[f"countback-{AS_OF}.pdf"]) for found in (hers, his))
    assert "Monday meeting" in whole
    assert "DSO over time" in whole
    assert names_in(whole, BEN)
    assert names_in(part, ANNA)
    assert not names_in(part, BEN)
    sheets = [{cell.value for cell in cells(found[f"countback-{AS_OF}.xlsx"])} for found in (hers, his)]
    assert any("Birch Trading" in str(value) for value in sheets[0])
    assert not any("Birch Trading" in str(value) for value in sheets[1])


def test_its_filters_hold_for_the_dashboard(world: World, post: Post) -> None:
    subscribed(world.alice, world.alice, report=key_of(arranged(world.alice)), where={"collector": ["anna"]})
    run()
    words = pdf_words(files(post.mails[0])[f"countback-{AS_OF}.pdf"])
    assert names_in(words, ANNA)
    assert not names_in(words, BEN)


def test_one_that_was_deleted_says_so_and_stops_no_other(world: World, post: Post) -> None:
    dashboard = arranged(world.alice)
    gone = subscribed(world.alice, world.alice, name="1 gone", report=key_of(dashboard))
    subscribed(world.alice, world.alice, name="2 fine")
    dashboard.delete()
    run()
    gone.refresh_from_db()
    assert "its dashboard was deleted, or Alice Adams may not open it any more" in gone.trouble
    assert not gone.sendings.exists()
    assert [mail["Subject"][:6] for mail in post.mails] == ["2 fine"]
    page = world.client_of(world.alice).get(f"/reports/{gone.pk}/")
    assert b"It is not sent" in page.content
    assert b"gone or not shared any more" in page.content


def test_one_that_is_shared_no_more_waits_until_it_is_again(world: World, post: Post) -> None:
    dashboard = arranged(world.alice, shared=True)
    made = subscribed(world.bob, world.bob, report=key_of(dashboard))
    type(dashboard).objects.update(shared=False)
    run()
    made.refresh_from_db()
    assert "Bob Brown may not open it any more" in made.trouble
    assert not post.mails
    type(dashboard).objects.update(shared=True)
    run(timedelta(minutes=5))
    made.refresh_from_db()
    assert made.trouble == ""
    assert len(post.mails) == 1


def test_one_that_goes_between_line_and_sending_fails_with_the_reason(world: World, post: Post) -> None:
    dashboard = arranged(world.alice)
    made = subscribed(world.alice, world.alice, report=key_of(dashboard))
    due.put_due(DUE)
    dashboard.delete()
    run()
    sending = made.sendings.get()
    assert sending.state == "failed"
    assert "its dashboard was deleted" in sending.reason


def form_of(world: World, person: Person, **given: Any) -> dict[str, Any]:
    """What the form sends, with its proposals."""
    page = world.client_of(person).get("/reports/new/")
    fields = page.context["form"]
    filled = {name: value for name, value in fields.initial.items() if value != ""}
    return filled | {"told": page.context["told"], "save": "save", "recipients": [person.pk]} | given


def test_whoever_makes_one_chooses_among_what_they_may_open(world: World) -> None:
    own, hers, shared = arranged(world.bob), arranged(world.alice), arranged(world.alice, shared=True)
    page = world.client_of(world.bob).get("/reports/new/").content.decode()
    assert key_of(own) in page
    assert key_of(shared) in page
    assert key_of(hers) not in page
    reader = world.client_of(world.bob)
    reader.post("/reports/new/", form_of(world, world.bob, report=key_of(hers)))
    assert not Subscription.objects.exists()
    reader.post("/reports/new/", form_of(world, world.bob, report=key_of(own)))
    assert Subscription.objects.get().report == key_of(own)
    assert (
        "Dashboard: Monday meeting"
        in reader.get(f"/reports/{Subscription.objects.get().pk}/").content.decode()
    )


def test_it_is_looked_at_with_one_s_own_rights(world: World) -> None:
    made = subscribed(world.alice, world.alice, world.bob, report=key_of(arranged(world.alice)))
    answer = world.client_of(world.bob).get(f"/reports/{made.pk}/pack/?as_of={AS_OF}&format=pdf")
    assert answer.status_code == 200
    assert not names_in(pdf_words(answer.content), BEN)


@pytest.mark.parametrize("key", ["dashboard:", "dashboard:x", "dashboard:999999", "else:1", "dashboard:-1"])
def test_a_key_of_nothing_is_told(world: World, key: str) -> None:
    made = subscribed(world.alice, world.alice, report=key)
    run()
    made.refresh_from_db()
    assert "its dashboard was deleted" in made.trouble
