"""What the numbers of the improvement pages mean. A finding brings its own paragraph with it."""

from analytics.findings import registry
from pages._kit.definitions.entry import Definition

GROUPS: dict[str, dict[str, Definition]] = {
    "Findings": {
        "findings.severity": Definition(
            "Severity",
            "word",
            "Watch: the whole 95 % interval lies beyond the threshold. Act: so does a wider one that holds for all findings at "
            "once (Bonferroni over 40), so that where nothing is wrong at most one report in twenty has a false one. Both are "
            "wider still where the worst of several teams or products is picked. Good: no such ground. Cannot be told: too few "
            "tickets, or a column that the data does not hold.",
        ),
        "findings.hours_at_stake": Definition(
            "Hours at stake",
            "hours a week",
            "What an alarm costs, over the weeks that it looks at: hours of people's work, and apart from them hours of tickets' "
            "waiting; they do not add up. Findings of one severity are ranked by work, then by waiting. Money is told for work, "
            "and only where the cost of an hour of each tier concerned is given.",
        ),
        "findings.change": Definition(
            "Change since the period before",
            "word",
            "The period in view (the last 13 weeks where none is chosen) against one of the same length before it. New: an "
            "alarm that was none. Gone: the other way round. Worse and better: the value moved by more than the noise of both "
            "(interval of their difference, wide enough for all findings at once), or the severity of an alarm changed.",
        ),
    }
    | {f"findings.{name}": Definition(*told) for name, told in registry.definitions().items()},
}
