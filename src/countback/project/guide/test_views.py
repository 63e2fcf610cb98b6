"""The pages of help."""

from __future__ import annotations

import pytest
from django.urls import reverse

from countback.accounts.rules import Role
from countback.kpis.catalogue import catalogue, ids
from countback.project.guide import search
from countback.project.guide.screens import screens


def page_of(client, address: str, status: int = 200) -> str:
    """The page of an address."""
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize("role", Role)
def test_every_role_may_read_all_help(world, role: Role) -> None:
    world.charlie.role = role
    world.charlie.save()
    client = world.client_of(world.charlie)
    for name in ("index", "glossary", "keyboard", "tour"):
        page_of(client, reverse(f"guide:{name}"))
    for name, screen in screens().items():
        page = page_of(client, reverse("guide:screen", args=[name]))
        assert (f"Your role, {role}, does not open it" in page) is not screen.open_to(role), name


def test_all_help_is_listed(world) -> None:
    page = page_of(world.client_of(world.alice), reverse("guide:index"))
    for kpi_id in ids():
        assert f'href="{reverse("guide:kpi", args=[kpi_id])}"' in page
    for name in screens():
        assert f'href="{reverse("guide:screen", args=[name])}"' in page
    assert "not for your role" not in page


def test_what_a_role_may_not_open_is_marked(world) -> None:
    page = page_of(world.client_of(world.charlie), reverse("guide:index"))
    assert page.count("not for your role") == sum(
        not screen.open_to("viewer") for screen in screens().values()
    )
    assert "not for your role" in page


@pytest.mark.django_db
def test_every_kpi_prints_its_whole_docstring(world) -> None:
    client = world.client_of(world.alice)
    for kpi in catalogue():
        answer = client.get(reverse("guide:kpi", args=[kpi.id]))
        assert dict(answer.context["told"]) == {
            name: text for name, text in kpi.specification.sections.items() if name != "Example"
        }
        page = answer.content.decode()
        assert reverse("dashboards:kpi", args=[kpi.id]) in page
        for name in kpi.specification.sections:
            assert f"<h2>{name}</h2>" in page, (kpi.id, name)
        assert page.count("<tr>") >= len(kpi.specification.example) + 1


def test_who_sees_no_figures_reads_what_a_kpi_means_without_a_way_to_it(world) -> None:
    world.charlie.role = "agency"
    world.charlie.save()
    page = page_of(world.client_of(world.charlie), reverse("guide:kpi", args=["dso"]))
    assert "open receivables / credit sales" in page
    assert reverse("dashboards:kpi", args=["dso"]) not in page


@pytest.mark.parametrize(
    "address", ["/help/kpis/none/", "/help/screens/none/", "/help/tour/0/", "/help/tour/99/"]
)
def test_what_is_not_there_is_not_found(world, address: str) -> None:
    page_of(world.client_of(world.alice), address, 404)


@pytest.mark.parametrize(
    ("sought", "kind", "first"),
    [
        ("days sales outstanding", "KPIs", "Days sales outstanding"),
        ("dso countback", "KPIs", "Days sales outstanding"),
        ("AGEING bucket", "Words", "ageing bucket"),
        ("debtor", "Words", "customer"),
        ("passkey", "Screens", "Your own page"),
        ("erasing", "Screens", "Erasing"),
        ("webhook", "Words", "channel"),
    ],
)
def test_what_is_sought_is_found(sought: str, kind: str, first: str) -> None:
    (found,) = [one for one in search.find(sought) if one.kind == kind]
    assert found.entries[0].title.startswith(first)


def test_every_word_must_stand_in_what_is_found() -> None:
    assert search.find("ageing zebra") == []
    assert search.find("  ") == []
    together = {entry.address for one in search.find("promise kept") for entry in one.entries}
    alone = {entry.address for one in search.find("promise") for entry in one.entries}
    assert together < alone


def test_what_has_the_words_in_its_title_comes_first() -> None:
    both = 0
    for sought in ("ageing", "dispute", "overdue", "customer"):
        for one in search.find(sought):
            hits = [sought in entry.title.casefold() for entry in one.entries]
            assert hits == sorted(hits, reverse=True), (sought, one.kind)
            in_reading = [entry for entry in search.entries() if entry in one.entries]
            both += list(one.entries) != in_reading
    assert both, "the order of reading would not do"


def test_a_search_shows_what_it_found_or_says_that_it_found_nothing(world) -> None:
    client = world.client_of(world.alice)
    page = page_of(client, "/help/?q=restated")
    assert reverse("guide:screen", args=["restated"]) not in page, "the word of the screen is another"
    page = page_of(client, "/help/?q=restatement")
    assert reverse("guide:glossary") + "#restatement" in page
    page = page_of(client, "/help/?q=%3Cscript%3E")
    assert "Nothing in the help has “&lt;script&gt;” in it." in page


def test_the_question_mark_leads_to_the_screen_and_back(world) -> None:
    client = world.client_of(world.alice)
    asked = "/audit/?what=imported&about=import+1"
    page = page_of(client, asked)
    assert (
        'class="about" href="/help/screens/audit/?from=/audit/%3Fwhat%3Dimported%26about%3Dimport%2B1"'
        in page
    )
    page = page_of(client, "/help/screens/audit/?from=/audit/%3Fwhat%3Dimported%26about%3Dimport%2B1")
    assert 'href="/audit/?what=imported&amp;about=import+1">‹ Back' in page
    assert 'class="about" href' not in page, "help needs no help"
    page = page_of(client, "/help/screens/audit/?from=https://elsewhere.example/audit/")
    assert "elsewhere" not in page
    assert "Open it" in page


def test_help_on_a_kpi_page_leads_to_what_that_kpi_means(world) -> None:
    page = page_of(world.client_of(world.alice), "/help/screens/kpi/?from=/kpis/dso/")
    assert reverse("guide:kpi", args=["dso"]) in page
    page = page_of(world.client_of(world.alice), "/help/screens/kpi/?from=/kpis/none/")
    assert reverse("guide:kpi", args=["none"]) not in page


def test_a_page_that_is_not_there_offers_all_help(world) -> None:
    page = page_of(world.client_of(world.alice), "/nowhere/", 404)
    assert 'class="about" href="/help/"' in page


@pytest.mark.django_db
def test_strangers_are_shown_no_help_and_no_keys(client) -> None:
    page = page_of(client, reverse("account_login"))
    assert "guide." not in page
    assert 'class="about"' not in page


def test_keys_are_those_of_places_where_the_role_may_go(world) -> None:
    page = page_of(world.client_of(world.alice), reverse("guide:keyboard"))
    for key in "okac":
        assert f"<kbd>g</kbd> then <kbd>{key}</kbd>" in page
        assert f'data-key="{key}"' in page
    world.charlie.role = "agency"
    world.charlie.save()
    page = page_of(world.client_of(world.charlie), reverse("guide:keyboard"))
    assert "<kbd>c</kbd>" in page
    assert "<kbd>o</kbd>" not in page


def test_the_foot_of_the_menu_leads_to_help(world) -> None:
    page = page_of(world.client_of(world.charlie), reverse("accounts:me"))
    assert '<a href="/help/">Help</a>' in page
