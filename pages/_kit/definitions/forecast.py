"""What the numbers of the forecast pages mean."""

from pages._kit.definitions.entry import Definition

GROUPS: dict[str, dict[str, Definition]] = {
    "Forecast": {
        "forecast.volume": Definition(
            "Forecast",
            "tickets per day",
            "Mean and bands of what comes each day. Several models forecast your past, day by day without having seen it; the "
            "answer weighs them by how well they did, and falls back to the mean of the last eight weeks where nothing beats "
            "that. The bands come from the errors made then, never below zero; closed days are zero. Where one tier is "
            "chosen, the visits that it gets are forecast, else the tickets created.",
        ),
        "forecast.total": Definition(
            "Total ahead",
            "tickets",
            "Sum of the days' means. Its 80 % interval comes from sample paths of the whole period: days go wrong together, so "
            "the bands of single days cannot be added up.",
        ),
        "forecast.wape": Definition(
            "Mean error (WAPE)",
            "share",
            "Sum of the absolute errors over the sum of what came, over all days tried. The noise floor is what a perfect "
            "forecast would still miss at this volume, since tickets come at random.",
        ),
        "forecast.mase": Definition(
            "Error against last week (MASE)",
            "ratio",
            "Mean absolute error over that of saying each day what came a week before. Below 1 is better than that.",
        ),
        "forecast.coverage": Definition(
            "80 % band held", "share", "Share of the days tried that fell into the 80 % band. 75 to 85 % is honest."
        ),
        "forecast.bias": Definition("Bias", "share", "Forecast less what came, over what came. Above zero: too high."),
        "forecast.noise_floor": Definition(
            "Noise floor",
            "share",
            "The error that a perfect forecast would still have: tickets come at random, and at this volume and spread a day is "
            "off by so much even where its mean is known.",
        ),
        "forecast.hours": Definition(
            "Forecast by hour",
            "tickets per hour",
            "The day's forecast times the share of its weekday's tickets that comes in the hour, learnt from the last half "
            "year. The hours of a day add up to the day.",
        ),
        "forecast.today": Definition(
            "The day under way",
            "tickets",
            "Where the data stop before their last day ended, the day is not learnt as a quiet one. Its total is what came so "
            "far and the rest of its forecast, raised or lowered by how busy it has been.",
        ),
        "forecast.tiers": Definition(
            "Tiers that add up",
            "visits per day",
            "Tickets that enter are forecast. Each visit then goes on to another tier with the shares of the last half year, "
            "after the delays seen since then by weekday; in each of 400 paths shares are drawn as surely as visits taught "
            "them. So tiers add up, and a launch reaches L2 when its tickets do. Beside it each tier is forecast by itself, "
            "and both ways are tried on your past; each tier's paths lean, day by day, towards the way that was closer there.",
        ),
        "forecast.events": Definition(
            "Effect of an event",
            "share on top of the usual",
            "What came on an event's days over the same weekdays around it, by its shape: full strength, then halving. One "
            "event's luck is not the next one's, so each is drawn towards the mean of its kind, and that towards nothing.",
        ),
        "forecast.spikes": Definition(
            "Spike",
            "tickets",
            "The last four weeks against the forecast made before them. An alarm is a day less likely than the budget of false "
            "alarms allows, or a slow rise that adds up; all series that are watched share six false alarms a year.",
        ),
        "forecast.plan": Definition(
            "Plan",
            "tickets per day",
            "A forecast locked under a name, which is never changed. Its score is the locked numbers against what came on days "
            "that are whole in the data, next to the error that had been expected.",
        ),
    }
}
