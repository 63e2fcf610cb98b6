"""The Django application."""

from django.apps import AppConfig
from django.conf import settings


class LedgerConfig(AppConfig):
    """`countback.ledger`."""

    name = "countback.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What one process compiled, the others read."""
        from countback.analytics.written import keep_texts_in

        keep_texts_in(settings.COMPILED)
