"""D9: which escalations could L1 have solved within its own limit?"""

from __future__ import annotations

from analytics.findings.base import Asked, Claim, Evidence, Finding, above, share

CLAIM = Claim(
    "d09_premature",
    "Premature escalations",
    "What L2 solves in a few minutes, L1 could have solved without a second queue. Quick approvals count as well.",
    "Turn what L2 did on these tickets into a macro or an article for L1, the most frequent category first.",
)
_REASON = (
    "t.escalated_mask & 2 <> 0 AND t.resolved_us IS NOT NULL AND t.resolved_tier = 2 AND t.highest_tier = 2 AND "
    "(SELECT sum(v.effort_minutes) FROM tier_visits v WHERE v.ticket_no = t.ticket_no AND v.tier = 2) < $found_minutes"
)


def find(asked: Asked) -> list[Finding]:
    """The share of escalated and resolved tickets that took L2 less tracked work than L1's limit."""
    settings = asked.settings
    if not asked.columns["effort"]:
        return [CLAIM.unknown("The data holds no tracked work (effort_minutes).")]
    row = asked.one("d09_premature", l1_minutes=settings.l1_minutes)
    if row.tickets < settings.min_group:
        return [CLAIM.unknown(f"Only {row.tickets} escalated tickets with tracked work in L2.", row.tickets)]
    early = share(row.premature, row.tickets)
    said = (f"{early.percent()} of {early.n:,} tickets escalated from L1 were solved in L2 with less than "
            f"{settings.l1_minutes:.0f} minutes of work.")  # fmt: skip
    evidence = Evidence(_REASON, (("found_minutes", settings.l1_minutes),))
    return [CLAIM.found(above(early, settings.premature_share), early, settings.premature_share, said,
                        hours_at_stake=row.hours, evidence=evidence)]  # fmt: skip
