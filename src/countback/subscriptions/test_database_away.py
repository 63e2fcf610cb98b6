"""A database that goes away while a report is made costs nobody the report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from countback.accounts.testing import World
from countback.subscriptions import packs
from countback.subscriptions.testing import DUE, Post, run, subscribed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("mirror")]


def test_it_goes_back_in_line_and_is_sent_once(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subscribed(world.alice, world.alice)
    real = packs.Packs.of

    def away(*given: Any) -> Any:
        raise OperationalError("terminating connection due to administrator command")

    monkeypatch.setattr(packs.Packs, "of", away)
    run(DUE)
    assert made.sendings.get().state == "making"
    monkeypatch.setattr(packs.Packs, "of", real)
    run(DUE + timedelta(minutes=5))
    assert made.sendings.get().state == "sent"
    assert len(post.mails) == 1
