"""Every address of the application."""

from __future__ import annotations

from django.urls import include, path

from countback.project import health

urlpatterns = [
    path("", include("countback.dashboards.urls")),
    path("", include("countback.worklists.urls")),
    path("", include("countback.alerts.urls")),
    path("", include("countback.subscriptions.urls")),
    path("", include("countback.arrangements.urls")),
    path("", include("countback.ledger.urls")),
    path("", include("countback.accounts.urls")),
    path("", include("countback.audit.urls")),
    path("accounts/", include("allauth.urls")),
    path("help/", include("countback.project.guide.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
