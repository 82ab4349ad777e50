"""D5: does L1 stay within 15 minutes of work per visit, and L2 within 30?"""

from __future__ import annotations

import pandas as pd

from analytics.findings.base import Asked, Claim, Evidence, Finding, above, share

LIMITS = {
    tier: Claim(
        f"d05_l{tier}_effort",
        f"Work over L{tier}'s limit",
        "Work far beyond a tier's limit is work of the next tier, or a missing tool.",
        f"Read the longest visits of L{tier}: what took the time could be a macro, an article, or an earlier escalation.",
    )
    for tier in (1, 2)
}


def find(asked: Asked) -> list[Finding]:
    """One finding per tier with a limit."""
    if not asked.columns["effort"]:
        return [claim.unknown("The data holds no tracked work (effort_minutes).") for claim in LIMITS.values()]
    settings = asked.settings
    rows = asked.ask("d05_over_limit", l1_minutes=settings.l1_minutes, l2_minutes=settings.l2_minutes)
    return [_tier(asked, rows[rows["tier"] == tier], tier) for tier in LIMITS]


def _tier(asked: Asked, rows: pd.DataFrame, tier: int) -> Finding:
    settings, claim = asked.settings, LIMITS[tier]
    visits = int(rows["visits"].sum())
    if visits < settings.min_group:
        return claim.unknown(f"Only {visits} visits to L{tier} with tracked work.", visits)
    row, limit = rows.iloc[0], (settings.l1_minutes, settings.l2_minutes)[tier - 1]
    over = share(row.over, row.visits)
    said = (f"{over.percent()} of {over.n:,} visits to L{tier} took more than {limit:.0f} minutes of work; "
            f"one in ten took more than {row.p90_minutes:.0f}.")  # fmt: skip
    evidence = Evidence(
        "t.ticket_no IN (SELECT v.ticket_no FROM tier_visits v WHERE v.tier = $found_tier AND v.ended_us IS NOT NULL "
        "AND v.effort_minutes > $found_minutes)",
        (("found_tier", tier), ("found_minutes", limit)),
    )
    return claim.found(above(over, settings.over_limit_share), over, settings.over_limit_share, said,
                       hours_at_stake=row.hours_over, evidence=evidence)  # fmt: skip
