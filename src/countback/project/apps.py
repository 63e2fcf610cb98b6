"""The Django application."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """`countback.project`."""

    name = "countback.project"
    label = "project"
    default_auto_field = "django.db.models.BigAutoField"
