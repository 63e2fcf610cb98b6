"""Whoever brings own files beside the demo books is told so, and can take the demo back on the spot."""

from __future__ import annotations

import pytest

from countback.accounts.testing import World
from countback.ledger.models import Import
from countback.ledger.tests.conftest import ITEMS, Desk, sent
from countback.ledger.upload_models import Of, Upload

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = "The demo books stand in this ledger."
BUTTON = "Take the demo books back"


@pytest.fixture
def demo(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Small demo books, loaded."""
    monkeypatch.setattr("countback.ledger.uploads_work.DEMO_CUSTOMERS", 3)
    monkeypatch.setattr("countback.ledger.uploads_work.DEMO_MONTHS", 2)
    desk.post("load_demo")
    desk.work()
    return Import.objects.get()


def test_it_is_said_before_anything_own_is_imported_and_undone_in_one_click(desk: Desk, demo: Import) -> None:
    upload = desk.send(sent("items.csv", ITEMS))
    pages = [desk.shown("first"), desk.shown("upload"), desk.shown("upload_shown", upload.id)]
    for page in pages:
        assert TOLD in page
        assert f'action="/imports/{demo.pk}/undo/"' in page
        assert BUTTON in page
    assert "Import my own files" in pages[0]
    desk.post("undo", demo.pk)
    desk.work()
    assert Upload.objects.get(of=Of.UNDO).state == "done"
    for page in (desk.shown("first"), desk.shown("upload"), desk.shown("upload_shown", upload.id)):
        assert TOLD not in page


def test_own_books_alone_are_not_called_demo(desk: Desk) -> None:
    desk.imported(sent("items.csv", ITEMS))
    assert TOLD not in desk.shown("first")
    assert TOLD not in desk.shown("upload")


def test_who_may_not_undo_is_told_without_the_button(desk: Desk, demo: Import, world: World) -> None:
    world.alice.role = "manager"
    world.alice.save()
    page = desk.shown("upload")
    assert TOLD in page
    assert (BUTTON in page) == ("Undo this import" in desk.shown("import_shown", demo.pk))
    world.alice.role = "viewer"
    world.alice.save()
    first = desk.shown("first")
    assert TOLD in first
    assert BUTTON not in first
