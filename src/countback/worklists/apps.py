"""The Django application."""

from django.apps import AppConfig


class WorklistsConfig(AppConfig):
    """`countback.worklists`."""

    name = "countback.worklists"
    label = "worklists"
    default_auto_field = "django.db.models.BigAutoField"
