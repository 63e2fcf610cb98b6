"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from countback.accounts import views

app_name = "accounts"

CLOSED = r"^accounts/(?:signup|email|confirm-email|login/code|social|3rdparty(?:/signup)?/?$)"
"""Ways of allauth that are none here; these patterns come before its own."""

urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/<int:person_id>/", views.person, name="person"),
    path("people/<int:person_id>/<slug:what>/", views.step, name="step"),
    path("accounts/me/", views.me, name="me"),
    path("accounts/me/sessions/", views.end_sessions, name="end_sessions"),
    path("accounts/", views.to_own_page),
    path("accounts/2fa/", views.to_own_page),
    path("accounts/2fa/webauthn/", views.to_own_page),
    path("accounts/sessions/", views.to_own_page),
    re_path(CLOSED, views.closed, name="closed"),
    path("invitation/<str:token>/", views.accept, name="invitation"),
]
