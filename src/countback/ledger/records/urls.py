"""Addresses. The number of a customer may hold anything, so it stands last."""

from __future__ import annotations

from django.urls import URLPattern, path

from countback.ledger.records import views, views_fields, views_privacy
from countback.ledger.records.numbers import CUSTOMER

record_routes: list[URLPattern] = [
    path(f"records/of/{CUSTOMER}/", views.record, name="record"),
    path(f"records/people/new/{CUSTOMER}/", views.new_person, name="new_contact_person"),
    path("records/people/<int:number>/", views.person, name="contact_person"),
    path("records/people/<int:number>/copy/", views_privacy.copy_person, name="copy_contact_person"),
    path("records/people/<int:number>/erase/", views_privacy.erase_person, name="erase_contact_person"),
    path("records/people/<int:number>/<slug:what>/", views.step_person, name="step_contact_person"),
    path(f"records/addresses/new/{CUSTOMER}/", views.new_address, name="new_address"),
    path("records/addresses/<int:number>/", views.address, name="address"),
    path("records/addresses/<int:number>/<slug:what>/", views.step_address, name="step_address"),
    path(f"records/notes/new/{CUSTOMER}/", views.new_note, name="new_note"),
    path("records/notes/<int:number>/correct/", views.correct_note, name="correct_note"),
    path("records/notes/<int:number>/<slug:what>/", views.pin_note, name="pin_note"),
    path(f"records/values/{CUSTOMER}/", views_fields.values, name="field_values"),
    path(f"records/copy/{CUSTOMER}/", views_privacy.copy_customer, name="copy_customer"),
    path(f"records/erase/{CUSTOMER}/", views_privacy.erase_customer, name="erase_customer"),
    path("records/fields/", views_fields.custom_fields, name="custom_fields"),
    path("records/fields/new/", views_fields.new_field, name="new_custom_field"),
    path("records/fields/<int:number>/", views_fields.custom_field, name="custom_field"),
    path("records/fields/<int:number>/<slug:what>/", views_fields.step_field, name="step_custom_field"),
]
