"""Addresses of the ageing page and of customers."""

from __future__ import annotations

from django.urls import URLPattern, path

from countback.dashboards.aging_views import aging
from countback.dashboards.customer_views import customer
from countback.dashboards.customers_views import customers
from countback.ledger.records.numbers import CUSTOMER

customer_routes: list[URLPattern] = [
    path("ageing/", aging, name="ageing"),
    path("customers/", customers, name="customers"),
    path(f"customers/{CUSTOMER}/", customer, name="customer"),
]
