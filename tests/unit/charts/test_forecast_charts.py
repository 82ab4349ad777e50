"""Forecast charts: they show the numbers of their frames, name their units, and carry no markup of the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.charts import forecast as charts

DAYS = pd.date_range("2026-03-01", periods=4)
POINTS = pd.DataFrame({
    "at": DAYS, "mean": [10.0, 20, 30, 40], "low80": [8.0, 15, 20, 30], "high80": [12.0, 25, 40, 50], "low95": [5.0, 10, 15, 20],
    "high95": [15.0, 30, 50, 60],
})  # fmt: skip
COUNTS = pd.Series(np.arange(200.0), index=pd.date_range("2025-08-13", periods=200))
BACKTEST = pd.DataFrame({
    "model": ["combination", "ets", "mean_8_weeks", "prophet"], "wape": [0.12, 0.11, 0.15, None], "weight": [0.0, 0.7, 0.3, 0.0],
})  # fmt: skip
TIERS = pd.concat([POINTS.assign(tier="L1"), POINTS.assign(tier="L2")])
SPLIT = pd.DataFrame({
    "series": ["<b>A</b>", "B"], "forecast_total": [100.0, 50], "total_low80": [90.0, 40], "total_high80": [115.0, 55],
    "last_total": [95.0, np.nan],
})  # fmt: skip
WEEKS = pd.DataFrame({"week": [1, 2], "wape": [0.1, 0.2], "mean_8_weeks_wape": [0.2, 0.3]})
EFFECTS = pd.DataFrame({
    "event": ["Beam <i>2</i>"], "observed_uplift": [1.5], "observed_low": [1.0], "observed_high": [2.0], "believed_uplift": [1.2],
})  # fmt: skip


def trace(figure, name: str):
    return next(one for one in figure.data if one.name == name)


def test_daily_shows_the_last_months_the_mean_the_bands_and_the_events():
    made = charts.daily(COUNTS, POINTS, "tickets per day", [(DAYS[1], "Beam <b>2</b>")])
    assert list(trace(made, "Forecast").y) == [10, 20, 30, 40]
    assert list(trace(made, "Counted").y) == list(COUNTS.tail(charts.SHOWN_HISTORY_DAYS))
    assert list(trace(made, "80 % band").y) == [12, 25, 40, 50, 30, 20, 15, 8]
    assert made.layout.yaxis.title.text == "Tickets per day"
    assert "<b>" not in made.layout.annotations[0].text


def luminance(rgb) -> float:
    """Relative luminance of sRGB 0–255, as WCAG 2 defines it."""
    parts = [one / 255 for one in rgb]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def laid_over(colour: str, ground):
    """An `rgba(r, g, b, a)` over an opaque ground."""
    *rgb, opacity = (float(part) for part in colour[5:-1].split(","))
    return tuple(opacity * one + (1 - opacity) * under for one, under in zip(rgb, ground, strict=True))


@pytest.mark.parametrize("ground", [(255, 255, 255), (14, 17, 23)])
def test_bands_stand_out_on_light_and_on_dark_pages(ground):
    """The 80 % band (drawn over the 95 % one) differs from the page by 1.7:1 and more, its edge by 1.9:1."""
    made = charts.daily(COUNTS, POINTS, "tickets per day")
    wide = laid_over(trace(made, "95 % band").fillcolor, ground)
    band = laid_over(trace(made, "80 % band").fillcolor, wide)
    edge = laid_over(trace(made, "80 % band").line.color, ground)

    def contrast(one):
        light, dark = sorted((luminance(one) + 0.05, luminance(ground) + 0.05), reverse=True)
        return light / dark

    assert contrast(band) >= 1.7
    assert contrast(edge) >= 1.9
    assert 1 < contrast(wide) < contrast(band)


def test_the_race_has_the_best_on_top_and_says_each_part():
    bars = charts.race(BACKTEST, 0.1).data[0]
    assert list(bars.y)[::-1] == ["smoothing (ETS)", "combination", "8-week mean"]
    assert list(bars.text)[::-1] == ["11 % · 70 % of it", "12 %", "15 % · 30 % of it"]
    assert len(charts.race(BACKTEST.assign(wape=None), None).data[0].y) == 0


def test_by_week_and_hours():
    made = charts.by_week(WEEKS, 0.08)
    assert list(trace(made, "Forecast").y) == [0.1, 0.2]
    assert list(trace(made, "8-week mean").y) == [0.2, 0.3]
    assert charts.by_week(WEEKS.head(0), None).data[0].y is not None
    grid = np.arange(168.0).reshape(7, 24)
    assert np.array_equal(np.array(charts.week_hours(grid, "tickets per day").data[0].z), grid)
    assert charts.hourly(POINTS, "visits to L2 per day").layout.yaxis.title.text == "Visits to L2 per hour"


def test_tiers_are_told_apart_by_more_than_colour():
    made = charts.tiers(TIERS, TIERS)
    lines = [one for one in made.data if one.mode == "lines" and one.fill is None]
    assert {one.line.dash for one in lines} == {"solid", "dash"}
    assert list(trace(made, "L2").y) == [10, 20, 30, 40]
    assert list(trace(made, "L1 by itself").y) == [10, 20, 30, 40]


def test_split_plan_watch_and_effects():
    made = charts.split(SPLIT)
    points = trace(made, "Forecast, with its 80 % interval")
    assert list(points.x) == [50, 100]
    assert list(points.error_x.array) == [5, 15]
    assert list(points.error_x.arrayminus) == [10, 10]
    assert not any("<b>" in name for name in points.y)
    plan = charts.plan(POINTS.assign(count=[9.0, 22, np.nan, np.nan]), "tickets per day")
    assert list(trace(plan, "Came").y) == [9, 22]
    watched = charts.watched(
        POINTS.rename(columns={"mean": "expected"}).assign(count=[9.0, 60, 30, 41]), [(DAYS[1], 60.0)], "t"
    )
    assert list(trace(watched, "Alarm").y) == [60]
    effects = charts.effects(EFFECTS)
    assert list(trace(effects, "Measured, with its 95 % interval").x) == [150]
    assert trace(effects, "Believed").x[0] == pytest.approx(120)
    assert "<i>" not in effects.data[0].y[0]
