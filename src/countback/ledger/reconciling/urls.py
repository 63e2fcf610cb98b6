"""Addresses of reconciliation."""

from __future__ import annotations

from django.urls import URLPattern, path

from countback.ledger.reconciling import views

routes: list[URLPattern] = [
    path("reconciliation/", views.reconciliations, name="reconciliations"),
    path("reconciliation/new/", views.new_reconciliation, name="new_reconciliation"),
    path("reconciliation/check/", views.check_mirror, name="check_mirror"),
    path("reconciliation/totals.csv", views.totals_template, name="totals_template"),
    path("reconciliation/<int:number>/", views.reconciliation, name="reconciliation"),
    path("reconciliation/<int:number>/lines.csv", views.reconciliation_lines, name="reconciliation_lines"),
]
