"""Charts of the rule tester and of the contradictions: before and after, and where two claims meet."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.base import (
    NEUTRAL,
    TIER_COLOURS,
    duration_axis,
    figure,
    minutes_on_axis,
    percent_axis,
    see_through,
    tier_colour,
)  # fmt: skip
from analytics.charts.numbers import decimal, duration, share

BEFORE, AFTER = "as it was", "with the rule"


def work(frame: pd.DataFrame) -> go.Figure:
    """Bars per tier: hours of work per week as they were (hatched) and with the rule, its interval as whiskers.

    `frame`: tier, hours_before, hours_after, added_hours, added_low_hours, added_high_hours.
    """
    made = figure(height=120 + 90 * len(frame), barmode="group", hovermode="closest")
    colours = [tier_colour(tier) for tier in frame["tier"]]
    made.add_bar(
        y=frame["tier"], x=frame["hours_before"], orientation="h", name=BEFORE,
        marker={"color": [see_through(colour, 0.35) for colour in colours], "pattern": {"shape": "/", "size": 6}},
        text=[f"{decimal(hours)} h" for hours in frame["hours_before"]], textposition="auto",
        hovertemplate="%{y} " + BEFORE + ": %{text} a week<extra></extra>",
    )  # fmt: skip
    spread = frame["hours_before"] + frame[["added_low_hours", "added_high_hours"]].T
    made.add_bar(
        y=frame["tier"], x=frame["hours_after"], orientation="h", name=AFTER, marker={"color": colours},
        text=[
            f"{decimal(hours)} h ({added:+,.1f})"
            for hours, added in zip(frame["hours_after"], frame["added_hours"], strict=True)
        ],
        textposition="auto", hovertemplate="%{y} " + AFTER + ": %{text} a week<extra></extra>",
        error_x={
            "array": (spread.loc["added_high_hours"] - frame["hours_after"]).clip(lower=0),
            "arrayminus": (frame["hours_after"] - spread.loc["added_low_hours"]).clip(lower=0), "color": NEUTRAL,
        },
    )  # fmt: skip
    made.update_xaxes(title={"text": "Hours of work per week"}, rangemode="tozero")
    made.update_yaxes(autorange="reversed")
    return made


def times(frame: pd.DataFrame, measure: str) -> go.Figure:
    """Two rising lines: the share done within a time, as it was (dashed) and with the rule. `frame`: share, hours_before,
    hours_after."""
    made = figure(hovermode="closest")
    for column, name, dash, colour in (
        ("hours_before", BEFORE, "dash", NEUTRAL), ("hours_after", AFTER, "solid", TIER_COLOURS["L1"]),
    ):  # fmt: skip
        words = [
            f"{share(part)} within {duration(hours)}" for part, hours in zip(frame["share"], frame[column], strict=True)
        ]
        made.add_scatter(
            x=minutes_on_axis(frame[column]), y=frame["share"], mode="lines", name=name, text=words,
            line={"dash": dash, "color": colour, "width": 2.5}, hovertemplate="%{text}<extra>" + name + "</extra>",
        )  # fmt: skip
    top = float(frame[["hours_before", "hours_after"]].to_numpy().max()) * 60
    made.update_xaxes(duration_axis(top, f"{measure}, working time"))
    made.update_yaxes(percent_axis("Share of them"))
    return made
