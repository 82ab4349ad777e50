"""D15: what would a Tier 0 that deflects 20–40 % do here?"""

from __future__ import annotations

from typing import Any

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding, listed
from analytics.findings.d03_escalation_rate import SHARE
from analytics.findings.ground import Measured, scaled, share
from analytics.findings.settings import GUIDE, MATURE_DAYS, MIN_TICKETS, Threshold, share_of

DEFLECTED = share_of(
    "deflected_share", "Share of L1's tickets that a Tier 0 would take (the guide: 20–40 %)", 0.30, GUIDE
)
AI_LOW = Threshold("ai_contact_low", "A contact with AI, cheap end", 0.10, "money", GUIDE)
AI_HIGH = Threshold("ai_contact_high", "A contact with AI, dear end", 1.50, "money", GUIDE)
CLAIM = Claim(
    "d15_deflection",
    "A Tier 0, and what it does to L1's escalation rate",
    "The guide expects self-service to deflect 20–40 % of contacts.",
    "Self-service takes the easy tickets. What is left is harder, so L1's escalation rate rises without anything "
    "getting worse.",
    "Before you deploy a Tier 0, raise the alarm for L1's escalation rate to e / (1 − d), and start with the categories named.",
    "What if a Tier 0 took the share d of L1's matured tickets, all of them ones that L1 would have solved: the "
    "escalation rate e becomes e / (1 − d). Watch where e is surely below the alarm of 20 % today and e / (1 − d) "
    "surely above it: then the alarm would ring for nothing. Categories are ranked by L1's work on tickets that L1 "
    "solved alone. Break-even: the share that must be deflected before contacts with AI cost less than the work that "
    "they save, where an hour's cost is given.",
    (SHARE, DEFLECTED, AI_LOW, AI_HIGH, MATURE_DAYS, MIN_TICKETS),
)  # fmt: skip


def find(asked: Asked) -> list[Finding]:
    """L1's escalation rate after deflection, with the hours saved and the categories to begin with."""
    rows = asked.ask("d15_categories", mature_days=asked.of(MATURE_DAYS))
    tickets, least = int(rows["tickets"].sum()), asked.of(MIN_TICKETS)
    if tickets < least:
        return [CLAIM.unknown(f"Only {tickets} matured tickets in L1; {least:.0f} are needed.", tickets)]
    now, limit = share(rows["escalated"].sum(), tickets), asked.of(SHARE)
    part = min(asked.of(DEFLECTED), float(rows["alone"].sum()) / tickets)
    then = _capped(scaled(now, 1 / (1 - part))) if part < 1 else now
    rings = now.high < limit < then.low
    said = (f"If a Tier 0 took {numbers.share(part)} of L1's tickets, its escalation rate of {now.percent()} would read as "
            f"{numbers.share(then.value)}{', over the alarm' if rings else ''}.{_saved(asked, rows, part, tickets)}"
            f"{_measured(asked)}")  # fmt: skip
    return [CLAIM.found(asked, "watch" if rings else "good", then, limit, said,
                        evidence=Evidence("t.tier_mask & 2 <> 0 AND t.highest_tier = 1"))]  # fmt: skip


def _capped(rate: Measured) -> Measured:
    ends = (min(1.0, end) for end in (rate.value, rate.low, rate.high))
    value, low, high = ends
    return Measured(value, low, high, rate.n, min(1.0, rate.sure_low), min(1.0, rate.sure_high))


def _saved(asked: Asked, rows: Any, part: float, tickets: int) -> str:
    """Hours of L1 a week that the deflected tickets take now, the categories with the most, and the break-even."""
    named, alone = rows[rows["category"].notna()].sort_values("alone_hours", ascending=False), rows["alone"].sum()
    first = f" Begin with {listed(list(named['category']))}." if len(named) else ""
    minutes = 60 * rows["alone_hours"].sum() / alone if alone else 0.0
    if not minutes:
        return first
    hours = part * tickets * minutes / 60 / asked.weeks_of(asked.of(MATURE_DAYS))
    return f" It would save {numbers.decimal(hours)} hours of L1 a week.{first}{_break_even(asked, minutes)}"


def _break_even(asked: Asked, minutes: float) -> str:
    human = asked.settings.money({"L1": minutes / 60})
    if not human:
        return ""
    low, high = (min(1.0, asked.of(one) / human) for one in (AI_LOW, AI_HIGH))
    return (
        f" It pays from {numbers.share(low)} to {numbers.share(high)} deflected on (by what a contact with AI costs)."
    )


def _measured(asked: Asked) -> str:
    row = asked.one("d15_tier0")
    if row.entered < asked.of(MIN_TICKETS):
        return ""
    return f" Your own Tier 0 solved {share(row.solved, row.entered).percent()} of what came to it."
