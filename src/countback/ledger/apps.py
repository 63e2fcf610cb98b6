"""The Django application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """`countback.ledger`."""

    name = "countback.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
