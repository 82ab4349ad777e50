"""D4: does an L1 team escalate more than half of its tickets?"""

from __future__ import annotations

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding
from analytics.findings.ground import above, worst
from analytics.findings.settings import GUIDE, MATURE_DAYS, MIN_GROUP, share_of

SHARE = share_of("team_escalation_share", "Escalation of an L1 team that is an alarm", 0.50, GUIDE)
CLAIM = Claim(
    "d04_team_escalation",
    "An L1 team that escalates more than half",
    "The guide takes more than 50 % escalated as a gap in training or in authority.",
    "A team that passes on most of what it gets is a counter, not a first level.",
    "Don't hire for L2. Find out what this team may not or cannot do, and change that first.",
    "Share of an L1 team's matured tickets that it handed to a higher tier, for the team whose rate is surest to be high. The "
    "interval is widened for the number of teams. Work: what L2 does on half of these tickets.",
    (SHARE, MATURE_DAYS, MIN_GROUP),
)


def find(asked: Asked) -> list[Finding]:
    """The team whose rate is surest to be high, against the threshold."""
    least, limit = asked.of(MIN_GROUP), asked.of(SHARE)
    found = worst(asked.ask("d04_teams", mature_days=asked.of(MATURE_DAYS)), "escalated", "tickets", least)
    if found is None:
        return [CLAIM.unknown(f"No L1 team is known with {least:.0f} matured tickets.")]
    row, rate = found
    severity = above(rate, limit, limit)
    weeks = asked.weeks_of(asked.of(MATURE_DAYS))
    hours = row.escalated / 2 * row.l2_minutes / 60
    said = f"{row.team} hands {rate.percent()} of its {rate.n:,} tickets to a higher tier."
    if severity == "good":
        said = f"No L1 team surely escalates more than {numbers.share(limit)}. The highest: {said}"
    elif hours == hours:
        said += f" Halving this would free {numbers.decimal(hours / weeks)} hours of L2 a week."
    evidence = Evidence(
        "t.escalated_mask & 2 <> 0 AND t.ticket_no IN "
        "(SELECT v.ticket_no FROM visits v WHERE v.tier = 1 AND v.team_no = $found_team)",
        (("found_team", int(row.team_no)),),
    )
    return [CLAIM.found(asked, severity, rate, limit, said, work={"L2": hours}, weeks=weeks, evidence=evidence)]
