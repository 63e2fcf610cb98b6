"""Addresses. The number of a customer, or of what stands, may hold anything, so it stands last."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from countback.arrangements import views
from countback.ledger.records.numbers import CUSTOMER

app_name = "arrangements"
urlpatterns: list[URLPattern | URLResolver] = [
    *(path(f"arrange/{what}/{CUSTOMER}/", views.arrange, {"what": what}, name=what) for what in views.KINDS),
    path(
        "arrange/promises/withdraw/<customer_number:number>/", views.withdraw_promise, name="withdraw_promise"
    ),
    path("arrange/disputes/resolve/<customer_number:number>/", views.resolve_dispute, name="resolve_dispute"),
    path(f"arrange/end-follow-up/{CUSTOMER}/", views.end_follow_up, name="end_follow_up"),
]
