"""The Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """`countback.accounts`."""

    name = "countback.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Has the acts at the door recorded."""
        from countback.accounts import witness

        witness.listen()
