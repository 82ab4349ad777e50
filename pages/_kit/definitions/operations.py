"""What the numbers of the operations pages mean."""

from pages._kit.definitions.entry import Definition

GROUPS: dict[str, dict[str, Definition]] = {
    "Tiers": {
        "tiers.tier": Definition(
            "Tier",
            "name",
            "L0 is self-service, L1 the first line, L2 technical support, L3 engineering. It comes from the data, "
            "or from the team by the rules given at import.",
        ),
        "tiers.tickets_touched": Definition(
            "Tickets seen",
            "tickets",
            "Tickets that were in the tier at least once. A tier visit is an unbroken stay of a ticket in one tier.",
        ),
        "tiers.tickets_only": Definition(
            "Only in this tier",
            "tickets",
            "Tickets that were never in any other tier.",
        ),
        "tiers.entry": Definition(
            "Came in here",
            "tickets",
            "Tickets whose first stop was this tier.",
        ),
        "tiers.resolved": Definition(
            "Resolved here",
            "tickets",
            "Resolved tickets by the tier that had the ticket at its last resolution (its closing, where there is "
            "no resolution).",
        ),
        "tiers.share_resolved": Definition(
            "Share resolved here",
            "share of resolved tickets",
            "Tickets resolved in the tier over all resolved tickets. The 80/18/2 split beside it is a guide's "
            "rule of thumb: it depends on how long a visit takes in each tier, and is not a target.",
        ),
        "tiers.escalated": Definition(
            "Escalated",
            "tickets",
            "Tickets that left this tier for a higher one at least once.",
        ),
        "tiers.escalation_rate": Definition(
            "Escalation rate",
            "share of tickets seen",
            "Tickets escalated out of the tier over tickets seen by it, so far. Tickets that came in lately may "
            "still be escalated, so the rate of recent weeks looks low: the matured rate corrects that.",
        ),
        "tiers.escalation_rate_low": Definition(
            "Escalation rate, lower end",
            "share",
            "Lower end of the Wilson 95 % interval of the escalation rate.",
        ),
        "tiers.escalation_rate_high": Definition(
            "Escalation rate, upper end",
            "share",
            "Upper end of the Wilson 95 % interval of the escalation rate.",
        ),
        "tiers.matured_rate": Definition(
            "Matured escalation rate",
            "share of tickets seen",
            "Chance that a ticket is escalated within 14 days of reaching the tier for the first time (Aalen- "
            "Johansen; resolution, cancellation and return end the chance). Young tickets count for the time they "
            "have been there and do not pull it down.",
        ),
        "tiers.shrunk_rate": Definition(
            "Escalation rate drawn to the mean",
            "share of tickets seen",
            "The rates of all values are taken as spread around one mean; each is moved towards it by as much as its number "
            "of tickets leaves open (empirical Bayes). A value with few tickets moves far, one with many stays.",
        ),
        "tiers.return_rate": Definition(
            "Return rate",
            "share of tickets seen",
            "Tickets sent from the tier to a lower one at least once, over tickets seen.",
        ),
        "tiers.mix_over_time": Definition(
            "Resolved mix over time",
            "share of resolved tickets",
            "By the week or month a ticket was created in. Where over 5 % of a period's tickets are not resolved "
            "yet the period is shaded: hard tickets take longer, so its mix still moves upwards.",
        ),
    },
    "Climbing": {
        "funnel.tickets": Definition(
            "Reached a tier",
            "tickets",
            "Tickets whose highest tier is this one or a higher one, so that the steps are nested: a ticket that "
            "went from L1 straight to L3 also counts for L2. Tickets of unknown tier are left out.",
        ),
        "funnel.share_of_start": Definition(
            "Share of all",
            "share",
            "Tickets that reached the tier over all tickets with a tier.",
        ),
        "funnel.share_of_previous": Definition(
            "Share of the step before",
            "share",
            "Over the tickets that reached the tier below.",
        ),
        "hops.visits": Definition(
            "Step by step",
            "tickets",
            "A tier visit is an unbroken stay of a ticket in one tier. The 1st stop is where a ticket came in; "
            "each column is the next stop, so that a ticket which comes back appears again further right and "
            "never runs in a circle.",
        ),
        "paths.path": Definition(
            "Tier path",
            "tiers in order",
            "The tiers of a ticket's tier visits in order. A tier visit is an unbroken stay of a ticket in one tier.",
        ),
        "paths.start": Definition(
            "Beginning of a way",
            "tickets",
            "Tickets whose tier path begins so, whatever came after. Each column is one more stop; ways of under 1 in 2,000 "
            "tickets are in the table only.",
        ),
        "paths.tickets": Definition(
            "Tickets of a path",
            "tickets",
            "Tickets that took exactly this path.",
        ),
        "incidence.share": Definition(
            "How visits end with time",
            "share of tickets that reached the tier",
            "From a ticket's first arrival at the tier to the escalation, return, resolution or cancellation that ends the "
            "stay. The four compete: what is resolved can no longer be escalated (Aalen-Johansen). Tickets that are still "
            "there count for as long as they have been there. Escalated after 14 days is the matured escalation rate.",
        ),
        "routing": Definition(
            "Routing matrix",
            "share of ended visits",
            "Where tier visits that have ended went: to another tier, or resolved, closed or cancelled there. "
            "Each row adds up to 100 %. Open visits are left out.",
        ),
    },
    "Handoffs": {
        "handoffs.tier.count": Definition(
            "Handoffs between tiers",
            "handoffs",
            "Changes from one tier to another. A tier visit is an unbroken stay of a ticket in one tier.",
        ),
        "handoffs.tier.tickets": Definition(
            "Tickets with such a handoff",
            "tickets",
            "Distinct tickets handed between tiers.",
        ),
        "handoffs.tier.escalations": Definition(
            "Escalations",
            "handoffs",
            "Handoffs to a higher tier; skipping one is one escalation.",
        ),
        "handoffs.tier.returns": Definition(
            "Returns",
            "handoffs",
            "Handoffs to a lower tier.",
        ),
        "handoffs.team.count": Definition(
            "Handoffs between teams",
            "handoffs",
            "Changes of team or tier, within a tier as well.",
        ),
        "handoffs.team.tickets": Definition(
            "Tickets handed between teams",
            "tickets",
            "Distinct tickets with such a handoff.",
        ),
        "handoffs.team.lateral": Definition(
            "Lateral handoffs",
            "handoffs",
            "Handoffs to another team of the same tier.",
        ),
        "handoffs.pairs.from": Definition(
            "From",
            "tier",
            "The tier that handed over.",
        ),
        "handoffs.pairs.to": Definition(
            "To",
            "tier",
            "The tier that received.",
        ),
        "handoffs.pairs.count": Definition(
            "Handoffs of a pair",
            "handoffs",
            "Handoffs from the one tier to the other.",
        ),
        "handoffs.pairs.tickets": Definition(
            "Tickets of a pair",
            "tickets",
            "Distinct tickets among those handoffs.",
        ),
        "handoffs.pairs.acknowledged": Definition(
            "Acknowledged",
            "handoffs",
            "Somebody of the receiving tier began to work on it.",
        ),
        "handoffs.pairs.unacknowledged": Definition(
            "Not acknowledged",
            "handoffs",
            "The ticket left the tier, was resolved, or is still there, before anybody acknowledged it.",
        ),
        "handoffs.pairs.p50_hours": Definition(
            "Median wait of a pair",
            "hours",
            "Half waited longer. Only handoffs that were acknowledged count, which makes the number look better "
            "where many never are.",
        ),
        "handoffs.pairs.p90_hours": Definition(
            "90th percentile of a pair",
            "hours",
            "One in ten waited longer. Only handoffs that were acknowledged count, which makes the number look "
            "better where many never are.",
        ),
        "handoffs.pairs.km_p50_hours": Definition(
            "Median wait over all handoffs of a pair",
            "hours",
            "Kaplan-Meier over all handoffs: one that leaves unacknowledged counts as waiting up to that moment. "
            "This takes leaving to say nothing about the wait. Absent where fewer than the share in question were "
            "ever acknowledged.",
        ),
        "handoffs.pairs.km_p90_hours": Definition(
            "90th percentile over all handoffs of a pair",
            "hours",
            "Kaplan-Meier over all handoffs: one that leaves unacknowledged counts as waiting up to that moment. "
            "This takes leaving to say nothing about the wait. Absent where fewer than the share in question were "
            "ever acknowledged.",
        ),
        "handoffs.pairs.share_within_target": Definition(
            "Share in time of a pair",
            "share of handoffs",
            "Acknowledged within the target, over all but open ones younger than it.",
        ),
    },
    "Waiting": {
        "latency.acknowledged": Definition(
            "Acknowledged handoffs",
            "handoffs",
            "Handoffs between tiers after which somebody of the receiving tier began to work on the ticket before "
            "it left again.",
        ),
        "latency.unacknowledged": Definition(
            "Not acknowledged",
            "handoffs",
            "Handoffs between tiers that nobody acknowledged in that tier visit: the ticket left, was resolved, "
            "or is waiting now.",
        ),
        "latency.p50_hours": Definition(
            "Median handoff latency",
            "calendar time",
            "From the handoff to the first acknowledgement by the receiving tier. Only handoffs that were "
            "acknowledged count, which makes the number look better where many never are.",
        ),
        "latency.p90_hours": Definition(
            "90th percentile of handoff latency",
            "calendar time",
            "One in ten waited longer. Only handoffs that were acknowledged count, which makes the number look "
            "better where many never are.",
        ),
        "latency.km_p50_hours": Definition(
            "Median over all handoffs",
            "calendar time",
            "Kaplan-Meier over all handoffs: one that leaves unacknowledged counts as waiting up to that moment. "
            "This takes leaving to say nothing about the wait. Absent where fewer than the share in question were "
            "ever acknowledged.",
        ),
        "latency.km_p90_hours": Definition(
            "90th percentile over all handoffs",
            "calendar time",
            "Kaplan-Meier over all handoffs: one that leaves unacknowledged counts as waiting up to that moment. "
            "This takes leaving to say nothing about the wait. Absent where fewer than the share in question were "
            "ever acknowledged.",
        ),
        "latency.share_within_target": Definition(
            "Acknowledged in time",
            "share of handoffs",
            "Acknowledged within the target, over all handoffs but the open ones that are younger than the "
            "target. Those never acknowledged count as not in time.",
        ),
        "latency.target_minutes": Definition(
            "Target",
            "minutes",
            "How fast a handoff should be acknowledged; 30 minutes by default.",
        ),
        "latency.waiting": Definition(
            "Waiting now",
            "handoffs",
            "Not acknowledged, and still in that tier visit at the data's end.",
        ),
        "latency.survival": Definition(
            "Picked up, gone, still waiting",
            "share of handoffs",
            "Picked up and gone compete: a ticket that leaves, or is resolved, before anybody picked it up never will be "
            "(Aalen-Johansen). The dashed curve is Kaplan-Meier's: it takes those that left as if they would have been picked "
            "up like the others later, so it lies above. Open handoffs count for as long as they have waited.",
        ),
        "latency.open_now": Definition(
            "Waiting now, against the rule",
            "handoffs",
            "Handed over, not acknowledged, and still there at the data's last event; late where the wait is longer than the "
            "target. A period does not matter: what waits now waits, whenever it was handed over.",
        ),
        "latency.team_pairs": Definition(
            "Median wait from team to team",
            "hours",
            "Over all handoffs between two teams, those never acknowledged included (Kaplan-Meier). Blank under five handoffs, "
            "and where under half were ever acknowledged.",
        ),
        "latency.curve": Definition(
            "Acknowledged by then",
            "share of handoffs",
            "How large a share of all handoffs of a group was acknowledged within a time. The curve ends below "
            "100 % where some were never acknowledged. Drawn from 201 quantiles.",
        ),
        "latency.by_hour": Definition(
            "Wait by hour of the week",
            "calendar time",
            "Median wait of the handoffs made in that hour, local time, over those acknowledged. Hours with fewer "
            "than five handoffs are left blank.",
        ),
        "times.time_to_resolve": Definition(
            "Time to resolve",
            "calendar time",
            "From creation to the last resolution, waiting for others included; never the automatic closing days "
            "later. Median over resolved tickets.",
        ),
        "pending.events": Definition(
            "Pending events",
            "events",
            "Times a ticket was set to wait for the customer or a vendor.",
        ),
        "pending.tickets": Definition(
            "Tickets with pending time",
            "tickets",
            "Tickets that waited for others at least once.",
        ),
        "pending.days": Definition(
            "Pending time",
            "days",
            "Time in waiting for others, summed over all waits that have ended.",
        ),
    },
    "Bounces": {
        "bounces.team_returns": Definition(
            "Returns to a team",
            "visits",
            "Visits to a team that the ticket had already left.",
        ),
        "bounces.team_tickets": Definition(
            "Tickets that came back to a team",
            "tickets",
            "Tickets with at least one such visit.",
        ),
        "bounces.team_immediate": Definition(
            "There and straight back",
            "visits",
            "Only A, then B, then A at once.",
        ),
        "bounces.team_immediate_tickets": Definition(
            "Tickets sent straight back",
            "tickets",
            "Tickets with at least one of those.",
        ),
        "bounces.tier_returns": Definition(
            "Returns to a tier",
            "visits",
            "Tier visits to a tier that the ticket had already left.",
        ),
        "bounces.tier_tickets": Definition(
            "Tickets that came back to a tier",
            "tickets",
            "Tickets with at least one such visit.",
        ),
        "bounces.team_share": Definition(
            "Share of tickets that came back",
            "share of tickets",
            "Tickets with at least one return to a team over all tickets in view.",
        ),
        "bounces.delay_share": Definition(
            "Delay in loops",
            "share of time until resolution",
            "Time of resolved tickets spent with another team before they came straight back, over all time from their "
            "creation to their resolution. Calendar time.",
        ),
        "bounces.loop_hours": Definition(
            "Time to resolve by loops",
            "calendar time",
            "Median from creation to the last resolution, by how often a ticket went to another team and straight back before "
            "it. Tickets with loops are also harder ones: the difference is not all due to the loops.",
        ),
        "bounces.hours_lost": Definition(
            "Hours lost in loops",
            "hours, calendar time",
            "Of tickets that went from one team to another and straight back: the time they spent with the other team. Nights "
            "and weekends count; it is the ticket's time, not people's work.",
        ),
    },
    "Open tickets and targets": {
        "backlog.open": Definition(
            "Open tickets",
            "tickets at the end of a day",
            "Tickets that are not resolved, closed or cancelled at midnight, by the tier that holds them. A reopened ticket "
            "is open again. The period cuts the days that are shown; it does not select tickets by creation.",
        ),
        "backlog.age": Definition(
            "Age of open tickets",
            "working days",
            "Whole working days of 8 hours since the ticket came to the tier that holds it, on that tier's working hours, up to "
            "the data's last event.",
        ),
        "backlog.at": Definition(
            "Open at a moment",
            "tickets",
            "Tickets that were open at that moment by the tier that held them, and their age: working days of 8 hours since "
            "they came to that tier, on its working hours.",
        ),
        "breach.p_breach": Definition(
            "Chance of missing the target",
            "chance",
            "Among earlier tickets of the same tier and priority that were open for as long, the share that was not resolved "
            "when the target was reached. Where those are few, it is drawn to the share of all tickets of the tier. Working "
            "hours, without time spent waiting for the customer.",
        ),
        "breach.calibration": Definition(
            "How far such predictions could be trusted",
            "share of open tickets",
            "At past moments the same prediction was made with what was known then, and compared with what came. On the line "
            "a prediction of 30 % came true in 30 % of cases.",
        ),
        "sla.answered": Definition(
            "Answered in time",
            "share of due tickets",
            "First answer (where the data holds no replies, the first acknowledgement) within the target of the priority in "
            "force, in working hours since creation. Open tickets still within their target are not due yet.",
        ),
        "sla.resolved": Definition(
            "Resolved in time",
            "share of due tickets",
            "Resolved within the target of the priority in force, in working hours since creation, less the time waiting for "
            "others. Open tickets still within their target are not due yet.",
        ),
    },
    "Satisfaction": {
        "satisfaction.csat": Definition(
            "Good ratings",
            "share of ratings",
            "Ratings that are good over all ratings of resolved tickets, with the Wilson 95 % interval. Only customers who "
            "answered count; those who did not may think otherwise.",
        ),
        "satisfaction.rated": Definition("Ratings", "tickets", "Resolved tickets with a rating."),
        "satisfaction.response_rate": Definition(
            "Response rate", "share of resolved tickets", "Resolved tickets with a rating over all resolved tickets."
        ),
    },
    "Teams and agents": {
        "teams.in_time": Definition(
            "Picked up in time",
            "share of handoffs received",
            "Handoffs from another team that were acknowledged within the target, over all but the open ones younger than it.",
        ),
        "teams.passed_up": Definition(
            "Passed up",
            "share of ended visits",
            "Visits that ended in a handoff to a higher tier.",
        ),
        "teams.solved": Definition(
            "Solved",
            "share of ended visits",
            "Visits in which the ticket was resolved or closed for good.",
        ),
        "teams.shrunk": Definition(
            "Drawn to the tier's mean",
            "share",
            "The shares of a tier's teams (or agents) are taken as spread around one mean; each is moved towards it by as much "
            "as its number of visits leaves open (empirical Bayes). None where a tier has under three. What remains apart "
            "from the mean is more than chance; why, the numbers do not know: another mix of tickets is the usual reason.",
        ),
        "agents.visits": Definition(
            "Visits of an agent",
            "visits",
            "Visits whose first acknowledgement carries the agent's name or pseudonym. Under 100 visits an agent is not shown.",
        ),
    },
    "A ticket's story": {
        "story.visits": Definition(
            "Stops",
            "visits",
            "Unbroken stays of a ticket with one team of one tier. An open one ends at the data's last event.",
        ),
        "story.waiting": Definition(
            "Waiting to be picked up",
            "hours, calendar time",
            "From the start of a stop to its first acknowledgement, or to its end where nobody acknowledged it.",
        ),
    },
    "Quality": {
        "quality.first_level_resolution": Definition(
            "First-level resolution",
            "share of resolved tickets",
            "Resolved tickets that were only ever in L1 and never reopened, over all resolved tickets.",
        ),
        "quality.first_contact_resolution": Definition(
            "First-contact resolution",
            "share of resolved tickets",
            "As first-level resolution, with at most one public reply. Absent where the data holds no replies.",
        ),
        "quality.reopen_rate": Definition(
            "Reopen rate",
            "share of resolved tickets",
            "Resolved tickets that were opened again later.",
        ),
        "quality.never_resolved": Definition(
            "Never resolved",
            "share of tickets",
            "Tickets without any resolution or closing: open ones and cancelled ones.",
        ),
    },
}
