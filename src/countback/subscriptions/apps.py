"""The Django application."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """`countback.subscriptions`."""

    name = "countback.subscriptions"
    label = "subscriptions"
    default_auto_field = "django.db.models.BigAutoField"
