"""The cards of the forecast page: numbers on top, the days ahead, the race, how far ahead it holds."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.ahead.groups import total_interval
from analytics.charts import forecast as charts
from pages._kit import numbers
from pages._kit.cards import Card, Drill, Kpi
from pages._kit.forecasting import shared
from pages._kit.forecasting.shared import Shown
from pages._kit.view import View


def backtest(told: Shown) -> pd.DataFrame:
    """The race's table: model, wape, mase, bias, coverage80, weight."""
    return pd.DataFrame([vars(score) for score in told.forecast.backtest])


def numbers_on_top(seen: View, horizon_days: int) -> list[Kpi]:
    """Total ahead with its interval, and the honest scores beside what could be reached."""
    told = shared.shown(seen, horizon_days)
    best, floor, weeks = told.forecast.backtest[0], told.forecast.noise_floor_wape, horizon_days // 7
    mean = {score.model: score.wape for score in told.forecast.backtest}.get("mean_8_weeks")
    low, high = total_interval(told.forecast)
    before = told.counts.tail(horizon_days).sum()
    why = "The history is too short to try anything on it."
    return [
        Kpi(f"Next {weeks} weeks", numbers.count(told.forecast.points["mean"].sum()), "forecast.total",
            note=f"80 %: {numbers.count(low)} to {numbers.count(high)}"),
        Kpi(f"Last {weeks} weeks", numbers.count(before), "forecast.volume", note=f"until {told.counts.index[-1]:%-d %b %Y}"),
        Kpi("Mean error", numbers.share(best.wape), "forecast.wape", note=f"8-week mean {numbers.share(mean)}",
            why=numbers.reason(best.wape, why)),
        Kpi("Noise floor", numbers.share(floor), "forecast.noise_floor", note="what nobody can beat",
            why=numbers.reason(floor, "Nothing came in the last eight weeks.")),
        Kpi("80 % band held", numbers.share(best.coverage80), "forecast.coverage", note="of the days tried",
            why=numbers.reason(best.coverage80, why)),
        Kpi("Bias", _signed(best.bias), "forecast.bias", note=_bias_words(best.bias), why=numbers.reason(best.bias, why)),
    ]  # fmt: skip


def _signed(share: float | None) -> str:
    return numbers.ABSENT if share is None else f"{100 * share:+.1f} %"


def _bias_words(bias: float | None) -> str:
    if bias is None or abs(bias) < 0.005:
        return "neither too high nor too low"
    return "too high on the whole" if bias > 0 else "too low on the whole"


_BAND_WORDS = {
    f"{side}{level}": f"{level} % {words}" for level in (80, 95) for side, words in (("low", "from"), ("high", "to"))
}
"""Headings of the bands' columns: low80 is "80 % from"."""


def days_table(points: pd.DataFrame) -> pd.DataFrame:
    """The forecast's days as a table for people: a tenth of a ticket is as fine as it gets."""
    table = points.rename(columns={"at": "day", "mean": "forecast", **_BAND_WORDS})
    return table.round(dict.fromkeys(["forecast", *_BAND_WORDS.values()], 1))


def days_ahead(seen: View, horizon_days: int) -> Card:
    """The forecast by day, with what moves it."""
    told = shared.shown(seen, horizon_days)
    effects = shared.effects(told, seen.dataset)
    first = told.forecast.points["at"].iloc[0]
    marks = [(max(row["start"], first), row["event"]) for row in effects.to_dict("records")]
    return Card(
        _headline(told, horizon_days),
        charts.daily(told.counts, told.forecast.points, told.unit, marks),
        shared.answer(seen, days_table(told.forecast.points)),
        unit=f"{charts.sentence(told.unit)}: counted until {told.counts.index[-1]:%-d %b %Y}, then the forecast with its bands",
        alt=f"A line of daily counts and a forecast of {horizon_days} days with two bands.",
        note=" ".join(dict.fromkeys(told.forecast.notes)),
        metrics=("forecast.volume", "forecast.total", "forecast.events"),
        tickets=Drill({"The latest tickets that it learnt from": partial(seen.frame, "ticket_list")}, seen.zone),
        key="forecast",
    )


def _headline(told: Shown, horizon_days: int) -> str:
    total, before = told.forecast.points["mean"].sum(), told.counts.tail(horizon_days).sum()
    change = ""
    if before and len(told.counts) >= horizon_days:
        same = abs(total / before - 1) < 0.005
        change = (
            ", as many"
            if same
            else f", {numbers.share(abs(total / before - 1))} {'more' if total > before else 'fewer'}"
        )
        change += f" as in the last {horizon_days // 7}" if same else f" than in the last {horizon_days // 7}"
    return f"{numbers.count(total)} {_counted(told.unit)} in the next {horizon_days // 7} weeks{change}"


def _counted(unit: str) -> str:
    """What a unit counts: "visits to L2 per day" are visits to L2."""
    return unit.removesuffix(" per day")


