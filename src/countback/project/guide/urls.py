"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from countback.project.guide import views

app_name = "guide"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.index, name="index"),
    path("kpis/<str:kpi_id>/", views.kpi, name="kpi"),
    path("screens/<slug:name>/", views.screen, name="screen"),
    path("glossary/", views.glossary, name="glossary"),
    path("keyboard/", views.keyboard, name="keyboard"),
    path("tour/", views.tour_begin, name="tour"),
    path("tour/<int:number>/", views.tour_step, name="tour_step"),
]
