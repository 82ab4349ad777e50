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


def calibration(frame: pd.DataFrame) -> go.Figure:
    """Predicted against observed, a point per tenth; on the diagonal what is said comes true as often. `frame`: predicted,
    observed, observed_low, observed_high, open_tickets."""
    top = max(0.05, float(frame[["predicted", "observed_high"]].to_numpy().max()))
    made = figure(hovermode="closest", showlegend=False)
    made.add_scatter(x=[0, top], y=[0, top], mode="lines", line={"color": NEUTRAL, "dash": "dash"}, hoverinfo="skip")
    made.add_scatter(
        x=frame["predicted"], y=frame["observed"], mode="markers", marker={"size": 9, "color": TIER_COLOURS["L1"]},
        error_y={
            "array": frame["observed_high"] - frame["observed"], "arrayminus": frame["observed"] - frame["observed_low"],
            "color": NEUTRAL,
        },
        text=[
            f"said {share(said)}, came true {share(came)}, {number:,} cases"
            for said, came, number in zip(frame["predicted"], frame["observed"], frame["open_tickets"], strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    made.update_xaxes(percent_axis("Said: probability to miss the target", top, 0.05))
    made.update_yaxes(percent_axis("Came true: share that missed it", top, 0.05))
    return made


def calibration_title(frame: pd.DataFrame) -> str:
    """Whether what is said comes true as often, as a finding."""
    cases = frame["open_tickets"]
    said = float((frame["predicted"] * cases).sum() / cases.sum())
    return f"So far {share(frame['base_rate'].iloc[0])} missed their target, and {share(said)} were predicted to"


def calibration_note(frame: pd.DataFrame) -> str:
    """The score beside that of not looking at the tickets, in words."""
    brier, base = float(frame["brier"].iloc[0]), float(frame["brier_base"].iloc[0])
    gain = f"{abs(1 - brier / base) * 100:.0f} % {'better' if brier < base else 'worse'} than" if base else "beside"
    left = int(frame["unknown"].iloc[0])
    return (
        f"Brier score {brier:.3f} (0 is perfect), {gain} always saying the same share ({base:.3f}). Each prediction "
        f"uses only what was known at its moment; {left:,} cases whose end is not known yet are left out."
    )
