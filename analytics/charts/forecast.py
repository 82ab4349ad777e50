"""Charts about what is coming: daily and hourly forecasts with their bands, scores, tiers, many series, spikes, plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.base import (
    BLUES,
    NEUTRAL,
    TIER_COLOURS,
    TIER_DASHES,
    drawing,
    label,
    percent_axis,
    scale,
    see_through,
    tier_colour,
)
from analytics.charts.drawing import Drawing
from analytics.charts.numbers import share

SHOWN_HISTORY_DAYS = 120
BLUE, ORANGE = TIER_COLOURS["L1"], TIER_COLOURS["L3"]
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _bands(made: Drawing, points: pd.DataFrame, colour: str, wide: bool = True, shown: bool = True) -> None:
    """The bands around a forecast: see-through, with an edge on the 80 % one, or a dark page would swallow both."""
    for low, high, opacity, edge, name in (
        ("low95", "high95", 0.20, 0.0, "95 % band"),
        ("low80", "high80", 0.40, 0.7, "80 % band"),
    ):
        if wide or high == "high80":
            made.add_scatter(
                x=[*points["at"], *points["at"][::-1]], y=[*points[high], *points[low][::-1]], fill="toself", name=name,
                mode="lines", fillcolor=see_through(colour, opacity), line={"width": 1 if edge else 0,
                "color": see_through(colour, edge)}, hoverinfo="skip", showlegend=shown,
            )  # fmt: skip


def daily(
    history: pd.Series, points: pd.DataFrame, unit: str, events: Sequence[tuple[pd.Timestamp, str]] = ()
) -> go.Figure:
    """The last months as counted, then the forecast's mean with its 80 % and 95 % bands. `points`: at, mean, low80 …;
    `events`: days and names of what moves the days ahead, drawn as lines with their names."""
    made = drawing(390, top=58, margin={"b": 56})  # days in two lines
    past = history.tail(SHOWN_HISTORY_DAYS)
    _bands(made, points, BLUE)
    made.add_scatter(x=past.index, y=past, mode="lines", name="Counted", line={"color": NEUTRAL, "width": 1.6})
    made.add_scatter(
        x=points["at"], y=points["mean"], mode="lines", name="Forecast", line={"color": BLUE, "width": 2.4},
        customdata=points[["low80", "high80"]],
        hovertemplate="%{x|%a %-d %b}: %{y:.0f} (%{customdata[0]:.0f}–%{customdata[1]:.0f})<extra></extra>",
    )  # fmt: skip
    for number, (day, name) in enumerate(events):
        _event_line(made, day, name, number)
    made.update_yaxes(title={"text": sentence(unit)}, rangemode="tozero")
    return made.figure()


def sentence(unit: str) -> str:
    """A unit with a capital first letter; str.capitalize would write "Visits to l2"."""
    return unit[:1].upper() + unit[1:]


def _event_line(made: Drawing, day: pd.Timestamp, name: str, number: int) -> None:
    beside = {"y": 1 - 0.08 * (number % 3), "xanchor": "right", "yanchor": "top", "xshift": -4}
    made.line(x=day, text=label(name, 26), note=beside, color=ORANGE, width=1.4)


def race(backtest: pd.DataFrame, floor: float | None) -> go.Figure:
    """WAPE of each model in the backtest, the best on top, with its part of the combination and the noise floor. Columns
    model, wape, weight."""
    shown = backtest.dropna(subset=["wape"]).sort_values("wape", ascending=False)
    made = drawing(100 + 30 * len(shown), top=48)
    first = shown["model"] == "combination"
    parts = [
        share(wape) + ("" if is_first or weight < 0.005 else f" · {share(weight)} of it")
        for wape, weight, is_first in zip(shown["wape"], shown["weight"], first, strict=True)
    ]
    made.add_bar(
        y=[model_name(name) for name in shown["model"]], x=shown["wape"], orientation="h",
        marker={"color": [BLUE if one else NEUTRAL for one in first]}, text=parts, textposition="outside", cliponaxis=False,
        showlegend=False, customdata=[share(wape) for wape in shown["wape"]], hovertemplate="%{y}: %{customdata}<extra></extra>",
    )  # fmt: skip
    if floor is not None:
        made.line(x=floor, text=f"noise floor {share(floor)}", color=ORANGE)
    top = float(shown["wape"].max()) if len(shown) else 0.2
    made.update_xaxes(**percent_axis("Mean error (WAPE)", max(top, floor or 0), 0.5))
    return made.figure()


def model_name(name: str) -> str:
    """A model's name as people read it."""
    return {
        "mean_8_weeks": "8-week mean", "median_6_weeks": "6-week median", "seasonal_naive": "last week again",
        "last_year": "last year's shape", "ets": "smoothing (ETS)", "ets_log": "smoothing, multiplicative",
        "ets_yearly": "smoothing with the year's shape", "theta": "Theta", "mstl": "seasons taken apart (MSTL)",
        "arima": "ARIMA", "prophet": "Prophet", "prophet_multiplicative": "Prophet, multiplicative",
        "prophet_log": "Prophet on logarithms", "combination": "combination",
    }.get(name, name.replace("_", " "))  # fmt: skip


