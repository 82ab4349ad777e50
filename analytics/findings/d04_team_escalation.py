"""D4: does an L1 team escalate more than half of its tickets?"""

from __future__ import annotations

from analytics.findings.base import Asked, Claim, Evidence, Finding, above, worst

CLAIM = Claim(
    "d04_team_escalation",
    "An L1 team that escalates more than half",
    "A team that passes on most of what it gets is a counter, not a first level: a gap in training or in authority.",
    "Don't hire for L2. Find out what this team may not or cannot do, and change that first.",
)


def find(asked: Asked) -> list[Finding]:
    """The team whose rate is surest to be high, against the threshold."""
    settings = asked.settings
    found = worst(asked.ask("d04_teams", mature_days=settings.mature_days), "escalated", "tickets", settings.min_group)
    if found is None:
        return [CLAIM.unknown(f"No L1 team is known with {settings.min_group} matured tickets.")]
    row, rate = found
    severity = above(rate, settings.team_escalation_share, settings.team_escalation_share)
    minutes = row.l2_minutes if row.l2_minutes == row.l2_minutes else 0.0
    hours = row.escalated / 2 * minutes / 60 if severity == "act" else 0.0
    said = f"{row.team} hands {rate.percent()} of its {rate.n:,} tickets to a higher tier."
    freed = f" Halving this would free {hours:.0f} hours of L2." if hours else ""
    if severity == "good":
        said = f"No L1 team surely escalates more than {settings.team_escalation_share:.0%}. The highest: {said}"
    evidence = Evidence(
        "t.escalated_mask & 2 <> 0 AND t.ticket_no IN "
        "(SELECT v.ticket_no FROM visits v WHERE v.tier = 1 AND v.team_no = $found_team)",
        (("found_team", int(row.team_no)),),
    )
    return [CLAIM.found(severity, rate, settings.team_escalation_share, said + freed, hours_at_stake=hours,
                        evidence=evidence)]  # fmt: skip
