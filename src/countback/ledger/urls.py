"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from countback.ledger import views, views_uploads
from countback.ledger.reconciling.urls import routes as reconciling
from countback.ledger.records.urls import record_routes
from countback.ledger.sources.urls import routes as sources

app_name = "ledger"
urlpatterns: list[URLPattern | URLResolver] = [
    path("first/", views.first, name="first"),
    path("imports/", views.imports, name="imports"),
    path("imports/demo/", views.load_demo, name="load_demo"),
    path("imports/new/", views_uploads.upload, name="upload"),
    path("imports/<int:number>/", views.import_shown, name="import_shown"),
    path("imports/<int:number>/undo/", views.undo, name="undo"),
    path("imports/uploads/<uuid:upload_id>/", views_uploads.upload_shown, name="upload_shown"),
    path("imports/uploads/<uuid:upload_id>/answer/", views_uploads.answer, name="answer_upload"),
    path("imports/uploads/<uuid:upload_id>/read/", views_uploads.read_again, name="read_upload_again"),
    path("imports/uploads/<uuid:upload_id>/confirm/", views_uploads.confirm, name="confirm_upload"),
    path("imports/uploads/<uuid:upload_id>/again/", views_uploads.try_again, name="try_upload_again"),
    path("imports/uploads/<uuid:upload_id>/give-up/", views_uploads.give_up, name="give_up_upload"),
    path("imports/uploads/<uuid:upload_id>/problems.csv", views_uploads.problems, name="upload_problems"),
    *sources,
    *reconciling,
    *record_routes,
]
