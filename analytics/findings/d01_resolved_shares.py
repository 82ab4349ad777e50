"""D1: are 80 / 18 / 2 % of the tickets resolved at L1 / L2 / L3?"""

from __future__ import annotations

from analytics.findings.base import Asked, Claim, Evidence, Finding, Measured, Settings, share, z_for
from analytics.warehouse.intervals import wilson

CLAIM = Claim(
    "d01_resolved_shares",
    "Resolved at L1, L2 and L3 against 80 / 18 / 2 %",
    "What L1 cannot solve costs more people further up, and the customer a second wait.",
    "Look at the categories that L2 and L3 resolve most, and give L1 the article, the access or the authority for them.",
)
_TIERS = ("l1", "l2", "l3")


def find(asked: Asked) -> list[Finding]:
    """The share resolved in L1; the alarm looks at all three tiers, each interval widened for three."""
    row = asked.one("d01_resolved", mature_days=asked.settings.mature_days)
    if row.resolved < asked.settings.min_tickets:
        least = asked.settings.min_tickets
        return [
            CLAIM.unknown(
                f"Only {row.resolved} matured resolved tickets with a tier; {least} are needed.", row.resolved
            )
        ]
    measured, threshold = share(row.l1, row.resolved), asked.settings.resolved_l1
    outside = _outside(row, asked.settings)
    missing = max(0.0, threshold - measured.value) * row.resolved
    minutes = row.more_minutes if row.more_minutes == row.more_minutes else 0.0
    severity = "watch" if outside else "good"
    return [CLAIM.found(severity, measured, threshold, _sentence(row, measured, outside, missing),
                        hours_at_stake=missing * minutes / 60, evidence=Evidence("t.resolved_tier >= 2"))]  # fmt: skip


def _outside(row, settings: Settings) -> list[str]:
    """The tiers whose interval lies wholly beyond the margin on the wrong side of the guide's share: L1 below, others above.

    Rejected: both sides. An L1 that solves more than the guide expects is no reason to train it.
    """
    found = []
    for tier in _TIERS:
        low, high = wilson(row[tier], row.resolved, z_for(3))
        wanted = getattr(settings, f"resolved_{tier}")
        if high < wanted - settings.resolved_margin if tier == "l1" else low > wanted + settings.resolved_margin:
            found.append(tier.upper())
    return found


def _sentence(row, measured: Measured, outside: list[str], missing: float) -> str:
    shares = " / ".join(f"{100 * row[tier] / row.resolved:.0f}" for tier in _TIERS)
    if not outside:
        return f"L1 / L2 / L3 resolve {shares} % of {measured.n:,} tickets: no worse than the guide's mix."
    gap = f" L1 is {missing / row.weeks:.0f} tickets a week short." if missing > 0 else ""
    return f"L1 / L2 / L3 resolve {shares} % of {measured.n:,} tickets; {' and '.join(outside)} lie off the guide's mix.{gap}"
