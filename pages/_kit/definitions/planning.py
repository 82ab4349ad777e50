"""What the numbers of the planning pages mean."""

from pages._kit.definitions.entry import Definition

GROUPS: dict[str, dict[str, Definition]] = {
    "Planning": {
        "forecast.volume": Definition(
            "Forecast",
            "tickets per day",
            "Mean and bands of what comes each day. Several models forecast your past, day by day without having seen it; the "
            "answer weighs them by how well they did, and falls back to the mean of the last eight weeks where nothing beats "
            "that. The bands come from the errors made then, never below zero; closed days are zero.",
        ),
        "forecast.wape": Definition(
            "Mean error (WAPE)",
            "share",
            "Sum of the absolute errors over the sum of what came, over all days tried. The noise floor is what a perfect "
            "forecast would still miss at this volume, since tickets come at random.",
        ),
        "forecast.coverage": Definition(
            "80 % band held", "share", "Share of the days tried that fell into the 80 % band. 75 to 85 % is honest."
        ),
        "forecast.bias": Definition("Bias", "share", "Forecast less what came, over what came. Above zero: too high."),
        "staffing.headcount": Definition(
            "People needed",
            "people",
            "Arrivals of the forecast go through the tiers by the routing of the last half year; each visit costs its effort; "
            "the deadlines of your targets and the working hours say how much must be done by when; occupancy, shrinkage "
            "and the "
            "calendar turn that into people. The interval comes from the uncertainty of effort and routing; the forecast's "
            "is in "
            "the wanted certainty. People now come from the roster, else from active agents, which is an estimate.",
        ),
        "staffing.load": Definition(
            "Work and capacity",
            "hours per week",
            "Hours of work that arrive each week with their 80 % band, against what the people now and the recommended "
            "ones can "
            "do after shrinkage and under the occupancy cap.",
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
    },
}
