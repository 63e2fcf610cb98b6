"""An erasure that is killed at any moment has erased all of it or nothing; two at once leave one."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from countback.accounts.testing import World
from countback.audit import queries as audit
from countback.ledger.locks import IMPORTING
from countback.ledger.mirror.testing import Waiting
from countback.ledger.records import erasing
from countback.ledger.records.models import Erasure
from countback.ledger.records.test_erasing import in_database
from countback.ledger.records.testing import SECRETS, doing, filled, imported, in_mirror, refreshed
from countback.ledger.testing import Importing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KILLS = 6

PROGRAM = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from countback.accounts.actions import Doing
from countback.accounts.models import Person
from countback.ledger import mirror
from countback.ledger.records import erasing
by = Person.objects.get(email="alice@example.com")
print("begins", flush=True)
seen = erasing.preview_customer("C1").seen
erasing.erase_customer("C1", seen=seen, doing=Doing(by, datetime(2026, 3, 3, tzinfo=UTC)))
mirror.refresh(Path(sys.argv[1]))
print("done", flush=True)
"""


def settled() -> None:
    """Waits until whoever wrote to the ledger has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [IMPORTING])
        cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORTING])


def test_killed_at_any_moment_all_of_it_is_erased_or_nothing(
    world: World, importing: Importing, beside: Waiting
) -> None:
    imported(importing)
    filled(world.alice)
    chance = random.Random(57)
    whole = len(in_database(*SECRETS))
    for number in range(KILLS):
        process = beside.start(PROGRAM, settings.MIRROR).begun("begins")
        time.sleep(chance.uniform(0, 0.25) * (number + 1) / KILLS)
        process.kill()
        settled()
        left = in_database(*SECRETS)
        assert len(left) == (0 if Erasure.objects.exists() else whole), left
        if not left:
            break
    if not Erasure.objects.exists():
        assert beside.start(PROGRAM, settings.MIRROR).wait() == 0
    refreshed()
    assert in_database(*SECRETS) == []
    assert in_mirror(*SECRETS) == []
    assert Erasure.objects.count() == 1
    assert audit.verify() == []


def test_of_two_at_once_one_erases(world: World, importing: Importing) -> None:
    imported(importing)
    filled(world.alice)
    seen = erasing.preview_customer("C1").seen

    def erase(_: int) -> str:
        try:
            erasing.erase_customer("C1", seen=seen, doing=doing(world.alice))
        except erasing.UnableToErase as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(erase, range(2)))
    assert said[0] == ""
    assert "nothing personal is left" in said[1]
    assert Erasure.objects.count() == 1
    assert Path(settings.MIRROR).is_dir()
