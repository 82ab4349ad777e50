"""How visits to a tier end, by the time since the ticket reached it: escalated, returned, resolved, cancelled."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import (
    OTHER,
    SMALL_GROUP,
    TIER_COLOURS,
    drawing,
    duration_axis,
    percent_axis,
    see_through,
    target_line,
)
from analytics.charts.drawing import Drawing

MATURE_DAYS = 14
"""The day at which the matured rate is read off."""

CAUSES = {
    "escalated": ("escalated", TIER_COLOURS["L3"], "/"),
    "returned": ("sent back", OTHER, "x"),
    "cancelled": ("cancelled", "#C17D00", "."),
    "resolved": ("resolved", TIER_COLOURS["L2"], ""),
}
"""Causes from the bottom of the chart to its top: words, colour and the pattern that tells them apart without colour."""


_LEAVING = {name: CAUSES[name] for name in ("escalated", "returned")}


def at_day(frame: pd.DataFrame, tier: str, day: float = MATURE_DAYS) -> dict[str, float]:
    """Incidence of each cause in a tier by a day of the grid; empty where the tier is not there."""
    rows = frame[(frame["tier"] == tier) & (frame["days"] == day)]
    return dict(zip(rows["cause"], rows["incidence"], strict=True))


def incidence(frame: pd.DataFrame, tier: str) -> go.Figure:
    """Areas stacked to what has ended by then; the white rest is still there. Reads tier, cause, days, incidence, at_risk."""
    rows = frame[(frame["tier"] == tier) & (frame["days"] > 0)]
    made = drawing(height=380, hovermode="x unified")
    for cause, (name, colour, pattern) in CAUSES.items():
        shown = rows[rows["cause"] == cause]
        made.add_scatter(
            x=shown["days"] * 1440, y=shown["incidence"], name=name, mode="lines", stackgroup="all",
            line={"width": 1.5, "color": colour}, fillcolor=see_through(colour, 0.45),
            fillpattern={"shape": pattern, "fgcolor": colour, "bgcolor": see_through(colour, 0.3), "size": 9, "solidity": 0.25},
            customdata=[numbers.share(value) for value in shown["incidence"]],
            hovertemplate=f"{name}: %{{customdata}}",
        )  # fmt: skip
    axis = duration_axis(float(rows["days"].max()) * 1440, f"Time since the ticket reached {tier} (logarithmic)")
    made.update_xaxes(axis, range=[0.7, axis["range"][1]])
    made.update_yaxes(**percent_axis(f"Share of tickets that reached {tier}", room=0))
    target_line(made, MATURE_DAYS * 1440, f" {MATURE_DAYS} days")
    _name_hours(made, rows)
    made.update_layout(margin={"t": 72}, legend={"y": 1.1, "traceorder": "normal"})
    return made.figure()


def _name_hours(made: Drawing, rows: pd.DataFrame) -> None:
    """The head of the box under the pointer: the time in words, and how many are still there."""
    one = rows[rows["cause"] == "resolved"]
    made.add_scatter(
        x=one["days"] * 1440, y=[1.0] * len(one), mode="lines", line={"width": 0}, showlegend=False, name="still there",
        customdata=[
            f"{numbers.count(left)} tickets after {numbers.duration(days * 24)}"
            for left, days in zip(one["at_risk"], one["days"], strict=True)
        ],
        hovertemplate="still there: %{customdata}",
    )  # fmt: skip


def title(frame: pd.DataFrame, tier: str) -> str:
    """What share is escalated, and what share resolved first, within 14 days."""
    found = at_day(frame, tier)
    if not found:
        return f"No ticket of this selection reached {tier}"
    told = (
        f"Of tickets that reach {tier}, {numbers.share(found['resolved'])} are resolved there within {MATURE_DAYS} days"
    )
    others = [
        f"{numbers.share(found[cause])} are {words}" for cause, (words, *_) in _LEAVING.items() if found[cause] > 0
    ]
    return ", ".join([told, *others])


def note(frame: pd.DataFrame, tier: str) -> str:
    """Where the curve rests on few tickets, from when on; else how to read it."""
    rows = frame[(frame["tier"] == tier) & (frame["cause"] == "resolved")]
    if rows.empty:
        return ""
    if int(rows["tickets"].iloc[0]) < SMALL_GROUP:
        return f"Only {numbers.count(rows['tickets'].iloc[0])} tickets reached {tier}: these shares say little."
    return (
        "Causes compete: what is resolved can no longer be escalated. Tickets that are still there count for as long as they "
        "have been there. The white rest has not left the tier yet."
    )
