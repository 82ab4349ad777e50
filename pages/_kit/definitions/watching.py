"""What the numbers of the rule tester, the watch list and the contradictions mean."""

from pages._kit.definitions.entry import Definition

GROUPS: dict[str, dict[str, Definition]] = {
    "Rules replayed": {
        "rules.work": Definition(
            "Work added by a rule",
            "hours of work per week",
            "What each tier would have had more (or less, with a minus) per week, over the weeks of the replayed tickets. What a "
            "ticket would have cost in a tier that it never saw is what one cost that did go there: drawn from those that L1 "
            "escalated, of the same priority where there are 30. Work is tracked time; where a tier tracks none, 15, 30 and 100 "
            "minutes a visit.",
        ),
        "rules.times": Definition(
            "Time with and without a rule",
            "working hours",
            "Working hours of the tiers that have the ticket, waiting for the customer left out. The lines show which share is "
            "done within which time; the slowest tenth begins where a line passes 90 %.",
        ),
        "rules.interval": Definition(
            "Interval of a replay",
            "95 % interval",
            "Bootstrap by ticket, 200 draws, always with the same seed: how much the answer would vary with other tickets of the "
            "same kind. It does not hold the uncertainty of the rule's own assumptions, which are listed under the charts.",
        ),
        "rules.cost": Definition(
            "Cost of a rule",
            "your currency per week",
            "Added hours of work times what an hour costs. Only where somebody says what an hour costs.",
        ),
    },
    "Watch list": {
        "watch.list": Definition(
            "Need somebody now",
            "open tickets",
            "Open tickets at the data's last event with at least one of the reasons below. Tickets that nobody touched for 60 "
            "days "
            "are left out and counted. A ticket is listed once, under its most urgent reason.",
        ),
        "watch.likely_breach": Definition(
            "Likely to be late",
            "open tickets",
            "Not late yet, and the probability to miss the resolution target is at least the one set (50 % unless changed).",
        ),
        "watch.unacknowledged": Definition(
            "Nobody looks at it",
            "open tickets",
            "Passed to the team that has them longer ago than the rule (30 minutes of that tier's working hours unless changed), "
            "and nobody of the team has acknowledged them.",
        ),
        "watch.customer_near_target": Definition(
            "Target near, customer's turn",
            "open tickets",
            "The clock stands while the customer is asked. Little working time (4 hours unless changed) is left once they "
            "answer.",
        ),
        "watch.bounces": Definition(
            "Keeps coming back",
            "open tickets",
            "Came back to a team that had passed them on, three times or more unless changed.",
        ),
        "watch.late": Definition(
            "Late already",
            "open tickets",
            "Their age, in working hours and without the waiting for the customer, is over the target of the priority in force, "
            "or "
            "was over that of an earlier priority while that one held.",
        ),
        "watch.p_breach": Definition(
            "Probability to miss the target",
            "0–1",
            "Of earlier tickets that the same tier held open at the same age with the same priority, the share that was not done "
            "when "
            "they reached the target (Kaplan–Meier from that age on, so that tickets still open count as long as they were "
            "seen). "
            "Learnt from the last 365 days, at most 50,000 tickets. Few comparable tickets lean on the tier's, and those on all: "
            "the "
            "wider group weighs as much as 20 tickets. Ages are working hours since the creation, waiting for the customer left "
            "out.",
        ),
        "watch.calibration": Definition(
            "Did such predictions come true?",
            "shares",
            "What was open and not yet late at 40 moments of the last two fifths of the history, what would have been said then "
            "from "
            "what was known by then (learnt anew four times), and which of them did miss their target. Brier score: mean square "
            "of "
            "the difference between probability and outcome.",
        ),
    },
    "Contradictions": {
        "contradictions.deflection": Definition(
            "Escalation rate after deflection",
            "share of L1's tickets",
            "A Tier 0 takes the share d of all contacts, all of them ones that L1 would have solved. Then L1's rate e becomes "
            "e / (1 − d), although not one ticket more is escalated. The guide: 20 to 40 % deflected, alarm at 20 % escalated.",
        ),
        "contradictions.staff_mix": Definition(
            "Work by tier against the staffing rule",
            "share of the hours of work",
            "Ended visits to each tier times the mean minutes of work of a visit (tracked; 15, 30 and 100 where fewer than 30 "
            "visits "
            "are). The range is the minutes of an L3 visit for which L1 has 60 to 70, L2 25 to 30 and L3 at most 10 % of the "
            "work.",
        ),
        "contradictions.fifteen_minutes": Definition(
            "Escalation rate that a limit would make",
            "share of L1's tickets",
            "Tickets that came in at L1 and were escalated, or were not solved within the limit in working time from the first "
            "look "
            "(from the arrival where no acknowledgement is known), waiting for the customer left out; the latest 20,000 "
            "resolved.",
        ),
        "contradictions.two_alarms": Definition(
            "A team's escalations against both alarms",
            "share of the team's tickets",
            "Tickets that a team of L1 handed to a higher tier itself, over those that it had in L1; teams with at least 30. "
            "Both "
            "the guide's figures, 20 and 50 %, are drawn.",
        ),
    },
}
