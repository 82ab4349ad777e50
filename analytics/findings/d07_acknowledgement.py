"""D7: are high-priority handoffs acknowledged within 30 minutes?"""

from __future__ import annotations

import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Finding
from analytics.findings.cases import Cases, cases
from analytics.findings.ground import below, share
from analytics.findings.settings import GUIDE, HIGH_PRIORITIES, MIN_GROUP, Threshold, share_of
from analytics.findings.urgency import high_priorities

WITHIN = Threshold(
    "acknowledge_minutes", "High-priority handoffs are acknowledged within", 30, "working minutes", GUIDE,
    scopes=("tier", "priority"),
)  # fmt: skip
SHARE = share_of("acknowledged_share", "Share of them in time that is expected", 0.90)
ACT = share_of("acknowledged_act", "Share of them in time below which somebody must act", 0.50)
CLAIM = Claim(
    "d07_acknowledgement",
    "High-priority handoffs acknowledged in time",
    "The guide wants them acknowledged within 30 minutes, and a manager told otherwise.",
    "An urgent ticket that nobody has looked at yet is the longest part of many an outage.",
    "Name one person per shift and tier who acknowledges urgent handoffs, and tell a manager when the limit has passed.",
    "Share of handoffs between tiers, of tickets whose priority was high when they were handed over, that were acknowledged "
    "within the limit on the receiving tier's working clock; the calendar clock stands beside it. Open ones younger than the "
    "limit are left out, never acknowledged ones count as late. Waiting: the time beyond the limit.",
    (SHARE, WITHIN, ACT, MIN_GROUP),
    (HIGH_PRIORITIES,),
    n_of="handoffs",
    rising=False,
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def find(asked: Asked) -> list[Finding]:
    """The share acknowledged within the limit."""
    if not asked.columns["acknowledged"]:
        return [CLAIM.unknown("The data does not tell when somebody began to work on a ticket.")]
    high = high_priorities(asked)
    if not high:
        return [
            CLAIM.unknown("No priority's name says that it is high.", advice="Name the high ones in the thresholds.")
        ]
    told, least = cases(asked, "d07_late", WITHIN, high=high), asked.of(MIN_GROUP)
    if told.n < least:
        return [CLAIM.unknown(f"Only {told.n} handoffs of high priority; {least:.0f} are needed.", told.n)]
    kept = share(told.n - told.k, told.n)
    severity = below(kept, asked.of(SHARE), asked.of(ACT))
    return [CLAIM.found(asked, severity, kept, asked.of(SHARE), _sentence(asked, told, kept.percent()), waiting=told.hours,
                        evidence=told.behind())]  # fmt: skip


def _sentence(asked: Asked, told: Cases, kept: str) -> str:
    calendar, waiting = (
        told.by("late_by_calendar").set_index("name")["n"],
        told.by("waiting_now").set_index("name")["k"],
    )
    late, now = int(calendar.get(True, 0)), int(waiting.get(True, 0))
    return (
        f"{kept} of {told.n:,} high-priority handoffs were acknowledged within {asked.of(WITHIN):.0f} working minutes "
        f"({numbers.share(1 - late / told.n)} by the calendar clock); {now} wait too long now.{_worst_hour(told)}"
    )


def _worst_hour(told: Cases) -> str:
    """The hour of the week with the most hours waited too long; none where nothing is late."""
    hours: pd.DataFrame = told.by("hour_of_week").sort_values("hours", ascending=False)
    if hours.empty or not hours.iloc[0]["hours"]:
        return ""
    hour = int(hours.iloc[0]["name"])
    return f" Most time is lost on those handed over {_DAYS[hour // 24]} {hour % 24}–{hour % 24 + 1} h."
