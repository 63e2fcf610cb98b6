"""What an installation that is new shows: three steps, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import NoReverseMatch, reverse

from countback.accounts.models import Person
from countback.accounts.rules import may
from countback.ledger.models import Import
from countback.ledger.schema import current_of
from countback.ledger.upload_models import Of
from countback.ledger.uploads_shown import WORKING, demo_standing, figures_are_behind, on_their_way


@dataclass(frozen=True, slots=True)
class Seen:
    """What the books name: an entity (None where they name none) with a currency and its invoices."""

    entity: str | None
    currency: str
    invoices: int


def first_steps(person: Person) -> dict[str, Any]:
    """Everything that the page of the first steps shows to a person."""
    standing = Import.of_books.select_related("by").filter(undoes=None, undone_by=None)
    book = standing.first()
    upload = None
    if book is None:
        upload = next((one for one in on_their_way() if one.of != Of.UNDO), None)
    return {
        "imported": book,
        "upload": upload,
        "busy": upload is not None and upload.state in WORKING,
        "seen": seen() if book is not None else [],
        "behind": book is not None and figures_are_behind(),
        "time_zone": settings.TIME_ZONE,
        "demo": demo_standing(),
        "may_undo": may(person.role, "undo_import"),
        "may_import": may(person.role, "import"),
        "people": _people() if may(person.role, "manage_people") else "",
        "company": Person.objects.filter(is_active=True).exclude(pk=person.pk).count(),
    }


def seen() -> list[Seen]:
    """Entities and currencies of the invoices that stand, the largest first."""
    query = f"""
        SELECT entity_id, currency, count(*) FROM {current_of("invoices")} AS one
        GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [Seen(entity, currency, invoices) for entity, currency, invoices in cursor.fetchall()]


def _people() -> str:
    try:
        return reverse("accounts:people")
    except NoReverseMatch:
        return ""