def by_week(scores: pd.DataFrame, floor: float | None) -> go.Figure:
    """Error by week ahead: the forecast, the 8-week mean and the noise floor. Columns week, wape, mean_8_weeks_wape."""
    made = drawing(300)
    for column, name, colour, dash, symbol in (
        ("wape", "Forecast", BLUE, "solid", "circle"),
        ("mean_8_weeks_wape", "8-week mean", NEUTRAL, "dash", "diamond"),
    ):
        made.add_scatter(
            x=scores["week"], y=scores[column], name=name, mode="lines+markers", line={"color": colour, "dash": dash},
            marker={"symbol": symbol, "size": 9}, customdata=[share(one) for one in scores[column]],
            hovertemplate="week %{x}: %{customdata}<extra>" + name + "</extra>",
        )  # fmt: skip
    if floor is not None:
        below = {"x": 0, "xanchor": "left", "yanchor": "top"}
        made.line(y=floor, text=f"noise floor {share(floor)}", note=below, color=ORANGE, dash="dot")
    top = float(pd.concat([scores["wape"], scores["mean_8_weeks_wape"]]).max()) if len(scores) else 0.2
    made.update_yaxes(**percent_axis("Mean error (WAPE)", max(top, floor or 0), 0.15))
    made.update_xaxes(title={"text": "Weeks ahead"}, dtick=1)
    return made.figure()


def hourly(points: pd.DataFrame, unit: str) -> go.Figure:
    """A forecast by hour with its 80 % band. Columns at, mean, low80, high80."""
    made = drawing(320)
    _bands(made, points, BLUE, wide=False)
    made.add_scatter(
        x=points["at"], y=points["mean"], mode="lines", name="Forecast", line={"color": BLUE, "shape": "hvh", "width": 1.8},
        hovertemplate="%{x|%a %-d %b %H:%M}: %{y:.1f}<extra></extra>",
    )  # fmt: skip
    made.update_yaxes(title={"text": sentence(unit.replace("per day", "per hour"))}, rangemode="tozero")
    return made.figure()


def week_hours(per_hour: Any, unit: str) -> go.Figure:
    """The coming week by hour: 7 × 24 counts expected, Monday first, as a heat map with its scale."""
    made = drawing(300)
    made.add_heatmap(
        z=per_hour, x=[f"{hour:02d}:00" for hour in range(24)], y=WEEKDAYS, colorscale=scale(*BLUES), xgap=1, ygap=1,
        hovertemplate="%{y} %{x}: %{z:.1f} " + label(unit.replace(" per day", "")) + "<extra></extra>",
        colorbar={"title": {"text": "per hour"}, "thickness": 12},
    )  # fmt: skip
    made.update_yaxes(autorange="reversed")
    made.update_xaxes(title={"text": "Hour of the day, local time"}, dtick=3)
    return made.figure()


def tiers(points: pd.DataFrame, direct: pd.DataFrame) -> go.Figure:
    """Visits per tier that add up with their 80 % bands, and each tier forecast by itself (crosses). Columns tier, at, mean,
    low80, high80."""
    made = drawing(400)
    for tier, part in points.groupby("tier"):
        colour = tier_colour(tier)
        _bands(made, part, colour, wide=False, shown=False)
        made.add_scatter(
            x=part["at"], y=part["mean"], mode="lines", name=str(tier),
            line={"color": colour, "width": 2.2, "dash": TIER_DASHES.get(str(tier), "solid")},
            hovertemplate="%{x|%a %-d %b}: %{y:.0f}<extra>" + str(tier) + "</extra>",
        )  # fmt: skip
        alone = direct[direct["tier"] == tier]
        made.add_scatter(
            x=alone["at"], y=alone["mean"], mode="markers", name=f"{tier} by itself", visible=True,
            marker={"color": colour, "size": 5, "symbol": "x-thin-open"},
            hovertemplate="%{x|%a %-d %b}: %{y:.0f}<extra>" + str(tier) + " by itself</extra>",
        )  # fmt: skip
    made.update_yaxes(title={"text": "Visits per day"}, rangemode="tozero")
    return made.figure()


