"""The Django application."""

from django.apps import AppConfig


class ArrangementsConfig(AppConfig):
    """`countback.arrangements`."""

    name = "countback.arrangements"
    label = "arrangements"
    default_auto_field = "django.db.models.BigAutoField"
