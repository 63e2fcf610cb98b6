"""What the tests here share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from countback.audit.testing import append_only_tables_are_emptied

__all__ = ["append_only_tables_are_emptied"]


@pytest.fixture
def alice(db: None) -> Any:
    """Somebody whose acts are recorded, and who may see all of them."""
    del db
    return get_user_model().objects.create_user(
        "alice@example.com",
        name="Alice Adams",
        role="administrator",
        joined_at=datetime(2026, 1, 5, tzinfo=UTC),
    )