def split(table: pd.DataFrame) -> go.Figure:
    """Each series: total ahead with its 80 % interval, and what came in as many days before (a hollow diamond). Columns
    series, forecast_total, total_low80, total_high80, last_total."""
    shown = table.iloc[::-1]
    names = [label(name) for name in shown["series"]]
    made = drawing(110 + 30 * len(shown))
    made.add_scatter(
        y=names, x=shown["last_total"], mode="markers", name="Came before",
        marker={"symbol": "diamond-open", "size": 11, "color": NEUTRAL, "line": {"width": 2}},
        hovertemplate="%{y}: %{x:,.0f} came<extra></extra>",
    )  # fmt: skip
    made.add_scatter(
        y=names, x=shown["forecast_total"], mode="markers", name="Forecast, with its 80 % interval",
        marker={"size": 10, "color": BLUE},
        error_x={
            "array": shown["total_high80"] - shown["forecast_total"],
            "arrayminus": shown["forecast_total"] - shown["total_low80"], "color": BLUE,
        },
        hovertemplate="%{y}: %{x:,.0f}<extra></extra>",
    )  # fmt: skip
    made.update_xaxes(title={"text": "In all days ahead"}, rangemode="tozero")
    return made.figure()


def watched(days: pd.DataFrame, alerts: Sequence[tuple[pd.Timestamp, float]], unit: str) -> go.Figure:
    """The last weeks as counted against what was forecast before them; alarms as triangles. Columns at, count, expected,
    low80 …; `alerts`: day and count."""
    made = drawing(320)
    _bands(made, days, BLUE)
    made.add_scatter(
        x=days["at"], y=days["expected"], mode="lines", name="Forecast before", line={"color": BLUE, "dash": "dash"}
    )
    made.add_scatter(
        x=days["at"], y=days["count"], mode="lines+markers", name="Came", line={"color": NEUTRAL}, marker={"size": 5},
        hovertemplate="%{x|%a %-d %b}: %{y:.0f}<extra></extra>",
    )  # fmt: skip
    if alerts:
        made.add_scatter(
            x=[day for day, _ in alerts], y=[count for _, count in alerts], mode="markers", name="Alarm",
            marker={"symbol": "triangle-up", "size": 14, "color": ORANGE}, hoverinfo="skip",
        )  # fmt: skip
    made.update_yaxes(title={"text": sentence(unit)}, rangemode="tozero")
    return made.figure()


def plan(days: pd.DataFrame, unit: str) -> go.Figure:
    """A locked plan with its bands against what came. Columns at, mean, low80 …, count (missing where still to come)."""
    made = drawing(320)
    _bands(made, days, BLUE)
    made.add_scatter(x=days["at"], y=days["mean"], mode="lines", name="Planned", line={"color": BLUE, "width": 2.2})
    there = days[days["count"].notna()]
    made.add_scatter(
        x=there["at"], y=there["count"], mode="lines+markers", name="Came", line={"color": NEUTRAL},
        marker={"symbol": "diamond", "size": 6}, hovertemplate="%{x|%a %-d %b}: %{y:.0f}<extra></extra>",
    )  # fmt: skip
    made.update_yaxes(title={"text": sentence(unit)}, rangemode="tozero")
    return made.figure()


def effects(measured: pd.DataFrame) -> go.Figure:
    """What past events did: measured uplift (hollow) with its 95 % interval, and what is believed of it (filled). Columns
    event, observed_uplift, observed_low, observed_high, believed_uplift."""
    shown = measured.iloc[::-1]
    names = [label(name) for name in shown["event"]]
    made = drawing(120 + 42 * len(shown))
    made.add_scatter(
        y=names, x=100 * shown["observed_uplift"], mode="markers", name="Measured, with its 95 % interval",
        marker={"symbol": "circle-open", "size": 11, "color": NEUTRAL, "line": {"width": 2}},
        error_x={
            "array": 100 * (shown["observed_high"] - shown["observed_uplift"]),
            "arrayminus": 100 * (shown["observed_uplift"] - shown["observed_low"]), "color": NEUTRAL,
        },
        hovertemplate="%{y}: %{x:+.0f} %<extra>measured</extra>",
    )  # fmt: skip
    made.add_scatter(
        y=names, x=100 * shown["believed_uplift"], mode="markers", name="Believed",
        marker={"symbol": "diamond", "size": 11, "color": BLUE}, hovertemplate="%{y}: %{x:+.0f} %<extra>believed</extra>",
    )  # fmt: skip
    made.line(x=0, color=NEUTRAL, width=1, dash="solid")
    made.update_xaxes(title={"text": "On top of the usual"}, ticksuffix=" %")
    return made.figure()
