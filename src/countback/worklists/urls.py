"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from countback.ledger.records.numbers import CUSTOMER
from countback.worklists import views

app_name = "worklists"
urlpatterns: list[URLPattern | URLResolver] = [
    path("worklist/", views.worklist, name="worklist"),
    path("worklist/make/", views.make, name="make"),
    path("worklist/waiting/", views.waiting, name="waiting"),
    path("worklist/weights/", views.weights, name="weights"),
    path(f"worklist/skip/{CUSTOMER}/", views.skip, name="skip"),
]
