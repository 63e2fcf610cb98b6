"""What every page and every log line has, whichever it is."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from countback.project import logs, middleware

pytestmark = pytest.mark.django_db


def test_no_page_may_run_what_is_not_ours(client: Client) -> None:
    answer = client.get("/accounts/login/")
    assert answer.status_code == 200
    policy = {
        part.split()[0]: part.split()[1:]
        for part in answer["Content-Security-Policy"].split(";")
        if part.strip()
    }
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    page = answer.content.decode()
    assert " style=" not in page
    assert " onclick" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_a_page_that_is_not_there_says_so(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "nothing under this address" in answer.content.decode()


@pytest.mark.parametrize(
    ("zone", "moment", "today"),
    [
        ("America/Los_Angeles", datetime(2026, 3, 2, 7, 30, tzinfo=UTC), date(2026, 3, 1)),
        ("Pacific/Auckland", datetime(2026, 3, 1, 11, 30, tzinfo=UTC), date(2026, 3, 2)),
        ("UTC", datetime(2026, 3, 1, 23, 59, tzinfo=UTC), date(2026, 3, 1)),
    ],
)
def test_today_is_the_date_of_the_business(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, zone: str, moment: datetime, today: date
) -> None:
    """# check 7: late in the evening in Los Angeles is still that day, past midnight in Auckland the next."""
    settings.TIME_ZONE = zone

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return moment

    monkeypatch.setattr(middleware, "datetime", Clock)
    seen: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    middleware.dated(answer)(RequestFactory().get("/"))
    assert seen[0].today == today
    assert seen[0].moment == moment
    assert ZoneInfo(zone)


def test_no_secret_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    before = list(logging.getLogger().handlers), logging.getLogger().level
    try:
        logs.configure()
        import structlog

        structlog.get_logger("countback.test").warning(
            "sign-in", person="ann", password="hunter2", api_token="t0ken", Authorization="Bearer x"
        )
        line = json.loads(capsys.readouterr().err)
    finally:
        logging.getLogger().handlers[:], logging.getLogger().level = before
    assert line["event"] == "sign-in"
    assert line["person"] == "ann"
    assert line["level"] == "warning"
    assert {line[name] for name in ("password", "api_token", "Authorization")} == {"(not logged)"}
    assert "hunter2" not in json.dumps(line)


def test_a_request_is_logged_by_its_route_and_never_by_its_address(client: Client) -> None:
    import structlog

    with structlog.testing.capture_logs() as lines:
        client.get("/healthz?customer=Miller")
    assert [line for line in lines if line.get("route") == "healthz"]
    assert "Miller" not in str(lines)
