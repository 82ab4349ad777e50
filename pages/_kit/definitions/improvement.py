"""What the numbers of the improvement pages mean."""

from pages._kit.definitions.entry import Definition

GROUPS: dict[str, dict[str, Definition]] = {
    "Findings": {
        "findings.severity": Definition(
            "Severity",
            "word",
            "Act and Watch are alarms: the whole 95 % interval lies beyond the threshold, widened where the worst of "
            "several teams "
            "or products is picked. Good: no such ground. Cannot be told: too few tickets, or a column that the data does "
            "not hold.",
        ),
        "findings.hours_at_stake": Definition(
            "Hours at stake",
            "hours over the period in view",
            "Hours of people's work, or of tickets' waiting, that the finding accounts for; findings are ranked by them within "
            "each severity. The two kinds are named and do not add up.",
        ),
        "findings.d01_resolved_shares": Definition(
            "Resolved at L1, L2 and L3",
            "share of resolved tickets",
            "Tier of the last resolution, over tickets at least 14 days old. Watch where L1 lies surely more than 5 points "
            "below 80 %, "
            "or L2 or L3 above 18 or 2 %.",
        ),
        "findings.d03_escalation_rate": Definition(
            "Escalated from L1, week by week",
            "share of tickets in L1",
            "Tickets escalated from L1 over those that reached it, in the last 12 weeks that are at least 14 days old. "
            "Watch where the "
            "interval lies over 20 % in at least 4 of them.",
        ),
        "findings.d03_product": Definition(
            "A product that escalates more",
            "points as a share",
            "A product's escalation rate less that of all other products, with Newcombe's interval widened for the number "
            "of products.",
        ),
        "findings.d04_team_escalation": Definition(
            "An L1 team that escalates more than half",
            "share of the team's tickets",
            "Tickets that the team itself handed to a higher tier, over the tickets it saw. The team whose rate is surest "
            "to be high.",
        ),
        "findings.d05_l1_effort": Definition(
            "Work over L1's limit", "share of visits", "Ended visits to L1 with more than 15 minutes of tracked work."
        ),
        "findings.d05_l2_effort": Definition(
            "Work over L2's limit", "share of visits", "Ended visits to L2 with more than 30 minutes of tracked work."
        ),
        "findings.d07_acknowledgement": Definition(
            "High-priority handoffs acknowledged in time",
            "share of handoffs",
            "Handoffs between tiers of tickets with a high priority, acknowledged within 30 minutes of the receiving "
            "tier's working "
            "hours. Those never acknowledged count as late; those still waiting and younger are left out.",
        ),
        "findings.d08_bounces": Definition(
            "Tickets that bounce", "share of tickets", "Tickets with at least one return to a team that they had left."
        ),
        "findings.d08_pair": Definition(
            "Two teams that send tickets back and forth",
            "share of handoffs between the two",
            "Ended handoffs between two teams after which the ticket went straight back, over all that are not themselves "
            "a way back.",
        ),
        "findings.d09_premature": Definition(
            "Premature escalations",
            "share of escalated tickets",
            "Escalated from L1, resolved in L2, never in L3, with less tracked work in L2 than L1's own limit of 15 minutes.",
        ),
        "findings.d11_l3_wait": Definition(
            "Waiting for L3, now against before",
            "times",
            "Weekly median waits for L3 in its working hours: the last 8 weeks over the 26 before, as a ratio of geometric "
            "means with "
            "Welch's interval over weeks. A handoff never acknowledged counts with the wait it had.",
        ),
        "findings.d11_l3_load": Definition(
            "L3's hours at work taken by tickets",
            "share of hours at work",
            "Tracked work in L3 over its rostered hours less shrinkage (30 %: meetings, breaks, training), mean of the last 8 "
            "whole weeks. Filters do not change it.",
        ),
        "findings.d12_undocumented": Definition(
            "Fixed in L3 without an article",
            "share of tickets resolved in L3",
            "Tickets with no knowledge link on any event.",
        ),
        "findings.d18_hierarchical": Definition(
            "Escalations that are approvals",
            "share of escalations",
            "Escalations marked as hierarchical, as an approval or for a manager, over those whose kind is told.",
        ),
        "findings.d18_product": Definition(
            "A product whose escalations are approvals",
            "share of the product's escalations",
            "As above, for the product where it is surest to be high, the interval widened for the number of products.",
        ),
        "findings.d19_handoff_notes": Definition(
            "Poor handoff notes",
            "times",
            "How many times as long escalations to L2 with at most one of six sections in the note wait as those with four "
            "or more, "
            "within the same receiving team and priority. Sections are told by labels at the start of a line. An "
            "association, not "
            "an experiment.",
        ),
    },
}
