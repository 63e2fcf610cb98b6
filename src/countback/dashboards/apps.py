"""The Django application."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """`countback.dashboards`."""

    name = "countback.dashboards"
    label = "dashboards"
    default_auto_field = "django.db.models.BigAutoField"
