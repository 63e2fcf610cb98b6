"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from countback.audit import views

app_name = "audit"
urlpatterns: list[URLPattern | URLResolver] = [path("audit/", views.lines, name="lines")]
