"""What is coming: volume by day with bands that hold, and how well the models did on your own history."""

import pandas as pd
import streamlit as st

from analytics.charts import numbers, planning as charts
from pages._kit import cards, controls, planning, view

st.title("Volume forecast")
st.markdown("How many tickets come in the next weeks, how sure that is, and how well this would have worked before.")
seen = view.current()
weeks = controls.choice("Ahead", {4: "4 weeks", 8: "8 weeks", 13: "13 weeks"}, key="ahead", default=4)
horizon = int(weeks) * 7
counted, unit = planning.history(seen.dataset, seen.filters)
told, raced = planning.forecast(seen.dataset, seen.filters, horizon)
if not raced:
    planning.wait_for_race(seen.dataset, seen.filters, horizon)

backtest = pd.DataFrame([vars(score) for score in told.backtest])
best, floor = backtest.iloc[0], numbers.share(told.noise_floor_wape)
total, before = told.points["mean"].sum(), counted.tail(horizon).sum()
cards.kpi_row(
    [
        cards.Kpi(
            f"Next {weeks} weeks",
            numbers.count(total),
            "forecast.volume",
            f"{numbers.count(before)} in the last {weeks}",
        ),
        cards.Kpi(
            "Mean error",
            numbers.share(best["wape"]),
            "forecast.wape",
            f"noise floor {numbers.share(told.noise_floor_wape)}",
        ),
        cards.Kpi("80 % band held", numbers.share(best["coverage80"]), "forecast.coverage", "of the days tried"),
        cards.Kpi("Bias", numbers.share(best["bias"]), "forecast.bias", "above 0: too high"),
    ],
    key="forecast",
)
change = (
    f"{abs(total / before - 1):.0%} {'more' if total > before else 'fewer'} than in the last {weeks}" if before else ""
)
cards.chart_card(
    f"{numbers.count(total)} in the next {weeks} weeks{', ' + change if change else ''}",
    charts.forecast(counted, told.points, unit),
    planning.answer(seen, told.points, "volume_by_day"),
    unit=f"{unit.capitalize()}: counted until {counted.index[-1]:%-d %b %Y}, then the forecast with its bands",
    alt=f"A line of daily counts and a forecast of {horizon} days with two bands.",
    note=" ".join(dict.fromkeys(told.notes)),
    metrics=("forecast.volume",),
    key="forecast",
)
left, right = st.columns(2)
with left:
    mean = backtest.set_index("model")["wape"].get("mean_8_weeks")
    better = (
        f"{1 - best['wape'] / mean:.0%} closer than the 8-week mean"
        if mean and best["wape"] < mean
        else "the 8-week mean is as good"
    )
    cards.chart_card(
        f"{str(best['model']).replace('_', ' ').capitalize()}: {better}",
        charts.race(backtest, told.noise_floor_wape),
        planning.answer(seen, backtest, "volume_by_day"),
        unit="Error of each model when it forecast your own past, without having seen it",
        alt=f"Bars for {len(backtest)} models.",
        note="The noise floor is what a perfect forecast would still miss at this volume.",
        metrics=("forecast.wape", "forecast.coverage", "forecast.bias"),
        key="race",
    )
with right, st.container(border=True):
    st.markdown("#### How far ahead it holds")
    st.caption("Error and coverage of the combination by week ahead, on your own past")
    planning.scores_by_week(told)
