"""What the numbers of the staffing pages mean."""

from pages._kit.definitions.entry import Definition

GROUPS: dict[str, dict[str, Definition]] = {
    "Staffing": {
        "staffing.headcount": Definition(
            "People to ask for",
            "full-time people",
            "Arrivals of the forecast go through the tiers by the routing of the last half year; each visit costs its effort; "
            "the deadlines of your targets and the working hours say how much must be done by when; occupancy cap, shrinkage and "
            "calendar turn that into people. The first answer of a new ticket is its first minutes of work (5 where the plan "
            "says nothing else) and has a deadline of its own; what came while the team was away lies there when it opens (the "
            "rule of the share on time looks at solutions alone). To ask for: nine of ten weeks (or as you wish) keep every "
            "deadline, and what lies open now is worked off by the end of the horizon. Typical week: what half of the weeks ask "
            "for at most. Hardest week: with launches, closed days and what lies open now; a matter of overtime, not of hires. "
            "The interval is 90 % (or the plan's) and comes from effort and routing; the forecast's own is in the wanted share. "
            "Planned people come from the plan, the roster, or from active agents, which is an estimate.",
        ),
        "staffing.load": Definition(
            "Work and capacity",
            "hours per week",
            "Hours of work that arrive each week with their 80 % band, against what the people now and the recommended "
            "ones can "
            "do after shrinkage and under the occupancy cap.",
        ),
        "staffing.wait": Definition(
            "Wait",
            "working hours",
            "From a visit's start until work on it begins. Tickets are taken one after the other: what lies there is done at "
            "the team's pace, and Erlang C adds what chance does to a team that busy. Live contacts wait as Erlang C says, hour "
            "by hour; the mean has no end where one hour has fewer seats than work.",
        ),
        "staffing.cost": Definition(
            "Cost",
            "per week",
            "People x paid hours a day x days a week x the cost of an hour that the plan or the slider says, in its currency. "
            "The planned people change with attrition and hires, who cost in full from their first day. A week that the horizon "
            "cuts counts as a whole one.",
        ),
        "staffing.effort": Definition(
            "Effort per visit",
            "minutes of work",
            "Tracked time where the source has it; else rostered hours over visits; else a stated prior of 15, 30 and 100 "
            "minutes. Effort is work, not elapsed time.",
        ),
        "staffing.mix": Definition(
            "Implied mix",
            "share",
            "Shares by tier that follow from the flow: people, work, resolved tickets. 60-70/25-30/<10 and 80/18/2 are "
            "rules of "
            "a guide; they hold together only for some efforts in L3.",
        ),
        "staffing.replay": Definition(
            "Replay",
            "as in history",
            "The last whole weeks (at most 13) once more: the tickets that came, the people of the roster (or those seen in the "
            "log each day, an estimate) and what lay open at the start go through the simulation 30 times, each team of a tier "
            "for itself. Waits are working hours from the start of a tier visit to its acknowledgement; open visits are counted "
            "at the week's end without those that wait for a customer; in time is a "
            "visit that took no more than its share of the ticket's target.",
        ),
        "staffing.scenario": Definition(
            "Scenario",
            "name",
            "A name for changes of the plan. Differences are to the baseline: the plan as it is, unless a scenario is chosen. "
            "All scenarios see the same futures, so that a difference is the change and not chance.",
        ),
        "staffing.tornado": Definition(
            "What moves headcount most",
            "people",
            "One input at a time goes to the low and the high end of what is plausible: effort and routing over their 95 % "
            "intervals, arrivals by a tenth, shrinkage and occupancy by five points, targets doubled and halved. People are "
            "over all tiers and before rounding.",
        ),
        "staffing.shifts": Definition(
            "Required and covered",
            "people by hour",
            "Required in an hour: agents for live contacts by Erlang C (A with a patience) for the busiest week, tickets due "
            "within the day at the hours at which they come, under the occupancy cap; never below the minimum seats. Required "
            "on a day: the hours on seat that all its work takes, at any open hour. Covered: people on the chosen patterns less "
            "shrinkage. The patterns are whole people at least cost, found by an exact solver.",
        ),
    },
}
