"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from countback.alerts import views

app_name = "alerts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/new/", views.new, name="new"),
    path("alerts/targets/", views.targets, name="targets"),
    path("alerts/targets/set/", views.set_target, name="set_target"),
    path("alerts/<int:alert_id>/", views.alert, name="alert"),
    path("alerts/<int:alert_id>/<slug:what>/", views.step, name="step"),
]
