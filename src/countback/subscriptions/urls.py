"""Addresses."""

from __future__ import annotations

from django.urls import path

from countback.subscriptions import views

app_name = "subscriptions"
urlpatterns = [
    path("reports/", views.subscriptions, name="subscriptions"),
    path("reports/new/", views.new, name="new"),
    path("reports/<int:subscription_id>/", views.subscription, name="subscription"),
    path("reports/<int:subscription_id>/edit/", views.edit, name="edit"),
    path("reports/<int:subscription_id>/pack/", views.pack, name="pack"),
    path("reports/<int:subscription_id>/<slug:what>/", views.step, name="step"),
    path("reports/<int:subscription_id>/sendings/<int:sending_id>/<slug:what>/", views.decide, name="decide"),
]
