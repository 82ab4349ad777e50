"""How many tickets come in."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.base import NEUTRAL, drawing, tier_colour


def by_week(frame: pd.DataFrame) -> pd.DataFrame:
    """Tickets per week (from Monday) from tickets per day: week, tickets; `whole` is False for a week cut off by the data."""
    if frame.empty:
        return pd.DataFrame({"week": [], "tickets": [], "whole": []})
    days = frame.groupby("day")["tickets"].sum().asfreq("D", fill_value=0)
    weeks = days.groupby(days.index - pd.to_timedelta(days.index.day_of_week, unit="D")).agg(["sum", "size"])
    return pd.DataFrame(
        {"week": weeks.index, "tickets": weeks["sum"].to_numpy(), "whole": weeks["size"].to_numpy() == 7}
    )


def volume_by_week(weeks: pd.DataFrame) -> go.Figure:
    """Bars of tickets per week; weeks cut off at the edges of the data are pale and hatched. Reads week, tickets, whole."""
    made = drawing(height=300, barmode="overlay")
    for whole, name in ((True, "Whole week"), (False, "Week cut off by the data or the filter")):
        rows = weeks[weeks["whole"] == whole]
        if rows.empty:
            continue
        made.add_bar(
            x=rows["week"], y=rows["tickets"], name=name, width=6 * 86_400_000, showlegend=not whole,
            marker={"color": tier_colour("L1") if whole else NEUTRAL, "line": {"width": 0},
                    "pattern": {"shape": "" if whole else "/"}},
            hovertemplate="Week of %{x|%-d %b %Y}: %{y:,} tickets<extra></extra>",
        )  # fmt: skip
    made.update_yaxes(title={"text": "Tickets created per week"}, rangemode="tozero")
    if len(weeks):
        edge = pd.Timedelta(days=5)
        made.update_xaxes(range=[weeks["week"].min() - edge, weeks["week"].max() + edge])
    made.update_xaxes(showgrid=False)
    return made.figure()


def mean_week(weeks: pd.DataFrame) -> float:
    """Mean tickets of the whole weeks; NaN where there is no whole week."""
    rows = weeks[weeks["whole"].astype(bool)]
    return float(rows["tickets"].mean()) if len(rows) else float("nan")


CROWDED_SPAN = 0.6
"""Where the middle 98 % of the tickets take up less than this part of the span, a mean week or a change says little."""


def crowded_days(frame: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The days between which 98 % of the tickets were created, where they are a small part of the span; else None."""
    days = frame.groupby("day")["tickets"].sum().sort_index()
    if len(days) < 2:
        return None
    reached = days.cumsum() / days.sum()
    low, high = reached.index[reached >= 0.01][0], reached.index[reached >= 0.99][0]
    whole = (days.index[-1] - days.index[0]).days
    return None if (high - low).days >= CROWDED_SPAN * whole else (low, high)
