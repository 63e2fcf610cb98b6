"""The Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """`countback.accounts`."""

    name = "countback.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