def race(seen: View, horizon_days: int) -> Card:
    """What each model would have missed on the selection's own past, and what the combination is made of."""
    told = shared.shown(seen, horizon_days)
    table = backtest(told)
    return Card(
        _race_title(table, told),
        charts.race(table, told.forecast.noise_floor_wape),
        shared.answer(seen, table.assign(model=table["model"].map(charts.model_name))),
        unit="Error of each model when it forecast your own past without having seen it, and its part of the combination",
        alt=f"Bars for {len(table)} models, the best on top, and a line for the noise floor.",
        note="The noise floor is what a perfect forecast would still miss at this volume.",
        metrics=("forecast.wape", "forecast.mase", "forecast.coverage", "forecast.bias", "forecast.noise_floor"),
        key="race",
    )


def _race_title(table: pd.DataFrame, told: Shown) -> str:
    mean = table.set_index("model")["wape"].get("mean_8_weeks")
    best = table.iloc[0]["wape"]
    if mean is None or pd.isna(mean) or best is None or pd.isna(best):
        return "The history is too short to try models on it"
    if told.forecast.model == "mean_8_weeks":
        return "Nothing beats the 8-week mean" if told.state != shared.QUICK else "The 8-week mean, for now"
    better = 1 - best / mean
    return (
        f"The combination is {numbers.share(better)} closer than the 8-week mean"
        if better >= 0.005
        else "As good as the 8-week mean"
    )


def weeks_ahead(seen: View, horizon_days: int) -> Card:
    """Scores by week ahead: error, error against last week's, bias, coverage, beside the 8-week mean and the floor."""
    told = shared.shown(seen, horizon_days)
    scores = told.forecast.by_week
    held = (
        ""
        if scores.empty
        else f", {numbers.share(scores['wape'].iloc[0])} a week ahead and {numbers.share(scores['wape'].iloc[-1])} at the end"
    )
    return Card(
        f"How far ahead it holds{held}",
        charts.by_week(scores, told.forecast.noise_floor_wape),
        shared.answer(seen, scores),
        unit="Error by week ahead, on your own past. The table has bias and coverage too",
        alt=f"Two lines over {len(scores)} weeks ahead, the forecast and the 8-week mean, and a line for the noise floor.",
        note=_held_words(scores),
        metrics=("forecast.wape", "forecast.mase", "forecast.bias", "forecast.coverage", "forecast.noise_floor"),
        key="by_week",
    )


def _held_words(scores: pd.DataFrame) -> str:
    if scores.empty:
        return "The history is too short to try anything on it."
    spans = [
        f"week {row['week']}: {numbers.share(row['coverage80'])}"
        for row in scores.dropna(subset=["coverage80"]).to_dict("records")
    ]
    return (
        f"The 80 % band held on {', '.join(spans)} of the days tried. 75 to 85 % is honest; less is too sure of itself."
    )


def hour_by_hour(seen: View, horizon_days: int) -> Card:
    """The next days by hour."""
    told = shared.shown(seen, horizon_days)
    from analytics.ahead.hours import by_hour

    points = by_hour(told.forecast, shared.profile(told, seen.dataset), days=7)
    top = points.loc[points["mean"].idxmax()]
    return Card(
        f"The busiest hour of the next seven days is {top['at']:%A %-d %B at %H:%M}: "
        f"{numbers.decimal(top['mean'])} {_counted(told.unit)}",
        charts.hourly(points, told.unit),
        shared.answer(seen, points),
        unit=f"{charts.sentence(told.unit.replace('per day', 'per hour'))}, local time, the next seven days",
        alt="A line of hours with a band.",
        note="The hours of a day add up to the day's forecast. Bands of single hours are wide: few tickets come in one.",
        metrics=("forecast.hours",),
        key="hours",
    )


def week_by_hour(seen: View, horizon_days: int) -> Card:
    """The first whole week ahead by weekday and hour."""
    told = shared.shown(seen, horizon_days)
    hours = shared.profile(told, seen.dataset)
    points = told.forecast.points
    days = points.groupby(points["at"].dt.day_of_week)["mean"].mean().reindex(range(7), fill_value=0.0)
    grid = hours.shares * days.to_numpy()[:, None]
    frame = pd.DataFrame(
        [(charts.WEEKDAYS[day], f"{hour:02d}:00", grid[day, hour]) for day in range(7) for hour in range(24)],
        columns=["weekday", "hour", "per_hour"],
    )
    return Card(
        f"{numbers.share(grid[:, 8:18].sum() / max(grid.sum(), 1e-9))} of a week come between 8:00 and 18:00",
        charts.week_hours(grid, told.unit),
        shared.answer(seen, frame),
        unit=f"{charts.sentence(told.unit.replace('per day', 'per hour'))} in a mean week ahead, local time",
        alt="A heat map of seven weekdays by twenty-four hours.",
        metrics=("forecast.hours",),
        key="week_hours",
    )
