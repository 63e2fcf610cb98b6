"""The mirror: the ledger as Parquet, which figures are computed from.

| in the mirror's folder | |
|---|---|
| `versions/<table>/part-*.parquet` | versions as PostgreSQL has them; a refresh adds a part and changes none |
| `ended/part-*.parquet` | ends of versions |
| `current-<n>/` | converted books of the versions that stand: generation `n` |
| `state-<n>.json` | what generation `n` is made of, and through which moment it knows the ledger |
| `erasing` | there while personal data is being taken out of all of these: see `erasing` |
| `current` | link to the newest generation: set in one step, so that readers see a whole one, always |
"""

from countback.ledger.mirror.refreshing import rebuild, refresh
from countback.ledger.mirror.state import State

__all__ = ["State", "rebuild", "refresh"]
