"""Charts of the rule tester and of the contradictions: before and after, and where two claims meet."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.base import (
    FAINT,
    NEUTRAL,
    TIER_COLOURS,
    TIER_DASHES,
    drawing,
    duration_axis,
    label,
    minutes_on_axis,
    percent_axis,
    see_through,
    target_line,
    tier_colour,
)  # fmt: skip
from analytics.charts.drawing import Drawing
from analytics.charts.numbers import count, decimal, duration, share

BEFORE, AFTER = "as it was", "with the rule"


def work(frame: pd.DataFrame) -> go.Figure:
    """Bars per tier: hours of work per week as they were (hatched) and with the rule, its interval as whiskers.

    `frame`: tier, hours_before, hours_after, added_hours, added_low_hours, added_high_hours.
    """
    made = drawing(height=120 + 90 * len(frame), barmode="group", hovermode="closest")
    colours = [tier_colour(tier) for tier in frame["tier"]]
    made.add_bar(
        y=frame["tier"], x=frame["hours_before"], orientation="h", name=BEFORE,
        marker={
            "color": [see_through(colour, 0.25) for colour in colours],
            "pattern": {"shape": "/", "size": 6, "fgcolor": colours, "fillmode": "replace"},
        },
        text=[f"{decimal(hours)} h" for hours in frame["hours_before"]], textposition="outside",
        hovertemplate="%{y} " + BEFORE + ": %{text} a week<extra></extra>",
    )  # fmt: skip
    spread = frame["hours_before"] + frame[["added_low_hours", "added_high_hours"]].T
    made.add_bar(
        y=frame["tier"], x=frame["hours_after"], orientation="h", name=AFTER, marker={"color": colours},
        text=[
            f"{decimal(hours)} h ({added:+,.1f})"
            for hours, added in zip(frame["hours_after"], frame["added_hours"], strict=True)
        ],
        textposition="outside", hovertemplate="%{y} " + AFTER + ": %{text} a week<extra></extra>",
        error_x={
            "array": (spread.loc["added_high_hours"] - frame["hours_after"]).clip(lower=0),
            "arrayminus": (frame["hours_after"] - spread.loc["added_low_hours"]).clip(lower=0), "color": NEUTRAL,
        },
    )  # fmt: skip
    most = max(float(frame[["hours_before", "hours_after"]].max().max()), float(spread.max().max()), 1.0)
    made.update_xaxes(title={"text": "Hours of work per week"}, range=[0, most * 1.18])
    made.update_yaxes(autorange="reversed")
    return made.figure()


def times(frame: pd.DataFrame, measure: str) -> go.Figure:
    """Two rising lines: the share done within a time, as it was (dashed) and with the rule. `frame`: share, hours_before,
    hours_after."""
    made = drawing(hovermode="closest")
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
    return made.figure()


def calibration(frame: pd.DataFrame) -> go.Figure:
    """Predicted against observed, a point per tenth; on the diagonal what is said comes true as often. `frame`: predicted,
    observed, observed_low, observed_high, open_tickets."""
    top = max(0.05, float(frame[["predicted", "observed_high"]].to_numpy().max()))
    made = drawing(hovermode="closest", showlegend=False)
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
    return made.figure()


def calibration_title(frame: pd.DataFrame) -> str:
    """Whether what is said comes true as often, as a finding."""
    if float(frame["brier"].iloc[0]) >= float(frame["brier_base"].iloc[0]):
        return "So far these probabilities told no more than one share for all tickets: do not rely on them here"
    cases = frame["open_tickets"]
    said = float((frame["predicted"] * cases).sum() / cases.sum())
    return f"So far {share(frame['base_rate'].iloc[0])} missed their target, and {share(said)} were predicted to"


def calibration_note(frame: pd.DataFrame) -> str:
    """The score beside that of not looking at the tickets, in words."""
    brier, base = float(frame["brier"].iloc[0]), float(frame["brier_base"].iloc[0])
    gain = f"{abs(1 - brier / base) * 100:.0f} % {'better' if brier < base else 'worse'} than" if base else "beside"
    left, every = int(frame["unknown"].iloc[0]), int(frame["every"].iloc[0])
    some = f" One ticket in {every:,} is looked at." if every > 1 else ""
    return (
        f"Brier score {brier:.3f} (0 is perfect), {gain} always saying the same share ({base:.3f}). Each prediction "
        f"uses only what was known at its moment; {left:,} cases whose end is not known yet are left out.{some}"
    )


def deflection(frame: pd.DataFrame, marks: dict[str, float]) -> go.Figure:
    """L1's escalation rate as a Tier 0 takes more, with the interval of today's rate, the alarm, and the guide's 20-40 %."""
    made = drawing(hovermode="closest", showlegend=False)
    made.band(0.2, 0.4, FAINT)
    made.write([_on_top("the guide's 20–40 %", 0.2, xanchor="left", yanchor="top")])
    for column in ("rate_low", "rate_high"):
        made.add_scatter(
            x=frame["deflected"], y=frame[column], mode="lines", line={"width": 0}, hoverinfo="skip",
            fill="tonexty" if column == "rate_high" else None, fillcolor=see_through(TIER_COLOURS["L1"], 0.18),
        )  # fmt: skip
    words = [
        f"{share(d)} deflected: reads as {share(rate)}"
        for d, rate in zip(frame["deflected"], frame["rate"], strict=True)
    ]
    made.add_scatter(
        x=frame["deflected"], y=frame["rate"], mode="lines", line={"color": TIER_COLOURS["L1"], "width": 2.5}, text=words,
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    _alarm(made, marks["alarm"])
    made.update_xaxes(percent_axis("Share of contacts that Tier 0 takes", float(frame["deflected"].max())))
    made.update_yaxes(percent_axis("Escalation rate of L1", max(0.3, float(frame["rate_high"].max()))))
    return made.figure()


def _alarm(made: Drawing, rate: float) -> None:
    made.line(y=rate, text=f"alarm {share(rate)}", note={"yanchor": "top"}, color=NEUTRAL)


def _on_top(text: str, x: float, **anchors: str) -> dict[str, Any]:
    """A note at the upper edge of the chart."""
    return {"text": text, "x": x, "y": 1, "yref": "paper", "font": {"size": 12}, **anchors}


RULE_BANDS = {"l1": (0.60, 0.70), "l2": (0.25, 0.30), "l3": (0.0, 0.10)}
"""The guide's shares of people by tier."""


def staff_mix(frame: pd.DataFrame, marks: dict[str, float]) -> go.Figure:
    """Each tier's share of the work as a visit to L3 takes longer; thick where it lies in the rule's band for that tier."""
    made = drawing(hovermode="closest")
    for column, tier in (("l1", "L1"), ("l2", "L2"), ("l3", "L3")):
        low, high = RULE_BANDS[column]
        pairs = zip(frame[column], frame["minutes"], strict=True)
        words = [f"{tier} has {share(part)} at {minutes:.0f} min" for part, minutes in pairs]
        inside = frame[column].where(frame[column].between(low, high))
        for values, width, shown in ((frame[column], 1.5, True), (inside, 7, False)):
            made.add_scatter(
                x=frame["minutes"], y=values, mode="lines", name=tier, showlegend=shown, text=words,
                line={"color": tier_colour(tier), "width": width, "dash": TIER_DASHES[tier] if shown else "solid"},
                hovertemplate="%{text}<extra></extra>",
            )  # fmt: skip
    if marks["low"] == marks["low"]:
        made.band(marks["low"], marks["high"], FAINT)
        made.write([_on_top("all three fit", math.log10(marks["high"]), xanchor="right", yanchor="top")])
    made.line(x=marks["now"], text="as it is", note={"x": math.log10(marks["now"])}, color=NEUTRAL)
    made.update_xaxes(duration_axis(float(frame["minutes"].max()), "Work on a visit to L3"))
    made.update_xaxes(range=[math.log10(5), math.log10(960)])
    made.update_yaxes(percent_axis("Share of the work"))
    return made.figure()


def fifteen_minutes(frame: pd.DataFrame, marks: dict[str, float]) -> go.Figure:
    """The escalation rate that a limit of so many minutes would make."""
    made = drawing(hovermode="closest", showlegend=False)
    pairs = zip(frame["minutes"], frame["rate"], strict=True)
    words = [f"limit {duration(minutes / 60)}: {share(rate)} escalated" for minutes, rate in pairs]
    made.add_scatter(
        x=frame["minutes"], y=frame["rate"], mode="lines", line={"color": TIER_COLOURS["L1"], "width": 2.5}, text=words,
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    target_line(made, marks["limit"], "15 min")
    _alarm(made, marks["alarm"])
    made.update_xaxes(duration_axis(float(frame["minutes"].max()), "Working minutes until L1 must escalate"))
    made.update_yaxes(percent_axis("Escalation rate of L1"))
    return made.figure()


def two_alarms(frame: pd.DataFrame, marks: dict[str, float]) -> go.Figure:
    """A mark per team with its interval, between the two alarms or beyond; the verdict is also the mark's shape."""
    rows = frame.head(25)
    shapes = {"under both": "circle", "over one alone": "diamond", "over both": "triangle-up"}
    made = drawing(height=150 + 28 * len(rows), hovermode="closest")
    for verdict, shape in shapes.items():
        some = rows[rows["verdict"] == verdict]
        made.add_scatter(
            x=some["rate"], y=[label(team) for team in some["team"]], mode="markers", name=verdict,
            marker={"size": 10, "symbol": shape, "color": TIER_COLOURS["L1"]},
            error_x={"array": some["rate_high"] - some["rate"], "arrayminus": some["rate"] - some["rate_low"], "color": NEUTRAL},
            text=[
                f"{share(rate)} of {count(n)} tickets, {verdict}"
                for rate, n in zip(some["rate"], some["tickets"], strict=True)
            ],
            hovertemplate="%{y}: %{text}<extra></extra>",
        )  # fmt: skip
    for line, words in ((marks["alarm"], "20 %"), (marks["team_alarm"], "50 %")):
        made.line(x=line, text=words, note={"yshift": 14}, color=NEUTRAL)
    made.update_xaxes(percent_axis("Escalated by the team", max(0.6, float(rows["rate_high"].max()))))
    made.update_yaxes(autorange="reversed", type="category")
    return made.figure()


CONTRADICTIONS = {
    "deflection": deflection,
    "staff_mix": staff_mix,
    "fifteen_minutes": fifteen_minutes,
    "two_alarms": two_alarms,
}
"""The builder of each contradiction's chart by its id."""
