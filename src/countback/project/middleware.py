"""What every request gets: its moment, its measure, a line in the log."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import Histogram

Answer = Callable[[HttpRequest], HttpResponse]

SECONDS = Histogram(
    "countback_request_seconds", "Seconds from request to answer.", ["route", "method", "status"]
)
_log = structlog.get_logger("countback.request")


def dated(answer: Answer) -> Answer:
    """Gives each request the moment at which it is answered (`moment`, UTC) and the business date of that moment in the
    installation's zone (`today`): the only place where a page's clock is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.moment = datetime.now(UTC)  # type: ignore[attr-defined]
        request.today = timezone.localtime(request.moment, _zone()).date()  # type: ignore[attr-defined]
        return answer(request)

    return middleware


def _zone() -> ZoneInfo:
    from django.conf import settings

    return ZoneInfo(settings.TIME_ZONE)


def measured(answer: Answer) -> Answer:
    """Measures and logs each request, by its route and never by its address, which may name people."""

    def middleware(request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = answer(request)
        spent = time.perf_counter() - start
        match = request.resolver_match
        route = (match.view_name or match.route) if match else "(none)"
        SECONDS.labels(route, request.method, str(response.status_code)).observe(spent)
        _log.info(
            "request", route=route, method=request.method, status=response.status_code, ms=round(spent * 1000)
        )
        return response

    return middleware
