"""Addresses. The number of a customer may hold anything, so it stands last."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from countback.ledger.records import views, views_fields, views_privacy
from countback.ledger.records.numbers import CustomerNumber

register_converter(CustomerNumber, "customer_number")

record_routes: list[URLPattern] = [
    path("records/of/<customer_number:customer_id>/", views.record, name="record"),
    path("records/people/new/<customer_number:customer_id>/", views.new_person, name="new_contact_person"),
    path("records/people/<int:number>/", views.person, name="contact_person"),
    path("records/people/<int:number>/copy/", views_privacy.copy_person, name="copy_contact_person"),
    path("records/people/<int:number>/erase/", views_privacy.erase_person, name="erase_contact_person"),
    path("records/people/<int:number>/<slug:what>/", views.step_person, name="step_contact_person"),
    path("records/addresses/new/<customer_number:customer_id>/", views.new_address, name="new_address"),
    path("records/addresses/<int:number>/", views.address, name="address"),
    path("records/addresses/<int:number>/<slug:what>/", views.step_address, name="step_address"),
    path("records/notes/new/<customer_number:customer_id>/", views.new_note, name="new_note"),
    path("records/notes/<int:number>/correct/", views.correct_note, name="correct_note"),
    path("records/notes/<int:number>/<slug:what>/", views.pin_note, name="pin_note"),
    path("records/values/<customer_number:customer_id>/", views_fields.values, name="field_values"),
    path("records/copy/<customer_number:customer_id>/", views_privacy.copy_customer, name="copy_customer"),
    path("records/erase/<customer_number:customer_id>/", views_privacy.erase_customer, name="erase_customer"),
    path("records/fields/", views_fields.custom_fields, name="custom_fields"),
    path("records/fields/new/", views_fields.new_field, name="new_custom_field"),
    path("records/fields/<int:number>/", views_fields.custom_field, name="custom_field"),
    path("records/fields/<int:number>/<slug:what>/", views_fields.step_field, name="step_custom_field"),
]
