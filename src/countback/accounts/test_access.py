"""The guard of pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from countback.accounts.access import needs, origin


@needs("manage_people")
def page(request):
    """A guarded page that shows what time it is in the reader's place."""
    return HttpResponse(timezone.localtime(datetime(2026, 3, 1, 12, tzinfo=UTC)).strftime("%H:%M"))


def asked(person):
    """The page, asked by that person."""
    request = RequestFactory().get("/x/")
    request.user = person
    return page(request)


def test_who_may_is_let_in_and_reads_in_their_own_time(world) -> None:
    world.alice.time_zone = "Asia/Tokyo"
    assert asked(world.alice).content == b"21:00"


def test_who_may_not_is_refused(world) -> None:
    with pytest.raises(PermissionDenied):
        asked(world.bob)


def test_a_deactivated_person_is_refused_even_where_a_session_was_left(world) -> None:
    world.alice.is_active = False
    assert asked(world.alice).url == "/accounts/login/?next=/x/"


@pytest.mark.parametrize(("proxies", "told"), [(0, "127.0.0.1"), (1, "198.51.100.9")])
def test_only_a_proxy_of_ours_is_believed_who_asks(settings, proxies, told) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": "203.0.113.5, 198.51.100.9"})
    assert origin(request) == told
