"""D7: are high-priority handoffs acknowledged within 30 minutes?"""

from __future__ import annotations

from analytics.findings.base import Asked, Claim, Evidence, Finding, below, share
from analytics.model import US_PER_MINUTE

CLAIM = Claim(
    "d07_acknowledgement",
    "High-priority handoffs acknowledged in time",
    "An urgent ticket that nobody has looked at yet is the longest part of many an outage.",
    "Name one person per shift and tier who acknowledges urgent handoffs, and tell a manager when the limit has passed.",
    hours_kind="waiting",
)


def find(asked: Asked) -> list[Finding]:
    """The share acknowledged within the limit, on the receiving tier's working hours."""
    settings = asked.settings
    if not asked.columns["acknowledged"]:
        return [CLAIM.unknown("The data does not tell when somebody began to work on a ticket.")]
    limit_us = int(settings.acknowledge_minutes * US_PER_MINUTE)
    row = asked.one("d07_acknowledged", limit_us=limit_us, high=list(settings.high_priorities))
    if row.handoffs < settings.min_group:
        return [
            CLAIM.unknown(
                f"Only {row.handoffs} handoffs of high priority; {settings.min_group} are needed.", row.handoffs
            )
        ]
    kept = share(row.in_time, row.handoffs)
    severity = below(kept, settings.acknowledged_share, settings.acknowledged_act)
    said = (f"{kept.percent()} of {kept.n:,} high-priority handoffs were acknowledged within "
            f"{settings.acknowledge_minutes:.0f} working minutes; {int(row.waiting)} wait now.")  # fmt: skip
    evidence = Evidence(
        "t.ticket_no IN (SELECT h.ticket_no FROM handoffs h WHERE h.changes_tier AND "
        "(NOT h.tier_acknowledged OR h.tier_wait_open_us > $found_limit)) AND list_contains($found_high, lower(t.priority))",
        (("found_limit", limit_us), ("found_high", list(settings.high_priorities))),
    )
    return [CLAIM.found(severity, kept, settings.acknowledged_share, said, hours_at_stake=row.late_hours,
                        evidence=evidence)]  # fmt: skip
