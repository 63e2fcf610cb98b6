"""The restatement: a past month as reported and as known now, and the entries that add up to the change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from countback.accounts.testing import World
from countback.dashboards.conftest import AS_OF, WITHIN, figure_of, lines_of, numbers_of
from countback.ledger import mirror
from countback.ledger.actions import import_books
from countback.ledger.mirror.opened import forget
from countback.ledger.models import Import

PAGE = "/restated/"
TABLES = {
    "customers": (
        "customer_id,name,entity_id,collector,segment\nC-1,Aster,E1,anna,big\nC-2,=Birch,E1,bert,small\n"
        "C-3,Cedar,E2,anna,small\n"
    ),
    "invoices": """invoice_id,customer_id,issued_on,due_on,amount,currency
I-1,C-1,2026-01-10,2026-02-09,100,EUR
I-2,C-2,2026-01-12,2026-02-11,200,EUR
I-3,C-3,2026-01-15,2026-02-14,300,EUR
I-9,C-3,2026-01-16,2026-02-15,70,EUR
""",
    "payments": "payment_id,customer_id,received_on,amount,currency\nP-1,C-1,2026-01-20,40,EUR\n",
    "allocations": "payment_id,invoice_id,amount,applied_on\nP-1,I-1,40,2026-01-20\n",
}
DECEMBER, FEBRUARY, MARCH = (datetime(2026, month, 2, 8, tzinfo=UTC) for month in (1, 2, 3))


def brought(folder: Path, at: datetime, **changed: str) -> Import | None:
    """The books with these tables instead, imported."""
    folder.mkdir()
    for table, text in (TABLES | changed).items():
        (folder / f"{table}.csv").write_text(text, "utf-8")
    return import_books(folder, name=folder.name, profile=None, by=None, at=at, ends_vanished=True)


@pytest.fixture(scope="class")
def imported(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[Path, list[Any]]]:
    """January was reported after the import of February. In March I-2 was put right, from 200 to 250; a payment of 30
    January for I-3 was found; I-9 was gone; and February went on. The mirror's place, and the imports."""
    folder = tmp_path_factory.mktemp("restated")
    with django_db_blocker.unblock():
        before = brought(folder / "old", DECEMBER, invoices=TABLES["invoices"].split("I-2")[0])
        first = brought(folder / "february", FEBRUARY)
        second = brought(
            folder / "march",
            MARCH,
            customers=TABLES["customers"].replace("=Birch,E1,bert", "=Birch,E1,carl"),
            invoices=TABLES["invoices"].replace(",200,", ",250,").split("I-9")[0]
            + "I-4,C-1,2026-02-15,2026-03-17,50,EUR\n",
            payments=TABLES["payments"] + "P-2,C-3,2026-01-30,300,EUR\n",
            allocations=TABLES["allocations"] + "P-2,I-3,300,2026-01-30\n",
        )
        mirror.refresh(folder / "mirror")
    yield folder / "mirror", [before, first, second]
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
    forget()


@pytest.fixture
def ledger(imported: tuple[Path, list[Any]], settings: Any) -> list[Any]:
    """The imports; their mirror is that which is asked."""
    settings.MIRROR = imported[0]
    return imported[1]


_ENTRY = re.compile(r'<data class="entry" data-currency="(\w+)" value="([^"]*)">')
_LISTED = re.compile(r'<data class="(change|listed)" data-currency="(\w+)" value="([^"]*)">')


def entries_of(page: str) -> list[Decimal]:
    return [Decimal(value) for _, value in _ENTRY.findall(page)]


def sums_of(page: str) -> dict[str, Decimal]:
    return {kind: Decimal(value) for kind, _, value in _LISTED.findall(page)}


