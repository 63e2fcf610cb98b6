"""The first person of an empty installation, and how they sign in."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

FIRST = "admin@countback.localhost"


def how_to_sign_in() -> str:
    """Words for whoever started it. On an empty installation makes an administrator, whose password lies in a file that
    only the owner of the data folder can read, until it is changed."""
    from django.conf import settings

    from countback.accounts.models import Person

    file = settings.ENVIRONMENT.data / "first-sign-in.txt"
    if not Person.objects.exists():
        _first_person(file)
    first = Person.objects.filter(email=FIRST).first()
    if first is None or not file.exists():
        return "Sign in with your e-mail address."
    password = file.read_text(encoding="utf-8").strip()
    if not first.check_password(password):
        file.unlink()
        return "Sign in with your e-mail address."
    return f"Sign in as {FIRST} with the password {password}"


def _first_person(file: Path) -> None:
    from django.db import transaction

    from countback.accounts.models import Person

    password = secrets.token_urlsafe(12)
    file.unlink(missing_ok=True)
    with transaction.atomic():
        Person.objects.create_user(
            FIRST, password, name="Administrator", role="administrator", all_entities=True, all_collectors=True,
            joined_at=datetime.now(UTC),
        )  # fmt: skip
        file.touch(mode=0o600)
        file.write_text(password + "\n", encoding="utf-8")
        os.chmod(file, 0o600)
