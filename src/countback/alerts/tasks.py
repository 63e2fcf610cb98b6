"""Jobs: looking, sending, minding what was left lying. The clock is read here."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from countback.alerts import deliveries, looking
from countback.alerts.looking import LOOK, SEND


def look(at: datetime) -> int:
    """Looks at every active alert as of a moment, in the same way as the job; how many spoke."""
    return looking.look(at=at)


@app.task(name=LOOK)
def look_at_alert(alert_id: int) -> None:
    """Looks at an alert that was just set."""
    looking.look(at=datetime.now(UTC), only=[alert_id])


@app.task(name=SEND)
def send_alerts() -> None:
    """Sends what waits: one after the other, each claimed when its turn comes."""
    for delivery_id in deliveries.waiting(datetime.now(UTC)):
        deliveries.deliver(delivery_id, at=datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(name="mind_alerts", queueing_lock="mind_alerts")
def mind_alerts(timestamp: int) -> None:
    """Looks at the alerts that are due: at six in the morning of the business, and when the figures moved; a look that
    was missed is made up for. Sends what waits, and gives up what was lost."""
    del timestamp
    at = datetime.now(UTC)
    wanted = looking.due(at=at)
    if wanted:
        looking.look(at=at, only=wanted)
    deliveries.give_up_lost(at=datetime.now(UTC))
    send_alerts()
