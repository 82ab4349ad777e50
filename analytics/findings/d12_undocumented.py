"""D12: are fixes of L3 written down?"""

from __future__ import annotations

from analytics.findings.base import Asked, Claim, Evidence, Finding, above, share

CLAIM = Claim(
    "d12_undocumented",
    "Fixed in L3 without an article",
    "A fix that only one engineer knows climbs all tiers again the next time.",
    "Make the link to an article part of closing a ticket in L3; start with the categories that come back most.",
)


def find(asked: Asked) -> list[Finding]:
    """The share of tickets resolved in L3 that carry no knowledge link."""
    settings = asked.settings
    if not asked.columns["links"]:
        return [CLAIM.unknown("The data holds no links to articles (knowledge_link).")]
    row = asked.one("d12_undocumented")
    if row.tickets < settings.min_group:
        return [
            CLAIM.unknown(f"Only {row.tickets} tickets resolved in L3; {settings.min_group} are needed.", row.tickets)
        ]
    missing = share(row.undocumented, row.tickets)
    said = f"{missing.percent()} of {missing.n:,} tickets resolved in L3 carry no link to an article."
    evidence = Evidence(
        "t.resolved_tier = 3 AND NOT EXISTS (SELECT 1 FROM events e WHERE e.ticket_no = t.ticket_no "
        "AND e.knowledge_link IS NOT NULL)"
    )
    return [CLAIM.found(above(missing, settings.undocumented_share), missing, settings.undocumented_share, said,
                        hours_at_stake=row.hours, evidence=evidence)]  # fmt: skip