@pytest.mark.django_db
class TestOfTheLedger:
    """Over real imports."""

    def test_the_entries_add_up_to_the_change(self, world: World, ledger: list[Import]) -> None:
        page = world.client_of(world.alice).get(f"{PAGE}?as_of=2026-01-31").content.decode()
        assert entries_of(page) == [Decimal(-300), Decimal(250), Decimal(-200), Decimal(-70)]
        assert sums_of(page) == {"change": Decimal(-320), "listed": Decimal(-320)}
        assert "add up to it" in page
        assert re.findall(r'<span class="tag">(\w+)</span>', page) == [
            "added",
            "corrected",
            "corrected",
            "ended",
        ]

    def test_each_entry_says_which_import_brought_it(self, world: World, ledger: list[Import]) -> None:
        reader = world.client_of(world.alice)
        page = reader.get(f"{PAGE}?as_of=2026-01-31").content.decode()
        assert page.count(f'href="/imports/{ledger[2].pk}/"') == 4
        world.bob.collectors = ["anna"]
        theirs = world.client_of(world.bob).get(f"{PAGE}?as_of=2026-01-31").content.decode()
        assert "/imports/" not in theirs
        assert f"import {ledger[2].pk}" in theirs

    def test_it_is_held_against_the_first_import_after_the_month(
        self, world: World, ledger: list[Import]
    ) -> None:
        reader = world.client_of(world.alice)
        usual = reader.get(f"{PAGE}?as_of=2026-01-31").content.decode()
        chosen = reader.get(f"{PAGE}?as_of=2026-01-31&reported_at=2026-02-02T08:00Z").content.decode()
        assert entries_of(usual) == entries_of(chosen)
        later = reader.get(f"{PAGE}?as_of=2026-01-31&reported_at=2026-03-02T08:00Z").content.decode()
        assert "No entry up to 31 Jan 2026" in later
        offered = {unescape(href) for href in re.findall(r'href="(\?[^"]*reported_at=[^"]*)"', usual)}
        assert {re.search(r"reported_at=([^&]+)", href)[1][:13] for href in offered} == {  # type: ignore[index]
            "2026-02-02T08",
            "2026-03-02T08",
        }

    def test_figures_lead_to_their_rows_then_and_now(self, world: World, ledger: list[Import]) -> None:
        reader = world.client_of(world.alice)
        page = reader.get(f"{PAGE}?as_of=2026-01-31").content.decode()
        numbers = numbers_of(page)
        assert {Decimal(630), Decimal(310)} <= {number.value for number in numbers}
        for number in numbers:
            assert figure_of(reader.get(number.href).content.decode()) == number.value, number.href

    def test_the_file_holds_every_entry(self, world: World, ledger: list[Import]) -> None:
        reader = world.client_of(world.alice)
        lines = lines_of(reader.get(f"{PAGE}?as_of=2026-01-31&format=csv"))
        assert [(line["change"], line["invoice_id"], Decimal(line["amount"])) for line in lines] == [
            ("added", "I-3", -300), ("corrected", "I-2", 250), ("corrected", "I-2", -200), ("ended", "I-9", -70),
        ]  # fmt: skip
        assert lines[1]["customer"] == "'=Birch"
        assert {line["brought_by"] for line in lines} == {"march"}
        assert reader.get(f"{PAGE}?as_of=2026-01-31&format=xlsx").getvalue().startswith(b"PK")
        figures = lines_of(reader.get(f"{PAGE}?as_of=2026-01-31&format=csv&part=figures"))
        then, now = (
            {line["figure"]: Decimal(line[side]) for line in figures if line[side]}
            for side in ("as_reported", "as_known_now")
        )
        assert (then["Open receivables"], now["Open receivables"]) == (630, 310)
        assert (then["Open receivables, not converted"], now["Open receivables, not converted"]) == (630, 310)

    def test_a_filter_holds_for_figures_and_entries(self, world: World, ledger: list[Import]) -> None:
        reader = world.client_of(world.alice)
        page = reader.get(f"{PAGE}?as_of=2026-01-31&segment=small&entity=E2").content.decode()
        assert entries_of(page) == [Decimal(-300), Decimal(-70)]
        assert sums_of(page) == {"change": Decimal(-370), "listed": Decimal(-370)}

    def test_each_sees_their_own_part(self, world: World, ledger: list[Import]) -> None:
        world.bob.collectors = ["carl"]
        world.bob.save()
        page = world.client_of(world.bob).get(f"{PAGE}?as_of=2026-01-31").content.decode()
        assert entries_of(page) == [Decimal(250)]
        assert "Cedar" not in page
        nothing = world.client_of(world.charlie).get(f"{PAGE}?as_of=2026-01-31").content.decode()
        assert entries_of(nothing) == []
        assert "Aster" not in nothing

    def test_a_customer_that_changed_hands_is_told_as_such(self, world: World, ledger: list[Import]) -> None:
        page = world.client_of(world.alice).get(f"{PAGE}?as_of=2026-01-31&collector=carl").content.decode()
        assert entries_of(page) == [Decimal(250)]
        assert sums_of(page)["listed"] == sums_of(page)["change"]

    def test_a_day_that_is_not_over_is_refused(self, world: World, ledger: list[Import]) -> None:
        response = world.client_of(world.alice).get(f"{PAGE}?as_of=2199-01-31")
        assert response.status_code == 400
        assert b"What to do" in response.content


@pytest.mark.django_db
@pytest.mark.usefixtures("mirror")
class TestOfTheDemo:
    """Over books that say themselves when each row was recorded."""

    @pytest.mark.parametrize("where", ["", f"&{WITHIN}&kind=invoice"])
    def test_it_always_adds_up(self, world: World, where: str) -> None:
        asked = f"{PAGE}?as_of=2026-08-31&reported_at=2026-08-20{where}"
        page = world.client_of(world.alice).get(asked).content.decode()
        lines = lines_of(world.client_of(world.alice).get(f"{asked}&format=csv"))
        changes = {
            currency: Decimal(value) for kind, currency, value in _LISTED.findall(page) if kind == "change"
        }
        sums: dict[str, Decimal] = {}
        for line in lines:
            sums[line["currency"]] = sums.get(line["currency"], Decimal(0)) + Decimal(line["amount"])
        assert changes
        assert {currency: value for currency, value in changes.items() if value} == sums
        if not where:
            assert sums
        assert "rebuild the mirror" not in page

    def test_past_pages_lead_to_it(self, world: World) -> None:
        reader = world.client_of(world.alice)
        for address in ("/", "/kpis/dso/"):
            page = reader.get(f"{address}?as_of=2026-08-31&{WITHIN}").content.decode()
            assert f'href="/restated/?as_of=2026-08-31&amp;{escape(WITHIN)}"' in page

    def test_without_a_day_it_is_the_last_month_that_is_over(self, world: World) -> None:
        page = world.client_of(world.alice).get(PAGE).content.decode()
        assert f"As of <b>{AS_OF:%-d %b %Y}</b>" in page or "As of <b>30 Sep" in page
