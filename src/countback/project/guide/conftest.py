"""For the tests of help: people, and demo books where the mirror stands."""

from countback.accounts.testing import world
from countback.audit.testing import append_only_tables_are_emptied
from countback.dashboards.conftest import chromium, demo_folder, mirror, place_mirror, show
from countback.ledger.testing import ledger_is_emptied

__all__ = [
    "append_only_tables_are_emptied",
    "chromium",
    "demo_folder",
    "ledger_is_emptied",
    "mirror",
    "place_mirror",
    "show",
    "world",
]
