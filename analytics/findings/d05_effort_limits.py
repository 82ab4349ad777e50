"""D5: does L1 stay within 15 minutes of work per visit, and L2 within 30?"""

from __future__ import annotations

import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Finding
from analytics.findings.cases import Cases, cases
from analytics.findings.ground import above, share
from analytics.findings.settings import HANDLE_MINUTES, MIN_GROUP, share_of

OVER = share_of("over_limit_share", "Visits over the limit of work that are too many", 0.25)
LIMITS = {
    tier: Claim(
        f"d05_l{tier}_effort",
        f"Work over L{tier}'s limit",
        "The guide gives L1 15 minutes for a ticket, L2 30, and L3 no limit.",
        "Work far beyond a tier's limit is work of the next tier, or a missing tool.",
        f"Read the longest visits of L{tier}: what took the time could be a macro, an article, or an earlier escalation.",
        f"Share of ended visits to L{tier} whose tracked work exceeds the limit. Visits without tracked work are left out. "
        "Work: the minutes beyond the limit.",
        (OVER, HANDLE_MINUTES, MIN_GROUP),
        n_of="visits",
    )
    for tier in (1, 2)
}


def find(asked: Asked) -> list[Finding]:
    """One finding per tier with a limit."""
    if not asked.columns["effort"]:
        return [claim.unknown("The data holds no tracked work (effort_minutes).") for claim in LIMITS.values()]
    told = cases(asked, "d05_over_limit", HANDLE_MINUTES)
    tiers, tails = told.by("tier").set_index("name"), asked.ask("d05_p90").set_index("tier")["p90_minutes"]
    return [_tier(asked, told, tiers, tails, tier) for tier in LIMITS]


def _tier(asked: Asked, told: Cases, tiers: pd.DataFrame, tails: pd.Series, tier: int) -> Finding:
    claim, least = LIMITS[tier], asked.of(MIN_GROUP)
    if tier not in tiers.index or tiers.loc[tier, "n"] < least:
        visits = int(tiers["n"].get(tier, 0))
        return claim.unknown(f"Only {visits} visits to L{tier} with tracked work; {least:.0f} are needed.", visits)
    row, limit = tiers.loc[tier], asked.of(OVER)
    over = share(row["k"], row["n"])
    said = (f"{over.percent()} of {over.n:,} visits to L{tier} took more than "
            f"{asked.of(HANDLE_MINUTES, f'L{tier}'):.0f} minutes of work; one in ten took more than "
            f"{numbers.count(tails[tier])}.")  # fmt: skip
    return claim.found(asked, above(over, limit), over, limit, said, work={f"L{tier}": row["hours"]},
                       evidence=told.behind("tier", tier))  # fmt: skip
