"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from countback.dashboards import (
    charts,
    kpis_views,
    overview_views,
    recovery_views,
    restated_views,
    rows_views,
)
from countback.dashboards.customers_urls import customer_routes
from countback.dashboards.saved_urls import saved_routes

app_name = "dashboards"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview_views.overview, name="overview"),
    path("kpis/", kpis_views.kpis, name="kpis"),
    path("kpis/<str:kpi_id>/", kpis_views.kpi, name="kpi"),
    path("kpis/<str:kpi_id>/rows/", rows_views.rows, name="rows"),
    path("recovery/", recovery_views.recovery, name="recovery"),
    path("restated/", restated_views.restated, name="restated"),
    path("charts/<str:version>.js", charts.chart_library, name="chart_library"),
    *customer_routes,
    *saved_routes,
]
