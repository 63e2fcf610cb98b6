"""Addresses of sources."""

from __future__ import annotations

from django.urls import URLPattern, path

from countback.ledger.sources import views

routes: list[URLPattern] = [
    path("sources/", views.sources, name="sources"),
    path("sources/new/", views.new_source, name="new_source"),
    path("sources/<int:source_id>/", views.source, name="source"),
    path("sources/<int:source_id>/change/", views.edit_source, name="edit_source"),
    path("sources/<int:source_id>/fetch/", views.fetch_now, name="fetch_now"),
    path("sources/<int:source_id>/key/", views.confirm_key, name="confirm_key"),
    path("sources/<int:source_id>/remove/", views.remove_source, name="remove_source"),
]
