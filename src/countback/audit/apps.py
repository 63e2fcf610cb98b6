"""The Django application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """`countback.audit`."""

    name = "countback.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
