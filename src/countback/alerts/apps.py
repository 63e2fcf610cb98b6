"""The Django application."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """`countback.alerts`."""

    name = "countback.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"
