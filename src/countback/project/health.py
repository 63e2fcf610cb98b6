"""Whether it lives, whether it can work, and how busy it is: for machines that watch it."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_LOCAL = ("127.0.0.1", "::1")


@require_safe
def healthz(_: HttpRequest) -> HttpResponse:
    """It answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(_: HttpRequest) -> JsonResponse:
    """Whether the database answers and has the tables of this version."""
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "does not answer"}, status=503)
    state = {"ready": not waiting, "database": "answers", "migrations_waiting": waiting}
    return JsonResponse(state, status=503 if waiting else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The measures of all processes, for Prometheus: for whoever has the token; without one, for this machine."""
    token = settings.ENVIRONMENT.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    allowed = hmac.compare_digest(given, token) if token else request.META.get("REMOTE_ADDR") in _LOCAL
    if not allowed:
        return HttpResponse(
            "The metrics are for their readers: show the token.\n", status=403, content_type="text/plain"
        )
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
