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
}
