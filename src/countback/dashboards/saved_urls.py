"""Addresses of saved views and arranged dashboards."""

from __future__ import annotations

from django.urls import URLPattern, path

from countback.dashboards import arranged_views, saved_views

saved_routes: list[URLPattern] = [
    path("saved/", saved_views.saved, name="saved"),
    path("saved/views/new/", saved_views.save_view, name="save_view"),
    path("saved/views/<int:view_id>/", saved_views.view, name="view"),
    path("saved/views/<int:view_id>/<str:what>/", saved_views.change_view, name="change_view"),
    path("dashboards/new/", saved_views.save_dashboard, name="save_dashboard"),
    path("dashboards/<int:dashboard_id>/", arranged_views.dashboard, name="dashboard"),
    path("dashboards/<int:dashboard_id>/arrange/", arranged_views.arrange, name="arrange"),
    path("dashboards/<int:dashboard_id>/arrange/<str:what>/", arranged_views.step, name="arrange_step"),
    path("dashboards/<int:dashboard_id>/<str:what>/", saved_views.change_dashboard, name="change_dashboard"),
]
