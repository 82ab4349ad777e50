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
    },
}
