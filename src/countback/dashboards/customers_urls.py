"""Addresses of the ageing page and of customers."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from countback.dashboards.aging_views import aging
from countback.dashboards.customer_views import customer
from countback.dashboards.customers_views import customers
from countback.ledger.records.numbers import CustomerNumber

register_converter(CustomerNumber, "customer")

customer_routes: list[URLPattern] = [
    path("ageing/", aging, name="ageing"),
    path("customers/", customers, name="customers"),
    path("customers/<customer:customer_id>/", customer, name="customer"),
]
